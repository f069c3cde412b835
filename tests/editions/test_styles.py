"""The stylesheet: small, ASCII, loading nothing, and allowed by exactly the policy that goes with the page."""

from __future__ import annotations

import base64
import hashlib

import pytest

from lightkeeper.article.model import Direction
from lightkeeper.editions.light import render_article
from lightkeeper.editions.styles import light_csp, light_css, minify, page_csp
from tests.editions.samples import article, context, parsed

DIRECTIONS: tuple[Direction, ...] = ("ltr", "rtl")


def hash_in(page: str) -> str:
    (style,) = parsed(page).xpath("//style")
    return "'sha256-" + base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode() + "'"


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_policy_allows_the_pages_own_style_and_nothing_else(direction: Direction) -> None:
    page = render_article(article(direction=direction), context())
    parts = dict(part.split(" ", 1) for part in page_csp(page.encode()).split(";"))
    assert parts == {
        "default-src": "'none'",
        "style-src": hash_in(page),
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_common_policy_allows_the_style_of_either_direction(direction: Direction) -> None:
    assert hash_in(render_article(article(direction=direction), context())) in light_csp().split(";")[1].split()


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_sheet_is_small_plain_and_loads_nothing(direction: Direction) -> None:
    css = light_css(direction)
    assert css.isascii()
    assert len(css) < 1500
    assert not any(word in css for word in ("url(", "@import", "@font-face", "var(", "<", "/*", "\n", "  "))


def test_dark_mode_and_paper_are_thought_of() -> None:
    assert "@media (prefers-color-scheme:dark){html{background:" in light_css()
    assert "@media print{" in light_css()
    assert ":focus-visible{outline:" in light_css()


def test_minifying_keeps_what_matters() -> None:
    css = '/* why */\na > b,\n[dir="rtl"] :focus {\n  margin: 0.5em -0.5em 10.5em;\n  font: 1em/1.5 "A B", serif;\n}\n'
    assert minify(css) == 'a>b,[dir=rtl] :focus{margin:.5em -0.5em 10.5em;font:1em/1.5 "A B",serif}'
