"""Where pages come from: the origin, feeds, files."""
