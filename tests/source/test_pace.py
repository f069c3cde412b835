"""The pace: so many requests a second, pauses that grow, and what the site asks for."""

from __future__ import annotations

import pytest

from lightkeeper.source.pace import Pace, retry_after


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_turns_come_at_the_rate() -> None:
    """The first at once, the others one gap apart; time that passes counts."""
    clock = Clock()
    pace = Pace(4, clock)
    assert [pace.wait() for _ in range(3)] == [0, 0.25, 0.5]
    clock.now += 10
    assert pace.wait() == 0


def test_a_failure_pauses_everybody_and_pauses_grow() -> None:
    """Doubled by each failure, with jitter, up to two minutes; the first success ends that."""
    clock = Clock()
    pace = Pace(1000, clock, dice=lambda: 0.5)
    waits = []
    for _ in range(9):
        pace.failed()
        waits.append(round(pace.wait()))
        clock.now += waits[-1] + 1
    assert waits == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    pace.succeeded()
    pace.failed()
    assert round(pace.wait()) == 1


def test_the_site_says_when() -> None:
    """Retry-After wins where it is longer, within ten minutes; Crawl-delay widens the gap and never narrows it."""
    clock = Clock()
    pace = Pace(10, clock, dice=lambda: 0.5)
    pace.failed(30)
    assert pace.wait() == 30
    clock.now += 31
    pace.failed(1e9)
    assert pace.wait() == 600
    clock.now += 700
    pace.slow_down(2)
    pace.slow_down(0.001)
    pace.wait()
    assert pace.wait() == 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Tue, 24 Nov 2026 08:01:00 GMT", 60),
        ("Tue, 24 Nov 2026 07:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("٣", None),
        ("9" * 400, 999_999_999),
    ],
)
def test_retry_after_in_both_forms(value: str, seconds: float | None) -> None:
    """Seconds or a date; what is neither says nothing."""
    assert retry_after(value, 1_795_507_200) == seconds
