"""What the kernel knows of one connection (Linux TCP_INFO), as values for the decision. Silent where it knows nothing.

Owns reading `struct tcp_info`; holds no address. Memory lasts as long as the connection, and for full pages ten minutes
under the page's own number.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakSet, ref

from ..sensing import Flow, Loaded, Loading, rate
from ..sensing.flow import FIRST_FLIGHT, SEGMENT
from ..sensing.receipt import Seen

if TYPE_CHECKING:
    from .pacing import Pace

EXTENSION = "lightkeeper.wire"
# struct tcp_info: u32 tcpi_total_retrans @100, u64 tcpi_bytes_acked @120, u32 tcpi_notsent_bytes @144, tcpi_min_rtt,
# @152 tcpi_data_segs_in, tcpi_data_segs_out, u64 tcpi_delivery_rate, tcpi_busy_time; u32 tcpi_unacked @24.
_SIZE = 176
_TOLD = struct.Struct("24xI72xI16xQ16xII4xI8xQ").unpack_from
_NEVER = 0xFFFFFFFF
# Seconds after which a page under way is looked at: before its sheets and scripts take their share of the line, and
# later for links on which the first is too soon. Of less than this the beginning says nothing.
_LOOKS = (0.15, 0.3, 0.6, 1.2, 2.4, 4.8)
_SHOWING = 3_000
# Seconds in which a page that is asked for begins, or which another tab may have for itself.
_AWAY = 8.0
# Accept to request: 115 ms for 700 bytes at 50 kbit/s, 82 at 70, 15 at 400. Later than this nobody was sending.
_STRAINED, _IDLE = 0.07, 0.3


class Sample(NamedTuple):
    """Counters since the connection began; `rtt` and `busy` in seconds."""

    acknowledged: int
    busy: float
    rtt: float
    lost: int
    segments: int
    unsent: int
    flying: int  # sent, and not acknowledged

    @property
    def pending(self) -> int:
        return self.unsent + self.flying


class _Borrowed(socket.socket):
    """A connection's own socket to ask things of, made once: uvloop's stand-in makes a new one for each question."""

    @classmethod
    def of(cls, connection: socket.socket | None) -> _Borrowed | None:
        """None where the platform has no such numbers."""
        if connection is None or sys.platform != "linux" or connection.fileno() < 0:
            return None
        return cls(connection.family, connection.type, connection.proto, connection.fileno())

    def __del__(self) -> None:
        self.detach()  # to close it is the transport's business


def sample(connection: socket.socket) -> Sample | None:
    """None where the kind of socket has no such numbers."""
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
        unacked, lost, acknowledged, unsent, rtt, segments, busy = _TOLD(told)
    except (OSError, ValueError, struct.error):  # under TLS the socket is gone before its protocol hears of it
        return None
    if not 0 < rtt < _NEVER:
        return None
    return Sample(acknowledged, busy / 1e6, rtt / 1e6, lost, segments, unsent, unacked * SEGMENT)


class Page:
    """A document that went out on a connection: its flow so far, and for ever as it was when the next request came."""

    def __init__(self, wire: Wire, before: Sample, ahead: int = 0, loaded: Loaded | None = None) -> None:
        self._wire: Wire | None = wire
        self._home = ref(wire)
        self._before, self._ahead = before, ahead
        self._loaded = loaded  # of the page before
        self._flow: Flow | None = None
        self._last: tuple[Sample, int] | None = None  # from which `_flow` is made when somebody asks
        self._peak = 0.0
        self.loading: Loading | None = None  # of a full page
        self.ended = False  # the last of it was made
        self.scripted = False  # a script of it was asked for
        self.hopeless = False  # its text had better not wait for anything
        self._left: float | None = None  # when its reader asked for another document

    @cached_property
    def wires(self) -> WeakSet[Wire]:
        """Those on which it goes out, with all that belongs to it."""
        home = self._home()
        return WeakSet([home] if home else ())

    @property
    def flow(self) -> Flow | None:
        if self._wire is not None:
            now = self._wire.sample()
            return self._until(now, self._wire.waiting()) if now else None
        if self._last is not None:
            self._flow, self._last = self._until(*self._last), None
        return self._flow

    @property
    def live(self) -> bool:
        return self._wire is not None

    def leave(self) -> None:
        """Its reader asks for another document; it may be for another tab."""
        self._left = asyncio.get_running_loop().time()

    @property
    def left(self) -> bool:
        return self._left is not None

    @property
    def away(self) -> bool:
        """Whether its reader has just left it."""
        return self._left is not None and asyncio.get_running_loop().time() - self._left < _AWAY

    @property
    def loaded(self) -> Loaded | None:
        """How long it took, or where its sheets were there already, the last one that brought them."""
        return (self.loading and self.loading.loaded) or self._loaded

    @property
    def seen(self) -> Seen:
        """What became of a full page, as far as its connections tell."""
        flow = self.flow
        return Seen(self.loading.text if self.loading else None, self.ended and flow is not None and flow.whole)

    def freeze(self, now: Sample | None) -> None:
        if self._wire is not None:
            self._last, self._wire = (now, self._wire.waiting()) if now else None, None

    def look(self) -> bool:
        """Note the rate so far; whether there will be more to see."""
        flow = self.flow
        if self._wire is None or flow is None:
            return False
        self._flow = flow  # what is known if the connection goes without a word
        if flow.size >= _SHOWING:
            self._peak = max(self._peak, rate(flow) or 0.0)
        return not flow.whole or not flow.size

    def _until(self, now: Sample, waiting: int) -> Flow:
        acknowledged, busy, rtt, lost, segments, unsent, flying = now
        before = self._before
        return Flow(
            acknowledged - before.acknowledged,
            busy - before.busy,
            rtt,
            not (unsent or flying or waiting),
            lost - before.lost,
            segments - before.segments,
            self._peak,
            self._ahead,
        )


class Wire:
    """One connection. `shown`: a page on it has shown a slow link, so it is the reader's link that is measured."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._socket: socket.socket | None = transport.get_extra_info("socket")
        self._borrowed = _Borrowed.of(self._socket)
        self._page: Page | None = None
        self._told: Sample | None = None
        self._gap: float | None = None
        self._ahead = 0
        self._loaded: Loaded | None = None
        self.shown = False
        self.pace: Pace | None = None  # of the answer under way

    @property
    def rtt(self) -> float | None:
        """The shortest so far: in the beginning the handshake's, which may have waited in the queue of another page."""
        found = self._once()
        return found.rtt if found else None

    def _once(self) -> Sample | None:
        """The numbers as they are at a request: until its answer begins nothing is sent."""
        if self._told is None:
            self._told = self.sample()
        return self._told

    @property
    def new(self) -> bool:
        """Whether it has carried next to nothing so far."""
        found = self._once()
        return found is not None and found.acknowledged < FIRST_FLIGHT // 2

    def asked(self, gap: float) -> None:
        """`gap`: seconds from the connection to the end of a request's head; only the first counts."""
        if self._gap is None:
            self._gap = gap

    @property
    def strained(self) -> bool:
        """Whether the first request crawled in. It may also have come late; so this chooses nothing."""
        return self._gap is not None and _STRAINED <= self._gap <= _IDLE

    @property
    def page(self) -> Page | None:
        return self._page

    def sample(self) -> Sample | None:
        """None where the connection is gone, too: another may have its number by then."""
        if self._borrowed is None or self._socket is None or self._socket.fileno() < 0:
            return None
        return sample(self._borrowed)

    @property
    def now(self) -> float:
        """Seconds, of the clock by which loads are measured."""
        return asyncio.get_running_loop().time()

    def end(self) -> None:
        """Close the connection behind what the kernel has of it. A reset would not be sent again where it is lost."""
        self._transport.abort()

    def waiting(self) -> int:
        return self._transport.get_write_buffer_size()

    def under_way(self) -> int:
        """Bytes in the network, and of what belongs to a page those that are about to be."""
        return self.handed_over() if self.pace and self.pace.rank else self.flying()

    def flying(self) -> int:
        """Bytes in the network; 0 where the connection is gone."""
        now = self.sample()
        return now.flying if now else 0

    def handed_over(self) -> int:
        """Those and all that wait to be there; 0 where the connection is gone."""
        now = self.sample()
        return now.pending + self.waiting() if now else 0

    def follow(self, page: Page | None) -> None:
        """The document asked for follows this full page: what that still has under way stands ahead of it."""
        self._ahead = sum(wire.flying() for wire in page.wires if wire is not self) if page else 0
        self._loaded = page.loaded if page else None

    def begin(self, *, alone: bool) -> Page | None:
        """A document's answer begins; `alone` on the line, or with sheets and scripts to follow."""
        before = self._once()
        self._page = Page(self, before, self._ahead, None if alone else self._loaded) if before else None
        if self._page is not None and not alone:
            self._look(self._page, 0)
        return self._page

    def _look(self, page: Page, number: int) -> None:
        """See to it that the page is looked at, until all of it is there or another follows."""
        later = _LOOKS[number] - (_LOOKS[number - 1] if number else 0.0)

        def look() -> None:
            if page is self._page and page.look() and number + 1 < len(_LOOKS):
                self._look(page, number + 1)

        asyncio.get_running_loop().call_later(later, look)

    def settle(self) -> None:
        """The next request came, or the connection is about to go: the page's flow stays as it is."""
        self._told = self._loaded = self.pace = None
        self._ahead = 0
        if self._page is not None and self._page.live:
            self._told = self.sample()
            self._page.freeze(self._told)
