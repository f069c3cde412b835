"""A newsroom at work on a folder: stories go in, bundles come out. For tests, the table of bytes and the benchmark."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli

from lightkeeper.article import fragment
from lightkeeper.article.model import Article, Element
from lightkeeper.bundles import issuing
from lightkeeper.bundles.roots import Keys
from lightkeeper.publishing.keyring import Keyring
from lightkeeper.publishing.publisher import Publisher, Told
from lightkeeper.settings import Settings, load
from lightkeeper.store import Store, Story, migrate

PUBLICATION = "https://lantern.example"
BEGIN = datetime(2026, 11, 20, 8, tzinfo=UTC)


def secret(name: str) -> bytes:
    """The same for the same name, so that tests and vectors can be repeated."""
    return hashlib.sha256(f"test key: {name}".encode()).digest()


ROOTS = (secret("root a"), secret("root b"))


def keys(now: int = int(BEGIN.timestamp()), **life: int) -> Keys:
    return issuing.first(PUBLICATION, ROOTS, secret("online 1"), now, **life)


@dataclass
class Clock:
    now: float = BEGIN.timestamp()

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Desk:
    settings: Settings
    store: Store
    clock: Clock = field(default_factory=Clock)
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.publisher = Publisher(self.settings, self.store, lambda _: True, clock=self.clock)

    async def restart(self) -> None:
        await self.publisher.close()
        self.start()

    async def publish(self, *, finish: bool = True) -> Told:
        told = await self.publisher.once()
        while finish and await self.publisher.finish():
            pass
        return told

    async def save(self, *stories: Story) -> None:
        for story in stories:
            await self.store.save(story)

    @property
    def served(self) -> Path:
        return self.settings.data / "bundles"

    def get(self, path: str) -> bytes:
        """A file as a host would serve it."""
        return (self.served / path).read_bytes()

    def wire(self, path: str) -> int:
        """What a file costs on the way to a browser."""
        compressed = self.served / f"{path}.br"
        return (compressed if compressed.is_file() else self.served / path).stat().st_size

    def objects(self) -> set[str]:
        return {path.name for path in (self.served / "o").iterdir() if path.suffix != ".br"}


@asynccontextmanager
async def desk(folder: Path, **settings: Any) -> AsyncIterator[Desk]:
    """With keys, and nothing stored yet."""
    values = {"origin": PUBLICATION, "publication": "The Lantern", "data": str(folder), **settings}
    ready = load(**values)
    migrate(ready.data)
    Keyring(ready.data / "keys").write(keys(), secret("online 1"))
    store = Store(ready.data)
    working = Desk(ready, store)
    try:
        yield working
    finally:
        await working.publisher.close()
        await store.close()


def article(number: int, *, words: str = "", language: str = "en", **changes: Any) -> Article:
    direction = "rtl" if language[:2] in ("fa", "ar") else "ltr"
    given: dict[str, Any] = {
        "url": f"{PUBLICATION}/news/story-{number}",
        "title": f"Story number {number}",
        "body": (Element("p", (), (words or f"What happened on day {number} & after.",)),),
        "deck": f"A deck for {number}",
        "published": BEGIN + timedelta(minutes=number),
        "language": language,
        "direction": direction,
    }
    return Article(**{**given, **changes})


def stored(value: Article) -> Story:
    """What the store keeps of an article."""
    published = value.published or BEGIN
    return Story(
        address=value.url.removeprefix(PUBLICATION),
        fragment=fragment.render(value),
        title=value.title,
        deck=value.deck,
        section=value.section,
        language=value.language,
        published=published,
        fetched=published,
    )


def story(number: int, **changes: Any) -> Story:
    return stored(article(number, **changes))


def small(data: bytes) -> int:
    return len(brotli.compress(data, mode=brotli.MODE_TEXT, quality=11))


def addresses(stories: Iterable[Story]) -> list[str]:
    return [each.address for each in stories]
