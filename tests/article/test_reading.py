"""Which pages are stories, which are lists, which are neither; and the bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.article import extract, fragment, front, read
from lightkeeper.article.model import Article, Front
from lightkeeper.errors import ArticleError, NotAnArticle, PageTooLarge

from .pages import PROSE, URL, page

HOME = "https://post.example/"
NAMES = (
    "The ferry leaves at dawn again",
    "A bridge that nobody wanted",
    "What the tide brought in",
    "Night shift at the lock",
)
CARDS = "".join(
    f'<article class="card"><h2><a href="/news/{n}?utm_source=home">{name}</a></h2><span class="section">Sea</span>'
    f'<p>What it means for the islands, in a few words.</p><time datetime="2026-03-0{n + 1}">x</time>'
    f'<a href="/news/{n}">Read on</a></article>'
    for n, name in enumerate(NAMES)
)
LIST = (
    '<!doctype html><html lang="en"><head><title>The Harbour Post</title></head><body>'
    '<nav><a href="/sea">Sea and harbour stories</a></nav>'
    f'<main>{CARDS}<a href="https://elsewhere.example/x">A story on another site altogether</a></main>'
    '<footer><a href="/about">About the newspaper and its owners</a></footer></body></html>'
)


def test_a_story_is_read_as_an_article() -> None:
    """`read` gives what `extract` gives."""
    assert extract(page(), URL) == read(page(), URL)


def test_a_home_page_is_read_as_a_front() -> None:
    """Each story once, in order, under a clean address, with deck, section and time; nothing else."""
    found = read(LIST, HOME)
    assert isinstance(found, Front)
    assert list(NAMES) == [headline.title for headline in found.headlines]
    assert "https://post.example/news/0" == found.headlines[0].url
    assert "What it means for the islands, in a few words." == found.headlines[0].deck
    assert "Sea" == found.headlines[0].section
    assert "2026-03-01" == (found.headlines[0].published.date().isoformat() if found.headlines[0].published else "")


def test_a_section_page_is_read_as_a_front() -> None:
    """It needs no path of its own kind."""
    assert isinstance(read(LIST, "https://post.example/sea"), Front)


@pytest.mark.parametrize(
    "names",
    [("Low water", "Three crates", "The winter lamp"), ("今朝港湾水位下降", "三个木箱被冲上岸", "冬天里的那盏灯")],
)
def test_short_headlines_at_addresses_with_a_slash_at_the_end(names: tuple[str, ...]) -> None:
    """A story's own folder is no section of other stories."""
    cards = "".join(f'<article><h2><a href="/story-{n}/">{name}</a></h2></article>' for n, name in enumerate(names))
    found = read(f"<!doctype html><html><head><title>Post</title></head><body><main>{cards}</main></body></html>", HOME)
    assert isinstance(found, Front)
    assert list(names) == [headline.title for headline in found.headlines]


def test_front_wants_a_list() -> None:
    """A story is no list."""
    with pytest.raises(NotAnArticle) as caught:
        front(page(), URL)
    assert "no-list" == caught.value.reason


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "not-html"),
        ("Only words.", "not-html"),
        ("<html><body></body></html>", "empty"),
        ("<html><body><p>Hello there, reader.</p></body></html>", "too-short"),
        (
            '<form action="/login"><label>Name</label><input><label>Password</label><input></form>',
            "too-short",
        ),
        (page(head='<meta name="lightkeeper" content="off">'), "opted-out"),
    ],
)
def test_what_is_no_story_says_why(html: str, reason: str) -> None:
    """A reason in one word and a sentence for people."""
    with pytest.raises(NotAnArticle) as caught:
        read(html, URL)
    assert reason == caught.value.reason
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "html",
    ["<p>" + "x" * 2_100_000, "<div>" * 400 + "x", "<p>" + "<b>x</b>" * 70_000],
    ids=["long", "deep", "many"],
)
def test_a_page_beyond_the_bounds_is_refused(html: str) -> None:
    """Too long, too deep or too many elements."""
    with pytest.raises(PageTooLarge):
        extract(html, URL)


@pytest.mark.parametrize("mark", ["&#8;", "&#x0b;", "&#000000000000008;", "&#xFFFE;", "\x08", "&#31"])
def test_a_character_that_no_tree_can_hold_is_dropped(mark: str) -> None:
    """Behind something that is taken out of a paragraph, where its text is put together anew."""
    article = extract(page(f"<p>Before <span hidden>not seen</span>the{mark} gate. {PROSE}</p>"), URL)
    assert "Before the gate." in fragment.render(article)


