"""The decision: explicit choice first, then Save-Data, then one prediction from the hints."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.sensing import Flow, Loaded, Signals, decide, read, slow
from lightkeeper.sensing.receipt import Finding

LIMIT = 5.0


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        (Signals(), ("full", "unknown")),
        (Signals(address="light"), ("light", "address")),
        (Signals(address="full", cookie="light", save_data=True), ("full", "address")),
        (Signals(cookie="full", save_data=True, effective_type="slow-2g"), ("full", "choice")),
        (Signals(cookie="light", effective_type="4g", rtt=0.05, rate=1e7), ("light", "choice")),
        (Signals(save_data=True, effective_type="4g", rtt=0.05, rate=1e7), ("light", "save-data")),
        (Signals(effective_type="slow-2g"), ("light", "rate")),
        (Signals(effective_type="2g"), ("light", "rate")),
        (Signals(effective_type="4g"), ("full", "unknown")),
        (Signals(effective_type="4g", rtt=0.1, rate=9e6), ("full", "round-trip")),
        (Signals(effective_type="4g", rtt=0.08, rate=50_000), ("light", "rate")),
        (Signals(rtt=0.6, rate=2e6), ("full", "round-trip")),
        (Signals(rtt=0.27, rate=400_000), ("light", "rate")),
        (Signals(rtt=1.4), ("light", "round-trip")),
    ],
)
def test_rules(signals: Signals, expected: tuple[str, str]) -> None:
    """Each rule of the table, in its order; a throttled link with a short round trip is recognised."""
    decision = decide(signals, limit=LIMIT)
    assert expected == (decision.edition, decision.reason)


@pytest.mark.parametrize("finding", ["unknown", "trial"])
def test_an_acknowledgement_held_back_is_no_slow_link(finding: Finding) -> None:
    """Seen on loopback: 2,290 bytes took 48 ms, which looks like 380 kbit/s. Nobody gets, or stays in, Light for it."""
    quick = Flow(size=2_290, busy=0.048, rtt=5e-6, segments=4)
    assert decide(Signals(receipt=finding, flow=quick), limit=LIMIT).edition == "full"
    assert not slow(quick, limit=LIMIT)
    crawling = Flow(size=3_500, busy=0.64, rtt=0.08, segments=3)
    assert decide(Signals(receipt=finding, flow=crawling), limit=LIMIT).edition == "light"
    assert slow(crawling, limit=LIMIT)


def test_a_quick_light_page_shows_that_a_link_became_good() -> None:
    """What is only a least may say so, on a link that flows have shown to be slow; with losses nothing is shown."""
    quick = Flow(size=3_500, busy=0.031, rtt=0.02, segments=3)
    held = Signals(receipt="held", flow=quick, shown=True)
    assert decide(held, limit=LIMIT).reason == "recovered"
    assert decide(replace(held, flow=replace(quick, lost=1)), limit=LIMIT).reason == "held"
    assert decide(replace(held, flow=replace(quick, busy=0.12)), limit=LIMIT).reason == "held"


def test_a_browser_may_say_that_a_link_became_good_where_no_flow_can() -> None:
    """Behind what a connection showed, on another one; not behind pages that failed several times."""
    shown = Signals(receipt="shown")
    assert decide(shown, limit=LIMIT).reason == "held"
    assert decide(replace(shown, rtt=0.05, rate=5e6), limit=LIMIT).reason == "recovered"
    assert decide(replace(shown, rtt=0.05, rate=5e4), limit=LIMIT).edition == "light"
    assert decide(Signals(receipt="held", rtt=0.05, rate=5e6), limit=LIMIT).reason == "held"


def test_a_page_that_came_in_good_time_is_the_best_measure() -> None:
    """Chromium takes a link for a 4g of 1.6 Mbit/s until it carried much; a worse class is news of now."""
    seen = Signals(receipt="fast", path=0.02, loaded=Loaded(0.5, 272_000))
    assert decide(seen, limit=LIMIT).predicted == pytest.approx(0.5)
    default = replace(seen, effective_type="4g", rtt=0.05, rate=1.6e6)
    assert decide(default, limit=LIMIT).predicted == pytest.approx(0.5)
    assert decide(replace(default, rate=3e5), limit=LIMIT).edition == "light"
    broken = replace(seen, effective_type="2g", rtt=1.4, rate=7e4)
    assert (decide(broken, limit=LIMIT).edition, decide(broken, limit=LIMIT).reason) == ("light", "rate")
    assert (decide(seen, limit=LIMIT, critical_bytes=2_720_000).predicted or 0) == pytest.approx(0.13 + 3.7)


def test_a_page_that_came_sooner_than_its_round_trips_had_a_fast_link() -> None:
    assert decide(Signals(path=0.2, loaded=Loaded(1.0, 90_000)), limit=LIMIT).predicted == pytest.approx(1.5, abs=0.1)


def test_waiting_for_what_was_lost_is_no_low_rate() -> None:
    """Seen at 300 ms, 400 kbit/s, 20 % loss: 4,405 bytes in 3.6 s, five packets sent again. Loss holds it back."""
    lossy = Flow(size=4_405, busy=3.616, rtt=0.303, lost=5, segments=9)
    decision = decide(Signals(receipt="trial", path=0.3, flow=lossy), limit=LIMIT)
    assert decision.edition == "light"
    assert 10 < (decision.predicted or 0) < 25


def test_one_lost_packet_makes_no_good_link_slow() -> None:
    once = Flow(size=4_300, busy=0.26, rtt=0.02, lost=1, segments=5)
    assert decide(Signals(receipt="trial", path=0.02, flow=once), limit=LIMIT).edition == "full"


def test_prediction_is_the_published_formula() -> None:
    """6.5 round trips and the critical bytes at the rate."""
    decision = decide(Signals(rtt=0.08, rate=50_000), limit=LIMIT, critical_bytes=250_000)
    assert decision.predicted == pytest.approx(6.5 * 0.08 + 40)


def test_light_page_of_a_light_site() -> None:
    """On a site whose pages are small, the same slow link gets the full page."""
    assert decide(Signals(rtt=0.08, rate=50_000), limit=LIMIT, critical_bytes=20_000).edition == "full"


@given(st.floats(0, 60), st.floats(0, 1e9), st.floats(0, 60), st.floats(0, 1e9))
def test_worse_link_never_gets_the_heavier_edition(rtt: float, rate: float, more: float, less: float) -> None:
    """Monotone: if a link gets Light, every link that is slower in both gets Light."""
    if decide(Signals(rtt=rtt, rate=rate), limit=LIMIT).edition == "light":
        worse = Signals(rtt=rtt + more, rate=max(0.0, rate - less))
        assert decide(worse, limit=LIMIT).edition == "light"


def test_headers_are_read() -> None:
    """Milliseconds become seconds, megabits become bits."""
    headers = {"save-data": "On", "ect": "2G", "rtt": "1400", "downlink": "0.07"}
    assert read(headers, address="light", cookie="full") == Signals("light", "full", True, "2g", 1.4, 70_000)


@given(st.dictionaries(st.sampled_from(["save-data", "ect", "rtt", "downlink"]), st.text()), st.text(), st.text())
def test_hostile_headers_say_nothing_wrong(headers: dict[str, str], address: str, cookie: str) -> None:
    """Any header text gives signals within their ranges, and a decision."""
    signals = read(headers, address=address, cookie=cookie)
    assert signals.rtt is None or 0 <= signals.rtt <= 60
    assert signals.rate is None or 0 <= signals.rate <= 1e11
    assert decide(signals, limit=LIMIT).edition in ("full", "light")
