"""A reader that shares no code with the publisher reads all that is published: updates, withdrawals, rotation."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from lightkeeper.article import fragment
from lightkeeper.bundles import issuing
from lightkeeper.bundles.roots import Keys
from lightkeeper.bundles.trust import fingerprint_of
from lightkeeper.editions.light import render_article
from lightkeeper.publishing.keyring import Keyring
from lightkeeper.publishing.making import Maker
from lightkeeper.store import Story

from .desk import BEGIN, ROOTS, Desk, desk, keys, secret, story
from .reader.belief import Memory, Unbelievable, pinned, told
from .reader.layout import Malformed
from .reader.shelf import Get, Shelf

NAME = "fa-latest-20"
DAY = 86_400


def getting(work: Desk, **replaced: Callable[[], bytes | None]) -> Get:
    """The served folder; some files, by the end of their name, replaced."""

    def get(path: str) -> bytes | None:
        for name, data in replaced.items():
            if path.endswith(name):
                return data()
        file = work.served / path
        return file.read_bytes() if file.is_file() else None

    return get


def reader(work: Desk) -> Shelf:
    return Shelf(pinned(work.get("b/keys")), NAME, getting(work))


def some(*numbers: int, words: str = "") -> list[Story]:
    return [story(number, language="fa", words=words) for number in numbers]


def rotate(work: Desk, make: Callable[[Keys], Keys], online: str) -> None:
    ring = Keyring(work.settings.data / "keys")
    ring.write(make(ring.keys()), secret(online))


def pages(work: Desk, stories: list[Story]) -> list[str]:
    maker = Maker(work.settings, None, None)  # type: ignore[arg-type]
    return [render_article(fragment.parse(each.fragment), maker.context("fa")) for each in stories]


def test_it_shares_no_code() -> None:
    """Not one import of the package, and of the tests only its own modules."""
    for path in (Path(__file__).parent / "reader").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 1 or not (node.module or "").startswith(("lightkeeper", "tests"))
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith(("lightkeeper", "tests")) for name in node.names)


async def test_first_sync_reads_every_page_as_the_server_renders_it(tmp_path: Path) -> None:
    """In the order of the list, byte for byte."""
    async with desk(tmp_path) as work:
        stories = some(*range(25))
        await work.save(*stories)
        await work.publish()
        shelf = reader(work)
        verdict = shelf.sync(int(work.clock.now))
        newest = list(reversed(stories))[:20]
        assert [each.page for each in shelf.stories()] == pages(work, newest)
        assert not verdict.expired
        assert shelf.fetched == [
            "b/keys", f"b/{NAME}/head", f"b/{NAME}/manifest", f"b/{NAME}/0-{verdict.head.base}.pack"
        ]  # fmt: skip


async def test_update_is_one_pack(tmp_path: Path) -> None:
    """New stories, a correction and an old story's end arrive together; nothing else is fetched."""
    async with desk(tmp_path) as work:
        await work.save(*some(*range(20)))
        await work.publish()
        shelf = reader(work)
        before = shelf.sync(int(work.clock.now)).head.sequence
        work.clock.pass_(3600)
        await work.save(*some(30, 31), *some(15, words="Corrected."))
        await work.publish()
        shelf.fetched.clear()
        after = shelf.sync(int(work.clock.now)).head.sequence
        assert shelf.fetched == ["b/keys", f"b/{NAME}/head", f"b/{NAME}/{before}-{after}.pack"]
        assert {"/news/story-30", "/news/story-31"} < {each.address for each in shelf.stories()}
        assert "/news/story-0" not in {each.address for each in shelf.stories()}
        assert sum("Corrected." in each.page for each in shelf.stories()) == 1


async def test_reader_who_was_away_longer_than_any_step(tmp_path: Path) -> None:
    """Starts from the full pack, keeps what it has, and holds the right stories in the end."""
    async with desk(tmp_path) as work:
        await work.save(*some(*range(5)))
        await work.publish()
        shelf = reader(work)
        shelf.sync(int(work.clock.now))
        for day in range(12):
            work.clock.pass_(DAY)
            await work.save(*some(100 + day))
            await work.publish()
        shelf.sync(int(work.clock.now))
        assert len(shelf.stories()) == 17


