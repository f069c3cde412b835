"""A full page on a slow link, and what belongs to it, leaves as the link takes it: six connections would else put 80 KB
into the network's queue, and at 50 kbit/s the Light page, asked for meanwhile, would stand behind them for 13 seconds.

What text waits for leaves first: fonts and pictures stand behind sheets and scripts where these need a second, and all
stand behind the page itself where the link is hopeless; elsewhere, while no script of it is asked for, the page leaves
the line to its sheets. Nothing waits for what has no bytes to send. Where the link is slow, fonts are refused: the text
comes in the device's own, for which nobody waits. Where on a hopeless link the page itself is not there after half of
the limit, or crawled to its end, its sheets and scripts are refused, too: what has come of it can be read then, also
without JavaScript, and the banner be seen. Where no script is asked for, sheets that will not be there at the limit are
broken off, or refused behind it; where scripts run, the watchdog acts.

A reader who goes on to another page needs nothing more of this one; browsers let go of it only when the other begins.

Owns when a piece may leave. A page whose own flow shows nothing slow is not held up, nor one of which nothing is known.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from enum import IntEnum

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..sensing import Flow, rate, slow
from ..sensing.flow import FASTEST, FIRST_FLIGHT, SEGMENT, SOONEST
from ..sensing.link import CREDIBLE, WEAK
from .faults import report
from .wire import EXTENSION, Page, Wire

# A record of its own: see `records`.
_PIECE = 1_380
_FEWEST = 2 * SEGMENT
# A page on a new connection sends no more than its first flight before half of that is there: on a quick link that is
# when the flight could go on at all, and on a slow one its flow has shown that by then.
_PROVEN = FIRST_FLIGHT // 2
# Where the request crawled in, three segments until two are there: at 50 kbit/s a first flight is a queue of 2.3 s, in
# which each new connection of the page waits for its turn. Elsewhere this would cost a round trip.
_CAREFUL, _CAREFULLY_PROVEN = 3 * SEGMENT, 2 * SEGMENT
# Seconds of the link that may stand in its queue, besides what is on the way. Enough to keep it busy.
_AHEAD = 0.4
# The same of a page that leaves the line to its sheets, and what of it shows the rate.
_BESIDE, _TOLD = 0.15, 4 * SEGMENT
# The share of the limit after which it is clear whether text will be there in time.
_CLEAR = 0.8
LOOK, _SOON, _LONGEST = 0.02, 0.005, 5.0
# Seconds of a page's flow, besides a round trip, in which a good link has more than its first segments acknowledged.
_BEGINNING = 0.1
# How much later one looks again for the end of what is under way: within a seventh of the time that it took.
_SLOWER = 1.15
# Multiples of the limit, for what text waits for: from the first on it is worth putting in order, from the second on
# the page stands back, too, from the third on no order helps.
_FELT, _MUCH, HOPELESS = 0.25, 0.5, 2.0


class Rank(IntEnum):
    """The order in which a page's parts are wanted."""

    PAGE = 0
    BLOCKING = 1
    FONT = 2
    PICTURE = 3


# Fetch, section 2.2.7.
_PICTURES = frozenset(("image", "video", "audio"))


def rank(destination: str) -> Rank:
    """Of what a page asks for, by its `Sec-Fetch-Dest`."""
    if destination in _PICTURES:
        return Rank.PICTURE
    return Rank.FONT if destination == "font" else Rank.BLOCKING


