"""The store: what is saved comes back, what changes gets a new place in the order, what is removed is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lightkeeper.store import Store, StoredFront, Story

from .tables import rows

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
STORY = Story("/news/a?p=1", "<article>آب</article>", "آب", "", "news", "fa", NOW, NOW, '"1"')


async def test_story_comes_back_as_saved(store: Store) -> None:
    """Every field of a story survives, Persian text included."""
    await store.save(STORY)
    assert await store.story(STORY.address) == STORY


async def test_saving_again_replaces(store: Store, tmp_path: Path) -> None:
    """A corrected story replaces the old one, and the old fragment does not stay behind."""
    await store.save(STORY)
    corrected = replace(STORY, fragment="<article>new</article>")
    await store.save(corrected)
    assert await store.story(STORY.address) == corrected
    assert rows(tmp_path, "select count(*) from fragments") == [(1,)]


async def test_unchanged_story_keeps_its_sequence(store: Store, tmp_path: Path) -> None:
    """A story that only was fetched again is no change; a changed one is."""
    await store.save(STORY)
    first = rows(tmp_path, "select sequence from stories")
    await store.save(replace(STORY, fetched=NOW + timedelta(hours=1)))
    assert rows(tmp_path, "select sequence from stories") == first
    await store.save(replace(STORY, fragment="<article>2</article>"))
    assert rows(tmp_path, "select sequence from stories") > first


async def test_latest_is_newest_first_by_language(store: Store) -> None:
    """The latest stories come by time, and only in the language that was asked for."""
    for number in range(3):
        await store.save(replace(STORY, address=f"/{number}", published=NOW + timedelta(hours=number)))
    await store.save(replace(STORY, address="/en", language="en"))
    assert [story.address for story in await store.latest("fa", 2)] == ["/2", "/1"]
    assert [story.address for story in await store.latest("en", 9)] == ["/en"]
    assert len(await store.latest("", 9)) == 4
    assert await store.languages() == ["fa", "en"]


async def test_removed_story_leaves_only_a_hash(store: Store, tmp_path: Path) -> None:
    """After a removal neither title nor address nor text can be read from the database."""
    await store.save(replace(STORY, title="secret-title", address="/secret-address"))
    assert await store.remove("/secret-address", NOW)
    assert await store.story("/secret-address") is None
    assert rows(tmp_path, "select count(*) from fragments") == [(0,)]
    assert "secret" not in repr(rows(tmp_path, "select * from removals"))
    assert not await store.remove("/secret-address", NOW)


async def test_story_that_comes_back_is_no_removal(store: Store, tmp_path: Path) -> None:
    """An address that is published again is not remembered as removed."""
    await store.save(STORY)
    await store.remove(STORY.address, NOW)
    await store.save(STORY)
    assert rows(tmp_path, "select count(*) from removals") == [(0,)]


async def test_front_comes_back_and_goes(store: Store) -> None:
    """A front is kept with its validators, touched when unchanged, and removed like a story."""
    front = StoredFront("/", "{}", NOW, '"e"', "Tue, 24 Nov 2026 08:00:00 GMT")
    await store.save_front(front)
    await store.touch("/", NOW + timedelta(minutes=1))
    assert await store.front("/") == replace(front, fetched=NOW + timedelta(minutes=1))
    assert await store.remove("/", NOW)
    assert await store.front("/") is None


async def test_two_stores_on_one_folder(store: Store, tmp_path: Path) -> None:
    """What one process saved, another reads."""
    other = Store(tmp_path)
    await store.save(STORY)
    assert await other.story(STORY.address) == STORY
    await other.close()
