"""Migrations from an older schema. Imported only where one is due."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from ..errors import NewerStore
from .schema import VERSION

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: sa.Connection, folder: Path) -> None:
    """Run what is missing, within the connection's transaction. Raises `NewerStore` for a schema of the future."""
    try:
        command.upgrade(configured(connection), "head")
    except CommandError as error:
        raise NewerStore(
            f"data: {folder} was written by a newer Lightkeeper (this one knows schema {VERSION}); "
            "install that version or choose another folder"
        ) from error


def configured(connection: sa.Connection) -> Config:
    """Alembic's settings for a connection of ours."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
