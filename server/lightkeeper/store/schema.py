"""The tables, in portable SQL. Times are seconds since 1970; an address is a path with its query, without tracking."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

# A fragment is named by the SHA-256 of its UTF-8 bytes, in hexadecimal; several stories may share one.
fragments = sa.Table(
    "fragments",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("fragment", sa.Text, nullable=False),
)

# `sequence` orders all changes: a worker that has seen n asks for what is above n.
stories = sa.Table(
    "stories",
    metadata,
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
    sa.Index("stories_by_time", "language", "published"),
    sa.Index("stories_by_sequence", "sequence"),
)

fronts = sa.Table(
    "fronts",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("front", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("last_modified", sa.Text, nullable=False),
    sa.Column("fetched", sa.Float, nullable=False),
)

# What the origin took back or refuses. Only the SHA-256 of the address is kept: no title, no address, no reason.
removals = sa.Table(
    "removals",
    metadata,
    sa.Column("address_digest", sa.String(64), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("removals_by_sequence", "sequence"),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)
