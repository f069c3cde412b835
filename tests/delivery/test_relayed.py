"""Behind a proxy that tells its round trip: parts of a page that fills the line, over real HTTP.

The proxy is the test's own words; a real one, on shaped links, is the lab's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from lightkeeper.sensing.receipt import mint

from ..servers import Received
from .service import NAVIGATION, Service, page, service

SHEETS = '<link rel="stylesheet" href="/a.css"><link rel="stylesheet" href="/b.css">'
STYLE = {"Sec-Fetch-Dest": "style", "Accept": "text/css"}
NEAR, FAR = {"X-RTT": "20000"}, {"X-RTT": "180000"}


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, trusted_proxies="127.0.0.1", rtt_header="X-RTT us", text_limit=3.0) as running:
        running.site.put("/story", page(head=SHEETS))
        for name in ("/a.css", "/b.css"):
            running.site.put(name, b"a{color:red}", Content_Type="text/css")
        yield running


def opened(paper: Service, headers: dict[str, str] = NEAR) -> dict[str, str]:
    """A page that went out to the proxy, and the time in which its sheets are late: the cookie under which they are."""
    answer = paper.reader.get("/story", NAVIGATION | headers)
    time.sleep(0.3)
    return {"Cookie": (answer.header("set-cookie") or "").partition(";")[0]}


def sheets(paper: Service, cookie: dict[str, str], *told: dict[str, str]) -> list[Future[Received]]:
    with ThreadPoolExecutor(2) as pool:
        asked = zip(("/a.css", "/b.css"), told, strict=False)
        return [pool.submit(paper.reader.get, name, STYLE | cookie | rtt) for name, rtt in asked]


def refused(answer: Received) -> bool:
    return answer.body == b"noscript #lk-slow{animation:none}"


def test_sheets_of_a_page_that_does_not_arrive_are_refused(paper: Service) -> None:
    """Not before it has had its time; and the next page is Light."""
    cookie = opened(paper)
    began = time.monotonic()
    answers = [each.result() for each in sheets(paper, cookie, FAR, FAR)]
    assert all(map(refused, answers))
    assert time.monotonic() - began > 1.0
    assert paper.asked("/a.css") == []
    assert refused(paper.reader.get("/a.css", STYLE | cookie | NEAR))
    id_ = cookie["Cookie"].partition("=")[2].partition(".")[0]
    paper.reader.get(f"/_lk/r/{id_}", {"Accept": "image/*"} | cookie)
    following = paper.reader.get("/story", NAVIGATION | NEAR | cookie)
    assert (following.header("lightkeeper-edition") or "").startswith("light; reason=slow-receipt")


def test_its_picture_ends_the_wait(paper: Service) -> None:
    cookie = opened(paper)
    id_ = cookie["Cookie"].partition("=")[2].partition(".")[0]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(paper.reader.get, name, STYLE | cookie | FAR) for name in ("/a.css", "/b.css")]
        time.sleep(0.3)
        assert not any(each.done() for each in waiting)
        paper.reader.get(f"/_lk/r/{id_}", {"Accept": "image/*"} | cookie | NEAR)
        assert [each.result().body for each in waiting] == [b"a{color:red}"] * 2


@pytest.mark.parametrize(
    "told", [(NEAR, NEAR), (FAR, {"X-RTT": "181000"}), ({}, {}), (FAR,)], ids=["near", "apart", "untold", "alone"]
)
def test_other_sheets_come_at_once(paper: Service, told: tuple[dict[str, str], ...]) -> None:
    cookie = opened(paper)
    assert all(each.result().body == b"a{color:red}" for each in sheets(paper, cookie, *told))


def test_so_do_those_of_a_page_that_its_reader_chose(paper: Service) -> None:
    cookie = opened(paper)
    cookie["Cookie"] += "; lk-edition=full"
    assert all(each.result().body == b"a{color:red}" for each in sheets(paper, cookie, FAR, FAR))


def test_where_other_processes_answer_as_well_nothing_waits(paper: Service) -> None:
    """A page that one of them sent shows it: its picture may come here, and ours may go there."""
    cookie = opened(paper)
    stranger = {"Cookie": f"lk-p={mint(time.time(), 7)}.00"}
    assert paper.reader.get("/a.css", STYLE | stranger | FAR).body == b"a{color:red}"
    assert all(each.result().body == b"a{color:red}" for each in sheets(paper, cookie, FAR, FAR))
