"""A sheet of the origin that hangs, in three engines without JavaScript: the page paints when it is given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..delivery.service import Service, Site, page, service
from ..servers import Line, Request
from .drivers import chromium, firefox, webkit

pytestmark = pytest.mark.browser

# A background is asked for when the page is styled, which a pending sheet in the head keeps from happening.
HEAD = '<link rel="stylesheet" href="/hang.css"><style>body{background:url(/painted.png)}</style>'


class Hanging(Site):
    def __init__(self) -> None:
        super().__init__()
        self.put("/story", page(head=HEAD))
        self.painted, self.given_up = threading.Event(), threading.Event()

    def __call__(self, request: Request, line: Line) -> None:
        if request.target == b"/hang.css":
            line.until_closed()
            self.given_up.set()
        elif request.target == b"/painted.png":
            self.painted.set()
            line.ok(b"", b"Content-Type: image/png")
        else:
            super().__call__(request, line)


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, site=Hanging(), asset_timeout="1", offline="off") as running:
        yield running


@pytest.mark.parametrize("engine", ["chromium", "firefox", "webkit"])
def test_a_page_paints_without_javascript(paper: Service, engine: str) -> None:
    """The site never ends the sheet, and no browser styles a page while one in its head is out: the proxy ended it."""
    address, site = f"{paper.reader.url}/story", paper.site
    assert isinstance(site, Hanging)
    if engine == "chromium":
        with chromium() as browser, browser.new_context(java_script_enabled=False) as context:
            context.new_page().goto(address, wait_until="commit")
            assert site.painted.wait(20)
    elif engine == "firefox":
        with firefox({"javascript.enabled": False}) as driver:
            driver.get(address)
            assert site.painted.wait(20)
    else:
        with webkit("--enable-javascript=0") as driver:
            driver.get(address)
            assert site.painted.wait(20)
    assert site.given_up.wait(5)
