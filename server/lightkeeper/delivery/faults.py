"""Faults of our own in the log: what happened and where, but never a message that may hold a reader's address."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

log = logging.getLogger(__name__)

_FRAMES = 6


def report(what: str, error: BaseException) -> None:
    """One line. An exception's own message is left out: parsers and databases quote what they were given."""
    log.error("%s: %s, at %s", what, _kind(error), _where(error))


def _kind(error: BaseException) -> str:
    """The type, with what the operating system or SQLite says; those speak of files and tables, not of values."""
    cause = getattr(error, "orig", None) or error
    detail = cause.strerror if isinstance(cause, OSError) else str(cause) if cause is not error else ""
    return f"{type(error).__name__} ({detail})" if detail else type(error).__name__


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)) or "an unknown place"
