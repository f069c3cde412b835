"""What a reader sees of every fault: when a banner is painted, where its link leads, whether the page recovers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from .faults import Origin
from .windows import Open, Window

# Everything that keeps text from a reader, or the publisher's own assets from a page; and what each of them is.
FAULTS = {
    "sheet": "a sheet in the head hangs",
    "sheet-then-script": "the same, with scripts behind it",
    "import": "an `@import` in a style hangs",
    "linked-import": "an `@import` in a sheet hangs",
    "script": "a script in the head hangs",
    "script-and-sheet": "a sheet and a script in the head hang",
    "script-in-body": "a script in the body hangs",
    "sheet-in-body": "a sheet in the body hangs",
    "sheet-first-in-body": "a sheet at the start of the body hangs",
    "font": "a web font hangs",
    "failed-script": "a script is answered 500",
    "failed-sheet": "a sheet is answered 500",
    "deferred": "a deferred script hangs that was to bring the text",
    "throws": "a script throws that was to bring the text",
    "stalled": "the HTML stalls within the text",
    "stalled-early": "the HTML stalls within the head",
    "cut": "the HTML breaks off, its length promised",
    "cut-chunked": "the HTML breaks off, in chunks that end well",
    "reset": "the connection is reset within the text",
    "hostile": "a script is answered 500, and styles of the page hide everything",
    "strict": "a sheet hangs under a strict Content-Security-Policy",
    "persian": "a sheet hangs on a page in Persian",
}
# What looks like trouble and is none: the text is there.
HARMLESS = {
    "good": "nothing is wrong",
    "late-pictures": "pictures come late or never",
    "failed-elsewhere": "scripts and sheets of third parties fail, and an icon",
    "deferred-extra": "a deferred script hangs that the text does not need",
    "throws-extra": "a script throws that the text does not need",
    "drip": "the HTML is slow, and goes on arriving",
}
_LOOK = """document.querySelectorAll("lk-banner").length, window.paintedAt || 0,
  (document.documentElement || document).innerText || "",
  [...document.querySelectorAll("lk-banner:popover-open")].some(
    banner => banner.shadowRoot.querySelector("dialog").getBoundingClientRect().height > 50),
  (performance.getEntriesByName("first-contentful-paint")[0] || {startTime: 0}).startTime"""
_QUIET = 8.0  # seconds in which a page where all is well shows no banner
_NOTED = 2.0
_PATIENCE = 30.0  # seconds for a banner to come, on any machine


@dataclass(frozen=True, slots=True)
class Seen:
    banners: int
    painted: float  # seconds; 0: not
    text: str
    on_top: bool
    text_painted: float  # seconds, as the browser's own paint timing has it; 0: not


def seen(window: Window) -> Seen:
    """What is there now."""
    banners, painted, text, on_top, text_painted = cast("tuple[int, float, str, bool, float]", window.look(_LOOK))
    return Seen(banners, painted / 1000, text, on_top, text_painted / 1000)


def watched(open_: Open, origin: Origin, faults: Sequence[str]) -> dict[str, Seen]:
    """The harmless pages, when a banner would long be there, and these faults, until it is painted, in one engine."""
    found = {}
    for names in batches((*HARMLESS, *faults)):
        pages = {name: open_(origin.page(name)) for name in names}
        now = time.monotonic()
        for name, window in pages.items():
            found[name] = watch(window, now + _PATIENCE) if name in faults else watch(window, now + _QUIET, calm=True)
        for window in pages.values():
            window.close()
    return found


def watch(window: Window, until: float, *, calm: bool = False) -> Seen:
    """A window when its banner is painted, or else when the time is over; when `calm`, only then.

    A page that runs no script of ours cannot note when it was painted: two seconds after the banner came, it will not.
    """
    while True:
        now = seen(window)
        if time.monotonic() > until or (not calm and now.banners and now.painted):
            return now
        if now.banners and not calm:
            until = min(until, time.monotonic() + _NOTED)
        time.sleep(0.2)


def batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Four at a time: a browser opens no more than six connections to a host, and these hang."""
    for first in range(0, len(names), 4):
        yield names[first : first + 4]
