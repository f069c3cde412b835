"""Odd and hostile pages through the whole service: no error of ours, no page broken, memory bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.app import create_app
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Line, Process, Request, Scripted, origin, process
from .odd_pages import odd_pages
from .service import NAVIGATION, SAVE_DATA

PAGES = {page.name: page for page in odd_pages()}
HUGE = 50 << 20
# What we add: the watchdog's script, the banner without JavaScript, the end mark with the switch; and at the end of a
# page that stops within a comment or a text element, what closes it.
ADDED = re.compile(
    rb'<noscript><style>[^<]*</style></noscript><script data-h="[^"]*"[^>]*>.*?</script>'
    rb"|<noscript><dialog id=lk-slow .*?</noscript>|<p id=lk-end .*?</p>",
    re.DOTALL,
)
# A policy in a <meta> is amended; how, is tested with the policies.
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="[^>]*>')
CLOSER = re.compile(rb"-->|--!>|>|\]\]>|</[a-z]+>|")


def site(request: Request, line: Line) -> None:
    name = request.target.decode().strip("/")
    if name == "huge":
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n<p>" % (HUGE + 3))
        for _ in range(HUGE >> 20):
            line.send(b"<p>A paragraph.\n" * (1 << 16))
        return
    page = PAGES[name]
    lines = [f"{key}: {value}" for key, value in page.headers.items()]
    line.ok(page.body, f"Content-Type: {page.kind}".encode("latin-1"), *(entry.encode() for entry in lines))


def make(url: str, folder: str) -> Any:
    """The service for `site`, in a process whose memory can be watched."""
    settings = load(origin=url, data=folder, fronts="", public_url="http://www.paper.example", extract_timeout="5")
    migrate(settings.data)
    return create_app(settings)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scripted, Process]]:
    folder: Path = tmp_path_factory.mktemp("odd")
    with origin(site) as scripted, process("tests.delivery.test_odd_pages:make", scripted.url, str(folder)) as server:
        yield scripted, server


def test_there_are_two_hundred() -> None:
    """Enough of them, and no name twice."""
    assert len(odd_pages()) == len(PAGES) >= 200


@pytest.mark.parametrize("name", PAGES)
def test_an_odd_page_is_served(running: tuple[Scripted, Process], name: str) -> None:
    """The full page is the origin's but for what we add; the Light address answers; nothing is an error of ours."""
    _, server = running
    full = server.address.get(f"/{name}", NAVIGATION)
    assert full.status == 200
    ours, theirs = (POLICY.sub(b"", ADDED.sub(b"", body)) for body in (full.body, PAGES[name].body))
    assert ours.startswith(theirs)
    assert CLOSER.fullmatch(ours[len(theirs) :])
    for target, headers in ((f"/{name}", SAVE_DATA), (f"/light/{name}", NAVIGATION)):
        answer = server.address.get(target, headers)
        assert answer.status in (200, 303, 404)
        assert b"<script>alert" not in answer.body or answer.header("lightkeeper-edition") != "light; reason=save-data"


def test_fifty_megabytes_pass_in_bounded_memory(running: tuple[Scripted, Process]) -> None:
    """A page far too long for a Light edition streams through; neither edition takes memory for it."""
    _, server = running
    server.forget_peak()
    assert len(server.address.get("/huge", NAVIGATION).body) > HUGE
    assert server.address.get("/light/huge", NAVIGATION).status == 404
    assert server.peak() < 300 << 20
