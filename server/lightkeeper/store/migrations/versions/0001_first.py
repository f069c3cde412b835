"""The first schema: fragments, stories, fronts, removals, counters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "fragments",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("fragment", sa.Text, nullable=False),
    )
    op.create_table(
        "stories",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(64), sa.ForeignKey("fragments.digest"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("deck", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("published", sa.Float, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("fetched", sa.Float, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_index("stories_by_time", "stories", ["language", "published"])
    op.create_index("stories_by_sequence", "stories", ["sequence"])
    op.create_table(
        "fronts",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("front", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("fetched", sa.Float, nullable=False),
    )
    op.create_table(
        "removals",
        sa.Column("address_digest", sa.String(64), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_index("removals_by_sequence", "removals", ["sequence"])
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.bulk_insert(counters, [{"name": "sequence", "value": 0}])


def downgrade() -> None:
    for table in ("counters", "removals", "fronts", "stories", "fragments"):
        op.drop_table(table)
