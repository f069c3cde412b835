"""Keeps bundles up to date with the store: what changed there stands in its bundles within a second.

One pass: which bundles a change touches, who belongs to them now, what has to be made, and to the press. The work runs
in one thread beside the event loop; one process of several does it, the one that holds the lock.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..article.fragment import BadFragment
from ..bundles import states
from ..bundles.lists import SHELL, STORY, TOMBSTONE, Entry, Listing
from ..bundles.states import DAY, Bundle
from ..errors import BadBundle, KeyFileError
from ..settings import Settings
from ..store import Store, Story
from ..store.members import Member, Members
from .folder import Folder
from .keyring import Keyring, Signer
from .making import Maker
from .press import Press
from .state import Made, State

T = TypeVar("T")

log = logging.getLogger(__name__)

# Stories that are read and made in one go, and so are in memory at once.
_AT_ONCE = 32
_HELD_FOR = 400 * DAY
_MOST_CHANGES = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What a pass did: bundles that reached a new state, stories that were made, stories that could not be."""

    published: tuple[str, ...] = ()
    made: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Work:
    """Which bundles a pass looks at, and of which one of their stories was taken back."""

    bundles: dict[str, Bundle] = field(default_factory=dict)
    purged: set[str] = field(default_factory=set)
    gone: list[str] = field(default_factory=list)

    def add(self, bundles: Iterable[Bundle], *, purge: bool = False) -> None:
        for bundle in bundles:
            self.bundles[bundle.name] = bundle
            if purge:
                self.purged.add(bundle.name)


