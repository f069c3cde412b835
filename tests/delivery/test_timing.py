"""The page's own timing over HTTP: the whole service on real sockets."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightkeeper.editions import watchdog
from lightkeeper.sensing.receipt import mint

from ..servers import Received
from .service import NAVIGATION, Service, page, service

FAST, SLOW = b"20,90,120,400,5120", b"20,90,120,9400,5120"
EDITION = "lightkeeper-edition"
SENTENCE = b"A page tells five whole numbers of its load here.\n"


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as running:
        running.site.put("/story", page())
        running.site.put("/other", page())
        yield running


def opened(paper: Service) -> tuple[str, str]:
    """The address of a page's receipt, and the cookie that awaits it."""
    answer = paper.reader.get("/story", NAVIGATION)
    found = re.search(rb"src=(/_lk/r/[0-9a-f]{14}) ", answer.body)
    assert found
    return found[1].decode(), answer.all("set-cookie")[0].partition(";")[0]


def tell(paper: Service, address: str, cookie: str, body: bytes, **more: str) -> Received:
    return paper.reader.ask("POST", address, body=body, headers={"Cookie": cookie, **more})


@pytest.mark.parametrize(("body", "expected"), [(FAST, "full; reason=receipt"), (SLOW, "light; reason=slow-receipt")])
def test_a_page_that_tells_how_it_loaded(paper: Service, body: bytes, expected: str) -> None:
    """The answer is empty but for the cookie that the picture sets as well; the next page knows."""
    address, pending = opened(paper)
    answer = tell(paper, address, pending, body)
    assert (answer.status, answer.body, answer.header("cache-control")) == (204, b"", "no-store")
    (line,) = answer.all("set-cookie")
    assert re.fullmatch(r"lk-a=[\w.]{0,22}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax", line)
    jar = f"{pending}; {line.partition(';')[0]}"
    assert paper.reader.get("/other", NAVIGATION | {"Cookie": jar}).header(EDITION) == expected


def test_a_page_that_tells_after_its_picture(paper: Service) -> None:
    """Also where the browser dropped both answers, the server remembers for a while."""
    address, pending = opened(paper)
    paper.reader.get(address, {"Cookie": pending})
    tell(paper, address, pending, SLOW)
    assert paper.reader.get("/other", NAVIGATION | {"Cookie": pending}).header(EDITION) == "light; reason=slow-receipt"


@pytest.mark.parametrize("body", [b"", b"all is well", b"1,2,3,4", FAST + b"\n", b"1" * 200, b"1" * 5000])
def test_anything_else_is_refused(paper: Service, body: bytes) -> None:
    """A sentence, no cookie, and nothing is remembered."""
    address, pending = opened(paper)
    answer = tell(paper, address, pending, body)
    assert (answer.status, answer.body, answer.all("set-cookie")) == (400, SENTENCE, [])
    assert paper.reader.get("/other", NAVIGATION | {"Cookie": pending}).header(EDITION) == "full; reason=unknown"


def test_an_address_that_is_no_page_view(paper: Service) -> None:
    answer = tell(paper, "/_lk/r/everybody", "lk-p=x", FAST)
    assert (answer.status, answer.body) == (400, SENTENCE)


def test_who_was_not_sent_that_page_teaches_nothing(paper: Service) -> None:
    """Another id, no cookie (as from another site), or a browser that looks ahead."""
    address, pending = opened(paper)
    other = f"/_lk/r/{mint(time.time(), 3)}"
    told = (
        tell(paper, other, pending, SLOW),
        tell(paper, address, "a=b", SLOW),
        tell(paper, address, pending, SLOW, **{"Sec-Purpose": "prefetch;prerender"}),
    )
    assert [(answer.status, answer.all("set-cookie")) for answer in told] == [(204, [])] * 3
    assert paper.reader.get("/other", NAVIGATION | {"Cookie": pending}).header(EDITION) == "full; reason=unknown"


def test_switched_off(tmp_path: Path) -> None:
    """No script, no cookie, and a page of yesterday's is answered all the same."""
    with service(tmp_path, sensing="off") as paper:
        paper.site.put("/story", page())
        id_ = mint(time.time(), 1)
        assert watchdog.TIMING.encode() not in paper.reader.get("/story", NAVIGATION).body
        answer = tell(paper, f"/_lk/r/{id_}", f"lk-p={id_}.00", FAST)
        assert (answer.status, answer.all("set-cookie")) == (204, [])


def test_a_confirmed_copy_keeps_the_policy_under_which_its_scripts_run(paper: Service) -> None:
    """A browser takes the policy of a 304 for that of its copy."""
    paper.site.put("/tagged", page(), Content_Security_Policy="default-src 'self'", ETag='"1"')
    whole = paper.reader.get("/tagged", NAVIGATION)
    again = paper.reader.get("/tagged", NAVIGATION | {"If-None-Match": whole.header("etag") or ""})
    assert again.status == 304
    assert again.header("content-security-policy") == whole.header("content-security-policy")
    assert watchdog.SCRIPT_SOURCE in (again.header("content-security-policy") or "")


@pytest.mark.parametrize(
    ("head", "policy", "expected"),
    [
        ("", "default-src 'self'", True),
        ("", "script-src 'none'; img-src *", False),
        ("", "script-src 'self' 'nonce-abc'; connect-src 'self'", True),
        ("", "script-src 'self' 'nonce-abc' 'strict-dynamic'", False),
        ("", "default-src 'none'; img-src 'self'", False),
        ("", "img-src 'self'; connect-src https://api.example", False),
        ("<meta http-equiv=Content-Security-Policy content=\"connect-src 'none'\">", "", False),
        ("<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">", "", True),
        ('<base href="https://cdn.example/">', "", False),
    ],
)
def test_no_policy_is_widened_for_it(paper: Service, head: str, policy: str, expected: bool) -> None:
    """Where a page may ask its own host nothing, or load no script from it, it is not asked to."""
    paper.site.put("/strict", page(head=head), Content_Security_Policy=policy)
    answer = paper.reader.get("/strict", NAVIGATION)
    assert (watchdog.TIMING.encode() in answer.body) is expected


def test_the_script_is_kept_by_browsers(paper: Service) -> None:
    """It is the same for everybody and sets nothing."""
    answer = paper.reader.get(watchdog.TIMING)
    assert (answer.status, answer.header("content-type")) == (200, "text/javascript; charset=utf-8")
    assert answer.header("cache-control") == "public, max-age=604800"
    assert answer.all("set-cookie") == []
    assert b"sendBeacon" in answer.body
