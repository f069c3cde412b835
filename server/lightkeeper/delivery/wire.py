"""What the kernel knows of one connection (Linux TCP_INFO), as values for the decision. Silent where it knows nothing.

Owns reading `struct tcp_info`; holds no address. Memory lasts as long as the connection, and for full pages ten minutes
under the page's own number.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from dataclasses import dataclass

from ..sensing import Flow

EXTENSION = "lightkeeper.wire"
# struct tcp_info: u32 tcpi_total_retrans @100, u64 tcpi_bytes_acked @120, u32 tcpi_notsent_bytes @144, tcpi_min_rtt,
# @152 tcpi_data_segs_in, tcpi_data_segs_out, u64 tcpi_delivery_rate, tcpi_busy_time; u32 tcpi_unacked @24.
_SIZE = 176
_NEVER = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Sample:
    """Counters since the connection began; `rtt` and `busy` in seconds."""

    acknowledged: int
    busy: float
    rtt: float
    lost: int
    segments: int
    pending: int


def sample(transport: asyncio.BaseTransport) -> Sample | None:
    """None where the platform, or the kind of socket, has no such numbers."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is None or sys.platform != "linux":
        return None
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
        (unacked,) = struct.unpack_from("I", told, 24)
        (lost,) = struct.unpack_from("I", told, 100)
        acknowledged, _, _, _, unsent, rtt, _, segments, _, busy = struct.unpack_from("QQIIIIIIQQ", told, 120)
    except (OSError, struct.error):
        return None
    if not 0 < rtt < _NEVER:
        return None
    return Sample(acknowledged, busy / 1e6, rtt / 1e6, lost, segments, unsent + unacked)


class Page:
    """A document that went out on a connection: its flow so far, and for ever as it was when the next request came."""

    def __init__(self, wire: Wire, before: Sample) -> None:
        self._wire: Wire | None = wire
        self._before = before
        self._flow: Flow | None = None

    @property
    def flow(self) -> Flow | None:
        return self._flow if self._wire is None else self._now(self._wire)

    def freeze(self) -> None:
        self._flow, self._wire = self.flow, None

    def _now(self, wire: Wire) -> Flow | None:
        now = wire.sample()
        if now is None:
            return None
        before, waiting = self._before, wire.waiting()
        return Flow(
            size=now.acknowledged - before.acknowledged,
            busy=now.busy - before.busy,
            rtt=now.rtt,
            whole=not now.pending and not waiting,
            lost=now.lost - before.lost,
            segments=now.segments - before.segments,
        )


class Wire:
    """One connection. `shown`: a page on it has shown a slow link, so it is the reader's link that is measured."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._page: Page | None = None
        self._rtt: float | None = None
        self._asked = False
        self.shown = False

    @property
    def rtt(self) -> float | None:
        """The shortest round trip, read once: in the beginning that is the handshake's."""
        if not self._asked:
            self._asked = True
            found = self.sample()
            self._rtt = found.rtt if found else None
        return self._rtt

    @property
    def page(self) -> Page | None:
        return self._page

    def sample(self) -> Sample | None:
        return sample(self._transport)

    def waiting(self) -> int:
        return self._transport.get_write_buffer_size()

    def begin(self) -> Page | None:
        """A document's answer begins."""
        before = self.sample()
        self._page = Page(self, before) if before else None
        return self._page

    def settle(self) -> None:
        """The next request came, or the connection is about to go: the page's flow stays as it is."""
        if self._page is not None:
            self._page.freeze()
