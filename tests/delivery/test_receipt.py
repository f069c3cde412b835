"""The receipt over HTTP: the whole service on real sockets, with a browser's cookie jar."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from lightkeeper.sensing.receipt import mark, mint

from ..servers import Received
from .service import NAVIGATION, SAVE_DATA, Service, page, service

SLOW = NAVIGATION | {"RTT": "100", "Downlink": "0.05", "ECT": "4g"}
PICTURE = re.compile(rb"<img src=(/_lk/r/([0-9a-f]{14})) alt fetchpriority=high>")
EDITION = "lightkeeper-edition"


class Reader:
    """A browser's jar in front of the service; `lines` are all Set-Cookie headers that came."""

    def __init__(self, paper: Service) -> None:
        self.paper = paper
        self.jar: dict[str, str] = {}
        self.lines: list[str] = []

    def get(self, path: str, headers: dict[str, str] = NAVIGATION) -> Received:
        told = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        answer = self.paper.reader.get(path, headers | ({"Cookie": told} if told else {}))
        for line in answer.all("set-cookie"):
            self.lines.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.jar.pop(name, None)
            else:
                self.jar[name] = value
        return answer

    def load(self, path: str, headers: dict[str, str] = NAVIGATION) -> Received:
        """A navigation, and the picture of its page."""
        answer = self.get(path, headers)
        if found := PICTURE.search(answer.body):
            self.get(found[1].decode(), {"Accept": "image/*"})
        return answer

    def wait(self, seconds: float, address: str = "/elsewhere") -> None:
        """As if the last page had been sent so long ago, from `address`, whose mark is not that of /front."""
        strikes = self.jar["lk-p"][-2]
        ids = (mint(time.time() - seconds, chance) for chance in count())
        id_ = next(each for each in ids if mark(each, address) != mark(each, "/front"))
        self.jar["lk-p"] = f"{id_}.{strikes}{mark(id_, address):x}"
        if "lk-a" in self.jar:
            self.jar["lk-a"] = f"{id_}.{self.jar['lk-a'].partition('.')[2]}"


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as running:
        for path in ("/story", "/other", "/story?x=1"):
            running.site.put(path, page(), ETag='"v1"', Cache_Control="max-age=600")
        yield running


@pytest.fixture
def reader(paper: Service) -> Reader:
    return Reader(paper)


def test_a_page_that_arrives_is_full_again(reader: Reader) -> None:
    """The picture stands at the very end, its answer is a picture that nobody keeps, the next page says why."""
    answer = reader.get("/story")
    found = PICTURE.search(answer.body)
    assert found
    assert answer.body.endswith(b"</script></span></p>")
    picture = reader.get(found[1].decode(), {"Accept": "image/*"})
    assert (picture.status, picture.header("content-type"), picture.header("cache-control")) == (
        200,
        "image/gif",
        "no-store",
    )
    assert picture.body.startswith(b"GIF89a")
    assert reader.jar["lk-a"] == f"{found[2].decode()}.fast"
    assert reader.get("/other").header(EDITION) == "full; reason=receipt"


def test_a_page_that_never_arrives_makes_the_next_one_light(reader: Reader) -> None:
    """Then one full page is tried, and where that arrives, it stays."""
    reader.get("/story")
    reader.wait(30)
    assert reader.get("/other").header(EDITION) == "light; reason=failed"
    assert reader.load("/story").header(EDITION) == "full; reason=trial"
    assert reader.load("/other").header(EDITION) == "full; reason=receipt"


def test_a_slow_page_makes_the_next_one_light(reader: Reader) -> None:
    """The time since sending stands in the id: no server has to remember it."""
    reader.get("/story")
    reader.wait(4)
    reader.get("/_lk/r/" + reader.jar["lk-p"].partition(".")[0])
    assert reader.get("/other").header(EDITION) == "light; reason=slow-receipt"


def test_a_second_failure_keeps_light_for_longer(reader: Reader) -> None:
    """One Light page, a full one on trial, then Light for a while."""
    reader.get("/story")
    reasons = []
    for _ in range(6):
        if not reader.jar["lk-p"].startswith("light"):
            reader.wait(30)
        reasons.append((reader.get("/other").header(EDITION) or "").partition("reason=")[2])
    assert reasons == ["failed", "trial", "failed", "held", "held", "held"]


def test_an_early_click_tells_nothing(reader: Reader) -> None:
    reader.get("/story")
    reader.wait(2)
    assert reader.get("/other").header(EDITION) == "full; reason=unknown"


