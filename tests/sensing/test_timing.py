"""What a page tells of its own load: five numbers, and what they mean beside the receipt's picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.sensing.receipt import Arrived, Fresh, Pending, mint, tell
from lightkeeper.sensing.timing import LONGEST, Timing, read_timing

LIMIT = 5.0
ID = mint(1_800_000_000.0, 1)
WAITING = Pending(ID, 0, 0)


def test_the_five_numbers() -> None:
    """Milliseconds and bytes; the origin's own time counts for nothing."""
    timing = read_timing(b"100,2400,2500,3400,20480")
    assert timing == Timing(0.1, 2.4, 2.5, 3.4, 20480)
    assert timing.took == pytest.approx(1.2)


def test_a_page_that_never_painted_is_judged_by_its_html() -> None:
    """A hidden tab has no paint."""
    timing = read_timing(b"0,300,1300,0,20480")
    assert timing is not None
    assert timing.took == pytest.approx(1.0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"1,2,3,4",
        b"1,2,3,4,5,6",
        b"1,2,3,4,5\n",
        b"-1,2,3,4,5",
        b"1,2,3,4.5,5",
        b"9,2,3,4,5",
        b"1,3,2,4,5",
        b"1,5,6,4,5",
        b"1,2,3,4,0",
        "\u0661,2,3,4,5".encode(),
        b"1,2,3,4," + b"5" * 200,
    ],
)
def test_what_is_no_timing_says_nothing(body: bytes) -> None:
    """Too few, too many, none that a browser could have seen, and a page out of a cache."""
    assert read_timing(body) is None


@given(st.binary(max_size=2 * LONGEST))
def test_any_body_is_survived(body: bytes) -> None:
    timing = read_timing(body)
    assert timing is None or timing.took >= 0


def _timing(took: float, *, painted: bool = True) -> Timing:
    return Timing(0.0, 0.2, 0.2 if painted else 0.2 + took, 0.2 + took if painted else 0.0, 20_000)


@pytest.mark.parametrize(
    ("picture", "took", "expected"),
    [
        (None, 1.0, "fast"),
        (None, 4.0, "between"),
        (None, 6.0, "slow"),
        ("fast", 1.0, "fast"),
        ("fast", 4.0, "between"),
        ("fast", 6.0, "slow"),
        ("between", 1.0, "between"),
        ("between", 6.0, "slow"),
        ("slow", 1.0, "between"),
        ("slow", 4.0, "slow"),
        ("slow", 6.0, "slow"),
    ],
)
def test_picture_and_page_make_one_pace(picture: str | None, took: float, expected: str) -> None:
    """The worse of the two; a page that came bit by bit and was painted early is neither."""
    paces = {"fast": Arrived(ID, "fast"), "between": Arrived(ID, "between"), "slow": Arrived(ID, "slow")}
    before = paces[picture] if picture else None
    assert tell(WAITING, before, ID, _timing(took), limit=LIMIT) == paces[expected]


def test_html_alone_is_judged_as_a_receipt_is() -> None:
    """3.3 s of 5 s never meant text in time."""
    assert tell(WAITING, None, ID, _timing(3.4, painted=False), limit=LIMIT) == Arrived(ID, "slow")


def test_only_the_page_that_is_waited_for_is_heard() -> None:
    """Neither an older tab nor a reader without cookies teaches anything."""
    other = mint(1_800_000_001.0, 2)
    assert tell(WAITING, None, other, _timing(6.0), limit=LIMIT) is None
    assert tell(Fresh(), None, ID, _timing(6.0), limit=LIMIT) is None
    assert tell(WAITING, Arrived(other, "slow"), ID, _timing(1.0), limit=LIMIT) == Arrived(ID, "fast")
