"""One answer's way to the reader as the kernel saw it, and the rate that it shows. Pure numbers; no sockets.

A flow is measured while bytes are under way and stands still while there are none, so a slow origin, or a reader who
reads, costs it nothing. It measures the way to whoever acknowledges: behind a proxy or a VPN that is not the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

# Ten segments of 1,448 bytes: TCP's first flight with timestamps (RFC 6928); slow start doubles each that follows.
FIRST_FLIGHT = 14_480
SEGMENT = 1_448
# Of less, or sooner, delayed acknowledgements (40 ms) and the kernel's clock (4 ms) are all one sees.
_FEWEST = 1_000
SOONEST = 0.25
_SLOWEST, FASTEST = 1_000.0, 10_000_000.0
# A receiver may hold back its last acknowledgement: Linux for 40 to 200 ms (TCP_DELACK_MAX), RFC 1122 4.2.3.2 for 500.
_HELD_BACK = 0.25


@dataclass(frozen=True, slots=True)
class Flow:
    """`size` bytes were acknowledged in `busy` seconds with bytes under way; `rtt` is the connection's shortest.

    `whole`: nothing is under way any more. `lost` of `segments` were sent again. `peak` is the highest rate that it
    showed on the way: what a page loads besides takes its share of the line later. `ahead` bytes of the page that its
    reader left for this one were in the network when it began, and had to pass before it.
    """

    size: int
    busy: float
    rtt: float
    whole: bool = True
    lost: int = 0
    segments: int = 0
    peak: float = 0.0
    ahead: int = 0

    @property
    def quick(self) -> bool:
        """Whether one delayed acknowledgement on a fast link explains all the time: then the rate is only a least."""
        left = self.busy - _HELD_BACK
        return self.whole and (left < 0 or left < seconds(max(self.size, SEGMENT), self.rtt, FASTEST))


def rate(flow: Flow) -> float | None:
    """Bits per second; None where the flow is too small, or too young, to tell. Between 1 kbit/s and 10 Mbit/s.

    For a page in one flight this is size x 8 / (busy - rtt), which shaped links confirmed from 50 to 1,000 kbit/s.
    """
    if flow.whole and flow.size < _FEWEST:
        return None
    if not flow.whole and flow.busy < 2 * flow.rtt + SOONEST:
        return None
    return min(max(_solved(max(flow.size, SEGMENT), flow.rtt, flow.busy, flow.ahead), _SLOWEST), FASTEST)


def _solved(size: int, rtt: float, busy: float, ahead: int) -> float:
    """The rate at which `seconds` gives `busy`: the first flights take a round trip each, the others their bytes."""
    flights = _flights(size)
    flights[0] += ahead
    left, waiting = sum(flights), 0
    for flight in flights:
        time = busy - (waiting + 1) * rtt
        if time <= 0:
            return FASTEST
        rate = left * 8 / time
        if waiting == len(flights) - 1 or flight * 8 / rate >= rtt:
            return rate
        left, waiting = left - flight, waiting + 1
    return FASTEST


def seconds(size: int, rtt: float, bits: float) -> float:
    """How long `size` bytes take until all are acknowledged: slow start, where each flight waits for the one before."""
    flights = _flights(size)
    return sum(max(rtt, flight * 8 / bits) for flight in flights[:-1]) + flights[-1] * 8 / bits + rtt


def _flights(size: int) -> list[int]:
    flights, flight = [], FIRST_FLIGHT
    while size > flight:
        flights.append(flight)
        size, flight = size - flight, flight * 2
    flights.append(size)
    return flights
