"""Scores extraction against the golden pages in `fixtures/pages`: text, structure and metadata, page by page.

`python -m tests.article.golden` shows the scores, `… SLUG` what differs on one page, `… --pin` raises `floors.toml`
to what is reached. What is expected was written by hand and is never written by this module.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from lightkeeper.article import extract
from lightkeeper.article.model import Article, Element, Link, Picture
from lightkeeper.article.vocabulary import BLOCKS, PARTS

from ..quality.scores import compare

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"
FLOORS = PAGES / "floors.toml"
FIELDS = (
    *("title", "deck", "bylines", "section", "tags", "published", "modified", "language", "direction", "site_name"),
    *("access", "correction", "related", "lead.url", "lead.alt", "lead.caption", "lead.credit"),
)
_PLAIN = ("title", "deck", "section", "language", "direction", "site_name", "access")
_SHINGLE = 4
_OPENING = 40  # characters by which one entry is told from another
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")
_NAMES = {"aside": "quote", "blockquote": "quote", "th": "cell", "td": "cell", "em": "emphasis", "strong": "emphasis"}
_UNCOUNTED = frozenset({"p", "ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "figure", "bdi"})


@dataclass(frozen=True, slots=True)
class Golden:
    slug: str
    source: bytes
    body: tuple[Element | str, ...]
    meta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares between 0 and 1; `wrong` names the metadata that is not what was expected."""

    text: float
    precision: float
    recall: float
    wrong: tuple[str, ...]


def slugs() -> list[str]:
    return sorted(folder.name for folder in PAGES.iterdir() if folder.is_dir())


def load(slug: str) -> Golden:
    folder = PAGES / slug
    root = html.fragment_fromstring((folder / "expected.html").read_text("utf-8"), create_parent="div")
    meta = json.loads((folder / "expected.json").read_text("utf-8"))
    return Golden(slug, (folder / "source.html").read_bytes(), _element(root).children, meta)


def extracted(golden: Golden) -> Article:
    return extract(golden.source, golden.meta["url"], content_type=golden.meta.get("content_type", "text/html"))


def tags(block: Element | str) -> set[str]:
    return set() if isinstance(block, str) else {element.tag for element in block.iter()}


def expected_article(golden: Golden, without: int | None = None) -> Article:
    """What a perfect extraction would give, less one block where `without` names it."""
    meta = golden.meta
    body = [block for block in golden.body if isinstance(block, Element)]
    if without is not None:
        del body[without]
    return Article(
        url=meta["url"],
        body=tuple(body),
        lead=Picture(**meta["lead"]) if meta["lead"] else None,
        related=tuple(Link(**link) for link in meta["related"]),
        published=_moment(meta["published"]),
        modified=_moment(meta["modified"]),
        bylines=tuple(meta["bylines"]),
        tags=tuple(meta["tags"]),
        correction=meta.get("correction", ""),
        **{name: meta[name] for name in _PLAIN},
    )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def floors() -> dict[str, Score]:
    return {slug: Score(**{**row, "wrong": tuple(row["wrong"])}) for slug, row in _rows().items()}


def _rows() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FLOORS.read_text("utf-8"))


def score(golden: Golden, article: Article) -> Score:
    lead = (golden.meta["lead"] or {}).get("url", "")
    expected, found = (_without_lead(body, lead) for body in (golden.body, article.body))
    text = compare(Counter(shingles(expected)), Counter(shingles(found)))
    parts = compare(Counter(elements(expected)), Counter(elements(found)))
    f1 = 2 * text.precision * text.recall / ((text.precision + text.recall) or 1)
    precision, recall = round(parts.precision, 6), round(parts.recall, 6)
    return Score(round(f1, 6), precision, recall, tuple(wrong(golden.meta, article)))


def shingles(body: tuple[Element | str, ...]) -> Iterator[tuple[str, ...]]:
    """Every run of four words; each character of Chinese, Japanese and Thai is a word, for they have no spaces."""
    words = _WORD.findall(text_of(body))
    yield from (tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))


def text_of(body: tuple[Element | str, ...]) -> str:
    """The text with line breaks around every block and picture; how an embed is called is not judged."""
    return "".join(node if isinstance(node, str) else _text_of(node) for node in body)


def _text_of(element: Element) -> str:
    kind = element.get("class")
    if kind == "embed":
        return "\n"
    inner = text_of(element.children)
    stands_alone = kind or element.tag == "br" or element.tag in BLOCKS or element.tag in PARTS
    return f"\n{inner}\n" if stands_alone else inner


def elements(body: tuple[Element | str, ...]) -> Iterator[tuple[str, str]]:
    """Each element by what it is and what it says or leads to; paragraphs are the text's affair."""
    for block in body:
        for element in block.iter() if isinstance(block, Element) else ():
            if element.tag not in _UNCOUNTED:
                yield _key(element)


