"""Articles at rest: SQL schema and queries."""
