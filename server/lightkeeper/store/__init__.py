"""Articles at rest: SQL schema and queries."""

from . import front_json
from .database import migrate
from .stories import Store, StoredFront, Story

__all__ = ["Store", "StoredFront", "Story", "front_json", "migrate"]
