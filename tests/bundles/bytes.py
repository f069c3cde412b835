"""Print what reading offline costs in bytes, over the demo, and with a folder PAGES also over the real pages in it.

Bodies only, in brotli: `python -m tests.bundles.bytes [PAGES]`. Each row is one language of one set. Beside a story and
a first sync stands what the bare text of the same stories takes in the best of brotli, xz and zlib at their utmost: no
format with the compression that browsers have comes below it.
"""

from __future__ import annotations

import asyncio
import lzma
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette

from lightkeeper.article import extract, fragment
from lightkeeper.article.model import Article
from lightkeeper.bundles.heads import read_head, split_manifest
from lightkeeper.bundles.lists import STORY, read_list
from lightkeeper.bundles.stories import take_apart
from lightkeeper.delivery import saved
from lightkeeper.errors import ArticleError
from lightkeeper.publishing.making import Maker
from tests.sizes.sets import Source, demo_sets, outside_sets

from .desk import BEGIN, PUBLICATION, Desk, desk, small, stored

_FEWEST = 12
_WORDS = range(700, 901)
_XZ = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
LIMITS = {"story": 2_300, "first": 40_000, "three": 8_500, "correction": 1_600, "nothing": 200, "worker": 8_000}


@dataclass(frozen=True, slots=True)
class Cost:
    """`story` is the median of `alike` stories of 700 to 900 words, scaled to 800; 0 where there is none.

    `text` and `texts` are the bare text: of that story, and of all those of the first sync together.
    """

    name: str
    stories: int
    words: int
    alike: int
    story: int
    text: int
    first: int
    texts: int
    three: int
    correction: int
    nothing: int


