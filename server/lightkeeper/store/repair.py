"""Getting the database ready at the start, in a way that never keeps the site down.

All that is kept can be read from the origin again: so a damaged database is set aside for a new one, and one that
worked before and cannot be used now (a full disk, a folder that became read-only) is done without.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from ..errors import NewerStore, SettingsError
from .database import migrate

log = logging.getLogger(__name__)

_NAME = "lightkeeper.sqlite3"


def prepare(folder: Path) -> None:
    """`migrate`, forgiving. Raises `SettingsError` where a new folder cannot be used: the operator mistyped it; and
    where a newer Lightkeeper wrote it: writing on would spoil it."""
    file = folder / _NAME
    known = file.is_file()
    try:
        if known and _is_damaged(file):
            log.error("the database is damaged; it is set aside as %s, and a new one begun", _set_aside(file).name)
        migrate(folder)
    except OSError as error:
        log.error("the damaged database cannot be set aside, and is done without: %s", error.strerror)
    except SettingsError as error:
        if not known or isinstance(error, NewerStore):
            raise
        log.error("%s; it is done without", error)


def _is_damaged(file: Path) -> bool:
    """Whether SQLite itself says that the file is damaged, or is no database of its own."""
    try:
        connection = sqlite3.connect(file, timeout=5)
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
        finally:
            connection.close()
    except sqlite3.OperationalError:  # locked, or no room on the disk: not damaged
        return False
    except sqlite3.DatabaseError:
        return True


def _set_aside(file: Path) -> Path:
    """Rename the database, so that somebody can look at it; its journal belongs to nothing else."""
    aside = file.with_name(f"{file.name}.damaged")
    file.replace(aside)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    return aside
