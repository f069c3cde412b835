"""The policy as a whole, over every kind of reader on a grid of links: whatever constants it has, this holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.sensing import Decision, Edition, Flow, Signals, asked, decide, explain, tells
from lightkeeper.sensing.decide import POLICY
from lightkeeper.sensing.receipt import Arrived, Finding, Fresh, State, judge, mint, receive, sent_full, sent_light

LIMIT = 5.0
FINDINGS: tuple[Finding, ...] = get_args(Finding)
RTTS = (None, 0.0, 0.02, 0.08, 0.17, 0.27, 0.6, 1.0, 1.4, 2.0, 10.0)
RATES = (None, 0.0, 1e3, 5e4, 7e4, 4e5, 7e5, 1e6, 2e6, 9e6, 5e7)
FLOWS = (
    None,
    Flow(size=3_500, busy=0.65, rtt=0.08, segments=3),  # 50 kbit/s
    Flow(size=3_500, busy=0.022, rtt=0.02, segments=3),  # as fast as can be told
    Flow(size=3_500, busy=2.0, rtt=0.3, segments=3, lost=1),
    Flow(size=36_000, busy=0.9, rtt=0.08, whole=False, segments=25),
    Flow(size=36_000, busy=4.0, rtt=0.17, segments=40, lost=9),
    Flow(size=36_000, busy=2.0, rtt=0.08, segments=25, peak=1e6),
)
QUESTIONS = list(itertools.product((False, True), (50_000, 272_000, 2_000_000)))


def links() -> Iterator[Signals]:
    """Every way to hear of a link: hints, round trips of sockets and proxies, flows."""
    for rtt, rate in itertools.product(RTTS, RATES):
        yield Signals(rtt=rtt, rate=rate)
    for kind in ("slow-2g", "2g", "3g", "4g"):
        yield Signals(effective_type=kind)
    for path, told, flow, shown in itertools.product(RTTS, (False, True), FLOWS, (False, True)):
        yield Signals(path=path, told=told, flow=flow, shown=shown)


def decisions(signals: Signals) -> Iterator[Decision]:
    for tls, weight in QUESTIONS:
        yield decide(signals, limit=LIMIT, critical_bytes=weight, tls=tls)


def editions(signals: Signals) -> list[str]:
    return [decision.edition for decision in decisions(signals)]


@pytest.mark.parametrize("finding", FINDINGS)
def test_an_explicit_choice_goes_before_everything(finding: Finding) -> None:
    """An address before a cookie, a cookie before Save-Data, whatever the link is like."""
    for link in links():
        known = replace(link, receipt=finding, save_data=True)
        for address, cookie in itertools.product((None, "full", "light"), repeat=2):
            chosen = address or cookie or "light"
            signals = replace(known, address=address, cookie=cookie)  # type: ignore[arg-type]
            assert set(editions(signals)) == {chosen}


@pytest.mark.parametrize("finding", FINDINGS)
@pytest.mark.parametrize("tls", [False, True])
def test_a_longer_way_or_a_lower_rate_never_gets_the_heavier_page(finding: Finding, tls: bool) -> None:
    """All pairs of the grid, for each finding: Light stays Light when one of both becomes worse."""

    def got(rtt: float, rate: float, weight: int) -> bool:
        signals = Signals(rtt=rtt, rate=rate, receipt=finding)
        return decide(signals, limit=LIMIT, critical_bytes=weight, tls=tls).edition == "light"

    rtts, rates = sorted(rtt for rtt in RTTS if rtt is not None), sorted(rate for rate in RATES if rate is not None)
    for weight in (50_000, 272_000, 2_000_000):
        for (rtt, worse), rate in itertools.product(itertools.pairwise(rtts), rates):
            assert got(worse, rate, weight) >= got(rtt, rate, weight)
        for rtt, (worse, rate) in itertools.product(rtts, itertools.pairwise(rates)):
            assert got(rtt, worse, weight) >= got(rtt, rate, weight)


@given(st.sampled_from(list(links())), st.sampled_from(FINDINGS), st.integers(1, 3_000_000), st.integers(0, 3_000_000))
def test_a_heavier_page_never_makes_light_full(link: Signals, finding: Finding, weight: int, more: int) -> None:
    signals = replace(link, receipt=finding)
    if decide(signals, limit=LIMIT, critical_bytes=weight).edition == "light":
        assert decide(signals, limit=LIMIT, critical_bytes=weight + more).edition == "light"


@given(st.sampled_from(list(links())), st.floats(0, 5), st.floats(0, 5))
def test_a_longer_round_trip_besides_never_makes_light_full(link: Signals, path: float, more: float) -> None:
    """Of several words on the round trip the worst counts: one word more cannot make a link better."""
    if decide(replace(link, path=path), limit=LIMIT).edition == "light":
        assert decide(replace(link, path=path + more), limit=LIMIT).edition == "light"


@given(
    st.integers(1_000, 200_000),
    st.floats(0.001, 30),
    st.floats(0.001, 30),
    st.floats(0.0001, 3),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from(FINDINGS),
)
def test_a_page_that_took_longer_never_makes_light_full(
    size: int, busy: float, more: float, rtt: float, whole: bool, lost: int, finding: Finding
) -> None:
    flow = Flow(size=size, busy=busy, rtt=rtt, whole=whole, lost=lost, segments=size // 1_448 + 1)
    signals = Signals(path=rtt, flow=flow, receipt=finding, shown=True)
    if decide(signals, limit=LIMIT).edition == "light":
        slower = replace(signals, flow=replace(flow, busy=busy + more))
        assert decide(slower, limit=LIMIT).edition == "light"


@given(st.sampled_from(list(links())), st.sampled_from(FINDINGS))
def test_save_data_is_light_unless_the_reader_chose(link: Signals, finding: Finding) -> None:
    signals = replace(link, receipt=finding, save_data=True)
    assert set(editions(signals)) == {"light"}
    assert set(editions(replace(signals, cookie="full"))) == {"full"}


@pytest.mark.parametrize("path", [None, 0.0, 0.001, 0.02])
@pytest.mark.parametrize("flow", [None, FLOWS[2]])
def test_what_looks_quick_proves_nothing(path: float | None, flow: Flow | None) -> None:
    """Short round trips and quick acknowledgements may be a proxy's: that reader stays unknown, a class of its own."""
    signals = Signals(path=path, flow=flow)
    assert {(one.edition, one.reason) for one in decisions(signals)} == {("full", "unknown")}
    first = replace(signals, first=True)
    assert {(one.edition, one.reason) for one in decisions(first)} == {("light", "first")}


