"""How often each story is read, per day and edition: counted in memory, added to the store every minute. Of who reads,
and when within the day, nothing is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import TracebackType

from ..background import Background
from ..store import Views
from .faults import report
from .shelf import Shelf

_EVERY = 60.0
# Addresses are made up by whoever asks; those that are no stored story are dropped at the end of the minute.
_MOST = 20_000


class Tally(Background):
    """What was counted last is stored on leaving. `clock` gives the time with its zone."""

    def __init__(self, shelf: Shelf, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._shelf, self._clock = shelf, clock
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._today = date.min, ""

    def count(self, path: str, edition: str, method: str, headers: Mapping[str, str]) -> None:
        """One story was read; unless a browser only looked ahead."""
        if method != "GET" or "sec-purpose" in headers:
            return
        self.add(path, edition)

    def add(self, path: str, edition: str) -> None:
        today = self._clock().date()
        if today != self._today[0]:
            self._today = today, today.isoformat()
        name = self._today[1], path, edition
        if name in self._counts or len(self._counts) < _MOST:
            self._counts[name] += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        await self.flush()

    async def flush(self) -> None:
        """Add what was counted to the store; what it cannot take waits for the next time."""
        counts, self._counts = self._counts, Counter()
        if counts and not await self._shelf.add_views([Views(*name, count) for name, count in counts.items()]):
            self._counts.update(counts)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.flush()
            except Exception as error:
                report("counting views failed", error)
