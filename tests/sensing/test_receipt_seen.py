"""The receipt where the server saw the page load: that goes before the picture's time."""

from __future__ import annotations

import pytest

from lightkeeper.sensing import receipt
from lightkeeper.sensing.receipt import Arrived, Pending, Seen, judge, mint

LIMIT = 5.0
START = 1_800_000_000.0


@pytest.mark.parametrize(
    ("pace", "text", "finding"),
    [
        ("slow", 3.9, "fast"),
        ("between", 3.9, "fast"),
        ("fast", 3.9, "fast"),
        ("slow", 4.5, "slow"),
        ("between", 4.5, "unknown"),
        ("fast", 4.5, "unknown"),
        ("fast", 5.1, "slow"),
        ("slow", None, "slow"),
        ("fast", None, "fast"),
    ],
)
def test_when_text_could_be_read_goes_before_when_a_picture_was_asked_for(
    pace: receipt.Pace, text: float | None, finding: str
) -> None:
    id_ = mint(START, 1)
    page, arrived = Pending(id_, 0, 0), Arrived(id_, pace)
    assert judge(page, arrived, now=START + 60, limit=LIMIT, seen=Seen(text)).finding == finding


@pytest.mark.parametrize(
    ("seen", "finding"),
    [
        (Seen(2.0, True), "unknown"),
        (Seen(2.0, False), "failed"),
        (Seen(4.5, True), "failed"),
        (Seen(None, True), "failed"),
    ],
)
def test_a_page_whose_picture_nobody_asked_for_is_none_that_failed_if_all_of_it_came_in_time(
    seen: Seen, finding: str
) -> None:
    page = Pending(mint(START, 1), 0, 0)
    assert judge(page, None, now=START + 60, limit=LIMIT, seen=seen).finding == finding
