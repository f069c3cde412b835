"""Page to article. Synchronous functions of values: no network, no clock, no disk; of ours only errors."""

from __future__ import annotations

from .reading import extract, front, read

__all__ = ["extract", "front", "read"]
