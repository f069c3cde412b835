"""Looking into a data folder behind the store's back."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Run one statement; what it gives."""
    engine = sa.create_engine(f"sqlite:///{folder}/lightkeeper.sqlite3")
    with engine.begin() as connection:
        result = connection.execute(sa.text(query))
        found = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return found


def files(folder: Path) -> bytes:
    """All that can be read from the folder's files."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
