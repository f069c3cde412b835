"""Whatever an article holds, its page holds only our elements, our attributes and harmless addresses."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.article.model import Access, Article, Direction, Element, Front, Headline, Link, Picture
from lightkeeper.article.vocabulary import ATTRIBUTES
from lightkeeper.editions.front import render_front
from lightkeeper.editions.light import render_article
from lightkeeper.editions.notice import render_notice
from tests.editions.samples import BASE, article, context, p

OURS = {*"html body meta title link style script header main article nav footer h1 small b".split()}  # noqa: SIM905
OURS |= {"form", "input", "button"}
OUR_ATTRIBUTES = {*"content charset datetime href name property rel role tabindex type lang dir".split()}  # noqa: SIM905
OUR_ATTRIBUTES |= {"action", "aria-label"}
ALLOWED = OUR_ATTRIBUTES | set().union(*ATTRIBUTES.values())
NASTY = [
    "<script>alert(1)</script>",
    "</p></article></main><script>",
    '" onload="x',
    "' onerror='y",
    "javascript:alert(1)",
    "java\nscript:x",
    "data:text/html,x",
    "-->",
    "<!--",
    "]]>",
    "</style><img src=x>",
    "</title>",
    "&lt;b&gt;",
    "\x00\x0b\ud800",
    "\u202e",
    "{publication}",
    "{date}",
    "=`/>",
    'https://a.example/"><b>',
    f'{BASE}/"><script>',
    f"{BASE}/a b/c",
    "//x",
    "#",
]

texts = st.one_of(st.text(max_size=12), st.sampled_from(NASTY), st.just("https://a.example/x?y=1&z"))
tags = st.sampled_from([*sorted(ATTRIBUTES), "script", "img", "iframe", "svg", "b onclick=x"])
names = st.sampled_from("href class id lang dir title onclick style src datetime start reversed".split())  # noqa: SIM905
values = texts | st.sampled_from(["picture", "embed"])
attributes = st.lists(st.tuples(names | texts, values), max_size=3).map(tuple)


def element(children: st.SearchStrategy[Element | str]) -> st.SearchStrategy[Element]:
    return st.builds(Element, tags, attributes, st.lists(children, max_size=3).map(tuple))


nodes: st.SearchStrategy[Element | str] = st.recursive(texts, element, max_leaves=8)
links = st.builds(Link, texts, texts)
articles = st.builds(
    Article,
    url=texts,
    title=texts,
    body=st.lists(element(nodes), max_size=3).map(tuple),
    deck=texts,
    bylines=st.lists(texts, max_size=2).map(tuple),
    section=texts,
    published=st.none() | st.datetimes(),
    modified=st.none() | st.datetimes(),
    language=texts,
    direction=st.sampled_from(get_args(Direction)),
    lead=st.none() | st.builds(Picture, texts, texts, texts, texts),
    related=st.lists(links, max_size=2).map(tuple),
    correction=texts,
    access=st.sampled_from(get_args(Access)),
)
headlines = st.builds(Headline, texts, texts, texts, texts, st.none() | st.datetimes())


class Tokens(HTMLParser):
    """What a page is made of, and whether every element that must be closed is."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.open: list[str] = []
        self.scripts = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in OURS and tag not in ATTRIBUTES and tag != "div":
            self.problems.append(f"<{tag}>")
        self.problems.extend(f"{tag} {name}" for name, _ in attrs if name not in ALLOWED)
        self.problems.extend(f"{tag} {name} twice" for name, _ in attrs if [key for key, _ in attrs].count(name) > 1)
        given = dict(attrs)
        if tag == "script":
            self.scripts += 1
            if given != {"type": "application/ld+json"}:
                self.problems.append("script")
        href = given.get("href")
        if href and not href.lower().startswith(("http://", "https://", "mailto:", "tel:", "#", "/", "data:,")):
            self.problems.append(href)
        if href and href.startswith(("//", "/\\")):
            self.problems.append(href)
        if tag not in ("html", "meta", "link", "br", "hr", "body", "li", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "li" or (self.open and self.open[-1] == tag):
            self.open = self.open[:-1] if tag != "li" else self.open
        else:
            self.problems.append(f"</{tag}> in {self.open[-3:]}")

    def handle_comment(self, data: str) -> None:
        self.problems.append(f"<!--{data}-->")


def assert_clean(page: str, scripts: int) -> None:
    found = Tokens(page)
    assert (found.problems, found.open, found.scripts) == ([], [], scripts)
    assert page.encode("utf-8")
    assert "\x00" not in page


@settings(max_examples=80)
@given(articles, texts)
def test_no_article_breaks_out_of_its_page(hostile: Article, publication: str) -> None:
    given = context(
        site=replace(context().site, publication=publication),
        latest=(Headline(hostile.url, hostile.title),),
        note=hostile.deck,
        offline_url=hostile.section,
    )
    if not given.offline_url.startswith("/light"):
        given = replace(given, offline_url="")
    assert_clean(render_article(hostile, given), scripts=1)


@settings(max_examples=40)
@given(st.lists(headlines, max_size=3).map(tuple), texts, texts)
def test_no_front_breaks_out_of_its_page(hostile: tuple[Headline, ...], title: str, url: str) -> None:
    assert_clean(render_front(Front(url, title, hostile, language=title), context()), scripts=0)


@settings(max_examples=40)
@given(texts, texts)
def test_no_notice_breaks_out_of_its_page(title: str, sentence: str) -> None:
    assert_clean(render_notice(title, sentence, context(), (Link("/x", title),)), scripts=0)


def test_a_very_deep_article_keeps_its_text() -> None:
    """Nesting beyond reason is flattened, not followed until Python gives up."""
    deep: Element = Element("em", (), ("the bottom",))
    for _ in range(5000):
        deep = Element("em", (), (deep,))
    page = render_article(article(body=(p(deep),)), context())
    assert "the bottom" in page
    assert page.count("<em>") < 100


def test_text_is_escaped_and_its_words_survive() -> None:
    page = render_article(article(body=(p("a < b & c > d \x00\x0b\ud800\ufffe"),)), context())
    assert "<p>a &lt; b &amp; c &gt; d </p>" in page