@pytest.mark.parametrize("flow", FLOWS)
def test_nobody_leaves_light_on_a_proxys_word(flow: Flow | None) -> None:
    """Held in Light, and flows never showed this reader's link to be slow: a quick one is not the reader's."""
    for path, told in itertools.product((0.0, 0.02, 0.08), (False, True)):
        for finding in ("held", "shown"):
            signals = Signals(receipt=finding, path=path, told=told, flow=flow)
            assert set(editions(signals)) == {"light"}


@given(st.sampled_from(list(links())))
def test_leaving_takes_a_better_link_than_entering(link: Signals) -> None:
    """Hysteresis: who is held, or tries again, is never let out by what would have kept somebody else in."""
    if decide(link, limit=LIMIT).edition == "light":
        for finding in ("held", "shown", "trial"):
            assert decide(replace(link, receipt=finding), limit=LIMIT).edition == "light"


def test_between_both_bars_everybody_stays_where_they_are() -> None:
    """A prediction of 4.5 s: full for whoever comes, Light for whoever is in it."""
    link = Signals(rtt=0.1, rate=272_000 * 8 / (4.5 - 0.65))
    assert decide(link, limit=LIMIT).edition == "full"
    assert decide(replace(link, receipt="held"), limit=LIMIT).edition == "light"


