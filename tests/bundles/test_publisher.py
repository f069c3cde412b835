"""Publishing: what the store holds is in its bundles, what did not change keeps its bytes, whatever stops it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from lightkeeper.bundles import issuing, reading
from lightkeeper.bundles.heads import Head, read_head, split_manifest
from lightkeeper.bundles.lists import Listing, address_hash, read_list
from lightkeeper.bundles.trust import Trust, pin
from lightkeeper.errors import KeyFileError
from lightkeeper.publishing import files
from lightkeeper.publishing.keyring import Keyring
from lightkeeper.publishing.task import Lock, Publishing

from .desk import BEGIN, ROOTS, Desk, desk, keys, secret, story

DAY = 86_400
NAME = "en-latest"


def head(work: Desk, name: str = NAME) -> Head:
    return read_head(work.get(f"b/{name}/head"))


def listing(work: Desk, name: str = NAME) -> Listing:
    return read_list(split_manifest(work.get(f"b/{name}/manifest"))[1])


def verify(work: Desk, trust: Trust | None = None) -> Trust:
    """Everything that is served, as a reader with the root key reads it."""
    trust = trust or pin(work.get("b/keys"))
    for name in work.get("b/names").decode().split():
        told = reading.read_all(work.get, trust, work.get("b/keys"), name, int(work.clock.now))
        trust = told.accepted.trust
    return trust


def snapshot(work: Desk) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (work.served / "b").rglob("*") if path.is_file()}


async def test_bundles_follow_language_and_month(tmp_path: Path) -> None:
    """By the first subtag of the language, capped; and one archive a month."""
    async with desk(tmp_path) as work:
        await work.save(*(story(number) for number in range(60)), story(100, language="en-GB"))
        await work.save(story(101, language="fa"), story(102, published=BEGIN - timedelta(days=40)))
        await work.publish()
        expected = "en-2026-10 en-2026-11 en-latest en-latest-20 en-latest-200 fa-2026-11 fa-latest fa-latest-20"
        assert work.get("b/names").decode().split() == [*expected.split(), "fa-latest-200"]
        counts = {"en-latest-20": 20, "en-latest": 50, "en-latest-200": 62, "en-2026-10": 1, "en-2026-11": 61}
        assert {name: len(reading.stories(listing(work, name))) for name in counts} == counts
        verify(work)


async def test_unchanged_content_keeps_its_signed_manifest(tmp_path: Path) -> None:
    """Passing time, a second build and a restart write not one byte."""
    async with desk(tmp_path) as work:
        await work.save(story(1), story(2))
        await work.publish()
        before = snapshot(work)
        work.clock.pass_(3 * DAY)
        await work.publish()
        await work.restart()
        told = await work.publish()
        assert snapshot(work) == before
        assert (told.published, told.made) == ((), 0)


async def test_head_is_renewed_before_it_expires(tmp_path: Path) -> None:
    """The same sequence and list, a later time; the list's bytes stay."""
    async with desk(tmp_path) as work:
        await work.save(story(1))
        await work.publish()
        before, trust = head(work), verify(work)
        work.clock.pass_(8 * DAY)
        await work.publish()
        after = head(work)
        assert (after.sequence, after.digest) == (before.sequence, before.digest)
        assert after.issued == before.issued + 8 * DAY
        verify(work, trust)


async def test_one_correction_makes_one_object(tmp_path: Path) -> None:
    """What did not change is neither made nor sent again."""
    async with desk(tmp_path) as work:
        await work.save(*(story(number) for number in range(30)))
        await work.publish()
        before = head(work).sequence
        work.clock.pass_(60)
        await work.save(story(7, words="Corrected."))
        told = await work.publish()
        assert told.made == 1
        assert set(told.published) == {"en-latest", "en-latest-200", "en-2026-11"}  # not among the latest 20
        pack = work.get(f"b/{NAME}/{before}-{head(work).sequence}.pack")
        assert len(reading.unpack(pack, None)[1]) == 1
        verify(work)


async def test_many_states_are_served_with_few_steps(tmp_path: Path) -> None:
    """After three weeks of changes: a handful of packs, each verified, the disk not filling up."""
    async with desk(tmp_path) as work:
        trust = None
        for number in range(25):
            work.clock.pass_(20 * 3600)
            await work.save(story(number))
            await work.publish()
            trust = verify(work, trust)
        packs = list((work.served / "b" / NAME).glob("*.pack"))
        assert len(head(work).steps) <= 6
        assert len(packs) <= 40
        named = {entry.digest.hex() for name in work.publisher._folder.names() for entry in listing(work, name).entries}
        assert work.objects() == named


