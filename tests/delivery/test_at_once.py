"""The shortest way to a Light page answers what the longer one would."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from ..servers import Received
from .service import NAVIGATION, SAVE_DATA, Service, page, service

HELD = NAVIGATION | {"Cookie": f"lk-p=light.46{int(time.time() // 10_800 % 8)}"}


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("at-once"), fresh=3_600) as running:
        running.site.put("/story", page())
        assert running.reader.get("/light/story").status == 200
        yield running


def alike(answer: Received) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status, sorted((name.lower(), value) for name, value in answer.headers if name != "date"), answer.body


@pytest.mark.parametrize("coding", ["br, gzip", "gzip", "identity", "br;q=0", "*"])
@pytest.mark.parametrize("headers", [SAVE_DATA, HELD, NAVIGATION | {"Cookie": "lk-edition=light"}])
def test_the_negotiated_page_is_the_same_both_ways(paper: Service, headers: dict[str, str], coding: str) -> None:
    """A query that counts for nothing takes the longer way."""
    asked = headers | {"Accept-Encoding": coding}
    short, longer = paper.reader.get("/story", asked), paper.reader.get("/story?utm_source=x", asked)
    assert (short.header("lightkeeper-edition") or "").startswith("light; ")
    assert alike(short) == alike(longer)


@pytest.mark.parametrize("coding", ["br, gzip", "gzip", "identity"])
def test_the_page_at_its_own_address_is_the_same_both_ways(paper: Service, coding: str) -> None:
    asked = {"Accept-Encoding": coding}
    short, longer = paper.reader.get("/light/story", asked), paper.reader.get("/light/story?utm_source=x", asked)
    assert short.status == 200
    assert alike(short) == alike(longer)


def test_whoever_has_it_already_is_told_so(paper: Service) -> None:
    tag = paper.reader.get("/light/story").header("etag") or ""
    assert paper.reader.get("/light/story", {"If-None-Match": tag}).status == 304
    assert paper.reader.get("/story", SAVE_DATA | {"If-None-Match": tag}).status == 304


def test_who_is_logged_in_or_wants_no_document_gets_the_sites_own(paper: Service) -> None:
    """Two lines of cookies are one jar."""
    for more in ({"Cookie": "PHPSESSID=1"}, {"Accept": "application/json"}, {"Authorization": "Basic eDp5"}):
        assert b"<nav>" in paper.reader.get("/story", SAVE_DATA | more).body


def test_a_page_that_is_withdrawn_or_old_is_not_at_hand(paper: Service) -> None:
    """What nobody has read yet is made first."""
    paper.site.put("/other", page("Other"))
    first = paper.reader.get("/other", SAVE_DATA)
    assert b"Other" in first.body
    assert alike(first) == alike(paper.reader.get("/other", SAVE_DATA))
    assert len(paper.asked("/other")) == 1


def test_requests_in_a_row_are_answered_in_their_order(paper: Service) -> None:
    """Those that are at hand do not overtake one that takes the longer way."""
    targets = ["/light/story", "/light/story?utm_source=x", "/light/story", "/_lk/choose", "/light/story"]
    lines = [f"GET {target} HTTP/1.1\r\nHost: x\r\n" for target in targets]
    got = paper.reader.exchange(("\r\n".join(lines) + "Connection: close\r\n\r\n").encode())
    statuses = [part[:3] for part in got.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"200", b"200", b"400", b"200"]


def test_a_connection_is_kept_for_the_next_request(paper: Service) -> None:
    """One at hand after another, and after one that is not."""
    with contextlib.closing(paper.reader.client()) as client:
        for target in ("/light/story", "/light/story", "/light/story?utm_source=x", "/light/story"):
            client.request("GET", target)
            line = client.sock
            assert Received.read(client.getresponse()).status == 200
            assert client.sock is line


def test_what_goes_out_is_counted(paper: Service) -> None:
    def counted() -> float:
        lines = paper.reader.get("/_lk/metrics").body.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("lightkeeper_navigations_total"))

    before = counted()
    for _ in range(3):
        paper.reader.get("/story", SAVE_DATA)
    assert counted() == before + 3
