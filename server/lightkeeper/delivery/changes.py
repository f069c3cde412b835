"""What other processes stored, corrected, removed or withdrew, heard within a second by polling the sequence."""

from __future__ import annotations

import asyncio
from typing import Self

from ..background import Background
from .faults import report
from .library import Library
from .shelf import Shelf

_EVERY = 0.4


class Following(Background):
    """In every process. On entering, what was withdrawn before is known."""

    def __init__(self, shelf: Shelf, library: Library) -> None:
        super().__init__()
        self._shelf, self._library = shelf, library
        self._seen: int | None = None

    async def __aenter__(self) -> Self:
        await self._catch_up()
        return await super().__aenter__()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self._catch_up()
            except Exception as error:
                report("changes of other processes could not be read", error)

    async def _catch_up(self) -> None:
        now = await self._shelf.sequence()
        if now is None or now == self._seen:
            return
        await self._shelf.learn_withdrawn()
        if self._seen is None:  # nothing is in memory yet
            self._seen = now
            return
        whole = False
        while not whole and (changes := await self._shelf.changes(self._seen)):
            self._library.heed(changes)
            self._seen, whole = changes.sequence, changes.whole
