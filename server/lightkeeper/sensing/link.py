"""The link estimate: everything that was heard of a reader's link as three measures, and what a page takes on it.

Of several words on the same thing the worst that can be believed counts: a proxy, a VPN or an old hint makes a link
look better than it is, and hardly anything makes it look worse. How far each can be believed stands in `CONFIDENCE`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from .flow import FASTEST, SEGMENT, Flow
from .flow import rate as rate_of
from .loading import Loaded
from .signals import Signals

Source = Literal["tcp", "proxy", "page", "flow", "hint", "class"]

# Round trips from navigation to readable text: name, connection, HTML, then a chain of sheets. Fitted in Chromium to
# shaped links from 20 ms/50 Mbit to 2 s/50 kbit, -22 to +10 % on those without loss. Over TLS each of the two
# connections in that chain takes one more; fitted in the same way, -25 to +20 %.
ROUND_TRIPS, ROUND_TRIPS_TLS = 6.5, 8.5
# Connections over which a browser loads what blocks text, on a link where losses and not the rate hold each of them
# back; fitted to 300 ms/400 kbit/20 %: 16 s.
_AT_ONCE = 1.5
# Mathis et al. 1997: a connection with losses carries at most 1.22 segments per round trip and root of the loss.
_MATHIS = 1.22
# (round trip in s, rate in bit/s) that stand for an effective type whose numbers did not come along: the lab's own
# links of those classes.
_TYPICAL = {"slow-2g": (2.0, 50_000.0), "2g": (1.4, 70_000.0), "3g": (0.27, 700_000.0)}

CONFIDENCE = {
    "handshake": 0.9,  # within 0.7 ms of the truth, but of whoever ends the connection
    "proxy": 0.9,
    "page": 0.9,  # all that a page's text waited for, as the server saw it
    "whole flow": 0.9,  # -6 to +20 % of the truth on lossless links
    "begun flow": 0.6,
    "quick flow": 0.1,  # 48 ms for 2 KB, 380 kbit/s, were an acknowledgement held back on a link of Gbit/s
    "flow with losses": 0.2,  # one lost packet made 15 to 64 kbit/s of 9 Mbit/s
    "hint": 0.4,  # rounded, capped, of the last minutes and of any site
    "class": 0.3,
}
# What is less sure than this makes nobody's page Light; it may keep it so.
CREDIBLE = 0.3
# What is less sure than this keeps nobody in Light either; it may only show that a link became good.
WEAK = 0.2
# HTML that is not there by then never meant text within 5 s (a share of the limit; as for receipts).
_LATE = 3.3
# Round trips in which a page has the line for itself: its sheets come over connections of their own, with TLS three
# round trips after its first bytes.
_UNSHARED = 4
# Before it has carried much, Chromium takes a link for a 4g of 100 ms and 1.45 to 1.75 Mbit/s; a page that came, and a
# handshake, know better.
_GUESSED = 1_000_000
# That nothing was lost says something from this many segments on; lossless links above 1.4 s lose one or two all the
# same. A loss of few is held against as many segments without one.
_ENOUGH, _PATIENT, _DOUBT = 30, 1.4, 10
# A lost segment of a short flow costs about so many round trips (three for the first timeout, RFC 6298 2.2), and a
# delayed acknowledgement; fitted to text pages at 300 ms and 20 % loss.
_AGAIN, _DELAYED = 4, 0.2


class Measure(NamedTuple):
    """`value` in seconds, bits per second, or as a share; `confidence` from 0 to 1."""

    value: float
    source: Source
    confidence: float


class LinkEstimate(NamedTuple):
    """What is known of a link; None is not known, and never good."""

    rtt: Measure | None = None
    rate: Measure | None = None
    loss: Measure | None = None


class Prediction(NamedTuple):
    """Seconds to a full page's readable text: its round trips, and its critical bytes. `transfer` is None: unknown."""

    distance: float = 0.0
    transfer: float | None = None

    @property
    def seconds(self) -> float:
        """At least this; it is the whole only where both parts are known."""
        return self.distance + (self.transfer or 0.0)

    @property
    def reason(self) -> str:
        return "rate" if (self.transfer or 0.0) > self.distance else "round-trip"


def estimate(signals: Signals, *, credible: float = CREDIBLE, tls: bool = False) -> LinkEstimate:
    """Words below `credible` do not count."""
    trips = rate = None
    for measure in _round_trips(signals):
        if measure.confidence >= credible and (trips is None or measure.value > trips.value):
            trips = measure
    for measure in _rates(signals, credible, tls):
        if measure.confidence >= credible and (rate is None or measure.value < rate.value):
            rate = measure
    return LinkEstimate(trips, rate, _loss(signals.flow))


