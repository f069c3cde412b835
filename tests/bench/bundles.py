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
from tests.bundles.desk import BEGIN, Desk, article, desk, stored

from .store import fill

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


async def timed(work: Callable[[], Awaitable[object]], digits: int = 2) -> str:
    """Seconds on the clock, and of the processor: the machine may have had others to serve."""
    begun, busy = time.monotonic(), time.process_time()
    await work()
    return f"{time.monotonic() - begun:.{digits}f} ({time.process_time() - busy:.{digits}f})"


async def finished(work: Desk) -> None:
    while await work.publisher.finish():
        pass


async def measure(count: int) -> None:
    chance = random.Random(7)
    words = vocabulary(chance)
    with tempfile.TemporaryDirectory(prefix="lightkeeper-bench-") as folder:
        async with desk(Path(folder)) as work:
            await fill(work.store, count, lambda number: story(number, chance, words))
            before = _peak()
            cells = [await timed(work.publisher.once, 1), await timed(lambda: finished(work), 1)]
            for number in (count // 2, -1):
                changed = story(number, chance, words)
                work.clock.pass_(600)
                await work.store.save(changed)
                cells += [await timed(work.publisher.once), await timed(lambda: finished(work))]
            cells.append(await timed(work.publisher.once, 4))
            await work.restart()
            cells.append(await timed(work.publisher.once))
            size = sum(path.stat().st_size for path in work.served.rglob("*") if path.is_file())
        print(f"{count:>8,}" + "".join(f"{cell:>16}" for cell in cells), end="")
        print(f"{_peak() / 1e6:>8.0f} MB (+{(_peak() - before) / 1e6:.0f}){size / 1e6:>7.0f} MB", flush=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(sizes: list[int]) -> None:
    print(
        "Seconds, in brackets of the processor. build, corrected, new: until the heads are out; packs: until all are.\n"
    )
    names = ("build", "packs", "corrected", "packs", "new", "packs", "nothing", "restart")
    print(f"{'stories':>8}" + "".join(f"{name:>16}" for name in names) + f"{'memory':>17}{'on disk':>10}", flush=True)
    for size in sizes or list(_SIZES):
        subprocess.run([sys.executable, "-m", "tests.bench.bundles", "--one", str(size)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        asyncio.run(measure(int(sys.argv[2])))
    else:
        main([int(size) for size in sys.argv[1:]])
