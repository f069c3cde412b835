"""From the publisher's site into the store: one address at a time, or all that there are."""
