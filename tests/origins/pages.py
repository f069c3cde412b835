"""`python -m tests.origins.pages PAGES`: real pages behind nginx, each fetched full and Light through Lightkeeper.

PAGES/articles:  <id>.html.gz
PAGES/structure: <name>/source.html.gz
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lightkeeper.editions.watchdog import SCRIPT, STYLE

from ..servers import Received
from .doors import Doors, doors, edition, opened
from .nginx import nginx

_SITE = "http://pages.example"
_FLIGHT = 14_000
_PARTS = (
    rb"<noscript><style>" + re.escape(STYLE) + rb"</style></noscript>",
    rb'<script(?: data-[a-z]+="[^"]*")+>' + re.escape(SCRIPT) + rb"</script>",
    rb"<noscript><dialog id=lk-slow .*?</noscript>",
    rb"<p id=lk-end .*?</p>",
)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one page. `full` is `injected`, `untouched`, or what is wrong; sizes are bytes on the wire."""

    name: str
    full: str
    light: str
    full_size: int
    light_size: int


def main(folder: Path) -> int:
    sources = {path.parent.name: path for path in sorted((folder / "structure").glob("*/source.html.gz"))}
    sets = {
        "structure": sources,
        "articles": {path.name.split(".")[0]: path for path in sorted((folder / "articles").glob("*.html.gz"))},
    }
    if not any(sets.values()):
        print(f"{folder}: no structure/*/source.html.gz and no articles/*.html.gz in there", file=sys.stderr)
        return 2
    wrong = False
    with TemporaryDirectory(prefix="pages-") as name:
        root, data = Path(name, "root"), Path(name, "data")
        pages = {kind: _unpacked(root / kind, paths) for kind, paths in sets.items()}
        with nginx(root) as origin, doors(origin, _SITE, data, answer_timeout="60") as both:
            for kind, bodies in pages.items():
                rows = [_fetched(both, f"/{kind}/{page}.html", body) for page, body in bodies.items()]
                wrong |= _report(kind, rows)
    return int(wrong)


def _unpacked(root: Path, paths: dict[str, Path]) -> dict[str, bytes]:
    root.mkdir(parents=True)
    bodies = {name: gzip.decompress(path.read_bytes()) for name, path in paths.items()}
    for name, body in bodies.items():
        (root / f"{name}.html").write_bytes(body)
    return bodies


def _fetched(both: Doors, path: str, body: bytes) -> Row:
    full = both.visitor().open(path, Accept_Encoding="gzip, br")
    light = both.visitor().open(path, Accept_Encoding="gzip, br", Save_Data="on")
    why = "light" if edition(light) == "light" else light.header("lightkeeper-edition") or f"status {light.status}"
    if edition(light) == "light" and (light.status != 200 or not opened(light)):
        why = f"status {light.status}, {len(light.body)} bytes"
    return Row(path, _judged(full, body), why, _wire(full), _wire(light))


def _judged(full: Received, body: bytes) -> str:
    """Whether the page arrived as the origin has it, byte for byte, but for our parts."""
    if full.status != 200:
        return f"status {full.status}"
    got = opened(full)
    if got == body:
        return "untouched"
    counts = []
    for part in _PARTS:
        got, count = re.subn(part, b"", got, flags=re.DOTALL)
        counts.append(count)
    if got != body:
        return "changed"
    return "injected" if counts in ([1, 1, 1], [1, 0, 1]) else f"parts {counts}"


def _wire(answer: Received) -> int:
    return sum(len(name) + len(value) + 4 for name, value in answer.headers) + len(answer.body) + 19


def _report(kind: str, rows: list[Row]) -> bool:
    """Print one set; True where a page did not arrive."""
    lights = sorted(row.light_size for row in rows if row.light == "light")
    print(f"\n{kind}: {len(rows)} pages")
    _count("  full page", (row.full for row in rows))
    _count("  Light", (row.light for row in rows))
    print(f"  median bytes   full {_median(row.full_size for row in rows):,}   Light {_median(lights):,}")
    fits = sum(size <= _FLIGHT for size in lights)
    print(f"  within {_FLIGHT:,} bytes: {fits} of {len(lights)} Light pages")
    for row in rows:
        if row.full != "injected" or row.light != "light":
            print(f"    {row.name}: {row.full}; {row.light}")
    return any(row.full not in ("injected", "untouched") or row.light.startswith("status") for row in rows)


def _count(label: str, values: Iterable[str]) -> None:
    print(f"{label:<14}" + "   ".join(f"{value} {count}" for value, count in Counter(values).most_common()))


def _median(sizes: Iterable[int]) -> int:
    sizes = list(sizes)
    return round(statistics.median(sizes)) if sizes else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
