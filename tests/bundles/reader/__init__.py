"""A second reader of bundles, written from docs/bundle-format.md alone. Imports nothing of the package."""
