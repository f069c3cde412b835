"""What a reader keeps offline, and why it can be believed: objects, lists, heads, packs, keys. All pure.

The format is `docs/bundle-format.md`, byte by byte; nothing here reads a clock, a disk or the network.
"""
