"""Articles at rest: SQL schema and queries."""

from . import front_json
from .database import exists, migrate
from .rows import Changes, Kind, Listed, StoredFront, Story, Views
from .stories import Store

__all__ = ["Changes", "Kind", "Listed", "Store", "StoredFront", "Story", "Views", "exists", "front_json", "migrate"]
