"""`python -m tests.browser.alarms`: full pages on a good link, as readers go about with them.

Windows side by side that stay, reload, come back, leave early, or load ahead where they go next. No banner may come,
no page may be taken for a failed one, and nobody may get the text unasked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from lightkeeper.app import create_app
from lightkeeper.demo.publication import load as publication
from lightkeeper.demo.serve import start_origin
from lightkeeper.resources import demo
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..deploy.stack import free_address
from ..origins.stories import posts
from ..origins.wordpress import wordpress
from ..servers import Address, serving
from .drivers import elsewhere
from .reading import Door
from .windows import ENGINES, Open, Window, windows

_SHARES = {"chromium": 0.5, "firefox": 0.25, "webkit": 0.25}
_READING = 11.0  # seconds; the watchdog's last look is after ten
_THERE = 'location.protocol == "http:"'  # until then, a window shows nothing, and that completely
_COMPLETE = f'{_THERE} && document.readyState == "complete"'
_LINK = "document.head.append(Object.assign(document.createElement('link')"
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Paper:
    name: str
    address: Address
    door: Door
    paths: Sequence[str]


@dataclass
class Tally:
    """What came of all the loads in one engine."""

    banners: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)

    @property
    def loads(self) -> int:
        return self.decisions.total()

    @property
    def good(self) -> bool:
        return not self.banners and not self.unread and all(each.startswith("full") for each in self.decisions)


def _stay(_window: Window, _other: str) -> None:
    """Reads what was opened."""


def _reload(window: Window, _other: str) -> None:
    window.comes(_COMPLETE, _PATIENCE)
    window.run("location.reload()")


def _come_back(window: Window, other: str) -> None:
    window.comes(_COMPLETE, _PATIENCE)
    window.run(f"location.href = '{other}'")
    window.comes(f'location.pathname == "{other}" && {_COMPLETE}', _PATIENCE)
    window.run("history.back()")


def _leave_early(window: Window, other: str) -> None:
    window.comes(_THERE, _PATIENCE)
    window.run(f"location.href = '{other}'")


def _load_ahead(window: Window, other: str) -> None:
    window.comes(_COMPLETE, _PATIENCE)
    window.run(f"{_LINK}, {{rel: 'prefetch', href: '{other}'}}))")
    window.comes("performance.now() > 3000", _PATIENCE)
    window.run(f"location.href = '{other}'")


ACTS: tuple[Callable[[Window, str], None], ...] = (_stay, _reload, _come_back, _leave_early, _load_ahead)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.alarms", description=__doc__)
    parser.add_argument("--demo", type=int, default=500, help="loads of the demo's pages")
    parser.add_argument("--wordpress", type=int, default=100, help="loads of WordPress's pages")
    options = parser.parse_args()
    good = True
    for count, opened in ((options.demo, _newspaper), (options.wordpress, _blog)):
        with opened() as paper:
            for engine in ENGINES if count else ():
                tally = _read(engine, paper, int(count * _SHARES[engine]))
                good = good and tally.good
                print(f"{paper.name} in {engine}: {tally.loads} loads, {len(tally.banners)} banners,", end=" ")
                print(
                    f"{len(tally.unread)} not whole; {dict(tally.decisions)}", *tally.banners, *tally.unread, flush=True
                )
    return 0 if good else 1


def _read(engine: str, paper: Paper, count: int) -> Tally:
    """Rounds of windows side by side, until so many pages were asked for."""
    tally, paths = Tally(), cycle(paper.paths)
    paper.door.navigations.clear()
    with windows(engine) as open_:
        while len(paper.door.navigations) < count:
            _round(open_, paper, paths, tally)
    tally.decisions.update(paper.door.navigations)
    return tally


def _round(open_: Open, paper: Paper, paths: Iterator[str], tally: Tally) -> None:
    opened = []
    for act in ACTS:
        window = open_(paper.address.url + next(paths))
        act(window, next(paths))
        opened.append((act.__name__.lstrip("_"), window))
    end = time.monotonic() + _READING
    for act_name, window in opened:
        whole = window.comes(_COMPLETE, _PATIENCE)
        time.sleep(max(0.0, end - time.monotonic()))
        path = window.run("return location.pathname")
        if window.holds('document.querySelector("lk-banner")'):
            tally.banners.append(f"banner: {act_name} {path}")
        if not whole:
            tally.unread.append(f"not whole: {act_name} {path}")
        window.close()


@contextmanager
def _newspaper() -> Iterator[Paper]:
    running = elsewhere(start_origin())
    stories = [story.path for language in ("en", "fa") for story in publication(demo()).of(language)]
    try:
        with _served("demo", running.url, free_address(), ["/", "/fa/", *stories]) as paper:
            yield paper
    finally:
        elsewhere(running.stop())


@contextmanager
def _blog() -> Iterator[Paper]:
    door = free_address()
    paths = ["/", "/low-water/", "/about/", "/category/uncategorized/", "/author/editor/"]
    with wordpress(url=door.url, posts=posts()) as press, _served("WordPress", press.address.url, door, paths) as paper:
        yield paper


@contextmanager
def _served(name: str, origin: str, address: Address, paths: Sequence[str]) -> Iterator[Paper]:
    with tempfile.TemporaryDirectory(prefix="lightkeeper-alarms-") as folder:
        settings = load(origin=origin, public_url=address.url, data=Path(folder), fronts="")
        migrate(settings.data)
        door = Door()
        door.app = create_app(settings)
        with serving(door, port=address.port):
            yield Paper(name, address, door, paths)


if __name__ == "__main__":
    sys.exit(main())