@pytest.mark.parametrize("down", [False, True])
async def test_withdrawn_story_leaves_nothing(tmp_path: Path, down: bool) -> None:
    """Out of every list, object and pack, its hash in the tombstones; also where it happened while nobody published."""
    async with desk(tmp_path) as work:
        await work.save(*(story(number, words=f"Secret number {number}.") for number in range(30)))
        await work.publish()
        work.clock.pass_(7200)
        await work.save(*(story(number) for number in range(40, 60)))  # it leaves the latest 20
        await work.publish()
        work.clock.pass_(60)
        if down:
            await work.publisher.close()
        await work.store.withdraw("/news/story-11", BEGIN)
        if down:
            work.start()
        await work.publish(finish=False)
        left = [path for path in work.served.rglob("*") if path.is_file() and b"Secret number 11." in path.read_bytes()]
        assert left == []
        for name in ("en-latest", "en-latest-200", "en-2026-11", "en-latest-20"):
            assert listing(work, name).tombstones == (address_hash("/news/story-11"),)
        assert b"story-11" not in (work.served / "publisher.sqlite3").read_bytes()
        verify(work)


async def test_withdrawal_of_what_a_bundle_never_held_is_not_told_there(tmp_path: Path) -> None:
    """A tombstone goes to those who may hold the story, and to nobody else."""
    async with desk(tmp_path) as work:
        await work.save(story(1), story(2, language="fa"))
        await work.publish()
        await work.store.withdraw("/news/story-2", BEGIN)
        await work.publish()
        assert listing(work).tombstones == ()
        assert len(listing(work, "fa-latest").tombstones) == 1
        assert reading.stories(listing(work, "fa-latest")) == []


async def test_restored_story_loses_its_tombstone(tmp_path: Path) -> None:
    """It is listed again."""
    async with desk(tmp_path) as work:
        await work.save(story(1), story(2))
        await work.publish()
        await work.store.withdraw("/news/story-2", BEGIN)
        await work.publish()
        await work.store.restore("/news/story-2")
        await work.save(story(2))
        await work.publish()
        assert listing(work).tombstones == ()
        assert len(reading.stories(listing(work))) == 2


async def test_rotation_signs_everything_anew(tmp_path: Path) -> None:
    """Also the archives, in the pass after the key changed; nothing is made anew."""
    async with desk(tmp_path) as work:
        await work.save(story(1), story(2, published=BEGIN - timedelta(days=90)))
        await work.publish()
        trust = verify(work)
        ring = Keyring(work.settings.data / "keys")
        online = secret("online 2")
        ring.write(issuing.rotate(ring.keys(), ROOTS[0], online, int(work.clock.now)), online)
        told = await work.publish()
        assert told.made == 0
        verify(work, trust)


async def test_no_keys_or_expired_keys_publish_nothing(tmp_path: Path) -> None:
    """One sentence says what to do; what was published stays as it is."""
    async with desk(tmp_path) as work:
        await work.save(story(1))
        await work.publish()
        work.clock.pass_(400 * DAY)
        await work.save(story(2))
        before = snapshot(work)
        with pytest.raises(KeyFileError, match="expired"):
            await work.publish()
        assert snapshot(work) == before
        (work.settings.data / "keys" / "public.keys").unlink()
        with pytest.raises(KeyFileError, match="lightkeeper keys init"):
            await work.publish()


async def test_lost_data_folder_goes_on_above_what_readers_know(tmp_path: Path) -> None:
    """A publisher with nothing but the keys is believed by readers of the old states."""
    async with desk(tmp_path / "old") as work:
        await work.save(story(1))
        await work.publish()
        trust = verify(work)
    async with desk(tmp_path / "new") as work:
        work.clock.pass_(DAY)
        await work.save(story(1))
        await work.publish()
        verify(work, trust)


async def test_damaged_files_are_made_again(tmp_path: Path) -> None:
    """An object that is gone, a manifest that is cut, a state that is lost."""
    async with desk(tmp_path) as work:
        await work.save(story(1), story(2))
        await work.publish()
        trust = verify(work)
        for name in work.objects():
            (work.served / "o" / name).unlink()
        (work.served / "b" / NAME / "manifest").write_bytes(b"LKh1")
        await work.publisher.close()
        (work.served / "publisher.sqlite3").unlink()
        work.start()
        work.clock.pass_(5)
        await work.publish()
        verify(work, trust)


async def test_another_look_of_pages_makes_every_object_again(tmp_path: Path) -> None:
    """A new name of the publication shows in stories that were made under the old one."""
    async with desk(tmp_path) as work:
        await work.save(story(1))
        await work.publish()
    async with desk(tmp_path, publication="The Beacon") as work:
        told = await work.publish()
        assert told.made == 1
        told_all = reading.read_all(work.get, pin(work.get("b/keys")), work.get("b/keys"), NAME, int(work.clock.now))
        assert any("The Beacon" in data.decode() for data in told_all.objects.values())