class Publisher:
    """`allow` says of an address whether it may be kept; `clock` gives seconds since 1970.

    To be used by one task at a time, in a process that holds the lock.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        allow: Callable[[str], bool],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._store, self._allow, self._clock = settings, store, allow, clock
        self._members = Members(settings.data)
        self._folder = Folder(settings.data / "bundles")
        self._keyring = Keyring(settings.data / "keys")
        self._state: State | None = None
        self._stamp: tuple[int, int] | None = None
        self._thread = ThreadPoolExecutor(1, "publisher")
        self._sequence = -1
        self._unfinished: set[str] = set()
        self._renewed = 0.0

    async def close(self) -> None:
        """Waits for what is under way."""
        await asyncio.to_thread(self._thread.shutdown)
        await self._members.close()
        if self._state is not None:
            self._state.close()

    @property
    def keyring(self) -> Keyring:
        return self._keyring

    async def once(self) -> Told:
        """Publish everything that changed since the last time; the first time, whatever is not as it should be.

        Raises `KeyFileError` where there is no key to sign with.
        """
        now, stamp = int(self._clock()), self._keyring.stamp()
        everything = self._sequence < 0 or stamp != self._stamp
        due = now - self._renewed > self._life // 8
        sequence = await self._store.sequence()
        if sequence == self._sequence and not everything and not due:
            return Told()
        try:
            signer = self._keyring.signer(now)
        except KeyFileError:
            await self._withhold(sequence)
            raise
        state = self._opened()
        maker = Maker(self._settings, self._folder, state)
        press = Press(self._folder, state, signer, self._life)
        if everything:
            await self._in_thread(self._mend, press)
        work = _Work()
        if everything or due:
            work.add(await self._all())
            self._renewed = now
        seen = await self._changed(work, state, self._since(state, sequence))
        told = await self._publish(work, maker, press, state, signer, now)
        state.set_seen(seen)
        self._sequence, self._stamp = seen, stamp
        return told

    async def _withhold(self, sequence: int) -> None:
        """Without a key no list can be signed: what was taken back is no longer served all the same."""
        if not self._folder.path.is_dir():
            return
        work, state = _Work(), self._opened()
        await self._changed(work, state, self._since(state, sequence))
        for name in work.purged:
            for begin, end in self._folder.packs(name):
                self._folder.drop_pack(name, begin, end)
        for made in map(state.made, work.gone):
            if made is not None:
                self._folder.drop_object(made.story)

    def _since(self, state: State, sequence: int) -> int:
        """From which of the store's sequences on changes are to be heeded; from the first, where the store is new."""
        since = state.seen() if self._sequence < 0 else self._sequence
        return since if since <= sequence else 0

    async def finish(self) -> bool:
        """One bundle's work that can wait; False when none is left."""
        if not self._unfinished or self._state is None:
            return False
        name = self._unfinished.pop()
        press = Press(self._folder, self._state, self._keyring.signer(int(self._clock())), self._life)
        await self._in_thread(press.finish, name, int(self._clock()))
        return True

    async def _in_thread(self, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    @property
    def _life(self) -> int:
        return self._settings.bundle_days * DAY

    def _opened(self) -> State:
        if self._state is None:
            self._folder.prepare()
            self._state = State(self._folder.path / "publisher.sqlite3")
        return self._state

    def _mend(self, press: Press) -> None:
        for name in self._folder.names():
            press.mend(name)
            self._unfinished.add(name)
        if self._state is not None and self._sequence < 0:
            for each in self._state.unused(self._folder.objects()):
                self._folder.drop_object(each)

    async def _all(self) -> list[Bundle]:
        found: dict[str, Bundle] = {bundle.name: bundle for bundle in self._published()}
        for subtag, tags in (await self._languages()).items():
            for bundle in states.latest(subtag):
                found[bundle.name] = bundle
            for month in await self._members.months(tags):
                found[f"{subtag}-{month}"] = states.archive(subtag, month)
        return list(found.values())

    def _published(self) -> Iterable[Bundle]:
        """What is published already, also of languages and months that have no story any more."""
        for name in self._folder.names():
            subtag, _, rest = name.partition("-")
            if rest[:4].isdecimal():
                yield states.archive(subtag, rest)
            else:
                yield from (bundle for bundle in states.latest(subtag) if bundle.name == name)

    async def _languages(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for tag in await self._members.tags():
            found.setdefault(states.subtag(tag), []).append(tag)
        return found

    async def _changed(self, work: _Work, state: State, since: int) -> int:
        """Add the bundles that the store's changes after `since` touch; up to which sequence."""
        whole = False
        while not whole:
            changes = await self._store.changes(since, _MOST_CHANGES)
            since, whole = changes.sequence, changes.whole
            for member in await self._members.of(changes.changed):
                before = state.made(member.address)
                work.add(_bundles(member.language, member.month))
                work.add(_bundles(before.tag, before.month) if before else ())
            for made in state.made_of(bytes.fromhex(name)[:TOMBSTONE] for name in changes.removed):
                if not await self._members.of([made.address]):
                    work.add(_bundles(made.tag, made.month), purge=True)
                    work.gone.append(made.address)
        return since

    async def _publish(self, work: _Work, maker: Maker, press: Press, state: State, signer: Signer, now: int) -> Told:
        tombstones = [bytes.fromhex(name)[:TOMBSTONE] for name in await self._store.tombstones()]
        languages = await self._languages()
        published, made, refused = [], 0, 0
        for bundle in sorted(work.bundles.values(), key=lambda bundle: (bool(bundle.month), bundle.name)):
            members = await self._belonging(bundle, languages.get(bundle.language, []))
            new, lost = await self._make(members, maker, archived=bool(bundle.month))
            made, refused = made + new, refused + lost
            print_ = (bundle, members, tombstones, maker, press, state, now, bundle.name in work.purged)
            if await self._in_thread(self._print, *print_):
                published.append(bundle.name)
                self._unfinished.add(bundle.name)
        await self._in_thread(self._folder.tell, signer.public)
        if work.gone:
            state.forget(work.gone)
        state.forget_held(now - _HELD_FOR)
        return Told(tuple(published), made, refused)

    async def _belonging(self, bundle: Bundle, tags: list[str]) -> list[Member]:
        if bundle.month:
            found = await self._members.of_month(tags, bundle.month, bundle.limit)
        else:
            found = await self._members.newest(tags, bundle.limit)
        return [member for member in found if self._allow(member.address)]

    async def _make(self, members: list[Member], maker: Maker, *, archived: bool) -> tuple[int, int]:
        """Make what is not made yet; how many were, and how many could not be."""
        lacking = await self._in_thread(_lacking, members, maker)
        made = 0
        for start in range(0, len(lacking), _AT_ONCE):
            part = [await self._store.story(address) for address in lacking[start : start + _AT_ONCE]]
            durable = len(lacking) <= _AT_ONCE
            made += await self._in_thread(_made, [story for story in part if story], maker, durable, archived)
        return made, len(lacking) - made

    def _print(
        self,
        bundle: Bundle,
        members: list[Member],
        tombstones: list[bytes],
        maker: Maker,
        press: Press,
        state: State,
        now: int,
        purge: bool,
    ) -> bool:
        made = [found for member in members if (found := maker.known(member.address, member.digest))]
        if not made and self._folder.current(bundle.name) is None:
            return False
        hashes = {each.hash for each in made}
        gone = state.held(bundle.name, (each for each in tombstones if each not in hashes), states.MOST_TOMBSTONES)
        screens = () if bundle.month else (maker.screen(bundle.language),)
        listing = Listing((*_shells(made), *screens, *_stories(made)), tuple(gone), self._settings.bundle_mirrors)
        return press.print(bundle.name, listing, list(hashes), now, purge=purge)


def _lacking(members: list[Member], maker: Maker) -> list[str]:
    return [member.address for member in members if not maker.known(member.address, member.digest)]


def _made(stories: list[Story], maker: Maker, durable: bool, archived: bool) -> int:
    count = 0
    for story in stories:
        try:
            maker.make(story, durable=durable, archived=archived)
            count += 1
        except (BadFragment, BadBundle) as error:
            log.warning("a story cannot be kept in bundles: %s", error)
    return count


def _bundles(tag: str, month: str) -> tuple[Bundle, ...]:
    return (*states.latest(tag), states.archive(tag, month))


def _shells(made: list[Made]) -> tuple[Entry, ...]:
    sizes = {each.shell: each.shell_size for each in made}
    return tuple(Entry(SHELL, sizes[name], name) for name in sorted(sizes))


def _stories(made: list[Made]) -> tuple[Entry, ...]:
    return tuple(Entry(STORY, each.size, each.story) for each in made)
