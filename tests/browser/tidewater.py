"""Lightkeeper in front of a publisher with three stories, in English and Persian, published in bundles."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from lightkeeper.bundles.heads import split_manifest
from lightkeeper.bundles.lists import STORY, read_list
from lightkeeper.delivery import saved
from lightkeeper.settings import Settings
from lightkeeper.store import Store

from ..servers import Address, serving
from .site import PATIENCE

LIMIT = 2.0
TITLES = {
    "/en/ferry": "The ferry that still runs at four in the morning",
    "/en/wells?p=12": "We count the wells by hand, say the water keepers",
    "/fa/library": "چگونه یک روستا کتابخانه‌اش را در زمستان باز نگه داشت",
}
SENTENCE = {
    "en": "Every morning before light the crew counts the ropes twice and writes the number in a book. ",
    "fa": "هر بامداد پیش از روشنایی روز، کارکنان طناب‌ها را دو بار می‌شمارند و شمار آن را در دفتر می‌نویسند. ",
}
# One time for all readings of a page: the service reads it again behind its readers, and another would be a correction.
PUBLISHED = (datetime.now(UTC) - timedelta(days=3)).isoformat()


def story(address: str) -> str:
    """A publisher's page with a story."""
    language = address[1:3]
    body = "".join(f"<p>{number} {SENTENCE[language] * 6}</p>" for number in range(6))
    return (
        f"<!doctype html><html lang={language} dir={'rtl' if language == 'fa' else 'ltr'}><head><meta charset=utf-8>"
        f"<title>{escape(TITLES[address])}</title><meta property=og:type content=article>"
        f"<meta property=article:published_time content={PUBLISHED}></head><body><main><article>"
        f"<h1>{escape(TITLES[address])}</h1>{body}</article></main></body></html>"
    )


async def publisher(request: Request) -> Response:
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return HTMLResponse(story(path)) if path in TITLES else PlainTextResponse("Not found", 404)


@dataclass(frozen=True, slots=True)
class Service:
    """Lightkeeper itself, in front of a publisher whose stories it knows already."""

    address: Address
    settings: Settings


def published(address: Address, language: str, stories: int) -> bool:
    """Whether so many stories of a language stand in its bundles."""
    answer = address.get(f"/_lk/b/{language}-latest-20/manifest")
    if answer.status != 200:
        return False
    listed = read_list(split_manifest(answer.body)[1])
    return sum(entry.kind == STORY for entry in listed.entries) == stories


@contextmanager
def switched(service: Service, offline: str) -> Iterator[Address]:
    """Saved reading of the same service as another operator would have it."""
    given = service.settings.model_copy(update={"offline": offline})
    store = Store(given.data)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await store.close()

    with serving(Starlette(routes=saved.routes(given, store), lifespan=lifespan)) as address:
        yield address


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
