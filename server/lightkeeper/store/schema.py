"""The tables, in portable SQL. Times are seconds since 1970; an address is a path with its query, without tracking."""

from __future__ import annotations

import sqlalchemy as sa

VERSION = "0003"  # of the last migration, which these tables are the outcome of

metadata = sa.MetaData()

# A fragment is named by the SHA-256 of its UTF-8 bytes, in hexadecimal; several stories may share one.
fragments = sa.Table(
    "fragments",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("fragment", sa.Text, nullable=False),
)

# `sequence` orders all changes: a worker that has seen n asks for what is above n. `number` names the story in the
# search index and grows with its time of publication; it is null until the story is in the index. `zone` is what the
# publisher dates it in: minutes east of UTC.
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
    sa.Column("number", sa.BigInteger, nullable=True),
    sa.Column("zone", sa.Integer, nullable=False, server_default="0"),
    sa.Index("stories_by_time", "language", "published"),
    sa.Index("stories_by_publication", "published"),
    sa.Index("stories_by_sequence", "sequence"),
    sa.Index("stories_by_number", "number", unique=True),
    sa.Index("stories_by_digest", "digest"),
)

fronts = sa.Table(
    "fronts",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("front", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("last_modified", sa.Text, nullable=False),
    sa.Column("fetched", sa.Float, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Index("fronts_by_sequence", "sequence"),
)

# The sections, authors and tags of stories: `key` is the folded name, `name` how the story writes it.
labels = sa.Table(
    "labels",
    metadata,
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("published", sa.Float, nullable=False),
    sa.Index("labels_by_time", "kind", "key", "published"),
    sa.Index("labels_by_address", "address"),
)

TOMBSTONE = 2  # refusals

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

# What the newsroom withdrew, by the SHA-256 of the address in its one spelling; nothing under it is stored or served.
withdrawals = sa.Table(
    "withdrawals",
    metadata,
    sa.Column("address_digest", sa.String(64), primary_key=True),
    sa.Column("seen", sa.Float, nullable=False),
)

# How often a story was read on a day (UTC), and in which edition. Nothing of who read it.
views = sa.Table(
    "views",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("edition", sa.String(5), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Index("views_by_address", "address"),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)
