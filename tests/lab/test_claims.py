"""The lab's own judgement, on rows made by hand: it must be able to say that a claim is not met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from .claims import Evidence, claims
from .links import all_links
from .report import write
from .rows import Row, append, load


def row(link: str, visit: int, edition: str, *, kind: str = "visits", door: str = "tls", **more: float) -> Row:
    return Row(f"{link} {kind}", link, door, "chromium", True, kind, visit, edition, "rate", **more)  # type: ignore[arg-type]


def plain(link: str, text: float | None) -> Row:
    return Row(f"{link} plain", link, "origin-tls", "chromium", True, "plain", 1, "full", "plain", text=text)


@pytest.mark.parametrize(("edition", "met"), [("light", True), ("full", False)])
def test_a_second_visit_is_judged_by_the_plain_site(edition: str, met: bool) -> None:
    """Three slow cells, of which two may be wrong; a cell near the limit does not count."""
    slow = ("throttled", "2g", "slow-2g")
    rows = [row(link, 2, edition) for link in slow] + [plain(link, None) for link in slow]
    rows += [row("3g", 2, "full"), plain("3g", 5.5)]
    found = claims(Evidence(rows, all_links()))[0]
    assert found.met is met
    assert "of 3 cells" in found.sentence


def test_light_is_held_to_its_floor_after_light_only() -> None:
    """Behind a full page, what is still in the queue delays it."""
    rows = [
        row("2g", 1, "full"),
        row("2g", 2, "light", floor=3.0, answer=2.8, whole=9.0),
        row("2g", 3, "light", floor=3.0, answer=2.8, whole=3.2),
    ]
    found = claims(Evidence(rows, all_links()))[5]
    assert found.met
    assert "1 of 1" in found.sentence


@pytest.mark.parametrize(("texts", "met"), [((6.5, None, 3.0), True), ((6.5, 7.5, None), False), ((6.5, 7.5), False)])
def test_the_banner_is_judged_by_the_middle_of_its_readers(texts: tuple[float | None, ...], met: bool) -> None:
    """One who got no text at all took longest."""
    rows = [row("lossy", 1, "full", kind="banner", text=text) for text in texts]  # type: ignore[arg-type]
    rows = [replace(each, series=f"lossy banner {number}") for number, each in enumerate(rows)]
    assert claims(Evidence([*rows, plain("lossy", None)], all_links()))[2].met is met


def test_too_much_light_on_fast_links_is_told() -> None:
    rows = [row("fast", 0, "light", kind="crowd", count=3), row("fast", 0, "full", kind="crowd", count=497)]
    assert claims(Evidence(rows, all_links()))[8].met is False


def test_rows_come_back_from_their_file_and_make_a_report(tmp_path: Path) -> None:
    rows = [row("far", 1, "light", floor=3.0, text=3.5, predicted=6.5), plain("far", 6.9)]
    append(tmp_path / "lab.csv", rows)
    read = load(tmp_path / "lab.csv")
    assert read == rows
    write(Evidence(read, all_links()), tmp_path)
    assert (
        "| 1000/9000 | tls | chromium | on | visits | 1 | light | rate | 6.50 | 3.50 |"
        in (tmp_path / "lab.md").read_text()
    )
