"""`python -m tests.quality PAGES`: scores over articles/ and structure/, beside the peers in the same run.

PAGES/articles:  <id>.html.gz and ground-truth.json ({id: {articleBody, url}})
PAGES/structure: <name>/source.html.gz, expected.html.gz, expected-metadata.json
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from lightkeeper.article.model import Article

from . import elements, metadata
from .peers import Peer, article, peers
from .scores import Match, Tally, match_text, total

Pages = dict[str, elements.Elements]
_BASE = "http://fakehost/test/page.html"  # where the structure pages say that they come from

# The pages, ten at most, on which the reference keeps what no reader wants. The rows below the first leave them out.
UNWANTED = {
    "wikipedia": "an [edit] link in every heading",
    "wikipedia-3": "an [edit] link in every heading",
    "wikipedia-4": "an [edit] link in every heading",
    "nytimes-5": "a section front: the reference is its list of teasers",
    "theverge": "the prices of a newsletter, under headings",
    "blogger": "tables that only lay out pictures over their captions",
    "bug-1255978": "captions as paragraphs of the story",
    "buzzfeed-1": "credits of pictures as paragraphs of the story",
    "firefox-nightly-blog": "captions as paragraphs of the story, the heading over readers' comments",
    "simplyfound-1": "captions of pictures that it does not have",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path)
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also list the N worst pages")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if (given.pages / "articles").is_dir():
        _articles(given.pages / "articles", given.worst)
    if (given.pages / "structure").is_dir():
        _structure(given.pages / "structure", given.worst)


def _articles(folder: Path, worst: int) -> None:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    pages = {name: _unpack(folder / f"{name}.html.gz") for name in truth}
    print(f"\narticles: {len(pages)} pages, shingles of four words")
    print(f"{'':24}{'F1':>8}{'precision':>11}{'recall':>8}{'accuracy':>10}{'median ms':>11}{'pages/s':>9}")
    for peer in peers():
        rows, times = _timed(peer.text, pages)
        matches = {name: match_text(truth[name]["articleBody"], text) for name, text in rows.items()}
        score = total(matches.values())
        rate = _rate(peer, list(pages.values()))
        print(
            f"{peer.name:24}{score.f1:8.4f}{score.precision:11.4f}{score.recall:8.4f}{score.accuracy:10.4f}"
            f"{1000 * median(times):11.1f}{rate:9.1f}"
        )
        if worst and peer.name == "lightkeeper":
            _list(matches, worst)


def _timed(work: Callable[[bytes], str], pages: dict[str, bytes]) -> tuple[dict[str, str], list[float]]:
    for page in list(pages.values())[:3]:
        work(page)  # what is loaded at first use does not count
    found, times = {}, []
    for name, page in pages.items():
        start = time.perf_counter()
        found[name] = work(page)
        times.append(time.perf_counter() - start)
    return found, times


def _rate(peer: Peer, pages: list[bytes]) -> float:
    """Pages per second on all cores."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        list(pool.map(_by_name, [peer.name] * cores, pages[:cores]))
        start = time.perf_counter()
        list(pool.map(_by_name, [peer.name] * len(pages), pages, chunksize=4))
        return len(pages) / (time.perf_counter() - start)


def _by_name(name: str, page: bytes) -> int:
    logging.disable(logging.CRITICAL)
    return len(next(peer for peer in peers() if peer.name == name).text(page))


def _list(matches: dict[str, Match], worst: int) -> None:
    for name, match in sorted(matches.items(), key=lambda item: item[1].right)[:worst]:
        print(f"    {name[:16]}  right {match.right:.3f}  wrong {match.wrong:.3f}  missed {match.missed:.3f}")


def _structure(folder: Path, worst: int) -> None:
    names = sorted(path.name for path in folder.iterdir() if (path / "source.html.gz").is_file())
    pages = {name: _unpack(folder / name / "source.html.gz") for name in names}
    expected = {
        name: elements.of_html(_unpack(folder / name / "expected.html.gz").decode("utf-8"), _BASE) for name in names
    }
    print(f"\nstructure: {len(pages)} pages, recall / precision of each element")
    print(f"{'':29}" + "".join(f"{kind:>12}" for kind in elements.KINDS))
    ours = {name: article(page, _BASE) for name, page in pages.items()}
    empty = elements.of_html("", _BASE)
    strict = {name: elements.of_article(got) if (got := ours[name]) else empty for name in names}
    found = {name: elements.of_article(got, expected[name]) if (got := ours[name]) else empty for name in names}
    kept = [name for name in names if name not in UNWANTED]
    _row("lightkeeper", names, expected, found)
    _row("  less the ten below", kept, expected, found)
    _row("  and counted strictly", kept, expected, strict)
    for peer in peers():
        if peer.html is not None:
            _row(peer.name, names, expected, {name: elements.of_html(peer.html(pages[name]), _BASE) for name in names})
    print("".join(f"    {name}: {reason}\n" for name, reason in UNWANTED.items()), end="")
    if worst:
        _differences(names, expected, found, worst)
    _metadata(folder, names, ours)


def _row(title: str, names: Iterable[str], expected: Pages, found: Pages) -> None:
    cells = []
    for kind in elements.KINDS:
        tally = Tally()
        for name in names:
            tally.add(expected[name][kind], found[name][kind])
        cells.append(f"{tally.recall:6.3f}/{tally.precision:.3f}")
    print(f"{title:29}" + "".join(f"{cell:>12}" for cell in cells))


def _differences(names: Iterable[str], expected: Pages, found: Pages, worst: int) -> None:
    for kind in elements.KINDS:
        rows = []
        for name in names:
            missed, wrong = expected[name][kind] - found[name][kind], found[name][kind] - expected[name][kind]
            rows.append((missed.total() + wrong.total(), name, missed.total(), wrong.total()))
        print(
            f"    {kind}: " + ", ".join(f"{name} -{m} +{w}" for size, name, m, w in sorted(rows)[::-1][:worst] if size)
        )


def _metadata(folder: Path, names: Iterable[str], ours: dict[str, Article | None]) -> None:
    counts = {name: [0, 0] for name in metadata.FIELDS}
    for name in names:
        wanted = json.loads((folder / name / "expected-metadata.json").read_text(encoding="utf-8"))
        for field, hit in metadata.hits(wanted, ours[name]).items():
            counts[field][0] += hit
            counts[field][1] += 1
    print(
        "\nmetadata: " + ", ".join(f"{name} {hit}/{of} = {hit / (of or 1):.3f}" for name, (hit, of) in counts.items())
    )


def _unpack(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


if __name__ == "__main__":
    main()
