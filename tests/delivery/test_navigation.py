"""What is ours to touch, and what passes untouched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.delivery.navigation import (
    Address,
    blocks_painting,
    cookies,
    has_session,
    is_navigation,
    read_address,
    without_ours,
)
from lightkeeper.settings import SESSION_COOKIES

CHROMIUM = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
}
OLD_PHONE = {"accept": "text/html, */*"}
IN_APP = {"x-requested-with": "org.example.messenger"}


@pytest.mark.parametrize("headers", [CHROMIUM, OLD_PHONE, OLD_PHONE | IN_APP, CHROMIUM | {"sec-fetch-dest": "empty"}])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_document_navigations_are_ours(method: str, headers: dict[str, str]) -> None:
    """Browsers with and without Fetch Metadata, inside an Android app, and what a worker passed through."""
    assert is_navigation(method, headers)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", CHROMIUM),
        ("OPTIONS", CHROMIUM),
        ("GET", {}),
        ("GET", {"accept": "*/*"}),
        ("GET", {"accept": "text/html;q=0, application/json"}),
        ("GET", CHROMIUM | {"sec-fetch-dest": "iframe"}),
        ("GET", CHROMIUM | {"sec-fetch-dest": "frame"}),
        ("GET", CHROMIUM | {"sec-fetch-dest": "object"}),
        ("GET", CHROMIUM | {"sec-fetch-dest": "image"}),
        ("GET", CHROMIUM | {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}),
        ("GET", CHROMIUM | {"sec-fetch-dest": "empty", "sec-fetch-mode": "same-origin"}),
        ("GET", OLD_PHONE | {"x-requested-with": "XMLHttpRequest"}),
        ("GET", OLD_PHONE | {"x-requested-with": "fetch"}),
        ("GET", OLD_PHONE | {"x-requested-with": "a.b c"}),
        ("GET", OLD_PHONE | {"hx-request": "true"}),
        ("GET", OLD_PHONE | {"range": "bytes=0-99"}),
        ("GET", OLD_PHONE | {"authorization": "Basic eDp5"}),
        ("GET", OLD_PHONE | {"content-length": "3"}),
    ],
)
def test_everything_else_is_not(method: str, headers: dict[str, str]) -> None:
    """Writes, frames, fragments, XHR, ranges, credentials and fat GETs pass through."""
    assert not is_navigation(method, headers)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Address("/a")),
        ("p=12", Address("/a", "p=12")),
        ("p=12&utm_source=x&fbclid=y&q=%zz", Address("/a", "p=12&q=%zz")),
        ("edition=full", Address("/a", "", "full")),
        ("b=1&edition=light&c=2", Address("/a", "b=1&c=2", "light")),
        ("edition=us", Address("/a", "edition=us")),
        ("a&&b=", Address("/a", "a&&b=")),
    ],
)
def test_address_loses_tracking_and_our_own_parameter(query: str, expected: Address) -> None:
    """What counts for the origin keeps its bytes and its order."""
    assert expected == read_address("/a", query)


@pytest.mark.parametrize("name", ["wordpress_logged_in_0af", "wp-postpass_1", "SESS8f2", "PHPSESSID", "sessionid"])
def test_sessions_are_recognised(name: str) -> None:
    """The usual systems' cookies mark a reader whose page is their own."""
    assert has_session([name, "x"], SESSION_COOKIES)


def test_other_cookies_are_no_session() -> None:
    """Consent, analytics and our own cookies do not switch us off."""
    assert not has_session(["_ga", "cookieconsent", "lk-edition", "wordpress_test_cookie"], SESSION_COOKIES)


def test_our_cookies_stay_with_us() -> None:
    """The origin never sees what a reader chose here."""
    assert without_ours("a=1; lk-edition=light; b=2") == "a=1; b=2"
    assert without_ours("lk-edition=light") == ""


@given(st.text())
def test_any_cookie_header_is_survived(header: str) -> None:
    """Hostile headers neither raise nor invent names."""
    assert all(name in header for name in cookies(header))
    assert "lk-edition" not in cookies(without_ours(header))


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/load.php?c=1", {"sec-fetch-dest": "style"}),
        ("/app", {"sec-fetch-dest": "script", "accept": "*/*"}),
        ("/load.php", {"accept": "text/css,*/*;q=0.1"}),
        ("/load.php", {"accept": "text/css,*/*;q=0.1", "sec-fetch-dest": "empty"}),
        ("/a/site.css?ver=2", {"accept": "*/*"}),
        ("/app.mjs", {}),
        ("/app.js", IN_APP),
    ],
)
def test_sheets_and_scripts_may_keep_a_page_blank(target: str, headers: dict[str, str]) -> None:
    """By destination, by what style sheets accept (also through a worker), in old browsers by path."""
    assert blocks_painting("GET", target, headers)


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/poll?callback=x", {"sec-fetch-dest": "script"}),
        ("/site.css", {"sec-fetch-dest": "empty", "accept": "*/*"}),
        ("/site.js", {"sec-fetch-dest": "document"}),
        ("/site.js", {"accept": "text/html,*/*;q=0.8"}),
        ("/site.js", {"x-requested-with": "XMLHttpRequest"}),
        ("/film.mp4", {"sec-fetch-dest": "video", "range": "bytes=0-"}),
        ("/events", {"accept": "text/event-stream"}),
        ("/worker.js", {"sec-fetch-dest": "serviceworker"}),
    ],
)
def test_nothing_else_keeps_a_page_blank(target: str, headers: dict[str, str]) -> None:
    """What a page asks for by itself, or a person asked for, may take as long as it takes."""
    assert not blocks_painting("GET", target, headers)
