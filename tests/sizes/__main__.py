"""Print the table of sizes: the demo, and with a folder PAGES also the real pages in it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from lightkeeper.article import extract
from lightkeeper.article.model import Article, Headline
from lightkeeper.errors import ArticleError

from .added import PIECES, added, alone
from .sets import Source, demo_sets, outside_sets
from .wire import weigh

_LATEST = 5
_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_WORST = 10


@dataclass(frozen=True, slots=True)
class Weight:
    name: str
    wire: int
    html: int


def main(folders: list[str]) -> None:
    sets = list(demo_sets())
    for folder in folders:
        sets.extend(outside_sets(Path(folder)))
    print("Light pages on the wire, headers included, brotli 11; HTML: the full page's own median. In bytes.\n")
    print(f"{'set':<12}{'pages':>6}{'median':>8}{'p90':>8}{'p95':>8}{'p99':>8}{'max':>8}{'HTML':>10}{'light/HTML':>12}")
    worst = []
    demo: list[Weight] = []
    for name, sources in sets:
        weights, refused = weigh_all(sources)
        if weights:
            print(_row(name, weights))
            demo.extend(weights if name.startswith("demo") else [])
            worst.append((name, sorted(weights, key=lambda weight: -weight.wire)[:_WORST], refused))
    print(_row("demo", demo))
    full_pages(sets)
    for name, heaviest, refused in worst:
        print(f"\n{name}: heaviest {', '.join(f'{weight.name} {weight.wire:,}' for weight in heaviest)}")
        if refused:
            print(f"{name}: no article in {', '.join(refused)}")


def full_pages(sets: list[tuple[str, list[Source]]]) -> None:
    """What is added to full pages, by the size of the pieces in which origins send them; its parts by themselves."""
    print("\nAdded to full pages, in brotli 5 as sent, where the origin's pages come in pieces of so many bytes.\n")
    print(f"{'set':<12}{'pieces':>8}{'pages':>6}{'median':>8}{'p95':>8}{'max':>8}")
    for name, sources in sets:
        for piece in PIECES:
            costs = sorted(cost for source in sources if (cost := added(source, piece)))
            cells = "".join(f"{percentile(costs, share):>8,}" for share in (50, 95, 100))
            print(f"{name:<12}{piece:>8,}{len(costs):>6}{cells}")
    print(f"\n{'alone':<32}{'bytes':>8}{'brotli 11':>11}")
    for part, size, packed in alone():
        print(f"{part:<32}{size:>8,}{packed:>11,}")


def weigh_all(sources: list[Source]) -> tuple[list[Weight], list[str]]:
    read, refused = [], []
    started = time.monotonic()
    for source in sources:
        try:
            read.append((source, extract(source.html, source.url)))
        except ArticleError as error:
            refused.append(f"{source.name} ({error})")
    print(f"read {len(read)} pages in {time.monotonic() - started:.0f} s", file=sys.stderr)
    weights = []
    for place, (source, article) in enumerate(read):
        others = [other for _, other in (*read[place + 1 :], *read[:place])]
        size = asyncio.run(weigh(source, article, tuple(_latest(source, article, others)), _NOW))
        weights.append(Weight(source.name, size, len(source.html)))
    return weights, refused


def _latest(source: Source, article: Article, others: list[Article]) -> Iterator[Headline]:
    """The next stories of the set in this language, as if they were on the same site."""
    parts = urlsplit(source.url)
    alike = [other for other in others if other.language == article.language] or others
    for other in alike[:_LATEST]:
        own = urlsplit(other.url)._replace(scheme=parts.scheme, netloc=parts.netloc)
        yield replace(Headline(own.geturl(), other.title), published=other.published)


def _row(name: str, weights: list[Weight]) -> str:
    sizes = sorted(weight.wire for weight in weights)
    html = sorted(weight.html for weight in weights)
    cells = "".join(f"{percentile(sizes, share):>8,}" for share in (50, 90, 95, 99, 100))
    share = sum(sizes) / sum(html)
    return f"{name:<12}{len(sizes):>6}{cells}{percentile(html, 50):>10,}{share:>12.1%}"


def percentile(ordered: list[int], share: int) -> int:
    """Nearest rank: the smallest value that is at least as large as `share` per cent of all."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


if __name__ == "__main__":
    main(sys.argv[1:])