def predict(link: LinkEstimate, critical_bytes: int, *, tls: bool = False) -> Prediction:
    """About 6.5 x round trip (with TLS 8.5) + critical bytes / rate."""
    rtt = link.rtt.value if link.rtt else 0.0
    distance = _distance(rtt, tls)
    # A rate of zero is Chromium's word for a link on which nothing moves.
    rate = max(link.rate.value, 1_000.0) if link.rate else None
    if link.loss and link.loss.value and rtt:
        rate = min(rate or FASTEST, _AT_ONCE * _MATHIS * SEGMENT * 8 / rtt / link.loss.value**0.5)
    return Prediction(distance, critical_bytes * 8 / rate if rate else None)


def _distance(rtt: float, tls: bool) -> float:
    return (ROUND_TRIPS_TLS if tls else ROUND_TRIPS) * rtt


def _round_trips(signals: Signals) -> list[Measure]:
    heard = []
    if signals.path is not None:
        source: Source = "proxy" if signals.told else "tcp"
        heard.append(Measure(signals.path, source, CONFIDENCE["proxy" if signals.told else "handshake"]))
    if heard and _guessed(signals):
        return heard
    if signals.rtt is not None:
        heard.append(Measure(signals.rtt, "hint", CONFIDENCE["hint"]))
    elif typical := _TYPICAL.get(signals.effective_type or ""):
        heard.append(Measure(typical[0], "class", CONFIDENCE["class"]))
    return heard


def _guessed(signals: Signals) -> bool:
    """Whether hints are of a class that says nothing, and something better is known."""
    return signals.loaded is not None and signals.effective_type == "4g" and (signals.rate or 0.0) >= _GUESSED


def _rates(signals: Signals, credible: float, tls: bool) -> list[Measure]:
    heard = []
    if signals.loaded is not None:
        heard.append(Measure(_loaded_rate(signals.loaded, signals.path or 0.0, tls), "page", CONFIDENCE["page"]))
    # A page that arrived in good time disproves what its packets seemed to say.
    if signals.receipt != "fast" and (measured := flow_rate(signals.flow, credible=credible)) is not None:
        heard.append(measured)
    if _guessed(signals):
        return heard
    if signals.rate is not None:
        heard.append(Measure(signals.rate, "hint", CONFIDENCE["hint"]))
    elif typical := _TYPICAL.get(signals.effective_type or ""):
        heard.append(Measure(typical[1], "class", CONFIDENCE["class"]))
    return heard


def _loaded_rate(loaded: Loaded, rtt: float, tls: bool) -> float:
    """The rate at which `predict` gives the time that the page took."""
    transfer = loaded.text - _distance(rtt, tls)
    return min(FASTEST, loaded.size * 8 / transfer) if transfer > 0 else FASTEST


def flow_rate(flow: Flow | None, *, credible: float) -> Measure | None:
    """The rate of the last answer, if it can be believed that far: most cannot, and are not worked out."""
    if flow is None or (confidence := CONFIDENCE[_kind(flow)]) < credible:
        return None
    if (rate := rate_of(_without_waits(flow))) is None:
        return None
    if flow.whole and flow.busy > _UNSHARED * flow.rtt:  # one that stands still now was quick for nothing
        rate = max(rate, flow.peak)
    return Measure(rate, "flow", confidence)


def _without_waits(flow: Flow) -> Flow:
    """A short flow as if nothing were lost, which costs waiting: nothing is left where that was all its time."""
    if not flow.whole or not flow.lost or flow.segments >= _ENOUGH:
        return flow
    busy = flow.busy - flow.lost * (_AGAIN * flow.rtt + _DELAYED)
    return replace(flow, busy=busy) if busy > flow.rtt else replace(flow, size=0)


def tells(flow: Flow | None, *, shown: bool) -> bool:
    """Whether a decision can depend on this flow. `shown` as in `Signals`: then the least that it shows counts, too."""
    return flow_rate(flow, credible=0.0 if shown else WEAK) is not None or _loss(flow) is not None


def _kind(flow: Flow) -> str:
    if flow.lost and flow.busy < _LATE:
        return "flow with losses"
    if flow.quick:
        return "quick flow"
    return "whole flow" if flow.whole else "begun flow"


def _loss(flow: Flow | None) -> Measure | None:
    if flow is None or flow.rtt > _PATIENT or (flow.segments < _ENOUGH and not flow.lost):
        return None
    return Measure(min(1.0, flow.lost / (flow.segments + _DOUBT)), "flow", CONFIDENCE["begun flow"])
