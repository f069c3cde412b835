"""The recipes of docs/deploy.md as they stand, with a real nginx and a real Caddy: Lightkeeper dies, readers go on."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .. import command
from ..servers import Address
from . import stack
from .reader import Asked, Report, ask, read

DOCUMENT = {"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
Front = Callable[[Path, Address, Address], AbstractContextManager[Address]]


@dataclass(frozen=True, slots=True)
class Stack:
    kind: str
    front: Address
    lightkeeper: command.Running


@contextmanager
def standing(folder: Path, kind: str) -> Iterator[Stack]:
    front: Front = getattr(stack, kind)
    with stack.misbehaving() as site:
        at = stack.free_address()
        with (
            command.serving(*stack.arguments(site, folder), port=at.port) as lightkeeper,
            front(folder, at, site) as address,
        ):
            yield Stack(kind, address, lightkeeper)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with standing(tmp_path_factory.mktemp(request.param), request.param) as whole:
        yield whole


async def get(stack: Stack, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await ask(stack.front.port, Asked("", path, {**DOCUMENT, **named}))
    return answer.status, answer.headers, answer.body


async def test_documents_come_through_lightkeeper_and_assets_do_not(running: Stack) -> None:
    """A document carries an edition; what a page loads, and what is sent, goes straight to the site.

    Where the round trip is told, what text waits for comes through as well.
    """
    assert (await get(running, "/story/1"))[1]["lightkeeper-edition"].startswith("full")
    assert (await get(running, "/story/1", Save_Data="on"))[1]["lightkeeper-edition"].startswith("light")
    assert (await get(running, "/light/story/1"))[0] == 200
    before = await _counted(running)
    assert (await get(running, "/asset/1", Sec_Fetch_Dest="image"))[2] == b"/asset/1" * 500
    assert (await get(running, "/asset/site.css", Sec_Fetch_Dest=""))[0] == 200
    assert (await ask(running.front.port, Asked("", "/post/1", DOCUMENT, b"hello"))).body == b"/post/1 hello"
    assert await _counted(running) == before
    for kind in ("style", "script"):
        assert (await get(running, "/asset/1", Sec_Fetch_Dest=kind))[2] == b"/asset/1" * 500
    assert (await _counted(running) != before) is (running.kind == "nginx")


async def _counted(running: Stack) -> list[bytes]:
    """The site's answers that Lightkeeper passed on."""
    told = running.lightkeeper.address.get("/_lk/metrics").body.splitlines()
    return [line for line in told if line.startswith(b'lightkeeper_answers_total{kind="site"')]


async def test_the_front_alone_tells_the_round_trip(running: Stack) -> None:
    """What a reader says of it reaches nobody; nginx measures it, Caddy cannot."""
    _, _, told = await get(running, "/told/1", X_Client_RTT="1400000")
    measured = re.findall(rb"^x-client-rtt: (.*)\r$", told, re.MULTILINE)
    assert [value.isdigit() and int(value) < 1_000_000 for value in measured] == [True] * (running.kind == "nginx")


async def test_no_reader_sees_operators_pages(running: Stack) -> None:
    """Through the front, health and metrics are not to be had, whatever a reader says of themselves."""
    for path in ("/_lk/health", "/_lk/metrics"):
        _, _, body = await get(running, path, X_Forwarded_For="127.0.0.1", Forwarded="for=127.0.0.1")
        assert b"lightkeeper_" not in body
        assert body != b"ok\n"


async def test_a_hung_lightkeeper_costs_a_wait_and_no_answer(running: Stack) -> None:
    """Stopped in the middle of traffic: everybody gets the site's page; once it goes on, editions are back."""
    os.kill(running.lightkeeper.process.pid, signal.SIGSTOP)
    try:
        report = await read(running.front.port, 60, readers=8, seed=5)
    finally:
        os.kill(running.lightkeeper.process.pid, signal.SIGCONT)
    assert report.errors == []
    assert report.slowest < 40
    await _until_editions(running)


async def test_a_killed_lightkeeper_is_noticed_by_nobody(running: Stack) -> None:
    """SIGKILL in the middle of mixed traffic: no error that the site did not give, no body mixed up."""
    report = Report()
    traffic = await _seen_in_editions(running, report)
    before = report.editions()[""]
    running.lightkeeper.kill()
    await traffic
    assert report.errors == []
    assert report.editions()[""] > before + 300


async def test_readers_of_light_go_on_in_full(running: Stack) -> None:
    """While Lightkeeper is dead, its addresses lead to the same stories, and its worker learns nothing wrong."""
    if running.lightkeeper.process.poll() is None:
        running.lightkeeper.kill()
    status, headers, _ = await get(running, "/light/story/3?page=2")
    assert (status, _path(headers)) == (302, "/story/3?page=2")
    for path in ("/light/-/offline", "/_lk/choose?edition=light&to=/story/3"):
        status, headers, _ = await get(running, path)
        assert (status, _path(headers)) == (302, "/")
    _, headers, _ = await get(running, "/light//evil.example/")
    assert _path(headers) in ("/", "/evil.example/"), "stays on the site"
    assert (await get(running, "/_lk/sw.js", Sec_Fetch_Dest="serviceworker"))[0] == 503


def _path(headers: dict[str, str]) -> str:
    location = headers["location"]
    return location if location.startswith("/") else "/" + location.split("/", 3)[3]


async def _seen_in_editions(running: Stack, report: Report) -> asyncio.Task[Report]:
    """Traffic that has seen both editions; begun anew where the front of a busy machine took Lightkeeper for dead."""
    async with asyncio.timeout(120):
        while True:
            await _until_editions(running)
            traffic = asyncio.create_task(read(running.front.port, 900, seed=7, report=report))
            while not traffic.done():
                if report.editions()["full"] >= 60 and report.editions()["light"] >= 20:
                    return traffic
                await asyncio.sleep(0.01)


async def _until_editions(running: Stack) -> None:
    """Until the front has found Lightkeeper well, and Lightkeeper reads stories."""
    async with asyncio.timeout(120):
        while not await _light(running):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def _light(running: Stack) -> bool:
    _, headers, _ = await get(running, "/story/1", Save_Data="on")
    return headers.get("lightkeeper-edition", "").startswith("light")
