"""Which stories belong together: by language and month, newest first, without their texts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lightkeeper.store import Store, Story, migrate
from lightkeeper.store.members import Member, Members, bounds

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
STORY = Story("/a", "<article>a</article>", "A", "", "", "fa", NOW, NOW)


@pytest.fixture
async def members(tmp_path: Path) -> AsyncIterator[Members]:
    """Four stories: three in Persian of two months, one in English."""
    migrate(tmp_path)
    store = Store(tmp_path)
    await store.save(STORY)
    await store.save(replace(STORY, address="/b", published=datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)))
    await store.save(replace(STORY, address="/c", language="fa-AF", published=datetime(2026, 11, 1, tzinfo=UTC)))
    await store.save(replace(STORY, address="/d", language="en"))
    await store.close()
    found = Members(tmp_path)
    yield found
    await found.close()


async def test_newest_of_several_tags(members: Members) -> None:
    """In order of publication, as many as are wanted."""
    assert await members.tags() == ["en", "fa", "fa-AF"]
    found = await members.newest(["fa", "fa-AF"], 2)
    assert found == [
        Member("/a", STORY.digest, "fa", "2026-11"),
        Member("/c", STORY.digest, "fa-AF", "2026-11"),
    ]
    assert await members.newest([], 9) == []


async def test_months_end_where_the_next_begins(members: Members) -> None:
    """A story of the last second of October is October's, one of the first of November is November's."""
    tags = ["fa", "fa-AF"]
    assert await members.months(tags) == ["2026-11", "2026-10"]
    assert [member.address for member in await members.of_month(tags, "2026-10", 9)] == ["/b"]
    assert [member.address for member in await members.of_month(tags, "2026-11", 9)] == ["/a", "/c"]
    assert await members.months(["xx"]) == []


async def test_of_addresses_finds_those_that_are_stored(members: Members) -> None:
    """However many are asked for."""
    found = await members.of(["/d", "/nothing", *(f"/{number}" for number in range(1200)), "/a"])
    assert sorted(member.address for member in found) == ["/a", "/d"]


def test_december_is_followed_by_january() -> None:
    """The bounds of a month."""
    assert bounds("2026-12")[1] == bounds("2027-01")[0]
