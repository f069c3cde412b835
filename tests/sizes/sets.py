"""The sets of pages that are weighed: the demo, and folders of real pages that lie outside the project."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lightkeeper.demo.layout import Site as Paper
from lightkeeper.demo.publication import LANGUAGES, load
from lightkeeper.demo.story_page import story_page
from lightkeeper.resources import demo


@dataclass(frozen=True, slots=True)
class Source:
    """A full page: where it is from, and its HTML. `publication` is the site's name."""

    name: str
    url: str
    html: bytes
    publication: str


def demo_sets() -> Iterator[tuple[str, list[Source]]]:
    publication = load(demo())
    base = "https://lantern.example"
    paper = Paper(publication, base, "https://widgets.example")
    for language in LANGUAGES:
        yield (
            f"demo {language}",
            [
                Source(story.slug, base + story.path, story_page(paper, story).encode(), publication.names[language])
                for story in publication.of(language)
            ],
        )


def outside_sets(folder: Path) -> Iterator[tuple[str, list[Source]]]:
    """`articles/*.html.gz` with `ground-truth.json`, and `structure/*/source.html.gz`, as far as they are there."""
    truth = folder / "articles" / "ground-truth.json"
    if truth.is_file():
        yield "articles", list(_articles(truth))
    pages = sorted((folder / "structure").glob("*/source.html.gz"))
    if pages:
        yield "structure", [_page(path, f"https://structure.example/{path.parent.name}") for path in pages]


def _articles(truth: Path) -> Iterator[Source]:
    for name, facts in json.loads(truth.read_text(encoding="utf-8")).items():
        path = truth.parent / f"{name}.html.gz"
        if path.is_file():
            url = facts["url"]
            yield _page(path, url if "//" in url else f"https://{url}")


def _page(path: Path, url: str) -> Source:
    name = path.parent.name if path.name == "source.html.gz" else path.name.removesuffix(".html.gz")
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return Source(name, url, gzip.decompress(path.read_bytes()), host)
