"""Bundles on disk: the keys that sign them, the folder that is served, and the task that keeps it up to date."""
