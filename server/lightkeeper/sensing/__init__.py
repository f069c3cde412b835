"""Request to decision: what is known of a link, and which edition it gets. Pure functions of values."""