class Pace:
    """For one answer on `wire`, which belongs to `page` or is it. `limit` and `weight` as for `sensing.decide`.

    `new`: on a connection of which nothing is known, or (`strained`) only that its first request crawled in. `name` of
    what the page's text may wait for: the page is told when all of it is there.
    """

    def __init__(
        self,
        page: Page,
        wire: Wire,
        rank: Rank,
        *,
        limit: float,
        weight: int,
        new: bool = False,
        strained: bool = False,
        name: str = "",
    ) -> None:
        self._page, self._limit, self._weight, self._new = page, limit, weight, new
        self._wire, self.rank = wire, rank
        self._first, self._proven = (_CAREFUL, _CAREFULLY_PROVEN) if strained else (FIRST_FLIGHT, _PROVEN)
        self._name = name if page.loading else ""
        self._loose = self._started = self._whole = False
        self._first_rate = 0.0  # bits per second, while the page has the line for itself
        page.wires.add(wire)
        if page.loading and name:
            page.loading.asked(name)

    async def turn(self) -> None:
        """Wait until the next piece may leave; not behind what stands still: that connection may have died."""
        standing, since = 0, self._wire.now
        while self.room <= 0:
            left = sum(wire.handed_over() for wire in self._page.wires)
            if left != standing or self._page.away:
                standing, since = left, self._wire.now
            elif self._wire.now - since > _LONGEST:
                self._loose = True
            await asyncio.sleep(_SOON if self._new and not self.slow else LOOK)

    @property
    def needless(self) -> bool:
        """Whether text comes sooner, and as well, without it."""
        return self.rank is Rank.FONT and self._takes(1.0, CREDIBLE)

    async def hopeless(self) -> bool:
        """Wait while the page itself crawls; whether it does so for half of the limit, or to its end.

        What is asked for later fares like what waited.
        """
        page, waited = self._page, False
        while not page.hopeless and (self._crawls(WEAK) or self._begins_to_crawl()):
            flow, waited = page.flow, True
            page.hopeless = flow is not None and flow.busy >= self._limit / 2 and self._crawls(CREDIBLE)
            await asyncio.sleep(LOOK)
        page.hopeless = page.hopeless or (waited and self._takes(HOPELESS, CREDIBLE))
        return page.hopeless

    def carries(self, size: int) -> None:
        """So many bytes of it go out."""
        self._started = True
        if self._page.loading and (self._name or self.rank is Rank.PAGE):
            self._page.loading.carried(self._name, size)

    def late(self, left: float = 0.0) -> bool:
        """Whether text should be there in `left` seconds, on a slow link, for a reader whom no script helps."""
        loading = self._page.loading
        if loading is None or self._page.scripted or self._page.left:
            return False
        return loading.age(self._wire.now) + left >= self._limit and self._takes(1.0)

    def expire(self, tell: Callable[[], None]) -> None:
        """Break a sheet off when text should be there, or somewhat before where it will not; `tell` is called then.

        Browsers paint what has come.
        """
        if self._page.loading is not None:
            age, loop = self._page.loading.age(self._wire.now), asyncio.get_running_loop()
            if age < _CLEAR * self._limit:
                loop.call_later(_CLEAR * self._limit - age, self._expired, tell)
            loop.call_later(max(0.0, self._limit - age) + LOOK, self._expired, tell)

    def _expired(self, tell: Callable[[], None]) -> None:
        loading, there = self._page.loading, self._whole and not self._wire.handed_over()
        if loading is not None and self._wire.pace is self and not there and self.late(self._left()):
            loading.given_up = True
            self._wire.end()
            self.end()
            tell()

    def _left(self) -> float:
        """Seconds that all takes which the page's connections have to send; what waits for them has no end yet."""
        if not self._whole:
            return math.inf if self._started else 0.0  # what is not begun, a browser would ask for anew
        flow = self._page.flow
        bits = sum(wire.handed_over() for wire in self._page.wires) * 8
        return bits / ((rate(flow) if flow else None) or FASTEST)

    def sent(self) -> None:
        """The last of it was handed over."""
        self._whole = True
        if self._name:
            self._await_end(LOOK)

    def _await_end(self, later: float) -> None:
        asyncio.get_running_loop().call_later(later, self._look_for_end, later)

    def _look_for_end(self, later: float) -> None:
        wire, loading = self._wire, self._page.loading
        if loading is None or wire.sample() is None:  # the connection is gone
            return
        # A request that follows on the connection: the answer before it was there.
        if wire.pace is not self or not wire.handed_over():
            loading.arrived(self._name, wire.now)
        elif later < _LONGEST:
            self._await_end(later * _SLOWER)

    def end(self) -> None:
        """What goes out instead is nothing that anybody has to wait for."""
        self._wire.pace = None

    @property
    def room(self) -> float:
        """Bytes that may leave now."""
        if self._loose:
            return float("inf")
        if self._behind():
            return 0
        most = self._most()
        return most - self._under_way() if most < float("inf") else most

    @property
    def slow(self) -> bool:
        """Whether the page's own flow shows a link on which there is something to hold up."""
        return self._takes(1.0)

    def _takes(self, share: float, credible: float = WEAK) -> bool:
        """Whether it shows that text would take this share of the limit, on words at least that `credible`."""
        return slow(self._page.flow, limit=share * self._limit, critical_bytes=self._weight, credible=credible)

    def _crawls(self, credible: float) -> bool:
        flow = self._page.flow if self._page.live else None
        return flow is not None and not flow.whole and self._takes(HOPELESS, credible)

    def _begins_to_crawl(self) -> bool:
        """The same before `rate` would trust its flow: at 200 kbit/s parts are asked for sooner than that.

        Where something was lost, the flow shows next to nothing.
        """
        flow = self._page.flow if self._page.live else None
        if flow is None or flow.whole or flow.lost:
            return False
        if flow.busy >= 2 * flow.rtt + SOONEST or flow.busy - flow.rtt < _BEGINNING:
            return False
        return self._weight * 8 / _first_rate(flow) > HOPELESS * self._limit

    def _behind(self) -> bool:
        """Whether something that is wanted sooner has bytes to send: another page, or another part of this one."""
        if self._page.away and self._takes(_FELT):
            return True
        if self.rank > Rank.BLOCKING:
            return self._takes(_FELT) and self._sends(Rank(self.rank - 1))
        return self.rank is Rank.BLOCKING and self._takes(HOPELESS) and self._sends(Rank.PAGE)

    def _sends(self, most: Rank) -> bool:
        others = (wire for wire in self._page.wires if wire is not self._wire)
        return any(wire.pace and wire.pace.rank <= most and wire.handed_over() for wire in others)

    def _most(self) -> float:
        """Bytes of this page that may be under way at once."""
        flow = self._page.flow
        if self._yields():
            return max(_FEWEST, self._first_rate / 8 * ((flow.rtt if flow else 0.0) + _BESIDE))
        if flow is None or not self._takes(1.0 if self.rank <= Rank.BLOCKING else _FELT):
            self._new = self._new and flow is not None and flow.size < self._proven
            return self._first if self._new else float("inf")
        if self.rank <= Rank.BLOCKING and not self._takes(HOPELESS):
            return float("inf")  # other hosts' parts hold nothing back, and would take the line
        return max(_FEWEST, (rate(flow) or 0.0) / 8 * (flow.rtt + _AHEAD))

    def _yields(self) -> bool:
        """Whether the page leaves the line to its sheets, for which a reader without scripts waits.

        Behind its text come frames of other hosts, which nobody here holds up. Its first segments show a rate before
        `rate` would trust it.
        """
        flow = self._page.flow
        if self.rank is not Rank.PAGE or self._page.scripted or flow is None or flow.size < _TOLD:
            return False
        self._first_rate = max(self._first_rate, _first_rate(flow))
        return _MUCH < self._weight * 8 / self._first_rate / self._limit < HOPELESS

    def _under_way(self) -> int:
        """Those that it has to wait for: the page itself does for none but its own, unless it yields."""
        if self.rank is Rank.PAGE and not self._yields():
            return self._wire.handed_over()
        others = sum(wire.under_way() for wire in self._page.wires if wire is not self._wire)
        return others + self._wire.handed_over()


