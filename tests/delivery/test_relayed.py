"""Behind a proxy that tells its round trip: parts of a page that fills the line, over real HTTP.

The proxy is the test's own words; a real one, on shaped links, is the lab's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from lightkeeper.sensing.receipt import mint

from ..servers import Received
from .service import NAVIGATION, Service, page, service

SHEETS = '<link rel="stylesheet" href="/a.css"><link rel="stylesheet" href="/b.css">'
STYLE = {"Sec-Fetch-Dest": "style", "Accept": "text/css"}
SHEET = b"a{color:red}"
NEAR, FAR = {"X-RTT": "20000"}, {"X-RTT": "180000"}


class Clock:
    """One that goes on by itself, and may be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def paper(tmp_path: Path, clock: Clock) -> Iterator[Service]:
    """A page has half a minute: longer than any test takes by itself."""
    told = {"trusted_proxies": "127.0.0.1", "rtt_header": "X-RTT us"}
    with service(tmp_path, text_limit=60.0, steady=clock, **told) as running:
        running.site.put("/story", page(head=SHEETS))
        for name in ("/a.css", "/b.css"):
            running.site.put(name, SHEET, Content_Type="text/css")
        yield running


def opened(paper: Service, clock: Clock) -> dict[str, str]:
    """A page that went out to the proxy, after which its sheets are late: the cookie under which they are."""
    answer = paper.reader.get("/story", NAVIGATION | NEAR)
    clock.ahead += 0.3
    return {"Cookie": (answer.header("set-cookie") or "").partition(";")[0]}


def sheets(
    pool: ThreadPoolExecutor, paper: Service, cookie: dict[str, str], *told: dict[str, str]
) -> list[Future[Received]]:
    asked = zip(("/a.css", "/b.css"), told, strict=False)
    return [pool.submit(paper.reader.get, name, STYLE | cookie | rtt) for name, rtt in asked]


def came(paper: Service, cookie: dict[str, str], *told: dict[str, str]) -> bool:
    """Whether the sheets come, with no need to wait for the page."""
    with ThreadPoolExecutor(2) as pool:
        return all(each.result().body == SHEET for each in sheets(pool, paper, cookie, *told))


def refused(answer: Received) -> bool:
    return answer.body == b"noscript #lk-slow{animation:none}"


def test_sheets_of_a_page_that_does_not_arrive_are_refused(paper: Service, clock: Clock) -> None:
    """Not before it has had its time; and the next page is Light."""
    cookie = opened(paper, clock)
    with ThreadPoolExecutor(2) as pool:
        waiting = sheets(pool, paper, cookie, FAR, FAR)
        assert not wait(waiting, timeout=0.5).done
        clock.ahead += 30
        assert all(refused(each.result()) for each in waiting)
    assert paper.asked("/a.css") == []
    assert refused(paper.reader.get("/a.css", STYLE | cookie | NEAR))
    id_ = cookie["Cookie"].partition("=")[2].partition(".")[0]
    paper.reader.get(f"/_lk/r/{id_}", {"Accept": "image/*"} | cookie)
    following = paper.reader.get("/story", NAVIGATION | NEAR | cookie)
    assert (following.header("lightkeeper-edition") or "").startswith("light; reason=slow-receipt")


def test_its_picture_ends_the_wait(paper: Service, clock: Clock) -> None:
    cookie = opened(paper, clock)
    id_ = cookie["Cookie"].partition("=")[2].partition(".")[0]
    with ThreadPoolExecutor(2) as pool:
        waiting = sheets(pool, paper, cookie, FAR, FAR)
        assert not wait(waiting, timeout=0.5).done
        paper.reader.get(f"/_lk/r/{id_}", {"Accept": "image/*"} | cookie | NEAR)
        assert [each.result().body for each in waiting] == [SHEET] * 2


@pytest.mark.parametrize(
    "told", [(NEAR, NEAR), (FAR, {"X-RTT": "181000"}), ({}, {}), (FAR,)], ids=["near", "apart", "untold", "alone"]
)
def test_other_sheets_come_without_it(paper: Service, clock: Clock, told: tuple[dict[str, str], ...]) -> None:
    assert came(paper, opened(paper, clock), *told)


def test_so_do_those_of_a_page_that_its_reader_chose(paper: Service, clock: Clock) -> None:
    cookie = opened(paper, clock)
    cookie["Cookie"] += "; lk-edition=full"
    assert came(paper, cookie, FAR, FAR)


def test_where_other_processes_answer_as_well_nothing_waits(paper: Service, clock: Clock) -> None:
    """A page that one of them sent shows it: its picture may come here, and ours may go there."""
    cookie = opened(paper, clock)
    stranger = {"Cookie": f"lk-p={mint(time.time(), 7)}.00"}
    assert paper.reader.get("/a.css", STYLE | stranger | FAR).body == SHEET
    assert came(paper, cookie, FAR, FAR)