@pytest.mark.parametrize("link", [Signals(rtt=0.02, rate=5e7), Signals(path=0.02, flow=FLOWS[2], shown=True)])
def test_a_link_that_became_good_is_full_within_two_navigations(link: Signals) -> None:
    """By hints, or by a Light page that came quickly on a link that flows had shown to be slow."""
    failed = sent_full(judge(Fresh(), None, now=0, limit=LIMIT), mint(0, 1), "/a")
    at_failure = judge(failed, None, now=60, limit=LIMIT)
    assert at_failure.finding == "failed"
    state: State = sent_light(at_failure) or Fresh()
    got = []
    for now in (120, 180):
        verdict = judge(state, None, now=now, limit=LIMIT)
        got.append(decide(replace(link, receipt=verdict.finding), limit=LIMIT).edition)
        state = sent_light(verdict) or state
    assert "full" in got


@pytest.mark.parametrize("took", [4.0, 20.0, None])
def test_a_link_that_breaks_gets_light_at_the_next(took: float | None) -> None:
    """However good it looked: a page that came late, or not at all."""
    good = Signals(rtt=0.02, rate=5e7, path=0.02)
    page = sent_full(judge(Fresh(), None, now=0, limit=LIMIT), mint(0, 1), "/a")
    arrived: Arrived | None = None if took is None else receive(page, None, page.id, now=took, limit=LIMIT)
    verdict = judge(page, arrived, now=60, limit=LIMIT)
    assert decide(replace(good, receipt=verdict.finding), limit=LIMIT).edition == "light"


@given(
    st.builds(
        Flow,
        size=st.integers(0, 50_000),
        busy=st.floats(0, 5),
        rtt=st.floats(1e-6, 2),
        whole=st.booleans(),
        lost=st.integers(0, 3),
        segments=st.integers(0, 60),
    ),
    st.sampled_from(list(links())),
    st.sampled_from(FINDINGS),
)
def test_a_flow_that_tells_nothing_may_as_well_be_unknown(flow: Flow, link: Signals, finding: Finding) -> None:
    """So that decisions can be remembered, whichever numbers such a flow has."""
    signals = replace(link, receipt=finding, flow=flow)
    if not tells(flow, shown=signals.shown):
        assert list(decisions(signals)) == list(decisions(replace(signals, flow=None)))


@given(st.sampled_from(list(links())), st.booleans(), st.sampled_from((None, "full", "light")))
def test_what_is_asked_for_needs_no_look_at_the_link(link: Signals, saving: bool, choice: Edition | None) -> None:
    """The short question and the long one have the same answer."""
    signals = replace(link, save_data=saving, cookie=choice)
    early = asked(signals)
    assert (early is None) == (not saving and choice is None)
    assert early is None or early == decide(signals, limit=LIMIT)


def test_every_rule_of_the_table_is_somebodys() -> None:
    """None is hidden behind those before it."""
    choices = [Signals(address="light"), Signals(address="full"), Signals(cookie="light"), Signals(cookie="full")]
    readers = [*choices, Signals(save_data=True), Signals(measured=True), Signals(first=True)]
    readers += [replace(link, receipt=finding) for finding in FINDINGS for link in links()]
    used = {id(explain(signals, limit=LIMIT).rule) for signals in readers}
    assert [rule.reason for rule in POLICY if id(rule) not in used] == []


@given(st.sampled_from(list(links())), st.sampled_from(FINDINGS), st.floats(0.1, 60))
def test_a_decision_says_what_it_stands_on(link: Signals, finding: Finding, limit: float) -> None:
    """A prediction above the limit is never told beside a full page, and reasons are tokens of a header."""
    told = explain(replace(link, receipt=finding), limit=limit)
    assert told.decision.reason.replace("-", "").isalpha()
    if told.decision.edition == "full" and told.decision.predicted is not None:
        assert told.decision.predicted <= limit
