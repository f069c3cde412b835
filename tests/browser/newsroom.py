"""A newsroom whose bundles stand behind a server: stories change while browsers hold what was before."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from lightkeeper.bundles.heads import read_head, split_manifest
from lightkeeper.bundles.lists import STORY, read_list
from lightkeeper.bundles.roots import Keys
from lightkeeper.delivery import bundles, saved
from lightkeeper.publishing.keyring import Keyring
from lightkeeper.store import Store

from ..bundles.desk import Desk, desk, story
from ..servers import Address, serving

T = TypeVar("T")

BUNDLE = "en-latest-20"
WORDS = "Every morning before light the crew counts the ropes twice. " * 60


@dataclass
class Newsroom:
    """`desk` belongs to a loop of its own, for browsers' drivers have one in the test's thread."""

    desk: Desk
    address: Address
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def publish(self, *numbers: int, words: str = WORDS) -> None:
        """Save these stories with these words, and publish; ten minutes pass before."""
        self.desk.clock.pass_(600)
        self.do(self.desk.save(*(story(number, words=words) for number in numbers)))
        self.do(self.desk.publish())

    def withdraw(self, number: int) -> None:
        self.desk.clock.pass_(600)
        self.do(self.desk.store.withdraw(f"/news/story-{number}", datetime.fromtimestamp(self.desk.clock(), UTC)))
        self.do(self.desk.publish())

    def sign_with(self, keys: Keys, online: bytes) -> None:
        """Other keys from now on."""
        Keyring(self.desk.settings.data / "keys").write(keys, online)
        self.desk.clock.pass_(600)
        self.do(self.desk.publish())

    @property
    def sequence(self) -> int:
        return read_head(self.desk.get(f"b/{BUNDLE}/head")).sequence

    def stories(self) -> list[str]:
        """The names of the stories of the newest state, in its order."""
        listed = read_list(split_manifest(self.desk.get(f"b/{BUNDLE}/manifest"))[1])
        return [entry.digest.hex() for entry in listed.entries if entry.kind == STORY]

    def objects(self) -> set[str]:
        listed = read_list(split_manifest(self.desk.get(f"b/{BUNDLE}/manifest"))[1])
        return {entry.digest.hex() for entry in listed.entries}


async def _page(_request: Request) -> Response:
    return HTMLResponse("<!doctype html><title>Site</title>A page of the site")


@contextmanager
def newsroom(folder: Path, stories: int = 12) -> Iterator[Newsroom]:
    """With so many stories published."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def do(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(lambda: loop.call_soon_threadsafe(loop.stop))
        opened = desk(folder)
        working = do(opened.__aenter__())
        stack.callback(lambda: do(opened.__aexit__(None, None, None)))
        store = Store(working.settings.data)

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            yield
            await store.close()

        routes = [*saved.routes(working.settings, store), *bundles.routes(working.served)]
        app = Starlette(routes=[*routes, Route("/{path:path}", _page)], lifespan=lifespan)
        address = stack.enter_context(serving(app))
        room = Newsroom(working, address, loop)
        room.publish(*range(stories))
        yield room
    loop.close()
