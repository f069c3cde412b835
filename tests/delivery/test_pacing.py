"""In which order the parts of a page leave, by what its flow shows of the link."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from lightkeeper.delivery.pacing import Pace, Rank, rank
from lightkeeper.delivery.wire import Page, Wire
from lightkeeper.sensing import Flow, Loading

LIMIT, WEIGHT = 5.0, 60_000


@dataclass(eq=False)
class Line:
    """A connection as a pace sees it."""

    waiting: int
    pace: Pace | None = None
    now: float = 0.0
    ended: bool = False

    def end(self) -> None:
        self.ended = True

    def sample(self) -> None:
        """Nobody looks for its end."""

    def handed_over(self) -> int:
        return self.waiting

    def under_way(self) -> int:
        return self.waiting


@dataclass
class Going:
    """A page as a pace sees it, at so many bits per second."""

    bits: float
    live: bool = True
    loading: Loading | None = None
    left: bool = False
    away: bool = False
    scripted: bool = False
    hopeless: bool = False
    whole: bool = True
    wires: set[Line] = field(default_factory=set)

    @property
    def flow(self) -> Flow:
        return Flow(size=40_000, busy=40_000 * 8 / self.bits, rtt=0.08, segments=30, whole=self.whole)


@dataclass
class Beginning(Going):
    """One of which so many bytes were acknowledged in the first .38 s."""

    size: int = 0

    @property
    def flow(self) -> Flow:
        return Flow(size=self.size, busy=0.38, rtt=0.08, segments=10, whole=False)


def room(bits: float, mine: Rank, other: Rank, *, waiting: int, live: bool = True) -> float:
    """Of an answer beside another that has so many bytes to send."""
    page = Going(bits, live)
    beside, line = Line(waiting), Line(0)
    beside.pace = _pace(page, beside, other)
    line.pace = _pace(page, line, mine)
    return line.pace.room


def _pace(page: Going, line: Line, mine: Rank) -> Pace:
    return Pace(cast(Page, page), cast(Wire, line), mine, limit=LIMIT, weight=WEIGHT)


@pytest.mark.parametrize(
    ("bits", "mine", "other", "waits"),
    [
        (400e3, Rank.PICTURE, Rank.BLOCKING, True),
        (400e3, Rank.PICTURE, Rank.PAGE, True),
        (400e3, Rank.PICTURE, Rank.PICTURE, False),
        (400e3, Rank.BLOCKING, Rank.PAGE, False),
        (400e3, Rank.BLOCKING, Rank.PICTURE, False),
        (40e3, Rank.BLOCKING, Rank.PAGE, True),
        (40e3, Rank.BLOCKING, Rank.BLOCKING, False),
        (40e3, Rank.PAGE, Rank.BLOCKING, False),
        (50e6, Rank.PICTURE, Rank.BLOCKING, False),
        (400e3, Rank.FONT, Rank.BLOCKING, True),
        (400e3, Rank.PICTURE, Rank.FONT, True),
        (400e3, Rank.FONT, Rank.PICTURE, False),
    ],
)
def test_what_is_wanted_sooner_leaves_sooner(bits: float, mine: Rank, other: Rank, waits: bool) -> None:
    assert (room(bits, mine, other, waiting=1_000) == 0) is waits


@pytest.mark.parametrize(
    ("bits", "scripted", "yields"),
    [(150e3, False, True), (150e3, True, False), (400e3, False, False), (30e3, False, False)],
)
def test_a_page_leaves_the_line_to_its_sheets_where_no_scripts_run(bits: float, scripted: bool, yields: bool) -> None:
    """Before them it adds little to what is on the way. On a hopeless link the text comes without them."""
    page = Going(bits, scripted=scripted)
    beside, line = Line(40_000), Line(0)
    beside.pace, line.pace = _pace(page, beside, Rank.BLOCKING), _pace(page, line, Rank.PAGE)
    assert (line.pace.room <= 0) is yields
    beside.waiting = 0
    assert line.pace.room > 0
    assert (line.pace.room < 20_000) is (yields or bits < 50e3)


def test_nothing_waits_for_what_has_nothing_to_send() -> None:
    assert room(400e3, Rank.PICTURE, Rank.BLOCKING, waiting=0) > 0
    assert room(40e3, Rank.BLOCKING, Rank.PAGE, waiting=0) > 0


@pytest.mark.parametrize("mine", list(Rank))
def test_nothing_more_leaves_for_a_page_that_its_reader_has_left(mine: Rank) -> None:
    page, line = Going(400e3), Line(0)
    line.pace = _pace(page, line, mine)
    assert line.pace.room > 0
    page.away = True
    assert line.pace.room == 0


def test_pictures_fill_no_line_on_which_text_takes_a_second() -> None:
    """Their bytes would stand before the next page."""
    assert room(400e3, Rank.PICTURE, Rank.PICTURE, waiting=60_000) < 0
    assert room(50e6, Rank.PICTURE, Rank.PICTURE, waiting=60_000) == float("inf")


@pytest.mark.parametrize(
    ("bits", "kind", "expected"),
    [
        (100e3, Rank.FONT, True),
        (100e3, Rank.PICTURE, False),
        (100e3, Rank.BLOCKING, False),
        (400e3, Rank.FONT, False),
        (50e6, Rank.FONT, False),
    ],
)
def test_text_does_without_fonts_where_the_link_is_slow(bits: float, kind: Rank, expected: bool) -> None:
    page, line = Going(bits), Line(0)
    assert _pace(page, line, kind).needless is expected


def test_what_text_waits_for_is_capped_on_hopeless_links_only() -> None:
    """Elsewhere the parts of other hosts would take the line that ours leave free."""
    assert room(100e3, Rank.BLOCKING, Rank.BLOCKING, waiting=40_000) == float("inf")
    assert room(100e3, Rank.PICTURE, Rank.PICTURE, waiting=40_000) < 0
    assert room(40e3, Rank.BLOCKING, Rank.BLOCKING, waiting=40_000) < 0
    assert room(40e3, Rank.PAGE, Rank.BLOCKING, waiting=40_000) > 0


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("image", Rank.PICTURE),
        ("video", Rank.PICTURE),
        ("style", Rank.BLOCKING),
        ("script", Rank.BLOCKING),
        ("font", Rank.FONT),
        ("empty", Rank.BLOCKING),
        ("", Rank.BLOCKING),
    ],
)
def test_browsers_say_what_a_request_is_for(destination: str, expected: Rank) -> None:
    """Those that do not are taken at their most urgent."""
    assert rank(destination) is expected


@pytest.mark.parametrize(
    ("sheet", "page", "ended"),
    [
        ({"waiting": 1}, {}, True),
        ({"waiting": 0}, {}, True),
        ({"waiting": 0, "sent": True}, {}, False),
        ({"waiting": 1, "sent": True}, {}, True),
        ({"waiting": 1, "followed": True}, {}, False),
        ({"waiting": 1}, {"scripted": True}, False),
        ({"waiting": 1}, {"left": True}, False),
        ({"waiting": 1}, {"bits": 50e6}, False),
        ({"waiting": 40_000, "age": 4, "sent": True}, {}, True),
        ({"waiting": 5_000, "age": 4, "sent": True}, {}, False),
        ({"waiting": 5_000, "age": 4}, {}, True),
        ({"waiting": 40_000, "age": 4, "asked": True}, {}, False),
    ],
)
async def test_a_sheet_is_broken_off_when_text_should_be_there(
    sheet: dict[str, int], page: dict[str, Any], ended: bool
) -> None:
    """On a slow link, for a reader without scripts, where not all of it has come; the page counts as slow then.

    A second before, where what is left would take longer.
    """
    loading = Loading({"/a.css": "style"}, began=0.0)
    going, line = Going(**{"bits": 80e3, **page, "loading": loading}), Line(sheet["waiting"])
    line.now = sheet.get("age", LIMIT) - 0.01
    pace = Pace(cast(Page, going), cast(Wire, line), Rank.BLOCKING, limit=LIMIT, weight=WEIGHT, name="/a.css")
    line.pace = None if "followed" in sheet else pace
    assert not pace.late()
    told: list[bool] = []
    pace.expire(lambda: told.append(True))
    if "asked" not in sheet:
        pace.carries(1)
    if "sent" in sheet:
        pace.sent()
    line.now += 0.01
    await asyncio.sleep(0.1)
    assert line.ended is ended
    assert told == [True] * ended
    assert (loading.text == float("inf")) is ended
    assert loading.loaded is None


@pytest.mark.parametrize(("bits", "expected"), [(200e3, False), (50e3, True)])
def test_what_waited_for_a_page_that_crawled_to_its_end_is_refused(bits: float, expected: bool) -> None:
    """So is what is asked for behind it; but not where nothing waited."""

    async def waited() -> list[bool]:
        page = Going(bits, whole=False)
        first = asyncio.ensure_future(_pace(page, Line(0), Rank.BLOCKING).hopeless())
        await asyncio.sleep(0.05)
        page.whole = True
        later = Going(bits)
        return [
            await first,
            await _pace(page, Line(0), Rank.BLOCKING).hopeless(),
            await _pace(later, Line(0), Rank.BLOCKING).hopeless(),
        ]

    assert asyncio.run(waited()) == [expected, expected, False]


@pytest.mark.parametrize(("size", "waits"), [(0, True), (1_448, True), (14_480, False)])
def test_a_page_that_begins_to_crawl_holds_its_parts(size: int, waits: bool) -> None:
    """Sooner than its rate can be trusted: of 60 KB, little came in .3 s."""

    async def waiting() -> bool:
        page = Beginning(50e3, size=size)
        asked = asyncio.ensure_future(_pace(page, Line(0), Rank.BLOCKING).hopeless())
        await asyncio.sleep(0.05)
        found = not asked.done()
        page.live = False
        assert not await asked
        return found

    assert asyncio.run(waiting()) is waits
