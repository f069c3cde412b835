"""Properties of fragments for every article there could be, and a small share of the fuzz run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lightkeeper.article import extract, fragment
from lightkeeper.article.model import Article, Element, Link, Picture
from lightkeeper.article.vocabulary import ATTRIBUTES, BLOCKS, INLINE, VOID

from ..fuzz.inputs import made
from ..fuzz.judge import Report, check

_SHARE = 200  # seeds; `python -m tests.fuzz` judges as many as one likes
_QUICK = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
_WORDS = st.text(st.characters(codec="utf-8"), max_size=24) | st.sampled_from(
    (
        "<script>",
        "&amp;",
        "]]>",
        "-->",
        "\r\n",
        "\u202e",
        "می‌خواهم",
        "\x00",
        "\x0b",
        "\u2028",
        "\ufffe",
        '"',
        "'",
        " ",
        "\t",
    )
)
_LINKS = st.sampled_from(
    (
        "https://a.example/b?c=d&e=%20f",
        "mailto:a@b.example",
        "tel:+98",
        "#n1",
        "http://[::1]/",
        "https://a.example/\u3000x",
    )
)
_SCHEMES = (
    "javascript",
    "data",
    "vbscript",
    "blob",
    "file",
    "JaVaScRiPt",
    "java\tscript",
    " javascript",
    "ftp",
    "about",
)
_RUNS_OR_LOADS = ("onclick", "style", "src", "srcset", "formaction", "ping", "background", "xlink:href", "is")
_VALUES: dict[str, st.SearchStrategy[str]] = {"href": _LINKS, "class": st.sampled_from(("picture", "embed"))}
_MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)) | st.datetimes(
    min_value=datetime(1990, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.sampled_from((UTC, timezone(timedelta(hours=3, minutes=30)))),
)


def _attributes(tag: str) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    names = sorted(ATTRIBUTES[tag])
    pairs = st.fixed_dictionaries({}, optional={name: _VALUES.get(name, _WORDS) for name in names})
    return pairs.map(lambda values: tuple(sorted(values.items())))


def _element(tag: str, children: st.SearchStrategy[Any]) -> st.SearchStrategy[Element]:
    inside = st.just(()) if tag in VOID else st.lists(children, max_size=4).map(tuple)
    return st.builds(Element, st.just(tag), _attributes(tag), inside)


def _any_of(tags: dict[str, frozenset[str]]) -> Callable[[st.SearchStrategy[Any]], st.SearchStrategy[Element]]:
    return lambda children: st.one_of(*(_element(tag, children) for tag in tags))


# Links do not nest in HTML: within one, an HTML parser would end it.
_PHRASES = {tag: names for tag, names in INLINE.items() if tag not in ("a", "ruby", "rt", "rp")}
_INLINE = st.recursive(_WORDS, _any_of(_PHRASES), max_leaves=6) | _element("a", _WORDS)
_TEXTUAL = {tag: names for tag, names in BLOCKS.items() if tag in ("p", "h2", "h3", "h4")}
_BLOCK = _any_of(_TEXTUAL)(_INLINE) | _element("pre", _WORDS) | _element("hr", _WORDS)
_BLOCKS = st.recursive(
    _BLOCK, lambda inner: _any_of({tag: BLOCKS[tag] for tag in ("blockquote", "aside", "section")})(inner), max_leaves=5
)
_ARTICLES = st.builds(
    Article,
    url=st.just("https://a.example/story"),
    title=_WORDS,
    body=st.lists(_BLOCKS, max_size=5).map(tuple),
    deck=_WORDS,
    bylines=st.lists(_WORDS, max_size=3).map(tuple),
    section=_WORDS,
    tags=st.lists(_WORDS, max_size=3).map(tuple),
    published=st.none() | _MOMENTS,
    modified=st.none() | _MOMENTS,
    language=st.sampled_from(("", "fa", "zh-Hant-TW")),
    direction=st.sampled_from(("ltr", "rtl")),
    lead=st.none() | st.builds(Picture, _LINKS, _WORDS, _WORDS, _WORDS),
    related=st.lists(st.builds(Link, _LINKS, _WORDS), max_size=2).map(tuple),
    correction=_WORDS,
    site_name=_WORDS,
    access=st.sampled_from(("open", "paywalled", "truncated")),
)


@_QUICK
@given(_ARTICLES)
def test_a_fragment_reads_back_as_the_same_article(article: Article) -> None:
    """parse(render(article)) == article, once an article is in canonical form, and a fixed point; nh3 leaves it so."""
    canonical = fragment.canonical(article)
    assert fragment.canonical(canonical) == canonical
    check(canonical)


_PROSE = "<p>The ferry came back on its own, with a warm engine, and nobody aboard had seen the pier. " * 3
_HOSTS = st.sampled_from(
    ("a.example", "xn--a", "127.0.0.1", "127.0.0.k", "1.2.3.999", "[::1]", "[::g]", "a b", "a%20b", "a..b", "a\u200cb")
) | st.text(st.characters(codec="utf-8"), max_size=12)
_REST = st.sampled_from(("", ":80", ":99999", "/b", "/&#x94;c", "/\u202e", "?q= r", "/b#c", "\\d", "/{e}|`")) | _WORDS


@_QUICK
@given(_HOSTS, _REST)
def test_no_address_on_a_page_is_one_that_a_sanitiser_takes_out(host: str, rest: str) -> None:
    """A page with whatever host, port and path in its links, pictures and embeds has its Light edition."""
    url = escape(f"https://{host}{rest}")
    head = f'<title>A ferry</title><meta property="og:image" content="{url}"><link rel="canonical" href="{url}">'
    shown = f'<p>See <a href="{url}">this</a> <img src="{url}" width=600 height=400> <video src="{url}"></video></p>'
    article = extract(f"<html><head>{head}</head><body>{_PROSE}{shown}{_PROSE}</body></html>", "https://a.example/s")
    check(article)


@_QUICK
@given(st.integers(0, 0x110010))
def test_no_name_of_a_character_breaks_the_tree(code: int) -> None:
    """Numeric references to what neither HTML nor XML can hold are read like any other text."""
    page = f"<html><title>A ferry</title><body>{_PROSE}<p>x&#{code};<nav>n</nav>y &#x{code:x}</p>{_PROSE}</body></html>"
    check(extract(page, "https://a.example/s"))


@_QUICK
@given(st.sampled_from(sorted(ATTRIBUTES)), st.sampled_from(_RUNS_OR_LOADS))
def test_no_element_carries_what_runs_or_loads(tag: str, name: str) -> None:
    """An attribute outside the table cannot be rendered on any element."""
    with pytest.raises(fragment.BadFragment):
        fragment.inner((Element(tag, ((name, "x"),)),))


@_QUICK
@given(
    st.sampled_from(_SCHEMES),
    _WORDS,
)
def test_no_link_leads_to_another_scheme(scheme: str, rest: str) -> None:
    """Only http(s), mailto, tel and anchors can be rendered."""
    with pytest.raises(fragment.BadFragment):
        fragment.inner((Element("a", (("href", f"{scheme}:{rest}"),)),))


@_QUICK
@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda data: data.decode("latin-1")))
def test_what_is_no_fragment_is_refused_with_one_kind_of_error(text: str) -> None:
    """Whatever text comes in place of a fragment, the answer is an article or `BadFragment`."""
    with suppress(fragment.BadFragment):
        assert fragment.parse(text).url


def test_a_share_of_the_fuzz_run_finds_no_fault() -> None:
    """Mutated pages and random markup: our own errors only, the vocabulary only, and every input in time."""
    report = Report()
    logging.disable(logging.WARNING)
    try:
        for seed in range(_SHARE):
            report.judge(seed)
    finally:
        logging.disable(logging.NOTSET)
    assert report.faults == []
    assert sum(number for outcome, number in report.outcomes.items() if outcome.endswith(": article")) > _SHARE / 2


def test_a_seed_always_gives_the_same_input() -> None:
    """So that a fault can be seen again."""
    assert made(7) == made(7)
    assert len({made(seed).page for seed in range(50)}) > 40
