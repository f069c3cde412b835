"""Page to article. Synchronous functions of values: no network, no clock, no disk; of ours only errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reading import extract, front, read

__all__ = ["extract", "front", "read"]


def __getattr__(name: str) -> Any:
    """Reading pages loads much, and only the processes that do it need it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import reading

    return getattr(reading, name)