async def measure(name: str, articles: list[Article]) -> Cost:
    """Twenty stories in the bundle of twenty; three more; a correction; nothing."""
    everything, articles = articles, _three_last(articles[:23])
    language = articles[0].language.partition("-")[0]
    bundle = f"{language}-latest-20"
    with tempfile.TemporaryDirectory(prefix="lightkeeper-bytes-") as folder:
        async with desk(Path(folder)) as work:
            await work.save(*(stored(each) for each in articles[:-3]))
            await work.publish()
            head = read_head(work.get(f"b/{bundle}/head"))
            first = work.wire("b/keys") + work.wire(f"b/{bundle}/head") + work.wire(f"b/{bundle}/0-{head.base}.pack")
            three = await _update(work, bundle, articles[-3:])
            changed = replace(articles[-1], correction="An earlier version of this story gave a wrong date.")
            correction = await _update(work, bundle, [changed]) - _object(work, bundle)
            nothing = work.wire(f"b/{bundle}/head")
            alike = sorted(_scaled(work, everything))
    texts = _least("\n".join(_text(each) for each in articles[:-3]))
    count = len(articles) - 3
    words = sorted(_count(each) for each in articles)
    story, text = alike[len(alike) // 2] if alike else (0, 0)
    middle = words[len(words) // 2]
    return Cost(name, count, middle, len(alike), story, text, first, texts, three, correction, nothing)


def _three_last(articles: list[Article]) -> list[Article]:
    """The three of median length are the new ones."""
    ordered = sorted(articles, key=_count)
    middle = len(ordered) // 2
    new = ordered[middle - 1 : middle + 2]
    rest = [each for each in articles if each not in new]
    return [replace(each, published=BEGIN + timedelta(minutes=at)) for at, each in enumerate([*rest, *new])]


async def _update(work: Desk, bundle: str, articles: list[Article]) -> int:
    """What a reader of the state before fetches: head, and one pack."""
    before = read_head(work.get(f"b/{bundle}/head"))
    work.clock.pass_(600)
    await work.save(*(stored(each) for each in articles))
    await work.publish()
    after = read_head(work.get(f"b/{bundle}/head"))
    return work.wire(f"b/{bundle}/head") + work.wire(f"b/{bundle}/{before.sequence}-{after.sequence}.pack")


def _object(work: Desk, bundle: str) -> int:
    """The newest story's own size."""
    listing = read_list(split_manifest(work.get(f"b/{bundle}/manifest"))[1])
    newest = next(entry for entry in listing.entries if entry.kind == STORY)
    return work.wire(f"o/{newest.digest.hex()}")


def _scaled(work: Desk, articles: list[Article]) -> Iterator[tuple[int, int]]:
    """Of each story of that length: its object, and its bare text."""
    for each in articles:
        if _count(each) in _WORDS:
            address = each.url.removeprefix(PUBLICATION)
            maker = Maker(work.settings, None, None)  # type: ignore[arg-type]
            parts = take_apart(fragment.parse(fragment.render(each)), address, maker.context(each.language))
            factor = 800 / _count(each)
            yield round(small(parts.story_object) * factor), round(_least(_text(each)) * factor)


def _least(text: str) -> int:
    data = text.encode()
    return min(small(data), len(lzma.compress(data, lzma.FORMAT_RAW, filters=_XZ)), len(zlib.compress(data, 9)))


def _text(value: Article) -> str:
    return "\n".join((value.title, *(element.text() for element in value.body)))


def _count(value: Article) -> int:
    return len(" ".join(element.text() for element in value.body).split())


async def worker() -> int:
    """As the server sends it."""
    with tempfile.TemporaryDirectory(prefix="lightkeeper-bytes-") as folder:
        async with desk(Path(folder)) as work:
            app = Starlette(routes=saved.routes(work.settings, work.store))
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLICATION)
            async with client, client.stream("GET", "/_lk/sw.js", headers={"Accept-Encoding": "br"}) as answer:
                return sum([len(piece) async for piece in answer.aiter_raw()])


def sets(folders: list[str]) -> Iterator[tuple[str, list[Article]]]:
    """By set and language, those with enough stories."""
    found = list(demo_sets())
    for folder in folders:
        found.extend(outside_sets(Path(folder)))
    for name, sources in found:
        for language, articles in _by_language(sources).items():
            if len(articles) >= _FEWEST:
                yield f"{name} {language}" if not name.endswith(language) else name, articles


def _by_language(sources: list[Source]) -> dict[str, list[Article]]:
    found: dict[str, list[Article]] = {}
    for place, source in enumerate(sources):
        try:
            read = extract(source.html, source.url)
        except ArticleError:
            continue
        language = read.language.partition("-")[0].lower() or "en"
        own = replace(
            read,
            url=f"{PUBLICATION}/{source.name[:40]}",
            language=language,
            published=(BEGIN + timedelta(minutes=place)).astimezone(UTC),
        )
        found.setdefault(language, []).append(own)
    return found


def main(folders: list[str]) -> None:
    print("Bodies in brotli, bytes. text: the same without markup and metadata, in the best compression there is.")
    print("first: keys, head and pack of a first sync of so many stories; three: head and pack for three new ones of")
    print("median length; correction: those for one, less its fragment; nothing: the head.\n")
    print(
        f"{'set':<14}{'stories':>8}{'words':>7}{'of 800 w.':>10}{'text':>7}{'(n)':>5}{'first':>8}{'texts':>8}"
        f"{'three':>7}{'correction':>11}{'nothing':>9}"
    )
    for name, articles in sets(folders):
        cost = asyncio.run(measure(name, articles))
        print(
            f"{cost.name:<14}{cost.stories:>8}{cost.words:>7}{cost.story or '-':>10}{cost.text or '-':>7}"
            f"{cost.alike:>5}{cost.first:>8,}{cost.texts:>8,}{cost.three:>7,}{cost.correction:>11,}{cost.nothing:>9}",
            flush=True,
        )
    print(f"{'at most':<29}{LIMITS['story']:>10,}{'':>12}{LIMITS['first']:>8,}{'':>8}{LIMITS['three']:>7,}", end="")
    print(f"{LIMITS['correction']:>11,}{LIMITS['nothing']:>9}\n")
    print(f"The worker, with all its modules: {asyncio.run(worker()):,}, at most {LIMITS['worker']:,}")


if __name__ == "__main__":
    main(sys.argv[1:])
