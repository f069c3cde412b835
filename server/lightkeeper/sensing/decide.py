"""Signals to decision, as a pure function: the first line of `POLICY` that applies decides.

No signal is a threshold of its own: they become one estimate of the link, the estimate the predicted time of this full
page to readable text, and only that is compared with the limit. What became of the last full page goes before any
prediction where it was bad, and behind it where it was good: hints and round trips are of now, it is of some time ago.
*Unknown* is a reader of whose link nothing good is proven, whatever looks short or quick. Values are named tuples: each
request makes ten, and frozen dataclasses take five times as long to make.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .link import CREDIBLE, WEAK, LinkEstimate, Prediction, estimate, flow_rate, predict
from .signals import Edition, Signals
from .weight import TYPICAL

# Leaving Light needs more evidence than entering it. The prediction was up to 22 % too low on shaped links.
LEAVE = 0.8


class Decision(NamedTuple):
    """`reason` is a token for the response header; `predicted` seconds to the full page's text, where there is one."""

    edition: Edition
    reason: str
    predicted: float | None = None


class Case(NamedTuple):
    """One reader before one page: all that the policy looks at. `bar` is the limit that counts for this reader."""

    signals: Signals
    link: LinkEstimate
    prediction: Prediction
    bar: float
    limit: float
    critical_bytes: int
    tls: bool = False

    @property
    def recovered(self) -> bool:
        """A link that flows have shown to be slow now shows itself good. Where they never did, a proxy may answer."""
        flow = self.signals.flow
        if not self.signals.shown or flow is None or flow.lost:
            return False
        rate = estimate(Signals(flow=flow), credible=0.0).rate
        if rate is None:
            return False
        return predict(self.link._replace(rate=rate), self.critical_bytes, tls=self.tls).seconds <= self.bar

    @property
    def hinted(self) -> bool:
        """The browser itself says that the link is good enough."""
        return self.signals.rate is not None


class Rule(NamedTuple):
    """`reason` "": the larger part of the prediction gives it."""

    reason: str
    edition: Edition
    applies: Callable[[Case], bool]


class Wish(NamedTuple):
    """A rule that looks at nothing but what the request says."""

    reason: str
    edition: Edition
    applies: Callable[[Signals], bool]


def _wish(wish: Wish) -> Callable[[Case], bool]:
    return lambda case: wish.applies(case.signals)


def _receipt(finding: str) -> Callable[[Case], bool]:
    return lambda case: case.signals.receipt == finding


# What a reader asks for needs no look at the link; first of all, in every table.
ASKED = (
    Wish("address", "light", lambda signals: signals.address == "light"),
    Wish("address", "full", lambda signals: signals.address == "full"),
    Wish("choice", "light", lambda signals: signals.cookie == "light"),
    Wish("choice", "full", lambda signals: signals.cookie == "full"),
    Wish("save-data", "light", lambda signals: signals.save_data),
)
POLICY = (
    *(Rule(wish.reason, wish.edition, _wish(wish)) for wish in ASKED),
    Rule("failed", "light", _receipt("failed")),
    Rule("slow-receipt", "light", _receipt("slow")),
    Rule("", "light", lambda case: case.prediction.seconds > case.bar),
    Rule("recovered", "full", lambda case: case.signals.receipt == "held" and case.recovered),
    Rule("held", "light", _receipt("held")),
    Rule("", "full", lambda case: case.hinted),
    Rule("receipt", "full", _receipt("fast")),
    Rule("trial", "full", _receipt("trial")),
    Rule("measured", "full", lambda case: case.signals.measured),
    Rule("first", "light", lambda case: case.signals.first),
    Rule("unknown", "full", lambda case: True),
)


class Explanation(NamedTuple):
    """A decision with everything that led to it, as values to show."""

    decision: Decision
    case: Case
    rule: Rule


def decide(signals: Signals, *, limit: float, critical_bytes: int = TYPICAL, tls: bool = False) -> Decision:
    """Which edition, and why. `limit` in seconds to readable text; the rest is of the page and its site."""
    return explain(signals, limit=limit, critical_bytes=critical_bytes, tls=tls).decision


def asked(signals: Signals) -> Decision | None:
    """What `decide` says to a reader who asks for an edition; None: it takes all signals to say."""
    wish = next((wish for wish in ASKED if wish.applies(signals)), None)
    return Decision(wish.edition, wish.reason) if wish else None


def explain(signals: Signals, *, limit: float, critical_bytes: int = TYPICAL, tls: bool = False) -> Explanation:
    """As `decide`, with the link estimate, the prediction and the rule that applied."""
    case = _case(signals, limit, critical_bytes, tls)
    rule = next(rule for rule in POLICY if rule.applies(case))
    return Explanation(Decision(rule.edition, rule.reason or case.prediction.reason, _said(case, rule)), case, rule)


def shows_slow(signals: Signals, *, limit: float, critical_bytes: int = TYPICAL) -> bool:
    """Whether the last page's flow alone, in bits per second, makes this page too slow."""
    rate = flow_rate(signals.flow)
    if rate is None or rate.confidence < WEAK:
        return False
    return predict(LinkEstimate(rate=rate), critical_bytes).seconds > limit * LEAVE


def _case(signals: Signals, limit: float, critical_bytes: int, tls: bool) -> Case:
    """Who is in Light stays there on weaker words, and leaves for a better prediction than they came with."""
    inside = signals.receipt in ("held", "trial")
    link = estimate(signals, credible=WEAK if inside else CREDIBLE)
    prediction = predict(link, critical_bytes, tls=tls)
    return Case(signals, link, prediction, limit * LEAVE if inside else limit, limit, critical_bytes, tls)


def _said(case: Case, rule: Rule) -> float | None:
    """A prediction is told where it is whole, or where its half already decides."""
    if rule.reason in ("address", "choice", "save-data", "failed", "slow-receipt"):
        return None
    return case.prediction.seconds if case.prediction.transfer is not None or not rule.reason else None
