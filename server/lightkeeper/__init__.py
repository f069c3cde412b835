"""Lightkeeper: a text-only edition of a publisher's site for readers on bad networks."""

__version__ = "0.1.0"