def _key(element: Element) -> tuple[str, str]:
    if element.tag == "a":
        return _link(element.get("class") or "link", element.get("href"))
    if element.tag == "time":
        return "time", element.get("datetime")
    if element.tag == "pre":
        return "pre", "\n".join(line.rstrip() for line in element.text().strip().splitlines())
    said = "".join(_WORD.findall(text_of(element.children)))
    return _NAMES.get(element.tag, element.tag), said[:_OPENING] if element.tag == "section" else said


def _link(kind: str, href: str) -> tuple[str, str]:
    """An embed counts by its host alone, for its page and its player have different addresses."""
    if kind == "embed":
        return kind, (urlsplit(href).hostname or "").removeprefix("www.").replace("-nocookie", "")
    return kind, "#" if href.startswith("#") else href


def wrong(meta: dict[str, Any], article: Article) -> Iterator[str]:
    for field in FIELDS:
        expected, found = expectation(meta, field), reached(article, field)
        if isinstance(expected, str) and isinstance(found, datetime):
            same = _same_moment(expected, found)
        else:
            same = expected == found
        if not same:
            yield field


def expectation(meta: dict[str, Any], field: str) -> Any:
    owner, _, part = field.partition(".")
    if part:
        return (meta[owner] or {}).get(part, "")
    if field == "related":
        return sorted(link["url"] for link in meta["related"])
    return meta.get(field, "")


def reached(article: Article, field: str) -> Any:
    owner, _, part = field.partition(".")
    value = getattr(article, owner)
    if part:
        return getattr(value, part) if value else ""
    if field == "related":
        return sorted(link.url for link in value)
    return list(value) if isinstance(value, tuple) else value


def _same_moment(expected: str, found: datetime) -> bool:
    if len(expected) == len("2000-01-01"):
        return found.date().isoformat() == expected
    moment = datetime.fromisoformat(expected)
    return (moment.tzinfo is None) == (found.tzinfo is None) and moment == found


def _without_lead(body: tuple[Element | str, ...], url: str) -> tuple[Element | str, ...]:
    return tuple(block for block in body if not (url and isinstance(block, Element) and _shows(block, url)))


def _shows(block: Element, url: str) -> bool:
    return block.tag == "figure" and any(element.get("href") == url for element in block.iter())


def _element(node: html.HtmlElement) -> Element:
    children: list[Element | str] = [node.text or ""]
    for child in node:
        children += [_element(child), child.tail or ""]
    kept = tuple(child for child in children if not isinstance(child, str) or child.strip() or node.tag == "pre")
    return Element(str(node.tag), tuple(sorted((str(k), str(v)) for k, v in node.items())), kept)


# The table, and what differs


def main(arguments: list[str]) -> None:
    if arguments and not arguments[0].startswith("-"):
        for slug in arguments:
            show(load(slug))
        return
    scores = {slug: score(golden, extracted(golden)) for slug in slugs() for golden in [load(slug)]}
    for slug, row in scores.items():
        print(f"{slug:28} {row.text:7.3f} {row.precision:7.3f} {row.recall:7.3f}  {' '.join(row.wrong)}")
    if "--pin" in arguments:
        pin(scores)


def pin(scores: dict[str, Score]) -> None:
    """Raise the floors to what is reached. It never lowers one: that is done by hand, with a reason."""
    text = FLOORS.read_text("utf-8") if FLOORS.exists() else ""
    notes = [line for line in text.splitlines() if line.startswith("#")]
    old = floors() if text else {}
    rows = {slug: _higher(old.get(slug, row), row) for slug, row in scores.items()}
    tables = [f"[{slug}]\n" + "".join(_assignment(*pair) for pair in asdict(row).items()) for slug, row in rows.items()]
    FLOORS.write_text("\n".join([*notes, "", *tables]), "utf-8")


def _higher(one: Score, other: Score) -> Score:
    return Score(
        max(one.text, other.text),
        max(one.precision, other.precision),
        max(one.recall, other.recall),
        tuple(field for field in one.wrong if field in other.wrong),
    )


def _assignment(name: str, value: Any) -> str:
    written = json.dumps(list(value)) if isinstance(value, tuple) else f"{int(value * 1000) / 1000}"
    return f"{name} = {written}\n"


def show(golden: Golden) -> None:
    article = extracted(golden)
    print(f"== {golden.slug}: {score(golden, article)}")
    lead = (golden.meta["lead"] or {}).get("url", "")
    expected, found = (_without_lead(body, lead) for body in (golden.body, article.body))
    wanted, had = Counter(elements(expected)), Counter(elements(found))
    print(*(f"  missed <{tag}> {said}" for tag, said in (wanted - had).elements()), sep="\n")
    print(*(f"  wrong <{tag}> {said}" for tag, said in (had - wanted).elements()), sep="\n")
    before, after = ([line.strip() for line in text_of(b).splitlines() if line.strip()] for b in (expected, found))
    difference = list(unified_diff(before, after, lineterm="", n=0))[2:]
    print(*(f"  {line}" for line in difference if not line.startswith("@@")), sep="\n")
    for field in wrong(golden.meta, article):
        print(f"  {field}: expected {expectation(golden.meta, field)!r}, found {reached(article, field)!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
