"""Every situation that the receipt must live through: what the reader does, and what the server is to decide."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .reading import Reader, until
from .windows import ENGINES


def good_pages(reader: Reader) -> None:
    for number in (1, 2, 3):
        reader.read(f"/story-{number}")


def a_page_that_stalls(reader: Reader) -> None:
    reader.open("/stall")
    reader.pass_by()
    reader.read("/story-1")
    reader.read("/story-2")
    reader.read("/story-3")


def early_clicks(reader: Reader) -> None:
    for number in (1, 2, 3, 4):
        reader.open(f"/story-{number}")


def reload_of_a_good_page(reader: Reader) -> None:
    reader.read("/story-1")
    reader.reload()
    reader.arrived()
    reader.pass_by()
    reader.open("/story-2")


def back_and_forth(reader: Reader) -> None:
    reader.read("/story-1")
    reader.read("/story-2")
    reader.back()
    reader.pass_by()
    reader.open("/story-3")


def several_tabs(reader: Reader) -> None:
    reader.open("/story-1")
    reader.engine.tab()
    reader.open("/story-2")
    reader.arrived()
    reader.pass_by()
    reader.open("/story-3")


def blocked_pictures(reader: Reader) -> None:
    reader.door.without_pictures = True
    reader.open("/story-1")
    until(lambda: reader.door.pending in reader.door.pictures, "no picture")
    reader.pass_by()
    reader.click()
    reader.pass_by()
    reader.open("/story-3")


def refused_cookies(reader: Reader) -> None:
    reader.open("/_lk/choose?edition=auto&to=/light/story-1")
    reader.door.without_cookies = True
    for number in (1, 2):
        reader.open(f"/story-{number}")
        reader.pass_by()


def answers_from_cache(reader: Reader) -> None:
    reader.read("/tagged-5")
    reader.read("/tagged-6")
    reader.read("/tagged-5")
    reader.read("/tagged-6")
    reader.open("/story-7")


def prefetched_by_a_link(reader: Reader) -> None:
    """The story names what may be fetched ahead, and the reader goes there."""
    reader.read("/ahead")
    if reader.engine.name != "webkit":  # which fetches nothing ahead
        until(lambda: ("/story-8", True) in reader.door.asked, "no prefetch")
    reader.revisit("/story-8")  # Firefox shows what it fetched ahead, and asks for nothing more
    reader.open("/story-2")


def prerendered(reader: Reader) -> None:
    """The browser loads, and runs, a page that nobody has asked for."""
    reader.read("/prerender")
    until(lambda: ("/story-9", True) in reader.door.asked, "nothing was prerendered")
    reader.pass_by()
    reader.open("/story-2")


def a_worker_of_the_site_in_between(reader: Reader) -> None:
    """It passes on what it is asked: for the server, a document is then no document any more."""
    reader.open("/worker")
    until(lambda: ("/claimed", False) in reader.door.asked, "no worker")
    reader.pass_by()
    reader.read("/story-1")
    reader.read("/story-2")
    reader.open("/stall")
    reader.pass_by()
    reader.open("/story-3")
    assert reader.door.through_worker >= 3
    seen = list(reader.door.navigations)
    reader.engine.go("/unregister")
    until(lambda: ("/unclaimed", False) in reader.door.asked, "the worker stays")
    reader.door.navigations[:] = seen


def inside_an_app(reader: Reader) -> None:
    """A messenger's own browser: no Sec-Fetch headers, and a name of the app."""
    reader.door.in_app = True
    reader.read("/story-1")
    reader.read("/story-2")
    reader.open("/stall")
    reader.pass_by()
    reader.open("/story-3")


def a_page_of_nine_megabytes(reader: Reader) -> None:
    reader.read("/heavy")
    reader.open("/story-2")


def a_page_that_ends_in_a_script(reader: Reader) -> None:
    reader.open("/open")
    reader.pass_by()
    reader.open("/story-2")


@dataclass(frozen=True, slots=True)
class Situation:
    """`expected`: a pattern of decisions, navigation by navigation; `says`: the same for people."""

    act: Callable[[Reader], None]
    expected: str
    says: str
    scripts: bool = False
    engines: tuple[str, ...] = ENGINES
    short: bool = False  # and telling: the test suite has it, too

    @property
    def name(self) -> str:
        return self.act.__name__

    def holds(self, seen: str) -> bool:
        return re.fullmatch(self.expected, seen) is not None


# Where engines may differ, or a picture may still be asked for or not, either is right; Light is not.
SITUATIONS = (
    Situation(good_pages, "full receipt, full receipt, full receipt", "full", short=True),
    Situation(
        a_page_that_stalls,
        "full receipt, light failed, full trial, full receipt",
        "Light at the next page; then one full page is tried",
        short=True,
    ),
    # The server remembers pictures whose answers came too late.
    Situation(early_clicks, "full receipt(, full (receipt|unknown)){3}", "full", short=True),
    Situation(reload_of_a_good_page, "full receipt, full receipt, full receipt", "full"),
    Situation(back_and_forth, "full receipt, full receipt(, full (receipt|unknown)){1,2}", "full", short=True),
    Situation(several_tabs, "full receipt, full (receipt|unknown), full receipt", "full", short=True),
    Situation(
        blocked_pictures,
        "full receipt, full unknown, light failed",
        "full behind a click on the page, which shows that it was read; Light behind a typed address",
        short=True,
    ),
    Situation(refused_cookies, "light address, full unknown, full unknown", "full: each page is a first one"),
    Situation(answers_from_cache, "full receipt(, full (receipt|unknown)){4}", "full: what is confirmed tells nothing"),
    Situation(prefetched_by_a_link, "full receipt, (full receipt, )?full receipt", "full", short=True),
    Situation(
        inside_an_app,
        "full receipt, full receipt, full receipt, light failed",
        "as in any browser: full, and Light behind the page that stalls",
    ),
    Situation(a_page_that_ends_in_a_script, "full receipt, full unknown", "full: no picture is missed"),
    Situation(a_page_of_nine_megabytes, "full receipt, full (receipt|unknown)", "full"),
    Situation(
        prerendered,
        "full receipt, full receipt, full receipt",
        "full: what is loaded ahead changes nothing",
        scripts=True,
        engines=("chromium",),
    ),
    Situation(
        a_worker_of_the_site_in_between,
        "full receipt(, full (receipt|unknown)){3}, light failed",
        "as without it: full, and Light behind the page that stalls",
        scripts=True,
    ),
)