async def test_withdrawal_reaches_the_reader(tmp_path: Path) -> None:
    """The story leaves the list, its tombstone is there, and its object and packs are served no more."""
    async with desk(tmp_path) as work:
        await work.save(*some(1, 2, 3))
        await work.publish()
        shelf = reader(work)
        shelf.sync(int(work.clock.now))
        gone = next(name for name, (_, data) in shelf.held.items() if b"/news/story-2" in data)
        await work.store.withdraw("/news/story-2", BEGIN)
        await work.publish()
        shelf.sync(int(work.clock.now))
        assert [each.address for each in shelf.stories()] == ["/news/story-3", "/news/story-1"]
        assert gone.hex() not in work.objects()
        assert not any(b"/news/story-2" in path.read_bytes() for path in work.served.rglob("*.pack"))


@pytest.mark.parametrize("who", [0, 1])
async def test_rotation_and_new_roots_are_followed(tmp_path: Path, who: int) -> None:
    """By whichever custodian: a new online key, then a new root, then a revocation; every time the reader goes on."""
    async with desk(tmp_path) as work:
        await work.save(*some(1))
        await work.publish()
        shelf, now = reader(work), int(work.clock.now)
        shelf.sync(now)
        rotate(work, lambda held: issuing.rotate(held, ROOTS[who], secret("online 2"), now), "online 2")
        await work.save(*some(2))
        await work.publish()
        shelf.sync(now)
        fresh = secret("root c")
        rotate(work, lambda held: issuing.replace_root(held, ROOTS[who], fresh, secret("online 3"), now), "online 3")
        await work.save(*some(3))
        await work.publish()
        assert shelf.sync(now).forgotten
        rotate(work, lambda held: issuing.revoke(held, fresh, secret("online 4"), now), "online 4")
        await work.publish()
        assert shelf.sync(now).forgotten
        assert len(shelf.stories()) == 3
        assert shelf.memory.root.version == 3


async def test_anchor_is_a_fingerprint(tmp_path: Path) -> None:
    """Whoever was told a root key's fingerprint needs nothing else; a false one opens nothing."""
    async with desk(tmp_path) as work:
        await work.save(*some(1))
        await work.publish()
        for key in keys().root.keys:
            shelf = Shelf(told(work.get("b/keys"), fingerprint_of(key)), NAME, getting(work))
            assert not shelf.sync(int(work.clock.now)).forgotten
        with pytest.raises(Unbelievable):
            told(work.get("b/keys"), "A" * 32)


async def test_lies_of_a_mirror_change_nothing(tmp_path: Path) -> None:
    """Old, altered, truncated, foreign and reordered files are refused, and what was held is held."""
    async with desk(tmp_path) as work:
        await work.save(*some(1, 2))
        await work.publish()
        shelf, now = reader(work), int(work.clock.now)
        first = shelf.sync(now).head
        old = work.get(f"b/{NAME}/head")
        held = [each.page for each in shelf.stories()]
        work.clock.pass_(60)
        await work.save(*some(3))
        await work.publish()
        good = work.get(f"b/{NAME}/head")
        after = Memory(shelf.memory.root).accept(work.get("b/keys"), good, NAME, now).head
        pack = work.get(f"b/{NAME}/{first.sequence}-{after.sequence}.pack")
        other = work.get("b/fa-latest/head")
        lies: dict[str, tuple[str, bytes | None]] = {
            "altered head": ("head", good[:70] + b"x" + good[71:]),
            "short head": ("head", good[:-1]),
            "another bundle's": ("head", other),
            "no head": ("head", None),
            "altered pack": ("pack", pack[:-3] + b"xyz"),
            "short pack": ("pack", pack[:-3]),
            "empty pack": ("pack", b"LKp1"),
            "no pack": ("pack", None),
            "foreign keys": ("keys", issuing.first("https://x.example", ROOTS, secret("online 1"), now).write()),
        }
        for lie, (name, data) in lies.items():
            liar = Shelf(_copy(shelf.memory), NAME, getting(work, **{name: lambda data=data: data}))
            liar.list, liar.sequence, liar.held = shelf.list, shelf.sequence, dict(shelf.held)
            with pytest.raises((Unbelievable, Malformed)):
                liar.sync(now)
            assert [each.page for each in liar.stories()] == held, lie
        shelf.sync(now)
        assert len(shelf.stories()) == 3
        shelf.get = getting(work, head=lambda: old)
        with pytest.raises(Unbelievable):
            shelf.sync(now)


def _copy(memory: Memory) -> Memory:
    copied = Memory(memory.root)
    copied.last = dict(memory.last)
    return copied
