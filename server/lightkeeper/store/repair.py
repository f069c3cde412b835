"""Getting the database ready at the start, in a way that never keeps the site down.

All that is kept can be read from the origin again: so a damaged database is set aside for a new one, and one that
worked before and cannot be used now (a full disk, a folder that became read-only) is done without.
"""

from __future__ import annotations

import logging
from pathlib import Path

from ..errors import NewerStore, SettingsError
from .database import exists, is_damaged, migrate, set_aside

log = logging.getLogger(__name__)


def prepare(folder: Path) -> None:
    """`migrate`, forgiving. Raises `SettingsError` where a new folder cannot be used: the operator mistyped it; and
    where a newer Lightkeeper wrote it: writing on would spoil it."""
    known = exists(folder)
    try:
        if known and is_damaged(folder):
            log.error("the database is damaged; it is set aside as %s, and a new one begun", set_aside(folder).name)
        migrate(folder)
    except OSError as error:
        log.error("the damaged database cannot be set aside, and is done without: %s", error.strerror)
    except SettingsError as error:
        if not known or isinstance(error, NewerStore):
            raise
        log.error("%s; it is done without", error)
