"""A page behind a proxy, by the round trips that this tells: its whole table."""

from __future__ import annotations

import pytest

from lightkeeper.sensing import Line, Relayed

RTT, SIZE = 0.1, 36_000
PATIENCE, BEARABLE, WEIGHT = 2.5, 10.0, 272_000


def line(page: Relayed, now: float) -> Line:
    return page.line(now, patience=PATIENCE, bearable=BEARABLE, critical_bytes=WEIGHT)


def sent() -> Relayed:
    page = Relayed(RTT, 100.0)
    page.ended(SIZE, carried=True)
    return page


def doubtful() -> Relayed:
    """What was seen at 80/50: two sheets, asked for over one connection."""
    page = sent()
    page.asked(0.233, 100.64, blocks=True)
    page.asked(0.233, 100.66, blocks=True)
    return page


@pytest.mark.parametrize(
    ("rtt", "asked", "expected"),
    [
        (0.233, 100.64, Line.DOUBTFUL),
        (0.123, 100.24, Line.DOUBTFUL),
        (0.1, 100.64, Line.OPEN),  # a busy device
        (0.233, 100.15, Line.OPEN),  # a round trip that varies
        (0.09, 100.64, Line.OPEN),
    ],
)
def test_a_late_sheet_and_a_longer_round_trip_together_tell_of_a_full_line(
    rtt: float, asked: float, expected: Line
) -> None:
    page = sent()
    page.asked(rtt, asked, blocks=True)
    page.asked(rtt, asked, blocks=True)
    assert line(page, asked + 1) is expected


@pytest.mark.parametrize(("asked", "expected"), [(100.65, Line.DOUBTFUL), (100.5, Line.OPEN)])
def test_a_first_word_may_have_grown_before(asked: float, expected: Line) -> None:
    page = Relayed(0.397, 100.0)
    page.asked(0.354, asked, blocks=True)
    page.asked(0.354, asked, blocks=True)
    assert line(page, asked + 1) is expected


def test_without_its_picture_nothing_is_concluded() -> None:
    page = doubtful()
    page.ended(SIZE, carried=False)
    assert line(page, 104.0) is Line.OPEN
    page = Relayed(RTT, 100.0)
    page.ended(SIZE, carried=False)
    page.asked(0.233, 100.64, blocks=True)
    assert line(page, 100.64) is Line.OPEN


def test_only_the_first_part_counts_and_no_picture() -> None:
    """Later ones share the line with what was let through."""
    page = sent()
    page.asked(0.5, 100.9, blocks=False)
    assert line(page, 101.0) is Line.OPEN
    page.asked(RTT, 101.0, blocks=True)
    page.asked(0.9, 102.0, blocks=True)
    page.asked(0.9, 102.0, blocks=True)
    assert line(page, 102.5) is Line.OPEN


def test_parts_on_connections_of_their_own_wait_for_a_moment_only() -> None:
    page = sent()
    page.asked(0.233, 100.64, blocks=True)
    page.asked(0.241, 100.65, blocks=True)
    assert line(page, 100.66) is Line.DOUBTFUL
    assert line(page, 100.75) is Line.OPEN
    page.asked(0.241, 100.8, blocks=True)
    assert line(page, 104.0) is Line.OPEN


@pytest.mark.parametrize(
    ("there", "rtt", "expected"),
    [
        (100.9, 0.42, Line.OPEN),
        (101.6, 0.9, Line.HOPELESS),
        (102.4, 1.2, Line.HOPELESS),
        (101.6, 0.13, Line.OPEN),  # the line stood empty meanwhile
        (101.6, None, Line.OPEN),
    ],
)
def test_the_end_of_the_page_tells_the_rate(there: float, rtt: float | None, expected: Line) -> None:
    """36 KB in .8 s is 400 kbit/s, where text takes 6 s; in 1.5 s it is 200, where it would take 11."""
    page = doubtful()
    assert line(page, there - 0.01) is Line.DOUBTFUL
    page.arrived(there, rtt)
    page.arrived(there + 5, 2.0)
    assert line(page, there) is expected
    assert line(page, there + 10) is expected


def test_a_page_that_does_not_come_is_hopeless() -> None:
    page = doubtful()
    assert line(page, 102.49) is Line.DOUBTFUL
    assert line(page, 102.51) is Line.HOPELESS
    page.arrived(102.6, 0.1)
    assert line(page, 102.7) is Line.HOPELESS


def test_unless_there_was_little_doubt() -> None:
    page = sent()
    for when in (100.3, 100.31):
        page.asked(0.13, when, blocks=True)
    assert line(page, 102.49) is Line.DOUBTFUL
    assert line(page, 102.51) is Line.OPEN


def test_what_is_asked_for_behind_the_end_of_the_page_waits_for_nothing() -> None:
    page = sent()
    page.arrived(100.5, 0.3)
    page.asked(0.3, 100.7, blocks=True)
    assert line(page, 100.7) is Line.OPEN
