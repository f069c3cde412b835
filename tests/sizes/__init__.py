"""What a Light page weighs on the wire: `python -m tests.sizes [PAGES]` prints the table."""
