"""How long bundles take to build, and how much memory: `python -m tests.bench.bundles [STORIES …]`.

Each size in a process of its own: the first build, one correction and one new story in it (until the heads are out, and
until the packs for readers who were away longer are there), a pass with nothing to do, a restart.
"""

from __future__ import annotations

import asyncio
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from lightkeeper.store import Story
from lightkeeper.store.stories import Store
from tests.bundles.desk import BEGIN, Desk, article, desk, stored

_SIZES = (1_000, 10_000, 50_000)
_A_DAY = 12
_WORDS = 350


def story(number: int, chance: random.Random, vocabulary: list[str]) -> Story:
    """A story of a usual length; twelve a day, back in time."""
    text = " ".join(chance.choice(vocabulary) for _ in range(_WORDS))
    published = BEGIN - timedelta(days=number // _A_DAY, minutes=number % _A_DAY)
    return stored(article(number, words=text, published=published, language=("fa", "en")[number % 2]))


def vocabulary(chance: random.Random) -> list[str]:
    return ["".join(chance.choice("ابپتسنوهیردم") for _ in range(chance.randint(2, 7))) for _ in range(4_000)]


async def fill(store: Store, count: int, chance: random.Random, words: list[str]) -> None:
    for number in range(count):
        await store.save(story(number, chance, words))


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.monotonic()
    await work()
    return time.monotonic() - begun


async def finished(work: Desk) -> None:
    while await work.publisher.finish():
        pass


async def measure(count: int) -> None:
    chance = random.Random(7)
    words = vocabulary(chance)
    with tempfile.TemporaryDirectory(prefix="lightkeeper-bench-") as folder:
        async with desk(Path(folder)) as work:
            await fill(work.store, count, chance, words)
            before = _peak()
            cells = [f"{await timed(work.publisher.once):.1f}", f"{await timed(lambda: finished(work)):.1f}"]
            for number in (count // 2, -1):
                changed = story(number, chance, words)
                work.clock.pass_(600)
                await work.store.save(changed)
                cells += [f"{await timed(work.publisher.once):.2f}", f"{await timed(lambda: finished(work)):.2f}"]
            cells.append(f"{await timed(work.publisher.once) * 1000:.1f} ms")
            await work.restart()
            cells.append(f"{await timed(work.publisher.once):.2f}")
            size = sum(path.stat().st_size for path in work.served.rglob("*") if path.is_file())
        print(f"{count:>8,}" + "".join(f"{cell:>11}" for cell in cells), end="")
        print(f"{_peak() / 1e6:>8.0f} MB (+{(_peak() - before) / 1e6:.0f}){size / 1e6:>7.0f} MB", flush=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(sizes: list[int]) -> None:
    print("Seconds. build, correction and new story: until the heads are out, and then until every pack is there.\n")
    names = ("build", "packs", "corrected", "packs", "new", "packs", "nothing", "restart")
    print(f"{'stories':>8}" + "".join(f"{name:>11}" for name in names) + f"{'memory':>17}{'on disk':>10}", flush=True)
    for size in sizes or list(_SIZES):
        subprocess.run([sys.executable, "-m", "tests.bench.bundles", "--one", str(size)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        asyncio.run(measure(int(sys.argv[2])))
    else:
        main([int(size) for size in sys.argv[1:]])
