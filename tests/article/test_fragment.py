"""The fragment: `parse(render(a)) == a`, valid as XML, the same to a sanitiser, closed to everything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lightkeeper.article import extract, fragment
from lightkeeper.article.fragment import BadFragment
from lightkeeper.article.model import Article, Element, Link, Picture
from lightkeeper.article.vocabulary import ATTRIBUTES

from .pages import PROSE, URL, page

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=30)
URLS = st.sampled_from(["https://a.example/", "http://b.example/x?y=1&z=%22", "https://c.example/%D8%AE#t"])
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).flatmap(
    lambda moment: st.sampled_from(
        [moment, moment.replace(tzinfo=UTC), moment.replace(tzinfo=timezone(timedelta(hours=3, minutes=30)))]
    )
)


def inline() -> st.SearchStrategy[Element | str]:
    leaf: st.SearchStrategy[Element | str] = st.one_of(
        WORDS,
        st.just(Element("br")),
        st.builds(lambda url, text: Element("a", (("href", url),), (text,)), URLS, WORDS),
        st.builds(lambda url: Element("a", (("class", "picture"), ("href", url)), ("Alt",)), URLS),
    )
    tags = st.sampled_from(["strong", "sub", "bdi", "cite", "mark"])
    return st.one_of(leaf, st.builds(lambda tag, inner: Element(tag, (), (inner,)), tags, WORDS))


RUN = st.lists(inline(), max_size=4).map(tuple)
BLOCK = st.one_of(
    st.builds(lambda tag, run: Element(tag, (), run), st.sampled_from(["p", "h2", "h3", "h4"]), RUN),
    st.builds(
        lambda runs: Element("ul", (), tuple(Element("li", (), run) for run in runs)),
        st.lists(RUN, min_size=1, max_size=3),
    ),
    st.builds(lambda run: Element("blockquote", (("dir", "rtl"), ("lang", "fa")), (Element("p", (), run),)), RUN),
    st.builds(
        lambda run: Element(
            "figure", (), (Element("a", (("class", "picture"), ("href", URL)), ()), Element("figcaption", (), run))
        ),
        RUN,
    ),
    st.builds(lambda text: Element("pre", (), (text,)), st.text("ab \n<&", max_size=20)),
    st.builds(
        lambda run: Element(
            "table", (), (Element("tbody", (), (Element("tr", (), (Element("td", (("colspan", "2"),), run),)),)),)
        ),
        RUN,
    ),
    st.just(Element("hr")),
)
ARTICLES = st.builds(
    Article,
    url=URLS,
    title=WORDS,
    body=st.lists(BLOCK, max_size=4).map(tuple),
    deck=WORDS,
    bylines=st.lists(WORDS, max_size=2).map(tuple),
    section=WORDS,
    tags=st.lists(WORDS, max_size=2).map(tuple),
    published=st.none() | TIMES,
    modified=st.none() | TIMES,
    language=st.sampled_from(["", "fa", "zh-Hans"]),
    direction=st.sampled_from(["ltr", "rtl"]),
    lead=st.none() | st.builds(Picture, URLS, WORDS, WORDS, WORDS),
    related=st.lists(st.builds(Link, URLS, WORDS), max_size=2).map(tuple),
    correction=WORDS,
    site_name=WORDS,
    access=st.sampled_from(["open", "paywalled", "truncated"]),
)


@given(ARTICLES)
@settings(max_examples=80)
def test_an_article_survives_its_fragment(article: Article) -> None:
    """What is rendered parses to the same article: as XML, and as what the sanitiser writes."""
    article = fragment.canonical(article)
    text = fragment.render(article)
    assert article == fragment.parse(text)
    assert "article" == etree.fromstring(text.encode()).tag
    assert article == fragment.parse(fragment.sanitised(text))
    assert article == fragment.canonical(article)


@pytest.mark.parametrize(
    "element",
    [
        Element("script", (), ("alert(1)",)),
        Element("p", (("onclick", "alert(1)"),), ("x",)),
        Element("a", (("href", "javascript:alert(1)"),), ("x",)),
        Element("a", (("href", "https://a.example/ b"),), ("x",)),
        Element("a", (("class", "button"), ("href", "https://a.example/")), ("x",)),
        Element("p", (), (Element("img", (("src", "https://a.example/"),)),)),
    ],
)
def test_nothing_outside_the_vocabulary_is_rendered(element: Element) -> None:
    """A tag, an attribute, a class or a scheme that is not known is refused, also below other elements."""
    with pytest.raises(BadFragment):
        fragment.inner([element])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<p>x</p>",
        "<article><header/><div/><footer/></article>",
        '<!DOCTYPE a [<!ENTITY x "y">]><article dir="ltr"><header><h1>&x;</h1></header><div/><footer/></article>',
    ],
)
def test_what_is_no_fragment_is_refused(text: str) -> None:
    """Another document, a part of one, or one with entities of its own raises, with a sentence."""
    with pytest.raises(BadFragment, match=r"fragment|Fragment"):
        fragment.parse(text)


def test_an_unknown_tag_in_a_stored_fragment_is_refused() -> None:
    """Who reads a fragment from elsewhere gets the vocabulary or an error."""
    text = fragment.render(Article(URL, "T", (Element("p", (), ("x",)),)))
    with pytest.raises(BadFragment):
        fragment.parse(text.replace("<p>x</p>", "<video>x</video>"))


def test_every_element_of_the_vocabulary_may_pass_the_gate() -> None:
    """The sanitiser knows the whole vocabulary."""
    assert set(ATTRIBUTES) <= set(fragment.ALLOWED)


def test_an_override_of_direction_and_an_endless_address_do_not_pass() -> None:
    """With an override a text shows other letters than it has; an address of many kilobytes would fill the page."""
    long = "https://a.example/" + "x" * 5_000
    found = extract(
        page(f'{PROSE}<p>See \u202egpj.exe\u202c and <a href="{long}">this</a>, they said.</p>{PROSE}'), URL
    )
    shown = fragment.inner(found.body)
    assert "See gpj.exe" in shown
    assert "\u202e" not in shown
    assert "xxxx" not in shown
    assert "this, they said." in shown
