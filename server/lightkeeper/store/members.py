"""Which stories belong together, without their texts: the newest of a language, those of a month. For bundles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from . import database
from .schema import stories

# Values in one question; every database takes as many.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Member:
    """`digest` is the fragment's; `language` the whole tag; `month` that of publication in UTC, as `2026-11`."""

    address: str
    digest: str
    language: str
    month: str


class Members:
    """A narrow view on the store, one per process. `subtag` is the first part of a language tag, lower case."""

    def __init__(self, folder: Path) -> None:
        self._engine = database.connect(folder)

    async def close(self) -> None:
        await self._engine.dispose()

    async def tags(self) -> list[str]:
        """Every language tag that a story has."""
        query = sa.select(stories.c.language).distinct()
        async with self._engine.connect() as connection:
            return sorted(str(tag) for (tag,) in await connection.execute(query))

    async def months(self, tags: Collection[str]) -> list[str]:
        """The months in which stories of these languages were published, the newest first."""
        found: list[str] = []
        until: float | None = None
        async with self._engine.connect() as connection:
            while True:
                query = sa.select(sa.func.max(stories.c.published)).where(stories.c.language.in_(list(tags)))
                newest = (
                    await connection.execute(query if until is None else query.where(stories.c.published < until))
                ).scalar()
                if newest is None:
                    return found
                found.append(_month(newest))
                until = bounds(found[-1])[0]

    async def newest(self, tags: Collection[str], limit: int) -> list[Member]:
        return await self._find(stories.c.language.in_(list(tags)), limit)

    async def of_month(self, tags: Collection[str], month: str, limit: int) -> list[Member]:
        begin, end = bounds(month)
        inside = sa.and_(stories.c.published >= begin, stories.c.published < end)
        return await self._find(sa.and_(stories.c.language.in_(list(tags)), inside), limit)

    async def of(self, addresses: Collection[str]) -> list[Member]:
        """Those of `addresses` that are stored, in no order."""
        wanted, found = list(addresses), []
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            found += await self._find(stories.c.address.in_(part), len(part))
        return found

    async def _find(self, condition: sa.ColumnElement[bool], limit: int) -> list[Member]:
        columns = (stories.c.address, stories.c.digest, stories.c.language, stories.c.published)
        query = sa.select(*columns).where(condition)
        query = query.order_by(stories.c.published.desc(), stories.c.address).limit(limit)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Member(str(row[0]), str(row[1]), str(row[2]), _month(row[3])) for row in rows]


def bounds(month: str) -> tuple[float, float]:
    """The first second of a month, and that of the next."""
    year, number = int(month[:4]), int(month[5:])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=UTC).timestamp(), datetime(*following, 1, tzinfo=UTC).timestamp()


def _month(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")
