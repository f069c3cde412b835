"""Hostile input without end: golden pages and attacks, mutated, and random markup. A seed always gives the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from lightkeeper.article.tree import terms

from ..article import golden
from ..attacks.cases import cases
from ..attacks.fields import FIRST, LAST

_TAGS = terms(
    "p div span a b em ul ol li dl dt dd table tr td th caption h1 h2 h3 h4 section article aside header footer "
    "nav main figure figcaption img picture source noscript template svg math style script textarea select "
    "option iframe embed blockquote q cite pre code time ruby rt br hr form input button title meta base link "
    "body html frameset plaintext xmp foreignObject mtext annotation-xml amp-img sup sub bdi bdo details "
    "summary video object center font marquee x-box image"
)
_ATTRIBUTES = (
    *terms(
        "href src srcset data-src alt title class id name lang dir style hidden width colspan rowspan start value "
        "type datetime onclick onerror itemprop itemscope itemtype role rel property content charset aria-hidden "
        "xlink:href xml:lang sizes cite is"
    ),
    "",
)
_VALUES = (
    *(
        "",
        "x",
        "0",
        "-1",
        "99999999999999999999",
        "javascript:top.hit(1)",
        "http://[",
        "http://[::1",
        "//",
        "#",
        "#a",
        "?",
        "&",
    ),
    *(
        "data:,x",
        "http://a.example/b?utm_source=c&d=e",
        "rtl",
        "auto",
        "fa-IR",
        "en-",
        "x" * 300,
        "\u202e",
        "\u200c",
        "\x00",
    ),
    *(
        "\ud7ff\ue000",
        "2026-02-30T25:61:61",
        "99999-01-01",
        "0000-00-00",
        "2026-03-01T08:00:00+99:00",
        "comments",
        "article",
    ),
    *(
        "a.jpg 1x, b.jpg",
        ", , ,",
        "1e400w",
        "text/html; charset=",
        "utf-7",
        "display:none",
        "articleBody",
        "author",
        "related",
    ),
    *(
        "http://a.example:99999/",
        "http://a..example/",
        "http://\u2100.example/",
        "mailto:",
        "tel:",
        "https://",
        "ht\ntp://a/",
    ),
)
_TEXTS = (
    *(
        FIRST,
        LAST,
        "",
        " ",
        "\n",
        "x",
        "<",
        "&",
        "&amp;lt;",
        "&#0;",
        "&#xD800;",
        "&#x10FFFF;",
        "&#99999999;",
        "&nbsp",
        "-->",
        "]]>",
    ),
    *(
        "<!--",
        "<![CDATA[",
        "</",
        "<?",
        "<!",
        "<!doctype",
        "متن فارسی با نیم‌فاصله در میانِ واژه‌ها",
        "二〇二六年",
        "\u202e\u2066",
        "\x00",
    ),
    *(
        "\x0c",
        "\ufffe",
        "\ufeff",
        "\U0001f600",
        "é" * 40,
        "a\u0301" * 20,
        "By Ada Marsh",
        "Read more: ",
        "Photo: ",
        "12:30",
    ),
)
_CHARSETS = (
    "utf-8",
    "utf-7",
    "utf-16",
    "windows-1256",
    "gb18030",
    "iso-2022-jp",
    "big5",
    "cp037",
    "idna",
    "",
    "undefined",
)


@dataclass(frozen=True, slots=True)
class Input:
    kind: str
    page: bytes
    content_type: str


def made(seed: int) -> Input:
    """The input of this seed: a third of them mutated golden pages, a third mutated attacks, a third random markup."""
    random = Random(seed)
    kind, make = random.choice(_KINDS)
    page, content_type = make(random)
    return Input(kind, page, content_type)


@cache
def _golden() -> list[bytes]:
    return [golden.load(slug).source for slug in golden.slugs()]


@cache
def _attacks() -> list[tuple[bytes, str]]:
    return [(case.page, case.content_type) for case in cases() if len(case.page) < 20_000]


def _mutated_golden(random: Random) -> tuple[bytes, str]:
    return _mutated(random.choice(_golden()), random), "text/html"


def _mutated_attack(random: Random) -> tuple[bytes, str]:
    page, content_type = random.choice(_attacks())
    return _mutated(page, random), content_type


def _random_markup(random: Random) -> tuple[bytes, str]:
    markup = "".join(_piece(random) for _ in range(random.randint(1, 60)))
    start = f"<html><head><title>{random.choice(_TEXTS)}</title></head><body><article><p>{FIRST}</p><p>{LAST}</p>"
    page = (start if random.random() < 0.8 else "") + markup
    charset = random.choice(_CHARSETS)
    return page.encode(
        "utf-8", "surrogatepass"
    ), f"text/html; charset={charset}" if random.random() < 0.2 else "text/html"


_KINDS: tuple[tuple[str, Callable[[Random], tuple[bytes, str]]], ...] = (
    ("golden", _mutated_golden),
    ("attack", _mutated_attack),
    ("markup", _random_markup),
)


def _piece(random: Random) -> str:
    roll = random.random()
    if roll < 0.3:
        return random.choice(_TEXTS)
    tag = random.choice(_TAGS)
    if roll < 0.5:
        return f"</{tag}>"
    pairs = "".join(_attribute(random) for _ in range(random.choice((0, 0, 1, 2, 5))))
    return f"<{tag}{pairs}{random.choice(('>', '>', '>', '/>', ''))}" * random.choice((1, 1, 1, 1, 3, 40))


def _attribute(random: Random) -> str:
    quote = random.choice(('"', "'", "", "`"))
    return f" {random.choice(_ATTRIBUTES)}={quote}{random.choice(_VALUES)}{quote}"


def _mutated(page: bytes, random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
        page = random.choice(_MUTATIONS)(page, random)
    return page[:60_000]


def _at(page: bytes, random: Random) -> int:
    return random.randrange(len(page) + 1)


def _flip(page: bytes, random: Random) -> bytes:
    at = _at(page, random)
    return page[:at] + bytes([random.randrange(256)]) + page[at + 1 :]


def _cut(page: bytes, random: Random) -> bytes:
    at = _at(page, random)
    return page[:at] + page[at + random.choice((1, 5, 40, 400, 4000)) :]


def _truncate(page: bytes, random: Random) -> bytes:
    return page[: _at(page, random)]


def _double(page: bytes, random: Random) -> bytes:
    at, size = _at(page, random), random.choice((3, 30, 300, 1000))
    return page[:at] + page[at : at + size] * random.choice((2, 3, 10)) + page[at + size :]


def _move(page: bytes, random: Random) -> bytes:
    at, size, to = _at(page, random), random.choice((10, 100, 1000)), _at(page, random)
    piece, rest = page[at : at + size], page[:at] + page[at + size :]
    return rest[:to] + piece + rest[to:]


def _insert(page: bytes, random: Random) -> bytes:
    at = _at(page, random)
    return page[:at] + _piece(random).encode("utf-8", "surrogatepass") + page[at:]


def _splice(page: bytes, random: Random) -> bytes:
    other = random.choice(_golden())
    return page[: _at(page, random)] + other[_at(other, random) :]


def _relabel(page: bytes, random: Random) -> bytes:
    return page.replace(b"utf-8", random.choice(_CHARSETS).encode(), 1)


_MUTATIONS = (_flip, _flip, _cut, _truncate, _double, _move, _insert, _insert, _splice, _relabel)
