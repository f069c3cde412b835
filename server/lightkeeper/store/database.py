"""Opening the database and bringing its schema up to date. The one module that knows what SQLite wants."""

from __future__ import annotations

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

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(folder: Path) -> None:
    """Create or upgrade the database in `folder`, before any worker opens it.

    Raises `SettingsError` where the folder cannot be written, or where a newer Lightkeeper wrote it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(_url(folder, "sqlite"))
        sa.event.listen(engine, "connect", _tune)
        with engine.begin() as connection:
            _upgrade(connection, folder)
        engine.dispose()
    except (OSError, sa.exc.SQLAlchemyError) as error:
        detail = getattr(error, "orig", None) or error
        raise SettingsError(f"data: the folder {folder} cannot be used: {detail}") from error


def connect(folder: Path) -> AsyncEngine:
    """An engine on a database that `migrate` has prepared."""
    engine = create_async_engine(_url(folder, "sqlite+aiosqlite"))
    sa.event.listen(engine.sync_engine, "connect", _tune)
    return engine


def _url(folder: Path, driver: str) -> sa.URL:
    return sa.URL.create(driver, database=str(folder / "lightkeeper.sqlite3"))


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
