"""`unknown = "light"`: a reader of whom nothing is known gets the text at once, with a script that may ask for more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..servers import Received
from .service import NAVIGATION, SAVE_DATA, Service, page, service

EDITION = "lightkeeper-edition"
SLOW = NAVIGATION | {"RTT": "100", "Downlink": "0.05", "ECT": "4g"}
FAST = NAVIGATION | {"RTT": "50", "Downlink": "10", "ECT": "4g"}


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, unknown="light") as running:
        running.site.put("/story", page())
        running.site.put("/form", b"<!doctype html><title>Form</title><form><input></form>")
        yield running


def said(answer: Received) -> str:
    return (answer.header(EDITION) or "").partition("; predicted")[0]


def test_a_first_time_reader_gets_the_text_and_the_script(paper: Service) -> None:
    """Nothing is stored; the policy lets one script through, and that script is the only one."""
    answer = paper.reader.get("/story", NAVIGATION)
    assert said(answer) == "light; reason=first"
    assert answer.all("set-cookie") == []
    assert answer.body.count(b"<script data-l=5000 data-c=") == 1
    assert answer.body.endswith(b"</script>")
    assert answer.header("cache-control") == "private, no-cache"
    policy = answer.header("content-security-policy") or ""
    assert policy.count("script-src 'sha256-") == 1
    assert "unsafe" not in policy
    for coding in ("gzip", "br"):
        coded = paper.reader.get("/story", NAVIGATION | {"Accept-Encoding": coding})
        assert coded.header("content-encoding") == coding
        assert coded.header("etag") == answer.header("etag")


def test_the_script_asks_for_the_full_page_with_a_cookie(paper: Service) -> None:
    """Behind it there is a receipt, and from then on the reader is known."""
    answer = paper.reader.get("/story", NAVIGATION | {"Cookie": "lk-u=1"})
    assert said(answer) == "full; reason=measured"
    (line,) = answer.all("set-cookie")
    later = NAVIGATION | {"Cookie": line.partition(";")[0]}
    assert said(paper.reader.get("/story", later)) == "full; reason=unknown"
    assert paper.asked("/story")[-1].header("cookie") is None


def test_the_copy_of_one_edition_is_never_confirmed_as_the_other(paper: Service) -> None:
    """A reload sends the tag of the Light page."""
    first = paper.reader.get("/story", NAVIGATION)
    held = NAVIGATION | {"If-None-Match": first.header("etag") or ""}
    assert paper.reader.get("/story", held).status == 304
    again = paper.reader.get("/story", held | {"Cookie": "lk-u=1"})
    assert (again.status, said(again)) == (200, "full; reason=measured")


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/story", SAVE_DATA, "light; reason=save-data"),
        ("/story", SLOW, "light; reason=rate"),
        ("/story", SLOW | {"Cookie": "lk-u=1"}, "light; reason=rate"),
        ("/story", FAST, "full; reason=round-trip"),
        ("/story", NAVIGATION | {"Cookie": "lk-edition=full"}, "full; reason=choice"),
        ("/story", NAVIGATION | {"Cookie": "lk-edition=light"}, "light; reason=choice"),
        ("/story?edition=full", NAVIGATION, "full; reason=address"),
        ("/light/story", NAVIGATION, "light; reason=address"),
    ],
)
def test_who_is_known_is_not_measured(paper: Service, path: str, headers: dict[str, str], expected: str) -> None:
    """Choices, saved data, what browsers say of their link: no script, whatever the edition."""
    answer = paper.reader.get(path, headers)
    assert said(answer) == expected
    assert b"data-l=" not in answer.body


def test_a_page_without_text_is_full(paper: Service) -> None:
    assert paper.reader.get("/form", NAVIGATION).body.count(b"<input>") == 1


def test_where_nothing_is_noticed_nobody_is_new(tmp_path: Path) -> None:
    """Without sensing everybody would be, for ever; and by default first-time readers get the full page."""
    for number, settings in enumerate(({"sensing": "off", "unknown": "light"}, {})):
        with service(tmp_path / str(number), **settings) as paper:
            paper.site.put("/story", page())
            assert said(paper.reader.get("/story", NAVIGATION)) == "full; reason=unknown"
            assert said(paper.reader.get("/story", NAVIGATION | {"Cookie": "lk-u=1"})) == "full; reason=unknown"
