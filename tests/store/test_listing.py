"""Reading many at once: what changed since, lists by label, search in every spelling."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lightkeeper.store import Store, StoredFront, Story
from lightkeeper.store.rows import digest

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def made(address: str, text: str, *, section: str = "", author: str = "", tag: str = "", hours: int = 0) -> Story:
    head = f'<p class="section">{section}</p>' if section else ""
    head += f'<p class="byline">{author}</p>' if author else ""
    foot = f'<ul class="tags"><li>{tag}</li></ul>' if tag else ""
    fragment = (
        f'<article dir="ltr"><header>{head}</header><div class="body"><p>{text}</p></div>'
        f"<footer>{foot}<p>elsewhere</p></footer></article>"
    )
    return Story(address, fragment, address, "", section, "en", NOW + timedelta(hours=hours), NOW)


async def test_changes_name_what_changed_and_what_went(store: Store) -> None:
    """From any sequence on: new and corrected stories and fronts with their digests, removed addresses as hashes."""
    story = made("/a", "one")
    await store.save(story)
    first = await store.changes(0)
    assert (first.changed, first.removed, first.whole) == ({"/a": story.digest}, frozenset(), True)
    assert first.sequence == await store.sequence()
    await store.save(replace(story, fetched=NOW + timedelta(hours=1)))
    assert await store.changes(first.sequence) == replace(first, changed={})
    corrected, front = made("/a", "two"), StoredFront("/", "{}", NOW)
    await store.save(corrected)
    await store.save_front(front)
    await store.save_front(front)
    second = await store.changes(first.sequence)
    assert second.changed == {"/a": corrected.digest, "/": front.digest}
    await store.remove("/a", NOW)
    third = await store.changes(second.sequence)
    assert third.changed == {}
    assert third.removed == {digest("/a")}


async def test_changes_come_in_portions(store: Store) -> None:
    """A worker that slept long reads what it missed piece by piece, and misses nothing."""
    for number in range(7):
        await store.save(made(f"/{number}", str(number)))
    seen: set[str] = set()
    sequence, whole = 0, False
    while not whole:
        changes = await store.changes(sequence, limit=3)
        seen |= changes.changed.keys()
        sequence, whole = changes.sequence, changes.whole
    assert seen == {f"/{number}" for number in range(7)}
    assert sequence == await store.sequence()


async def test_lists_by_section_author_and_tag(store: Store) -> None:
    """Newest first, in pages, found by the folded name; what is corrected away from a label leaves its list."""
    for number in range(3):
        await store.save(made(f"/{number}", "x", section="World &amp; Us", author="Ana Díaz", tag="Sea", hours=number))
    name, found = await store.labelled("section", "world-us", 2)
    assert (name, [story.address for story in found]) == ("World & Us", ["/2", "/1"])
    assert [story.address for story in (await store.labelled("author", "ana-diaz", 2, 2))[1]] == ["/0"]
    await store.save(made("/2", "x", section="Home", author="Ana Díaz", hours=2))
    assert [story.address for story in (await store.labelled("section", "world-us", 9))[1]] == ["/1", "/0"]
    assert (await store.labelled("tag", "sea", 9))[0] == "Sea"
    assert await store.labelled("tag", "unknown", 9) == ("", [])
    assert [story.address for story in await store.listed(2, 1)] == ["/1", "/0"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("كتاب‌هاي ۱۴۰۲", "کتابهای"),
        ("كتاب‌هاي ۱۴۰۲", "کتاب های"),
        ("کتاب‌های ۱۴۰۲", "كتاب‌هاي 1402"),
        ("سنة ١٤٤٥", "سنه 1445"),
        ("مُحَمَّد", "محمد"),
        ("العربـــية", "العربيه"),
        ("إسلام", "اسلام"),
        ("Crème brûlée", "creme BRULEE"),
        ("The harbour master", "harb mast"),
        ("港の水位が下がった", "水位"),
        ("हिन्दी समाचार", "हिन्दी"),
        ("a “quoted” word", '"quoted" OR NEAR(\''),
    ],
)
async def test_search_finds_whatever_the_keyboard(store: Store, text: str, query: str) -> None:
    """Letters of another keyboard, half-spaces, diacritics, digits, beginnings of words; no operator has a meaning."""
    found = await store.search(query if "OR" not in query else "quoted", 9)
    assert found == []
    await store.save(made("/found", text))
    await store.save(made("/other", "nothing of the kind"))
    wanted = ["/found"] if "OR" not in query else []
    assert [story.address for story in await store.search(query, 9)] == wanted


async def test_search_is_newest_first_and_forgets_what_was_corrected(store: Store) -> None:
    """A story is found by the words that it has now, not by those that it had; and never by links around it."""
    for number in range(4):
        await store.save(made(f"/{number}", "lantern", hours=number))
    assert [story.address for story in await store.search("lantern", 2, 1)] == ["/2", "/1"]
    await store.save(made("/3", "lamp", hours=3))
    assert [story.address for story in await store.search("lantern", 9)] == ["/2", "/1", "/0"]
    await store.remove("/2", NOW)
    assert [story.address for story in await store.search("lantern", 9)] == ["/1", "/0"]
    assert await store.search("elsewhere", 9) == []
    assert await store.search("  ‌ ", 9) == []


async def test_another_way_of_folding_makes_the_index_anew(store: Store, tmp_path: Path) -> None:
    """Words that were folded by another version are dropped and read again."""
    await store.save(made("/a", "lantern"))
    await store.index_more(9)
    await store.note("folding", 0)
    assert await store.index_more(9) == 1
    assert [story.address for story in await store.search("lantern", 9)] == ["/a"]
    assert await store.index_more(9) == 0
