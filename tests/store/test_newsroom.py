"""What the newsroom relies on: withdrawals hold, tombstones need two refusals, numbers of views name nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lightkeeper.store import Store, StoredFront, Story, Views, journal, migrate
from lightkeeper.store.repair import prepare
from lightkeeper.store.rows import digest

from .tables import files, rows

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
STORY = Story("/news/a", "<article>secretword</article>", "t", "", "news", "en", NOW, NOW)


async def test_one_refusal_removes_two_make_a_tombstone(store: Store) -> None:
    """The second counts although nothing is stored any more; a glitch that is seen twice at once counts once."""
    await store.save(STORY)
    assert await store.remove("/news/a", NOW)
    assert not await store.remove("/news/a", NOW + timedelta(seconds=1))
    assert await store.tombstones() == frozenset()
    assert not await store.remove("/news/a", LATER)
    assert await store.tombstones() == {digest("/news/a")}
    assert await store.removed(["/news/a", "/news/b"]) == {"/news/a"}


async def test_what_was_read_before_a_refusal_does_not_come_back_after_it(store: Store) -> None:
    """One process reads the story, slowly, while another is told that it is gone; what is asked for later is kept."""
    await store.save(STORY)
    await store.remove("/news/a", LATER)
    assert not await store.save(STORY)
    assert await store.story("/news/a") is None
    assert await store.save(replace(STORY, fetched=LATER + timedelta(seconds=1)))
    assert await store.removed(["/news/a"]) == set()


async def test_refusal_of_what_was_never_stored_leaves_nothing(store: Store, tmp_path: Path) -> None:
    """Anybody can ask for addresses that do not exist: the database does not grow."""
    before = await store.sequence()
    assert not await store.remove("/guessed", NOW)
    assert rows(tmp_path, "select count(*) from removals") == [(0,)]
    assert await store.sequence() == before


@pytest.mark.parametrize(
    "variant", ["/news/a", "/news/a/", "/news/a?page=2", "/%6eews/a", "/news/a/?x=%41", "/news%2fa"]
)
async def test_withdrawn_is_neither_kept_nor_stored_again(store: Store, variant: str) -> None:
    """Under no spelling of its address, and with no query added to it."""
    await store.save(replace(STORY, address=variant))
    await store.save_front(StoredFront(variant, "{}", NOW))
    assert await store.withdraw("/news/a", NOW) == 1
    assert await store.story(variant) is None
    assert await store.front(variant) is None
    assert not await store.save(replace(STORY, address=variant))
    assert not await store.save_front(StoredFront(variant, "{}", NOW))
    assert await store.removed([variant, "/news/b"]) == {variant}


async def test_withdrawing_one_leaves_its_neighbours(store: Store) -> None:
    """A story that is named by its query, and one whose address only begins alike, stay."""
    for address in ("/?p=1", "/?p=12", "/news/ab", "/news/a/b"):
        await store.save(replace(STORY, address=address))
    assert await store.withdraw("/?p=1", NOW) == 1
    assert await store.withdraw("/news/a", NOW) == 0
    for address in ("/?p=12", "/news/ab", "/news/a/b"):
        assert await store.story(address) is not None


async def test_persian_address_is_withdrawn_in_every_spelling(store: Store) -> None:
    """As a person types it, as a browser sends it, as WordPress writes it."""
    for address in ("/fa/%D8%A2%D8%A8/", "/fa/%d8%a2%d8%a8"):
        await store.save(replace(STORY, address=address))
    assert await store.withdraw("/fa/آب", NOW) == 2
    assert await store.languages() == []


async def test_restored_can_be_stored_again(store: Store) -> None:
    """Restoring undoes the withdrawal and its tombstones; restoring what was not withdrawn says so."""
    await store.save(replace(STORY, address="/news/a/"))
    await store.withdraw("/news/a", NOW)
    assert await store.restore("/news/a/")
    assert not await store.restore("/news/a/")
    assert await store.withdrawn() == frozenset()
    assert await store.save(replace(STORY, address="/news/a/"))
    assert await store.save(STORY)
    assert await store.tombstones() == frozenset()


async def test_withdrawal_leaves_no_text_in_the_files(store: Store, tmp_path: Path) -> None:
    """Neither the words nor the address nor the numbers of a withdrawn story can be read from the folder's files."""
    text = "".join(f"<p>secretword number {number} in a long story</p>" for number in range(400))
    await store.save(
        replace(STORY, address="/secretaddress", title="secrettitle", fragment=f"<article>{text}</article>")
    )
    await store.add_views([Views("2026-11-24", "/secretaddress", "light", 3)])
    assert await store.search("secretword", 9)
    await store.withdraw("/secretaddress", NOW)
    assert await store.search("secretword", 9) == []
    kept = files(tmp_path)
    assert b"secretaddress" not in kept
    assert b"secrettitle" not in kept
    assert b"in a long story" not in kept


