"""The whole service in one call: `create_app(settings)`. Every part is made here, and closed here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from .delivery import bundles, saved
from .delivery.at_once import AtOnce
from .delivery.changes import Following
from .delivery.choose import choose
from .delivery.connection import Connection
from .delivery.documents import Documents
from .delivery.failures import AsWritten, Failures
from .delivery.health import Inside, Operators, Told, health, ready
from .delivery.judging import Judging
from .delivery.library import Library
from .delivery.light_answers import LightAnswers
from .delivery.light_route import LightRoute
from .delivery.lists import Lists
from .delivery.metrics import CONTENT_TYPE, Answered, MeasuredOrigin, MeasuredPool, Metrics
from .delivery.pacing import Paced
from .delivery.paths import PathRules
from .delivery.proxy import Proxy
from .delivery.receipts import Receipts
from .delivery.shelf import Shelf
from .delivery.watch import Watch
from .delivery.weighing import Weighing
from .delivery.whole import Whole
from .gather.discovery import Discovery
from .publishing.task import Publishing
from .settings import Settings
from .source.pace import Pace
from .store import Store


class Service(Starlette):
    """What is ready goes out before anything else is looked at."""

    def __init__(self, *, at_once: AtOnce | None, **named: Any) -> None:
        super().__init__(**named)
        self._at_once = at_once

    @property
    def at_once(self) -> Callable[[Scope], bytes | None] | None:
        """For servers that can send bytes as they are (`delivery.protocol`)."""
        return self._at_once.on_wire if self._at_once else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._at_once is None or not await self._at_once.send(scope, send):
            await super().__call__(scope, receive, send)


def create_app(
    settings: Settings, *, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
) -> Starlette:
    """The ASGI application for one site. The folder `settings.data` must have been migrated (`store.migrate`).

    `clock` (Unix time in seconds) and `steady` (seconds that never go back) are those of the receipts.
    """
    metrics, store = Metrics(settings.mode, settings.data), Store(settings.data)
    origin, pool = MeasuredOrigin(settings, metrics), MeasuredPool(settings, metrics)
    allow = PathRules(settings.untouched, settings.light_paths).allow
    shelf = Shelf(store, allow)
    library = Library(settings, origin=origin, store=shelf, pool=pool)
    answers = LightAnswers(settings, library.site)
    lists = Lists(settings, library.site, shelf, answers)
    receipts = Receipts(settings, clock=clock, steady=steady)
    weighing = Weighing(library.site, library.map_url, settings.data / "weight")
    judging = Judging(settings, receipts, weighing)
    light = LightRoute(library, answers, lists, judging)
    documents = Documents(
        settings,
        proxy=Proxy(settings, origin),
        library=library,
        answers=answers,
        metrics=metrics,
        receipts=receipts,
        weighing=weighing,
        judging=judging,
    )

    async def measured() -> Told:
        return Told(await asyncio.to_thread(metrics.text), content_type=CONTENT_TYPE)

    operators = Operators(settings)
    inside = [
        Route("/_lk/health", Inside(documents, operators, health)),
        Route("/_lk/ready", Inside(documents, operators, ready(store.languages))),
        Route("/_lk/metrics", Inside(documents, operators, measured)),
    ]
    keeping = settings.mode == "on" and settings.offline != "off"
    editions = [
        Route("/_lk/choose", choose(library.site)),
        *receipts.routes(),
        Route(library.site.connection, Connection(library.site, judging).page),
        *lists.routes(),
        *saved.routes(settings, shelf),
        *(bundles.routes(settings.data / "bundles") if keeping else ()),
        Route(settings.light_prefix, light),
        Mount(settings.light_prefix, light),
    ]

    at_once = AtOnce(
        library=library,
        answers=answers,
        judging=judging,
        metrics=metrics,
        sessions=settings.session_cookies,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        pace = Pace(settings.pace, time.monotonic)
        discovery = Discovery(settings, origin, pool, pace)
        ahead = Watch(settings, library, shelf=shelf, discovery=discovery, pace=pace)
        watch = ahead if settings.mode == "on" else nullcontext()
        publishing = Publishing(settings, store, allow) if keeping else nullcontext()
        async with Following(shelf, library), library.tally, watch, publishing:
            yield
        weighing.save()
        await library.close()
        await pool.close()
        await shelf.close()
        await origin.aclose()

    app = Service(
        at_once=at_once if settings.mode == "on" else None,
        routes=[*inside, *(editions if settings.mode == "on" else [saved.ending()])],
        middleware=[
            Middleware(Paced),
            Middleware(Whole, patience=settings.whole_within),
            Middleware(Answered, metrics=metrics, light_prefix=settings.light_prefix),
            Middleware(Failures),
            Middleware(AsWritten),
        ],
        lifespan=lifespan,
    )
    # Not a Mount at "/": its pattern does not match every path that an origin may have.
    app.router.default = documents
    app.router.redirect_slashes = False
    return app
