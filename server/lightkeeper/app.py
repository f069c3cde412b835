"""The whole service in one call: `create_app(settings)`. Every part is made here, and closed here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from .delivery import saved
from .delivery.choose import choose
from .delivery.counts import Counts
from .delivery.documents import Documents
from .delivery.failures import AsWritten, Failures
from .delivery.health import Inside
from .delivery.library import Library
from .delivery.light_answers import LightAnswers
from .delivery.light_route import LightRoute
from .delivery.paths import PathRules
from .delivery.proxy import Proxy
from .delivery.shelf import Shelf
from .delivery.watch import Watch
from .settings import Settings
from .source.origin import Origin
from .source.pool import Pool
from .store import Store


def create_app(settings: Settings) -> Starlette:
    """The ASGI application for one site. The folder `settings.data` must have been migrated (`store.migrate`)."""
    origin, pool = Origin(settings), Pool(settings.extract_processes, settings.extract_timeout)
    shelf = Shelf(Store(settings.data), PathRules(settings.untouched, settings.light_paths).allow)
    library = Library(settings, origin=origin, store=shelf, pool=pool)
    answers, counts = LightAnswers(settings, library.site), Counts(settings.mode)
    light = LightRoute(library, answers)
    documents = Documents(settings, proxy=Proxy(settings, origin), library=library, answers=answers, counts=counts)
    inside = [
        Route("/_lk/health", Inside(documents, lambda: "ok\n")),
        Route("/_lk/metrics", Inside(documents, counts.text)),
    ]
    editions = [
        Route("/_lk/choose", choose(library.site)),
        *saved.routes(settings, shelf),
        Route(settings.light_prefix, light),
        Mount(settings.light_prefix, light),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with Watch(settings, library) if settings.mode == "on" else nullcontext():
            yield
        await library.close()
        await pool.close()
        await shelf.close()
        await origin.aclose()

    app = Starlette(
        routes=[*inside, *(editions if settings.mode == "on" else [saved.ending(settings)])],
        middleware=[Middleware(Failures), Middleware(AsWritten)],
        lifespan=lifespan,
    )
    # Not a Mount at "/": its pattern does not match every path that an origin may have.
    app.router.default = documents
    app.router.redirect_slashes = False
    return app
