"""A full page that a trusted proxy took from us at once: what is seen of its way to the reader all the same. Pure.

The proxy tells its round trip to the reader with each request. Where the page's first sheet is asked for late, and the
round trip has grown meanwhile, the page itself fills the line: a busy device alone makes no round trip longer, and a
long way alone no sheet late. Then the page's parts had better wait, for what the proxy has of them nobody takes back,
and a Light page would stand behind it. The page's picture tells when its end was there, and so the rate of the line,
which it had for itself.

    THE FIRST PART IS ASKED FOR                             the page's line is
    ------------------------------------------------------------
    early, or with a round trip as before                   open
    late, with a longer one                                 doubtful: parts wait
    very late, after one that may have grown before         doubtful

    WHILE IT IS DOUBTFUL
    ------------------------------------------------------------
    no other part with the same round trip comes soon       open: each has a connection of its own, and where all of
                                                            them wait, none is left for the picture
    the picture is asked for, by a line that was full       open, or hopeless, by the rate
    it is asked for otherwise                               open
    it is not, in the time that a page may take             hopeless; open where there was little doubt

What is open or hopeless stays so.
"""

from __future__ import annotations

from enum import Enum

from .decide import slow
from .flow import Flow

# Seconds. A page's first sheet is asked for when some 3 KB of it are there: .52 s later than the round trip explains
# at 80 ms and 50 kbit/s, .14 to .17 at 200; by then the round trip has grown by .12, or .02 to .03. Parts that wait
# without need do so until the page is there, whose bytes go before theirs in any case.
_LATE, _GROWN = 0.12, 0.02
_VERY_LATE, _MUCH_GROWN = 0.2, 0.04
# A first word like this may have stood in a queue itself: .4 at 80 ms and 50 kbit/s, where a browser opens a second
# connection beside the first.
_FAR = 0.25
# What a browser finds in one piece of a page it asks for at once, and each acknowledgement changes the proxy's word.
_SOON = 0.06
# The share of a page's time by which it makes the round trip longer where the line is all that it waits for: .57 at 100
# kbit/s, .5 at 270, .24 at 1,000.
_FULL = 0.3


class Line(Enum):
    OPEN = "open"
    DOUBTFUL = "doubtful"
    HOPELESS = "hopeless"


class Relayed:
    """`rtt` came with the request for the page, which went out at `began`; seconds, of any clock, as all times here."""

    def __init__(self, rtt: float, began: float) -> None:
        self._rtt, self._began = rtt, began
        self._words = set[float]()
        self._first: float | None = None
        self._shared = self._sure = False
        self._there: float | None = None
        self._grown = 0.0
        self._line = Line.OPEN
        self._size = 0

    def asked(self, rtt: float, now: float, *, blocks: bool) -> None:
        """A part of it is asked for, which `blocks` its text or does not."""
        if self._first is None and blocks:
            self._first = now
            late, grown = now - self._began - self._rtt, rtt - self._rtt
            self._sure = late > _VERY_LATE and (grown > _MUCH_GROWN or self._rtt > _FAR)
            if (self._sure or (late > _LATE and grown > _GROWN)) and self._there is None:
                self._line = Line.DOUBTFUL
        self._shared = self._shared or rtt in self._words
        self._words.add(rtt)

    def ended(self, size: int, *, carried: bool) -> None:
        """The proxy has all of it, so many bytes; where its picture was not `carried`, its absence tells nothing."""
        self._size = size
        if not carried:
            self._first, self._line = self._began, Line.OPEN

    def arrived(self, now: float, rtt: float | None) -> None:
        """Its picture is asked for: the end of the page is there. `rtt` as the proxy tells it, if it does."""
        if self._there is None:
            self._there, self._grown = now, (rtt or 0.0) - self._rtt

    def line(self, now: float, *, patience: float, bearable: float, critical_bytes: int) -> Line:
        """What a part that was asked for has before it.

        `patience`: seconds that the page itself may take; `bearable`: those that text may take, in all, before it is
        not worth waiting for; `critical_bytes` as for `decide`.
        """
        if self._line is Line.DOUBTFUL:
            hopeless = self._hopeless(now, patience, bearable, critical_bytes)
            if hopeless is not None:
                self._line = Line.HOPELESS if hopeless else Line.OPEN
        return self._line

    def _hopeless(self, now: float, patience: float, bearable: float, critical_bytes: int) -> bool | None:
        """None: not clear yet."""
        if self._there is not None:
            flow = Flow(self._size, self._there - self._began, self._rtt)
            full = self._grown > _FULL * (flow.busy - flow.rtt)
            return full and slow(flow, limit=bearable, critical_bytes=critical_bytes)
        if not self._shared and now - (self._first or now) > _SOON:
            return False
        return self._sure if now - self._began > patience else None