@pytest.mark.parametrize(
    "first", ["<main>", "<header>The Harbour Post</header><main>", "<x-page><main>", "Ahoy <main>"]
)
def test_a_page_without_its_optional_tags_is_read(first: str) -> None:
    """Where nothing closes the head or opens the body, the first element that no head holds does both."""
    head = (
        '<!doctype html><meta charset=utf-8><title>Ferry leaves at dawn</title><meta name="author" content="Ann Lee">'
    )
    found = extract(f"{head}{first}<h1>Ferry leaves at dawn</h1><article>{PROSE}</article></main><p>Ahoy", URL)
    assert 3 == sum(block.tag == "p" and "crossing" in block.text() for block in found.body)
    assert ("Ann Lee",) == found.bylines


def test_scripts_styles_and_comments_do_not_count() -> None:
    """A story of a few lines under megabytes of script is a story."""
    weight = (
        "<script>"
        + "var x = '<p>';" * 200_000
        + "</script><style>"
        + "a{}" * 100_000
        + "</style><!--"
        + "x" * 500_000
        + "-->"
    )
    assert 3 == len(extract(page(weight + PROSE), URL).body)


PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<table>",
            "<tr><td>",
            "</table>",
            "<a href='/x'>",
            "<a href=javascript:x>",
            "</a>",
        ),
        *(
            "<li>",
            "<ul>",
            "</ul>",
            "<svg><script>",
            "</svg>",
            "<!--",
            "-->",
            "<b><i>",
            "</b>",
            "<figure><img src=a.jpg>",
            "<br><br>",
        ),
        *(
            "<blockquote>",
            "<pre>\n",
            "<h2>",
            "<template>",
            "<noscript>",
            "<iframe src=//v.example/embed>",
            "&#0;",
            "&lt;script&gt;",
            "\x00",
        ),
        *(
            "The ferry left the harbour at dawn, and nobody expected it.",
            "سلام بر همه",
            "\ud800",
            "<select><option>",
            "<math><mi>x",
            "]]>",
        ),
    ]
)


@given(st.lists(PIECES, max_size=40))
@settings(max_examples=150)
def test_any_markup_gives_an_article_in_the_vocabulary_or_our_own_error(pieces: list[str]) -> None:
    """Nothing else ever comes out, whatever goes in."""
    html = f"<html><body><article>{''.join(pieces)}{PROSE}"
    try:
        found = read(html, URL)
    except ArticleError:
        return
    if isinstance(found, Article):
        assert found == fragment.parse(fragment.render(found))


CARD = (
    '<article class="card"><p class="kicker"><a href="/{folder}">{section}</a></p>'
    '<h3><a href="/{folder}/{slug}">{title}</a></h3>{deck}'
    '<p class="meta"><time datetime="2026-03-02T08:00:00+02:00">{date}</time> <span>·</span> {minutes}</p></article>'
)
ENGLISH = [("sea", "Sea and harbour", name, "2 March 2026", "2 min read and a little more") for name in NAMES]
PERSIAN = [
    ("jazire", "جزیره‌ها و بندرها", name, "۳۰ آبان ۱۴۰۵", "خواندن در ۲ دقیقه، شاید کمی بیشتر")
    for name in ("کشتی دوباره سپیده‌دم می‌رود", "پلی که هیچ‌کس نخواست", "آنچه جزر با خود آورد")
]


@pytest.mark.parametrize("cards", [ENGLISH, PERSIAN])
def test_the_line_of_dates_is_no_deck_and_a_section_is_no_story(cards: list[tuple[str, ...]]) -> None:
    """A card's line with time and length of reading is not what the story is about; a heading that leads to the

    folder of other stories is their section.
    """
    shown = "".join(
        CARD.format(folder=folder, section=section, slug=n, title=title, deck="", date=date, minutes=minutes)
        for n, (folder, section, title, date, minutes) in enumerate(cards)
    )
    band = f'<h2><a href="/{cards[0][0]}">{cards[0][1]}</a></h2>'
    found = read(f"<!doctype html><title>x</title><body><main>{band}{shown}</main></body>", HOME)
    assert isinstance(found, Front)
    assert [card[2] for card in cards] == [headline.title for headline in found.headlines]
    assert {""} == {headline.deck for headline in found.headlines}
    assert {cards[0][1]} == {headline.section for headline in found.headlines}
    assert all(headline.published for headline in found.headlines)


@pytest.mark.parametrize("word", ["0123456", "Hello", "سلام"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
@pytest.mark.parametrize("shell", ["{}<", "<p>{}", "<html><title>x</title><body><p>{}</p></body></html>"])
def test_a_page_of_one_word_is_no_article(word: str, charset: str, shell: str) -> None:
    """Whatever it is wrapped in."""
    for work in (read, extract):
        with pytest.raises(NotAnArticle):
            work(shell.format(word).encode(charset), URL)
