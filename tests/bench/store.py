"""How fast the store is with many stories: `python -m tests.bench.store [N]` fills a folder and prints a table."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lightkeeper.store import Store, Story, database, migrate, writing
from lightkeeper.store.schema import fragments, labels, stories

_LETTERS = "آابپتثجچحخدذرزسشصضطظعغفقکگلمنوهی"
_SECTIONS = ("جهان", "ایران", "اقتصاد", "فرهنگ", "ورزش", "دانش")
_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_BATCH = 1000
_ROUNDS = 300


def vocabulary(dice: random.Random) -> list[str]:
    return ["".join(dice.choices(_LETTERS, k=dice.randint(2, 9))) for _ in range(30_000)]


def story(number: int, words: list[str], dice: random.Random) -> Story:
    """About 350 words, as frequent and as rare as words of a language are (Zipf)."""
    text = [words[min(int(dice.paretovariate(0.6)), len(words)) - 1] for _ in range(350)]
    title, section = " ".join(text[:9]), _SECTIONS[number % len(_SECTIONS)]
    body = "".join(f"<p>{' '.join(text[start : start + 50])}</p>" for start in range(0, 350, 50))
    fragment = (
        f'<article dir="rtl" lang="fa"><header><p class="section">{section}</p><h1>{title}</h1>'
        f'<p class="byline">نویسنده {number % 300}</p></header><div class="body">{body}</div>'
        f'<footer><ul class="tags"><li>برچسب {number % 2000}</li></ul></footer></article>'
    )
    published = _NOW - timedelta(minutes=7 * number)
    return Story(f"/fa/{number}", fragment, title, "", section, "fa", published, _NOW, f'"{number}"')


async def fill(store: Store, count: int, make: Callable[[int], Story]) -> None:
    """What `Store.save` writes of new stories, a thousand of them in one transaction."""
    for start in range(0, count, _BATCH):
        made = [make(number) for number in range(start, min(start + _BATCH, count))]
        numbers = {one.address: (int(one.published.timestamp()) << 20) + at for at, one in enumerate(made)}
        rows = [row(one, numbers[one.address], start + at) for at, one in enumerate(made)]
        async with store._engine.begin() as connection:
            await writing.lock(connection)
            texts = [{"digest": one.digest, "fragment": one.fragment} for one in made]
            await connection.execute(fragments.insert(), texts)
            await connection.execute(stories.insert(), rows)
            if named := [label for one in made for label in writing.label_rows(one)]:
                await connection.execute(labels.insert(), named)
            await database.index_add(connection, {numbers[one.address]: writing.words(one.fragment) for one in made})
            await writing.set_counter(connection, "sequence", start + len(made))


def row(made: Story, number: int, before: int) -> dict[str, object]:
    names = ("address", "title", "deck", "section", "language", "etag", "last_modified", "digest")
    times = {"published": made.published.timestamp(), "fetched": made.fetched.timestamp(), "zone": 0}
    return {name: getattr(made, name) for name in names} | times | {"number": number, "sequence": before + 1}


async def measured(name: str, work: Callable[[], Awaitable[object]], rounds: int = _ROUNDS) -> None:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    print(f"{name:<44} {times[len(times) // 2]:8.2f} {times[int(len(times) * 0.99)]:8.2f}", flush=True)


async def bench(folder: Path, count: int) -> None:
    dice = random.Random(7)
    words = vocabulary(dice)
    store = Store(folder)
    began = time.perf_counter()
    await fill(store, count, lambda number: story(number, words, dice))
    seconds = time.perf_counter() - began
    size = await asyncio.to_thread(lambda: sum(path.stat().st_size for path in folder.iterdir())) / 1e6
    print(f"{count} stories in {seconds:.0f} s; data folder {size:.0f} MB, {size * 1e6 / count:.0f} bytes a story\n")
    print(f"{'milliseconds':<44} {'p50':>8} {'p99':>8}")
    last = await store.sequence()
    pick = dice.randrange
    await measured("sequence (what every worker polls)", store.sequence)
    await measured("changes since, the last 100", lambda: store.changes(last - 100))
    await measured("story by address", lambda: store.story(f"/fa/{pick(count)}"))
    await measured("latest 6 of a language", lambda: store.latest("fa", 6))
    await measured("front of a section, page 1", lambda: store.labelled("section", "جهان", 30))
    await measured("front of a section, page 20", lambda: store.labelled("section", "جهان", 30, 570))
    await measured("front of an author", lambda: store.labelled("author", f"نویسنده-{pick(300)}", 30))
    await measured("front of a tag", lambda: store.labelled("tag", f"برچسب-{pick(2000)}", 30))
    await measured("search, the most frequent word", lambda: store.search(words[0], 30), 100)
    await measured("search, a rare word", lambda: store.search(words[20_000 + pick(10_000)], 30), 100)
    await measured("search, two words", lambda: store.search(f"{words[pick(50)]} {words[1000 + pick(5000)]}", 30), 100)
    await measured("search, three frequent words", lambda: store.search(" ".join(words[:3]), 30), 100)
    await measured("languages", store.languages, 20)
    await measured("save, corrected", lambda: store.save(story(pick(count), words, dice)), 200)
    address = iter(range(count))
    await measured("remove", lambda: store.remove(f"/fa/{next(address)}", _NOW), 100)
    await measured("withdraw", lambda: store.withdraw(f"/fa/{next(address)}", _NOW), 5)
    await store.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory(prefix="lightkeeper-bench-") as name:
        migrate(Path(name))
        asyncio.run(bench(Path(name), count))


if __name__ == "__main__":
    main()
