"""How a full page loads, seen from its server: what its text waits for, and when all of that was there. Pure.

Only what goes out over the reader's own connections can be seen. Nothing is concluded from what was not asked for: a
browser may have it already.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

# Pages with more than this in their heads are not worth the room.
_MOST = 64
# Of less, the round trips are all that its time tells.
_TELLING = 30_000


class Loaded(NamedTuple):
    """Seconds until a full page's text could be read, and the bytes that were carried for it."""

    text: float
    size: int


class Loading:
    """`awaited`: what the page's head names, with its kind (`style`, `script`, `font`), as soon as that is known.

    `began` is when its navigation began, in seconds of any clock; so are the other times.
    """

    def __init__(self, awaited: Mapping[str, str], began: float) -> None:
        self._awaited, self._began = awaited, began
        self._there: dict[str, float | None] = {}
        self._sizes = Counter[str]()
        self.given_up = False  # its text comes without something that it would wait for

    def asked(self, name: str) -> None:
        if len(self._there) < _MOST:
            self._there.setdefault(name)

    def carried(self, name: str, size: int) -> None:
        """So many bytes of it, or for "" of the page itself, went out."""
        if not name or name in self._there:
            self._sizes[name] += size

    def arrived(self, name: str, now: float) -> None:
        """All of it was acknowledged."""
        if name in self._there:
            self._there[name] = now

    def age(self, now: float) -> float:
        """Seconds since its navigation began."""
        return now - self._began

    @property
    def scripts(self) -> bool:
        """Whether scripts run, unless all sheets were asked for and no script."""
        scripts = self._named("script")
        return not scripts or not self._styled() or any(name in self._there for name in scripts)

    @property
    def text(self) -> float | None:
        """Seconds from the navigation until all was there that text waits for; None: it was not, or cannot be told.

        What other hosts serve cannot. Infinite for a page that was given up.
        """
        if self.given_up:
            return math.inf
        if not self._styled():
            return None
        awaited = self._named("style") + (self._named("script") if self.scripts else [])
        times = [self._there.get(name) for name in awaited]
        there = [at for at in times if at is not None]
        return max(there) - self._began if len(there) == len(times) else None

    @property
    def loaded(self) -> Loaded | None:
        """None, too, where its browser had most of it already."""
        text = self.text
        size = sum(size for name, size in self._sizes.items() if not name or name in self._awaited)
        return None if text in (None, math.inf) or size < _TELLING else Loaded(text, size)

    def _styled(self) -> bool:
        sheets = self._named("style")
        return bool(sheets) and all(name in self._there for name in sheets)

    def _named(self, kind: str) -> list[str]:
        return [name for name, of in self._awaited.items() if of == kind]
