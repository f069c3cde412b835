"""Asking the site in turn: each question waits for the pace, and what becomes of it sets the pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..errors import OriginBusy, OriginError
from ..source.pace import Pace

T = TypeVar("T")


class Turns:
    """`sleep` waits for a turn of `pace`, which is one per site and process."""

    def __init__(self, pace: Pace, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._pace, self._sleep = pace, sleep

    async def take(self, ask: Callable[[], Awaitable[T]], tries: int = 1) -> T:
        """What `ask` gives; again, after a pause, where the site is busy or fails. Raises the last `OriginError`."""
        for turn in range(1, tries + 1):
            await self._sleep(self._pace.wait())
            try:
                found = await ask()
            except OriginError as error:
                self._pace.failed(error.after if isinstance(error, OriginBusy) else None)
                if turn == tries:
                    raise
            else:
                self._pace.succeeded()
                return found
        raise AssertionError("unreachable")
