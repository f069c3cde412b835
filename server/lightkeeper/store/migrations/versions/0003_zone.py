"""The zone in which the publisher dates each story, for days as the publication counts them."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# As fragments of the schemas before this one state the publisher's date.
_DATED = re.compile(r'<p class="published"><time datetime="([^"]*)">')
_AT_ONCE = 500


def upgrade() -> None:
    op.add_column("stories", sa.Column("zone", sa.Integer, nullable=False, server_default="0"))
    connection = op.get_bind()
    for name, minutes in _zones(connection).items():
        connection.execute(
            sa.text("UPDATE stories SET zone = :minutes WHERE digest = :name"), {"name": name, "minutes": minutes}
        )


def _zones(connection: sa.Connection) -> dict[str, int]:
    """Digest -> minutes east of UTC, of the fragments that state a zone other than UTC."""
    found: dict[str, int] = {}
    after = ""
    query = sa.text("SELECT digest, fragment FROM fragments WHERE digest > :after ORDER BY digest LIMIT :limit")
    while rows := connection.execute(query, {"after": after, "limit": _AT_ONCE}).all():
        found |= {str(name): minutes for name, fragment in rows if (minutes := _minutes(str(fragment)))}
        after = str(rows[-1][0])
    return found


def _minutes(fragment: str) -> int:
    stated = _DATED.search(fragment)
    try:
        offset = datetime.fromisoformat(stated[1]).utcoffset() if stated else None
    except ValueError:
        return 0
    return int(offset.total_seconds() // 60) if offset else 0