def test_a_click_on_the_page_itself_tells_that_it_was_read(reader: Reader) -> None:
    """Blocked pictures: the page that was left is the one that waits. Browsers that reload name the page before."""
    left = {"/story?x=1&utm_source=mail": "full; reason=unknown", "/front": "light; reason=failed"}
    for referrer, expected in left.items():
        reader.get("/story?x=1&utm_source=mail")
        reader.wait(30, "/story?x=1")
        came = {"Referer": f"http://www.paper.example{referrer}"}
        assert reader.get("/other", NAVIGATION | came).header(EDITION) == expected


def test_the_picture_of_another_page_tells_nothing(reader: Reader) -> None:
    """Two tabs: the one that was opened last counts, and a late picture of the other does not overwrite it."""
    first = PICTURE.search(reader.get("/story").body)
    second = PICTURE.search(reader.load("/other").body)
    assert first
    assert second
    arrived = reader.jar["lk-a"]
    reader.get(first[1].decode())
    assert reader.jar["lk-a"] == arrived == f"{second[2].decode()}.fast"


def test_a_dropped_answer_is_remembered(paper: Service, reader: Reader) -> None:
    """The browser left before the picture was there, so it has no second cookie; the server knows."""
    found = PICTURE.search(reader.get("/story").body)
    assert found
    paper.reader.get(found[1].decode(), {"Cookie": f"lk-p={reader.jar['lk-p']}"})
    assert "lk-a" not in reader.jar
    assert reader.get("/other").header(EDITION) == "full; reason=receipt"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (b"<script>let unfinished = 1", "full; reason=unknown"),
        (b'<a href="', "full; reason=unknown"),
        (b"<p>", "light; reason=failed"),
    ],
)
def test_a_page_that_ends_where_nothing_can_follow_tells_nothing(tmp_path: Path, end: bytes, expected: str) -> None:
    """No picture could be placed, so half a minute later none is missed; where one was, it is."""
    ahead = [0.0]
    with service(tmp_path, clock=lambda: time.time() + ahead[0]) as paper:
        paper.site.put("/open", page() + end)
        paper.site.put("/other", page())
        reader = Reader(paper)
        assert bool(PICTURE.search(reader.get("/open").body)) is (end == b"<p>")
        ahead[0] = 30.0
        assert reader.get("/other").header(EDITION) == expected


def test_a_confirmed_copy_waits_for_nothing(paper: Service, reader: Reader) -> None:
    """304: the copy has the picture of another day. Nothing pends, and that picture counts for nothing."""
    before = reader.load("/story")
    old = PICTURE.search(before.body)
    assert old
    again = reader.get("/story", NAVIGATION | {"If-None-Match": before.header("etag") or ""})
    assert (again.status, reader.jar) == (304, {})
    reader.get(old[1].decode())
    assert reader.jar == {}
    assert reader.get("/other").header(EDITION) == "full; reason=unknown"


def test_strikes_outlive_a_confirmed_copy(reader: Reader) -> None:
    """Nor does a 304 clear a link that failed before."""
    tag = reader.load("/story").header("etag") or ""
    reader.jar["lk-p"] = f"{mint(time.time(), 1)}.30"
    reader.get("/story", NAVIGATION | {"If-None-Match": tag})
    assert reader.jar["lk-p"] == "full.3"


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_what_looks_ahead_has_no_receipt(reader: Reader, header: str) -> None:
    """A prefetched page has no picture and sets nothing; a prerendered one's picture sets nothing."""
    ahead = {header: "prefetch;prerender"}
    answer = reader.get("/story", NAVIGATION | ahead)
    assert answer.body.count(b"/_lk/r/") == 0
    assert reader.lines == []
    found = PICTURE.search(reader.get("/story").body)
    assert found
    assert reader.get(found[1].decode(), ahead).all("set-cookie") == []


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/story?edition=full", NAVIGATION),
        ("/story?edition=light", NAVIGATION),
        ("/light/story", NAVIGATION),
        ("/story", SAVE_DATA),
        ("/story", SLOW),
        ("/story", NAVIGATION | {"Cookie": "lk-edition=full"}),
        ("/story", NAVIGATION | {"Cookie": "wordpress_logged_in_1=a"}),
        ("/story", {"Accept": "text/html", "Sec-Fetch-Dest": "iframe"}),
        ("/picture.png", {"Accept": "image/*"}),
        ("/missing", NAVIGATION),
    ],
)
def test_where_nothing_is_tried_nothing_is_stored(paper: Service, path: str, headers: dict[str, str]) -> None:
    """Choices, addresses that everybody may keep, Light by other reasons, what passes untouched: nothing."""
    answer = paper.reader.get(path, headers)
    assert answer.all("set-cookie") == []
    assert b"/_lk/r/" not in answer.body
    assert paper.reader.get(path, headers, method="HEAD").all("set-cookie") == []


