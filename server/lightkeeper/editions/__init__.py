"""Article to bytes: the Light page, fronts, and what is added to a full page. Synchronous functions of values."""
