"""How fast the site is asked in advance: so many requests a second, and a pause where it asks for one or fails.

Pure: clock and dice are handed in. One per site and process.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime

_FIRST, _LONGEST = 1.0, 120.0


class Pace:
    """`rate` is requests per second; `clock` gives seconds and never goes back; `dice` gives 0 to 1."""

    def __init__(self, rate: float, clock: Callable[[], float], dice: Callable[[], float] = random.random) -> None:
        self._gap, self._clock, self._dice = 1 / rate, clock, dice
        self._next = 0.0
        self._pause = _FIRST

    def slow_down(self, gap: float) -> None:
        """Leave at least `gap` seconds between two requests: the site's Crawl-delay."""
        self._gap = max(self._gap, min(gap, _LONGEST))

    def wait(self) -> float:
        """Take the next turn; seconds until it comes."""
        now = self._clock()
        turn = max(now, self._next)
        self._next = turn + self._gap
        return turn - now

    def succeeded(self) -> None:
        self._pause = _FIRST

    def failed(self, after: float | None = None) -> None:
        """Nobody takes a turn for as long as the site asked, else for a pause that doubles, with jitter."""
        pause = self._pause * (0.5 + self._dice())
        self._pause = min(self._pause * 2, _LONGEST)
        self._next = max(self._next, self._clock() + min(max(pause, after or 0.0), _LONGEST * 5))


def retry_after(value: str, now: float) -> float | None:
    """The seconds that a `Retry-After` header asks for (RFC 9110 10.2.3); None where it says nothing sensible.

    `now` is in seconds since 1970.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
