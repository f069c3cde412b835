"""For the newsroom: the search index, labels, withdrawals, views; fronts take part in the sequence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lightkeeper.store.database import create_index

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("stories", sa.Column("number", sa.BigInteger, nullable=True))
    op.create_index("stories_by_publication", "stories", ["published"])
    op.create_index("stories_by_number", "stories", ["number"], unique=True)
    op.create_index("stories_by_digest", "stories", ["digest"])
    op.add_column("fronts", sa.Column("sequence", sa.Integer, nullable=False, server_default="0"))
    op.create_index("fronts_by_sequence", "fronts", ["sequence"])
    op.create_table(
        "labels",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("published", sa.Float, nullable=False),
    )
    op.create_index("labels_by_time", "labels", ["kind", "key", "published"])
    op.create_index("labels_by_address", "labels", ["address"])
    op.create_table(
        "withdrawals",
        sa.Column("address_digest", sa.String(64), primary_key=True),
        sa.Column("seen", sa.Float, nullable=False),
    )
    op.create_table(
        "views",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("edition", sa.String(5), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_index("views_by_address", "views", ["address"])
    create_index(op.get_bind())
