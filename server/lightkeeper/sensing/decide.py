"""Signals to decision, as a pure function. The order of the rules is the order of the lines in `decide`.

A hint is never a threshold of its own: hints become one estimate of the link, the estimate becomes the predicted
time of this full page to readable text, and only that is compared with the limit. What became of the last full page
goes before any prediction where it was bad, and behind it where it was good: hints are of now, it is of some time ago.
"""

from __future__ import annotations

from dataclasses import dataclass

from .signals import Edition, Signals

# Bytes of HTML, render-blocking sheets and scripts of a median news page, where this page's are not known.
CRITICAL_BYTES = 272_000
# Round trips from navigation to readable text, fitted to shaped links: name, connection, HTML, then a chain of sheets.
ROUND_TRIPS = 6.5
# (round trip in s, rate in bit/s) that stand for an effective type whose numbers did not come along:
# the lab's own links of those classes.
_TYPICAL = {"slow-2g": (2.0, 50_000.0), "2g": (1.4, 70_000.0), "3g": (0.27, 700_000.0)}
# What the receipt finds, where it means Light; where it means the full page, unless the hints speak against it.
_BAD = {"failed": "failed", "slow": "slow-receipt", "held": "held"}
_GOOD = {"fast": "receipt", "trial": "trial"}


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is a token for the response header; `predicted` seconds to the full page's text, where there is one."""

    edition: Edition
    reason: str
    predicted: float | None = None


def decide(signals: Signals, *, limit: float, critical_bytes: int = CRITICAL_BYTES) -> Decision:
    """Which edition, and why. `limit` in seconds to readable text."""
    if signals.address is not None:
        return Decision(signals.address, "address")
    if signals.cookie is not None:
        return Decision(signals.cookie, "choice")
    if signals.save_data:
        return Decision("light", "save-data")
    if reason := _BAD.get(signals.receipt):
        return Decision("light", reason)
    return _by_link(signals, limit, critical_bytes)


def _by_link(signals: Signals, limit: float, critical_bytes: int) -> Decision:
    typical = _TYPICAL.get(signals.effective_type or "", (None, None))
    rtt = signals.rtt if signals.rtt is not None else typical[0]
    rate = signals.rate if signals.rate is not None else typical[1]
    if rtt is None and rate is None:
        return Decision("full", _GOOD.get(signals.receipt, "unknown"))
    distance = ROUND_TRIPS * (rtt or 0.0)
    # A rate of zero is Chromium's word for a link on which nothing moves.
    transfer = 0.0 if rate is None else critical_bytes * 8 / max(rate, 1_000.0)
    predicted = distance + transfer
    reason = "rate" if transfer > distance else "round-trip"
    return Decision("light" if predicted > limit else "full", reason, predicted)
