"""A browser that is killed in the middle of a sync; a module of its own, for each test starts its browsers itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from .drivers import CHROMIUM, firefox
from .newsroom import BUNDLE, newsroom
from .readers import PlaywrightReader, Reader, WebDriverReader
from .site import Site, raw, site
from .test_bundles import OFFER, kept, stored, sync
from .test_offline import COPY
from .undriven import undriven_webkit

pytestmark = pytest.mark.browser

Started = Callable[[Path, Site], AbstractContextManager[Reader]]


@contextmanager
def started_chromium(profile: Path, _site: Site) -> Iterator[Reader]:
    with sync_playwright() as playwright:
        start = playwright.chromium.launch_persistent_context
        context = start(profile, executable_path="/usr/bin/chromium", args=CHROMIUM, locale="en-GB")
        try:
            yield PlaywrightReader(context.new_page())
        finally:
            with suppress(Exception):  # it may have been killed
                context.close()


@contextmanager
def started_firefox(profile: Path, _site: Site) -> Iterator[Reader]:
    profile.mkdir(exist_ok=True)
    with firefox({"toolkit.startup.max_resumed_crashes": -1}, profile=profile) as driver:
        yield WebDriverReader("firefox", driver)


@pytest.mark.parametrize(
    "started",
    [
        started_chromium,
        pytest.param(started_firefox, marks=pytest.mark.devices),
        pytest.param(undriven_webkit, marks=pytest.mark.devices),
    ],
)
def test_a_browser_that_is_killed_goes_on_where_it_was(started: Started, tmp_path: Path) -> None:
    """SIGKILL of the whole browser in the middle of a pack: what was kept opens, and the rest alone is fetched."""
    profile = tmp_path / "profile"
    with newsroom(tmp_path / "desk") as room, site(room) as running:
        pack = f"/_lk/b/{BUNDLE}/0-{room.sequence}.pack"
        data = room.desk.get(pack.removeprefix("/_lk/"))
        with started(profile, running) as reader:
            running.answers[pack] = raw(data)
            running.held[pack] = len(data) // 2
            reader.open(running.url(OFFER))
            reader.click("button")
            reader.until("document.querySelector('progress').value > 0")
            some = kept(reader)
            kill(profile)
        running.answers.clear()
        running.held.clear()
        with started(profile, running) as reader:
            reader.run("return 0")  # it is there
            running.mode = "gateway"
            shown = [COPY in reader.open(running.url(f"/news/story-{number}")) for number in range(12)]
            assert len(some) <= sum(shown) < 12
            assert set() < some <= kept(reader) < set(room.stories())
            assert all(name == digest for name, digest in stored(reader, "objects").items())
            running.mode = "open"
            assert sync(reader, running) == "complete"
            assert kept(reader) == set(room.stories())
        began = int(running.asked(pack)[-1]["range"].removeprefix("bytes=").removesuffix("-"))
        assert len(data) // 4 < began < len(data)


def kill(profile: Path) -> None:
    """Every process of the browser that has this profile, as an argument or as its home; others end with it."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if str(profile).encode() in told and b"geckodriver" not in _name(entry):
                os.kill(int(entry.name), signal.SIGKILL)


def _name(entry: Path) -> bytes:
    return (entry / "comm").read_bytes()
