"""The page about one reader's connection: what it says, to whom, and that choices made on it hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from lightkeeper.sensing.receipt import mint

from ..servers import Received
from .service import NAVIGATION, SAVE_DATA, Service, page, service

PAGE = "/light/-/connection"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("connection")) as running:
        running.site.put("/story", page())
        yield running


def said(answer: Received) -> str:
    """The words of the page, one blank between them."""
    text = re.sub(rb"<style>.*?</style>", b"", answer.body)
    return " ".join(unescape(re.sub(rb"<[^>]*>", b" ", text).decode()).split())


def read(paper: Service, cookie: str = "", **headers: str) -> str:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return said(paper.reader.get(PAGE, NAVIGATION | ({"Cookie": cookie} if cookie else {}) | more))


def test_a_new_reader_gets_the_full_page_and_nothing_is_known(paper: Service) -> None:
    text = read(paper)
    assert "You get the full page. Nothing bad is known" in text
    assert text.count("not known") == 3


def test_a_first_time_reader_who_gets_the_text_first_is_told_so(tmp_path: Path) -> None:
    with service(tmp_path, unknown="light") as paper:
        assert "You get the text-only edition. This is your first visit" in read(paper)
        assert "You get the full page. The text has just shown" in read(paper, "lk-u=1")


def test_nobody_keeps_it_and_no_search_engine_lists_it(paper: Service) -> None:
    answer = paper.reader.get(PAGE, NAVIGATION)
    assert answer.header("cache-control") == "private, no-store"
    assert answer.header("x-robots-tag") == "noindex"
    assert answer.all("set-cookie") == []
    assert b"<script" not in answer.body


@pytest.mark.parametrize(
    ("cookie", "headers", "expected"),
    [
        ("lk-edition=light", {}, "You get the text-only edition. You chose it."),
        ("lk-edition=full", SAVE_DATA, "You get the full page. You chose it."),
        ("", {"Save-Data": "on"}, "You get the text-only edition. Your browser asks to save data."),
        ("", {"RTT": "2000", "Downlink": "0.05"}, "takes about 57 s until"),
        ("", {"RTT": "300", "Downlink": "0.4"}, "Time to this site and back: \u2068300 ms\u2069"),
        ("", {"RTT": "300", "Downlink": "0.4"}, "Speed: \u2068400 kbit/s\u2069"),
        (f"lk-p={mint(1e9, 5)}.00", {}, "You get the text-only edition. The last full page did not arrive."),
        (f"lk-p={mint(1e9, 5)}.00; lk-a={mint(1e9, 5)}.fast", {}, "You get the full page. The last full page arrived"),
        (
            f"lk-p={mint(1e9, 5)}.00; lk-a={mint(1e9, 5)}.slow",
            {},
            "text-only edition. The last full page took too long",
        ),
        ("lk-p=light.320", {}, "Full pages have been failing here."),
        ("lk-p=light.200", {}, "You get the full page. Full pages failed before."),
    ],
)
def test_it_says_what_was_noticed_and_what_follows(
    paper: Service, cookie: str, headers: dict[str, str], expected: str
) -> None:
    assert expected in read(paper, cookie, **headers)


def test_it_tells_what_the_next_page_will_be(paper: Service) -> None:
    """The page asks the same question as a navigation, and answers it without changing anything."""
    failed = {"Cookie": f"lk-p={mint(1e9, 5)}.00"}
    told = "text-only" in read(paper, failed["Cookie"])
    assert told == (paper.reader.get("/story", NAVIGATION | failed).header("lightkeeper-edition") or "").startswith(
        "light"
    )


@pytest.mark.parametrize(
    ("language", "title"), [("fa,en", "اتصال شما"), ("de", "Ihre Verbindung"), ("xx", "Your connection")]
)
def test_it_speaks_the_readers_language(paper: Service, language: str, title: str) -> None:
    assert title in read(paper, Accept_Language=language)


@pytest.mark.parametrize("edition", ["full", "light", "auto"])
def test_a_choice_is_a_link_that_leads_back_and_holds(paper: Service, edition: str) -> None:
    """Without JavaScript; what holds is marked."""
    address = f"/_lk/choose?edition={edition}&to={PAGE}"
    assert address.replace("&", "&amp;").encode() in paper.reader.get(PAGE, NAVIGATION).body
    answer = paper.reader.get(address, NAVIGATION)
    assert (answer.status, answer.header("location")) == (303, PAGE)
    cookie = answer.all("set-cookie")[0].partition(";")[0]
    marked = paper.reader.get(PAGE, NAVIGATION | {"Cookie": "" if edition == "auto" else cookie}).body
    assert re.findall(rb"aria-current=true href=\"/_lk/choose.edition=(\w+)", marked) == [edition.encode()]


def test_the_short_address_leads_there_unless_the_site_has_such_a_page(paper: Service) -> None:
    answer = paper.reader.get("/light/connection")
    assert (answer.status, answer.header("location")) == (303, PAGE)
    paper.site.put("/connection", page("Ferries and their connection"))
    assert b"<h1>Ferries and their connection" in paper.reader.get("/light/connection").body


def test_with_sensing_off_the_choice_is_left(tmp_path_factory: pytest.TempPathFactory) -> None:
    with service(tmp_path_factory.mktemp("off"), sensing="off") as running:
        assert "Nothing bad is known" in read(running, f"lk-p={mint(1e9, 5)}.00")
        assert "You chose it." in read(running, "lk-edition=light")