def test_cookies_refused(paper: Service) -> None:
    """Each page is a first one, and the picture's answer sets nothing."""
    for _ in range(2):
        answer = paper.reader.get("/story", NAVIGATION)
        found = PICTURE.search(answer.body)
        assert found
        assert answer.header(EDITION) == "full; reason=unknown"
        assert paper.reader.get(found[1].decode()).all("set-cookie") == []


def test_a_worker_in_between(reader: Reader) -> None:
    """A navigation that a worker passed on is one all the same."""
    passed = {"Accept": "text/html", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"}
    reader.load("/story", passed)
    assert reader.load("/other", passed).header(EDITION) == "full; reason=receipt"


def test_a_failure_counts_more_than_hints_and_a_good_page_less(reader: Reader) -> None:
    """Hints are of now: a slow link gets Light though the last page was fast."""
    reader.load("/story")
    assert (reader.get("/other", SLOW).header(EDITION) or "").startswith("light; reason=rate")
    reader.get("/story")
    reader.wait(30)
    fast = NAVIGATION | {"RTT": "50", "Downlink": "10", "ECT": "4g"}
    assert reader.get("/other", fast).header(EDITION) == "light; reason=failed"


def test_a_choice_forgets(reader: Reader) -> None:
    """Whoever chooses starts anew."""
    reader.get("/story")
    reader.wait(30)
    reader.get("/_lk/choose?edition=auto&to=/other")
    assert reader.jar == {}
    assert reader.get("/other").header(EDITION) == "full; reason=unknown"


def test_cookies_are_ours_alone_and_short(paper: Service, reader: Reader) -> None:
    """First party, no script, a day at most, few bytes; the origin sees nothing of them."""
    reader.load("/story")
    reader.wait(30)
    for _ in range(4):
        reader.load("/other")
    for line in reader.lines:
        assert re.fullmatch(r"lk-[pa]=[\w.]{0,22}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax", line)
        assert int(line.partition("Max-Age=")[2].partition(";")[0]) <= 24 * 3600
    assert [request.header("cookie") for request in paper.origin.requests] == [None] * len(paper.origin.requests)


def test_secure_where_the_site_is(tmp_path: Path) -> None:
    with service(tmp_path, public_url="https://www.paper.example") as paper:
        paper.site.put("/story", page())
        assert [line.endswith("; Secure") for line in paper.reader.get("/story", NAVIGATION).all("set-cookie")] == [
            True
        ]


def test_no_id_is_used_twice_or_logged(paper: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Each answer has an id of its own, and the log has none of them."""
    caplog.set_level("DEBUG")
    found = [PICTURE.search(paper.reader.get("/story", NAVIGATION).body) for _ in range(20)]
    ids = [one[2].decode() for one in found if one]
    for id_ in ids:
        paper.reader.get(f"/_lk/r/{id_}", {"Cookie": f"lk-p={id_}.00"})
    assert len(set(ids)) == 20
    told = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("lightkeeper"))
    assert [id_ for id_ in ids if id_ in told] == []


@pytest.mark.parametrize(
    ("head", "policy", "expected"),
    [
        ("", "default-src 'none'; img-src 'self'", True),
        ("", "default-src 'self'", True),
        ("", "img-src http://www.paper.example data:", True),
        ("", "script-src 'self'", True),
        ("", "default-src 'self', img-src https://cdn.example", False),
        ("", "default-src 'none'", False),
        ("<meta http-equiv=Content-Security-Policy content=\"img-src 'none'\">", "", False),
        ('<base href="https://cdn.example/">', "", False),
    ],
)
def test_where_a_picture_may_not_load_there_is_none(paper: Service, head: str, policy: str, expected: bool) -> None:
    """Policies are not widened for it, and a page that resolves addresses elsewhere sends nothing elsewhere."""
    paper.site.put("/strict", page(head=head), Content_Security_Policy=policy)
    answer = paper.reader.get("/strict", NAVIGATION)
    assert bool(PICTURE.search(answer.body)) is expected
    assert bool(answer.all("set-cookie")) is expected
    assert b"/light/strict" in answer.body


@pytest.mark.parametrize("settings", [{"sensing": "off"}, {"mode": "observe"}, {"mode": "off"}])
def test_switched_off(tmp_path: Path, settings: dict[str, str]) -> None:
    """No picture, no cookie, and old cookies mean nothing."""
    with service(tmp_path, **settings) as paper:
        paper.site.put("/story", page())
        old = {"Cookie": f"lk-p={mint(time.time() - 60, 1)}.00"}
        answer = paper.reader.get("/story", NAVIGATION | old)
        assert answer.all("set-cookie") == []
        assert b"/_lk/r/" not in answer.body
        assert b"<nav><a href" in answer.body
        assert paper.reader.get(f"/_lk/r/{mint(time.time(), 1)}", old).all("set-cookie") == []
