"""Articles at rest: SQL schema and queries."""

from .database import migrate
from .stories import Store, StoredFront, Story

__all__ = ["Store", "StoredFront", "Story", "migrate"]
