"""Hostile pages in three browsers with no Content-Security-Policy: what Lightkeeper makes of them is inert."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from selenium.common.exceptions import NoSuchFrameException

from lightkeeper.article import extract, fragment
from lightkeeper.article.model import Article
from lightkeeper.editions.light import LightContext, render_article
from lightkeeper.editions.site import Site
from lightkeeper.errors import ArticleError

from ..attacks.cases import ADDRESS, Case, cases, honest
from .drivers import chromium, firefox, webkit
from .stage import Stage, stage

Open = Callable[[str], dict[str, Any]]
_UTF8 = "text/html; charset=utf-8"
_SHARE = 3  # of the stories that differ in their text alone, one in so many is opened as a Light page
_BARE = 6  # of the vectors, one in so many is opened bare: enough to see that they do harm where nobody stops them
_TOGETHER = 8
_LATEST = 60.0  # seconds until a set of pages must have been judged


@contextmanager
def _in_chromium() -> Iterator[Open]:
    with chromium() as browser:
        page = browser.new_page()

        def opened(url: str) -> dict[str, Any]:
            page.goto(url, wait_until="commit")
            return _verdict(lambda: page.evaluate("window.verdict"))

        yield opened


@contextmanager
def _in_firefox() -> Iterator[Open]:
    with firefox() as driver:
        yield lambda url: _driven(driver, url)


@contextmanager
def _in_webkit() -> Iterator[Open]:
    with webkit() as driver:
        yield lambda url: _driven(driver, url)


def _driven(driver: Any, url: str) -> dict[str, Any]:
    def ask() -> Any:
        try:
            return driver.execute_script("return location.href === arguments[0] && window.verdict", url)
        except NoSuchFrameException:  # WebKit, where the page before this one goes away under the question
            return None

    driver.get(url)
    return _verdict(ask)


def _verdict(ask: Callable[[], Any]) -> dict[str, Any]:
    latest = time.monotonic() + _LATEST
    while time.monotonic() < latest:
        if answer := ask():
            return dict(json.loads(answer))
        time.sleep(0.05)
    raise AssertionError("The browser did not come to an end with these pages.")


@pytest.fixture(scope="module")
def filled() -> Iterator[Stage]:
    """Every vector as a fragment, many bare and as Light pages, and an honest story to compare with."""
    with stage() as made:
        site = Site("The Harbour Post", made.address)
        context = LightContext(site, "en", datetime(2026, 3, 2, tzinfo=UTC))
        found = cases(f"{made.address}/hit/")
        articles = _unlike({case.number: article for case in [honest(), *found] if (article := _article(case))})
        made.fragments = {number: fragment.render(article) for number, article in articles.items()}
        light = {number: render_article(articles[number], context) for number in _framed(articles)}
        made.pages = {
            "bare": {case.number: (case.control, case.content_type) for case in found[::_BARE]},
            "fragments": {n: (page.encode(), _UTF8) for n, page in enumerate(_joined(list(made.fragments.values())))},
            "light": {number: (html.encode(), _UTF8) for number, html in light.items()},
        }
        yield made


def _unlike(articles: dict[int, Article]) -> dict[int, Article]:
    """One of all that are the same: where nothing is left of a vector, there is nothing more to open."""
    return {number: article for article, number in {article: number for number, article in articles.items()}.items()}


def _framed(articles: dict[int, Article]) -> list[int]:
    """One of each that differs in a field, which is what Light pages add to fragments, and a share of the rest."""
    fields = {replace(article, body=()): number for number, article in articles.items()}
    return sorted({*fields.values(), *list(articles)[::_SHARE]})


def _joined(fragments: list[str]) -> Iterator[str]:
    """A few fragments to a page, for a frame costs more than what stands in it."""
    for at in range(0, len(fragments), _TOGETHER):
        yield "<!DOCTYPE html><meta charset=utf-8><link rel=icon href=data:,>" + "".join(fragments[at : at + _TOGETHER])


def _article(case: Case) -> Article | None:
    try:
        return extract(case.page, ADDRESS, content_type=case.content_type)
    except ArticleError:
        return None


@pytest.mark.browser
@pytest.mark.parametrize(
    "browser",
    [
        pytest.param(_in_chromium, id="chromium"),
        pytest.param(_in_firefox, id="firefox", marks=pytest.mark.devices),
        pytest.param(_in_webkit, id="webkit", marks=pytest.mark.devices),
    ],
)
def test_nothing_that_hostile_pages_carry_runs_or_loads(browser: Callable[[], Any], filled: Stage) -> None:
    """No vector executes or asks for anything, while a good part of the bare ones does both in the same browser."""
    with browser() as opened:
        for path in ("/insert", "/all/fragments", "/all/light"):
            filled.requests.clear()
            verdict = opened(filled.address + path)
            assert verdict == {"hits": [], "late": [], "strangers": []}, path
            assert filled.requests == [], path
        verdict = opened(filled.address + "/all/bare")
    harmful = set(verdict["hits"]) | {number for path in filled.requests if (number := _number(path)) is not None}
    assert len(harmful) > len(filled.pages["bare"]) / 3, sorted(harmful)


def _number(path: str) -> int | None:
    kind, _, number = path.lstrip("/").partition("/")
    return int(number) if kind == "hit" and number.isdigit() else None
