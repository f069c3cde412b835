"""Opening the database and bringing its schema up to date. The one module that knows what SQLite wants."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ..errors import SettingsError

log = logging.getLogger(__name__)

_NAME = "lightkeeper.sqlite3"
_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(folder: Path) -> None:
    """Create or upgrade the database in `folder`, before any worker opens it.

    A broken database is set aside: everything in it can be read from the origin again. One that worked before and
    cannot be used now (a full disk) is no reason not to serve the site. Raises `SettingsError` where a new folder
    cannot be used, or where a newer Lightkeeper wrote it.
    """
    file = folder / _NAME
    known = file.is_file()
    try:
        if known and _is_broken(file):
            log.error("the database was broken and is set aside as %s", _set_aside(file).name)
        _migrate(folder)
    except (OSError, sa.exc.SQLAlchemyError) as error:
        detail = getattr(error, "orig", None) or error
        sentence = f"data: the folder {folder} cannot be used: {detail}"
        if not known:
            raise SettingsError(sentence) from error
        log.error("%s; pages go on without it", sentence)


def _migrate(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(_url(folder, "sqlite"))
    sa.event.listen(engine, "connect", _tune)
    try:
        with engine.begin() as connection:
            _upgrade(connection, folder)
    finally:
        engine.dispose()


def _is_broken(file: Path) -> bool:
    """Whether SQLite itself says that the file is damaged, or none of its own."""
    connection = sqlite3.connect(file, timeout=5)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.OperationalError:  # locked, or no disk: not broken
        return False
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.close()


def _set_aside(file: Path) -> Path:
    """Rename the database, so that somebody can look at it; its journal belongs to nothing else."""
    aside = file.with_name(f"{file.name}.broken")
    file.replace(aside)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    return aside


def connect(folder: Path) -> AsyncEngine:
    """An engine on a database that `migrate` has prepared."""
    engine = create_async_engine(_url(folder, "sqlite+aiosqlite"))
    sa.event.listen(engine.sync_engine, "connect", _tune)
    return engine


def _url(folder: Path, driver: str) -> sa.URL:
    return sa.URL.create(driver, database=str(folder / _NAME))


def _upgrade(connection: sa.Connection, folder: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        known = ScriptDirectory.from_config(config).get_current_head()
        raise SettingsError(
            f"data: {folder} was written by a newer Lightkeeper (this one knows schema {known}); "
            "install that version or choose another folder"
        ) from error


def _tune(connection: Any, _record: object) -> None:
    """WAL lets readers go on while one process writes; NORMAL is durable against a crash of ours under WAL."""
    cursor: sqlite3.Cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
