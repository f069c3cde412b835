"""All stories of the site into the store. Stopped at any point and started again, it goes on where it was.

A story is stored in one transaction, so what is there is whole. The time at which the run began is kept until it is
complete: what was read since then is not asked for again.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ..article.model import Front
from ..errors import OriginError, SettingsError, StoreError
from ..settings import Settings
from ..source.origin import Origin
from ..source.pace import Pace
from ..source.pool import Pool
from ..store import Store
from .addresses import path_on
from .discovery import Candidate, Discovery
from .intake import Intake, Missing, Taken
from .turns import Turns

_RUN = "pull"
_TRIES = 3
_AT_ONCE = 4
_LOOKED_UP = 400  # candidates whose state is read from the store in one go
_MOST_NAMED = 20


@dataclass(slots=True)
class Summary:
    """What a run has done so far. `named` holds the first failures, each with its reason."""

    resumed: bool = False
    known: int = 0
    stored: int = 0
    unchanged: int = 0
    skipped: int = 0
    no_story: int = 0
    failed: int = 0
    named: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.stored + self.unchanged + self.skipped + self.no_story + self.failed

    def fail(self, what: str) -> None:
        self.failed += 1
        if len(self.named) < _MOST_NAMED:
            self.named.append(what)


class Pull:
    """One run. `allow` says of an address whether it may be kept; `show` is told after every step."""

    def __init__(
        self,
        settings: Settings,
        *,
        origin: Origin,
        store: Store,
        pool: Pool,
        allow: Callable[[str], bool] = lambda _: True,
        show: Callable[[Summary], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._settings, self._store, self._allow, self._show = settings, store, allow, show
        pace = Pace(settings.pace, asyncio.get_running_loop().time)
        self._turns = Turns(pace, sleep)
        self._discovery = Discovery(settings, origin, pool, pace, sleep)
        self._intake = Intake(origin, store, pool, zone=settings.zone)
        self.summary = Summary()
        self._seen: set[str] = set()

    async def run(self) -> Summary:
        """Until everything is read. Raises `StoreError` where the data folder can take no more; what is in it stays."""
        try:
            with _alone(self._settings.data):
                await self._run()
        except SQLAlchemyError as error:
            detail = getattr(error, "orig", None) or error
            raise StoreError(
                f"the data folder {self._settings.data} cannot take more ({detail}); what was read is kept, "
                "run this again when that is mended"
            ) from error
        return self.summary

    async def _run(self) -> None:
        began = await self._begin()
        batch: list[Candidate] = []
        async for candidate in self._candidates(began):
            if candidate.path in self._seen or not self._allow(candidate.path):
                continue
            self._seen.add(candidate.path)
            self.summary.known += 1
            batch.append(candidate)
            if len(batch) >= _LOOKED_UP:
                await self._take_all(batch, began)
                batch = []
        await self._take_all(batch, began)
        for failure in self._discovery.failures:
            self.summary.fail(failure)
        await self._store.note(_RUN, None)

    async def _begin(self) -> datetime:
        kept = await self._store.noted(_RUN)
        self.summary.resumed = kept is not None
        began = datetime.now(UTC).replace(microsecond=0) if kept is None else datetime.fromtimestamp(kept, UTC)
        await self._store.note(_RUN, int(began.timestamp()))
        return began

    async def _candidates(self, began: datetime) -> AsyncIterator[Candidate]:
        for path in self._settings.fronts:
            for candidate in await self._front(path):
                yield candidate
        async for candidate in self._discovery.everything():
            yield candidate

    async def _front(self, path: str) -> list[Candidate]:
        """A front is always read, and stored; its stories."""
        self.summary.known += 1
        self._seen.add(path)
        taken = await self._ask(path, ("", ""))
        if not isinstance(taken, Taken) or not isinstance(taken.value, Front):
            return []
        found = (path_on(self._settings.site, headline.url) for headline in taken.value.headlines)
        return [Candidate(address) for address in found if address is not None]

    async def _take_all(self, batch: list[Candidate], began: datetime) -> None:
        fetched = await self._store.fetched([candidate.path for candidate in batch])
        wanted: deque[str] = deque()
        for candidate in batch:
            at = fetched.get(candidate.path)
            if at is not None and at >= (candidate.modified or began):
                self.summary.skipped += 1
            else:
                wanted.append(candidate.path)
        self._show(self.summary)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(self._take(wanted))
        except ExceptionGroup as failures:  # the first is the cause, the others were under way
            raise failures.exceptions[0] from failures

    async def _take(self, wanted: deque[str]) -> None:
        while wanted:
            path = wanted.popleft()
            story = await self._store.story(path)
            await self._ask(path, (story.etag, story.last_modified) if story else ("", ""))

    async def _ask(self, path: str, known: tuple[str, str]) -> Taken | Missing | None:
        """One address, in its turn; again, after a pause, where the site is busy or fails."""
        try:
            taken = await self._turns.take(lambda: self._intake.take(path, known), _TRIES)
        except OriginError as error:
            self.summary.fail(f"{path}: {error}")
            taken = Missing("failed")
        else:
            await self._count(path, taken)
        self._show(self.summary)
        return taken

    async def _count(self, path: str, taken: Taken | Missing | None) -> None:
        if taken is None:
            await self._store.touch(path, datetime.now(UTC))
            self.summary.unchanged += 1
        elif isinstance(taken, Taken):
            self.summary.stored += 1
        elif taken.reason in ("unreadable", "failed"):
            self.summary.fail(f"{path}: the page could not be read")
        else:
            self.summary.no_story += 1


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run at a time on a data folder. The lock goes with the process, however it ends."""
    try:
        with (folder / "pull.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise SettingsError(f"data: another pull is running on {folder}") from error
