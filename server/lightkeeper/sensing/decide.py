"""Signals to decision, as a pure function: the first line of `POLICY` that applies decides.

No signal is a threshold of its own: they become one estimate of the link, the estimate the predicted time of this full
page to readable text, and only that is compared with the limit. What became of the last full page goes before any
prediction where it was bad, and behind it where it was good: hints and round trips are of now, it is of some time ago.
*Unknown* is a reader of whose link nothing good is proven, whatever looks short or quick. Values are named tuples: each
request makes ten, and frozen dataclasses take five times as long to make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from .flow import Flow
from .link import CREDIBLE, WEAK, LinkEstimate, Prediction, estimate, flow_rate, predict
from .receipt import Finding
from .signals import Edition, Signals, edition, saves_data
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
        rate = flow_rate(flow, credible=0.0)
        if rate is None:
            return False
        return predict(self.link._replace(rate=rate), self.critical_bytes, tls=self.tls).seconds <= self.bar

    @property
    def hinted(self) -> bool:
        """The browser itself says that the link is good enough."""
        return self.signals.rate is not None


class Rule(NamedTuple):
    """Only where `finding` is what became of the last full page. `reason` "": the prediction's larger part gives it."""

    reason: str
    edition: Edition
    applies: Callable[[Case], bool]
    finding: Finding | None = None


class Wish(NamedTuple):
    """A rule that looks at nothing but what the request says."""

    reason: str
    edition: Edition
    applies: Callable[[Signals], bool]


def _wish(wish: Wish) -> Callable[[Case], bool]:
    return lambda case: wish.applies(case.signals)


def _always(_case: Case) -> bool:
    return True


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
    Rule("failed", "light", _always, "failed"),
    Rule("slow-receipt", "light", _always, "slow"),
    Rule("", "light", lambda case: case.prediction.seconds > case.bar),
    Rule("recovered", "full", lambda case: case.recovered, "held"),
    Rule("held", "light", _always, "held"),
    Rule("recovered", "full", lambda case: case.recovered or case.hinted, "shown"),
    Rule("held", "light", _always, "shown"),
    Rule("", "full", lambda case: case.hinted),
    Rule("receipt", "full", _always, "fast"),
    Rule("trial", "full", _always, "trial"),
    Rule("measured", "full", lambda case: case.signals.measured),
    Rule("first", "light", lambda case: case.signals.first),
    Rule("unknown", "full", _always),
)


class Explanation(NamedTuple):
    """A decision with everything that led to it, as values to show."""

    decision: Decision
    case: Case
    rule: Rule


def decide(signals: Signals, *, limit: float, critical_bytes: int = TYPICAL, tls: bool = False) -> Decision:
    """Which edition, and why. `limit` in seconds to readable text; the rest is of the page and its site."""
    case = _case(signals, limit, critical_bytes, tls)
    return _decision(case, _rule(case))


def asked(signals: Signals) -> Decision | None:
    """What `decide` says to a reader who asks for an edition; None: it takes all signals to say."""
    return _asked(signals.address, signals.cookie, signals.save_data)


def wish(headers: Mapping[str, str], *, address: str | None, cookie: str | None) -> Decision | None:
    """`asked`, of a request whose other signals nobody has read. Arguments as for `read`."""
    return _asked(edition(address), edition(cookie), saves_data(headers))


@cache  # nothing else can be a wish
def _asked(address: Edition | None, cookie: Edition | None, save_data: bool) -> Decision | None:
    reader = Signals(address, cookie, save_data)
    found = next((wish for wish in ASKED if wish.applies(reader)), None)
    return Decision(found.edition, found.reason) if found else None


def explain(signals: Signals, *, limit: float, critical_bytes: int = TYPICAL, tls: bool = False) -> Explanation:
    """As `decide`, with the link estimate, the prediction and the rule that applied."""
    case = _case(signals, limit, critical_bytes, tls)
    rule = _rule(case)
    return Explanation(_decision(case, rule), case, rule)


def slow(flow: Flow | None, *, limit: float, critical_bytes: int = TYPICAL, credible: float = WEAK) -> bool:
    """Whether a page's flow alone, in bits per second and where it is at least that `credible`, makes one too slow."""
    rate = flow_rate(flow, credible=credible)
    return rate is not None and predict(LinkEstimate(rate=rate), critical_bytes).seconds > limit * LEAVE


def _rule(case: Case) -> Rule:
    signals = case.signals
    wishing = signals.save_data or signals.address is not None or signals.cookie is not None
    for rule in _lines(signals.receipt, wishing):
        if rule.applies(case):
            break
    return rule  # the last line applies to everybody


@cache  # there are six findings
def _lines(finding: Finding, wishing: bool) -> tuple[Rule, ...]:
    """The lines of `POLICY` that such a reader can come to, and so the same one is the first."""
    lines = POLICY if wishing else POLICY[len(ASKED) :]
    return tuple(rule for rule in lines if rule.finding in (None, finding))


def _decision(case: Case, rule: Rule) -> Decision:
    return Decision(rule.edition, rule.reason or case.prediction.reason, _said(case, rule))


def _case(signals: Signals, limit: float, critical_bytes: int, tls: bool) -> Case:
    """Who is in Light stays there on weaker words, and leaves for a better prediction than they came with."""
    inside = signals.receipt in ("held", "shown", "trial")
    link = estimate(signals, credible=WEAK if inside else CREDIBLE, tls=tls)
    prediction = predict(link, critical_bytes, tls=tls)
    return Case(signals, link, prediction, limit * LEAVE if inside else limit, limit, critical_bytes, tls)


def _said(case: Case, rule: Rule) -> float | None:
    """A prediction is told where it is whole, or where its half already decides."""
    if rule.reason in ("address", "choice", "save-data", "failed", "slow-receipt"):
        return None
    return case.prediction.seconds if case.prediction.transfer is not None or not rule.reason else None