async def test_withdrawal_needs_no_key(tmp_path: Path) -> None:
    """With the online key expired no list can be signed, but the story is served no more."""
    async with desk(tmp_path) as work:
        await work.save(story(1, words="Secret."), story(2))
        await work.publish()
        work.clock.pass_(400 * DAY)
        await work.store.withdraw("/news/story-1", BEGIN)
        with pytest.raises(KeyFileError, match="expired"):
            await work.publish()
        assert not [path for path in work.served.rglob("*") if path.is_file() and b"Secret." in path.read_bytes()]
        ring = Keyring(tmp_path / "keys")
        ring.write(issuing.rotate(ring.keys(), ROOTS[0], secret("online 2"), int(work.clock.now)), secret("online 2"))
        await work.publish()
        assert len(listing(work).tombstones) == 1
        verify(work)


class Stop(BaseException):
    """A crash."""


async def test_crash_at_any_write_shows_a_whole_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped at the first, second, … last rename of a publication: readers see the old state or the new one, whole;
    and the next start publishes the new one."""
    written, limit = 0, 10**9
    write = files.write

    def counted(path: Path, data: object, **how: object) -> int:
        nonlocal written
        if written >= limit:
            raise Stop
        written += 1
        return write(path, data, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "write", counted)
    async with desk(tmp_path) as work:
        await work.save(story(1))
        await work.publish()
        trust = verify(work)
        for round_ in range(200):
            work.clock.pass_(60)
            await work.save(story(2, words=f"Version {round_}."), story(3, words="Always the same."))
            written, limit = 0, round_
            try:
                await work.publish()
                break
            except Stop:
                limit = 10**9
                trust = verify(work, trust)
                await work.restart()
        assert 15 < round_ < 199
        trust = verify(work, trust)
        await work.restart()
        limit = 10**9
        await work.publish()
        verify(work, trust)


def _killed(data: Path, after: float) -> None:
    command = [sys.executable, "-m", "tests.bundles.changing", str(data)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(after)
        os.kill(running.pid, signal.SIGKILL)


async def test_killed_at_random_instructions(tmp_path: Path) -> None:
    """SIGKILL in the middle of constant publishing, five times: whatever is there verifies, and never goes back."""
    async with desk(tmp_path) as work:
        await work.save(story(1))
        work.clock.now = time.time()
        keyring = Keyring(tmp_path / "keys")
        keyring.write(keys(int(time.time())), secret("online 1"))
        await work.publish()
        trust = verify(work)
        await work.publisher.close()
        for round_ in range(5):
            await asyncio.to_thread(_killed, tmp_path, 0.13 + round_ * 0.07)
            work.clock.now = time.time() + 60
            trust = verify(work, trust)
        work.start()
        await work.publish()
        verify(work, trust)


def newer(work: Desk, before: int) -> bool:
    return head(work).sequence > before


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_server_without_keys_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One clear line, and no bundles."""
    async with desk(tmp_path) as work:
        (tmp_path / "keys" / "public.keys").unlink()
        async with Publishing(work.settings, work.store, lambda _: True):
            await until(lambda: "keys init" in caplog.text)
        assert caplog.text.count("no bundles are published") == 1
        assert not (work.served / "b" / "names").exists()


async def test_change_is_out_within_a_second_and_one_process_publishes(tmp_path: Path) -> None:
    """Of two that run, one holds the lock; a story that is saved stands in its bundle within a second."""
    async with desk(tmp_path) as work:
        Keyring(tmp_path / "keys").write(keys(int(time.time())), secret("online 1"))
        await work.save(story(1))
        first, second = (Publishing(work.settings, work.store, lambda _: True) for _ in range(2))
        async with first, second:
            await until(lambda: (work.served / "b" / NAME / "head").exists())
            with Lock(tmp_path) as lock:
                assert not lock.held
            took = []
            for number in range(2, 5):
                begun, before = time.monotonic(), head(work).sequence
                await work.save(story(number))
                await until(partial(newer, work, before))
                took.append(time.monotonic() - begun)
            assert min(took) < 1
        with Lock(tmp_path) as lock:
            assert lock.held


async def test_paths_that_are_not_touched_are_not_kept(tmp_path: Path) -> None:
    """The operator's rules hold for bundles, too."""
    async with desk(tmp_path) as work:
        work.publisher._allow = lambda address: "story-1" not in address
        await work.save(story(1), story(2))
        await work.publish()
        assert len(reading.stories(listing(work))) == 1