async def test_views_add_up_for_stored_stories_only(store: Store) -> None:
    """What is no story of ours may be an address with a secret in it: it is not counted."""
    await store.save(STORY)
    await store.add_views([Views("2026-11-24", "/news/a", "light", 3), Views("2026-11-24", "/token/1", "full", 2)])
    await store.add_views([Views("2026-11-24", "/news/a", "light", 4), Views("2026-11-24", "/news/a", "full", 1)])
    assert await store.views("2026-11-24") == [
        Views("2026-11-24", "/news/a", "light", 7),
        Views("2026-11-24", "/news/a", "full", 1),
    ]
    assert await store.views("2026-11-25") == []


async def test_a_withdrawal_outlives_the_database(store: Store, tmp_path: Path) -> None:
    """The database is damaged, set aside and begun anew: nothing is stored under the address, devices hear of it."""
    await store.withdraw("/news/a", NOW)
    await store.withdraw("/news/b", NOW)
    assert await store.restore("/news/b")
    await store.close()
    (tmp_path / "lightkeeper.sqlite3").write_bytes(b"rubbish" * 9999)
    prepare(tmp_path)
    again = Store(tmp_path)
    assert not await again.save(STORY)
    assert await again.save(replace(STORY, address="/news/b"))
    assert await again.tombstones() == await again.withdrawn() == {digest("/news/a")}
    assert (await again.changes(0)).removed == {digest("/news/a")}
    await again.close()


async def test_what_the_site_took_back_outlives_the_database(store: Store, tmp_path: Path) -> None:
    """Tombstones are told to readers' devices again, a first refusal still counts, and what came back is there."""
    for name in ("/gone", "/once", "/back"):
        await store.save(replace(STORY, address=name))
        await store.remove(name, NOW)
    for name in ("/gone", "/back"):
        await store.remove(name, NOW + timedelta(minutes=1))
    await store.save(replace(STORY, address="/back", fetched=NOW + timedelta(minutes=2)))
    await store.close()
    (tmp_path / "lightkeeper.sqlite3").write_bytes(b"rubbish" * 9999)
    prepare(tmp_path)
    again = Store(tmp_path)
    assert await again.tombstones() == {digest("/gone")}
    assert (await again.changes(0)).removed == {digest("/gone"), digest("/once")}
    await again.remove("/once", NOW + timedelta(days=400))
    assert await again.tombstones() == {digest("/gone"), digest("/once")}
    assert await again.save(replace(STORY, address="/gone", fetched=NOW + timedelta(days=400)))
    assert await again.tombstones() == {digest("/once")}
    await again.close()


async def test_a_healthy_database_is_right_about_refusals(store: Store, tmp_path: Path) -> None:
    """A crash between database and journal, in either order, is made good at the next start."""
    for name in ("/a", "/b"):
        await store.save(replace(STORY, address=name))
        await store.remove(name, NOW)
    await store.save(replace(STORY, address="/b", fetched=LATER))
    (tmp_path / journal.NAME).write_text(f"\n2{digest('/b')}\n")
    migrate(tmp_path)
    assert journal.standing(tmp_path).refused == {(digest("/a"), 1)}
    assert await store.removed(["/a", "/b"]) == {"/a"}


async def test_a_line_that_a_crash_cut_costs_nothing_else(store: Store, tmp_path: Path) -> None:
    """What was withdrawn before and after it stays withdrawn."""
    await store.withdraw("/news/a", NOW)
    with (tmp_path / journal.NAME).open("a") as file:
        file.write("\n+0123")
    await store.withdraw("/news/b", NOW)
    assert journal.standing(tmp_path).withdrawn == {digest("/news/a"), digest("/news/b")}


async def test_withdrawals_of_an_older_version_enter_the_journal(store: Store, tmp_path: Path) -> None:
    """It had none: the next start writes what the database knows."""
    await store.withdraw("/news/a", NOW)
    (tmp_path / journal.NAME).unlink()
    migrate(tmp_path)
    assert journal.standing(tmp_path).withdrawn == {digest("/news/a")}


async def test_the_journal_holds_hashes_only(store: Store, tmp_path: Path) -> None:
    """No address can be read in it."""
    await store.withdraw("/news/a", NOW)
    assert "news" not in (tmp_path / journal.NAME).read_text()
