"""The rate that a flow shows: the inverse of how long a rate would take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.sensing import Flow, rate
from lightkeeper.sensing.flow import seconds


@given(st.integers(1_448, 500_000), st.floats(0.001, 2), st.floats(2e3, 9e6))
def test_the_rate_is_found_again(size: int, rtt: float, bits: float) -> None:
    """Through slow start, in any number of flights; where round trips and not bytes take the time, any rate may do."""
    busy = seconds(size, rtt, bits)
    found = rate(Flow(size=size, busy=busy, rtt=rtt))
    assert found is not None
    assert seconds(size, rtt, found) == pytest.approx(busy, rel=0.001)


def test_one_flight_is_its_bytes_behind_a_round_trip() -> None:
    """Seen on a shaped link of 50 kbit/s: 3,500 bytes in 0.64 s at 80 ms."""
    assert rate(Flow(size=3_500, busy=0.64, rtt=0.08)) == pytest.approx(50_000)


def test_what_stands_ahead_in_the_line_passes_first() -> None:
    """At 400 kbit/s, a text page of 4,300 bytes behind 21 KB of the page that its reader left."""
    behind = Flow(size=4_300, busy=0.08 + (4_300 + 21_000) * 8 / 400_000, rtt=0.08, ahead=21_000)
    assert rate(behind) == pytest.approx(400_000)


@pytest.mark.parametrize(
    "flow", [Flow(size=999, busy=0.5, rtt=0.1), Flow(size=9_000, busy=0.4, rtt=0.1, whole=False), Flow(0, 0, 0.1)]
)
def test_too_little_says_nothing(flow: Flow) -> None:
    assert rate(flow) is None