def _first_rate(flow: Flow) -> float:
    """Bits per second, of a page whose `rate` nobody would trust yet."""
    return max(flow.size, SEGMENT) * 8 / max(flow.busy - flow.rtt, 0.001)


class Paced:
    """ASGI middleware: an answer that has a pace goes out in pieces."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wire = scope.get("extensions", {}).get(EXTENSION)

        async def paced(message: Message) -> None:
            if message["type"] == "http.response.body" and (pace := wire.pace) is not None:
                pace.carries(len(message.get("body", b"")))
                await _in_pieces(message, pace, send)
                if not message.get("more_body", False):
                    pace.sent()
            else:
                await send(message)

        await self._app(scope, receive, paced if isinstance(wire, Wire) else send)


async def _in_pieces(message: Message, pace: Pace, send: Send) -> None:
    body, more = message.get("body", b""), message.get("more_body", False)
    while len(body) > (piece := await _turn(pace)):
        await send({"type": "http.response.body", "body": body[: int(piece)], "more_body": True})
        body = body[int(piece) :]
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _turn(pace: Pace) -> float:
    """Bytes that may leave now, in whole records. Pieces cost the processor time: links that are not slow have none."""
    try:
        await pace.turn()
        room = pace.room
        return room if room == float("inf") else max(_PIECE, int(room) // _PIECE * _PIECE)
    except Exception as error:
        report("an answer goes out unpaced, because something of ours failed", error)
        return float("inf")
