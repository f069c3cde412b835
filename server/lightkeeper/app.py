"""The whole service in one call: `create_app(settings)`. Every part is made here, and closed here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from .delivery import saved
from .delivery.choose import choose
from .delivery.documents import Documents
from .delivery.failures import Failures
from .delivery.health import Health
from .delivery.library import Library
from .delivery.light_answers import LightAnswers
from .delivery.light_route import LightRoute
from .delivery.proxy import Proxy
from .delivery.watch import Watch
from .settings import Settings
from .source.origin import Origin
from .source.pool import Pool
from .store import Store


def create_app(settings: Settings) -> Starlette:
    """The ASGI application for one site. The folder `settings.data` must have been migrated (`store.migrate`)."""
    origin, store = Origin(settings), Store(settings.data)
    pool = Pool(settings.extract_processes, settings.extract_timeout)
    library = Library(settings, origin=origin, store=store, pool=pool)
    answers = LightAnswers(settings, library.site)
    light = LightRoute(library, answers)
    documents = Documents(settings, proxy=Proxy(settings, origin), library=library, answers=answers)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with Watch(settings, library):
            yield
        await library.close()
        await pool.close()
        await store.close()
        await origin.aclose()

    app = Starlette(
        routes=[
            Route("/_lk/choose", choose(library.site)),
            Route("/_lk/health", Health(documents)),
            *saved.routes(settings, store),
            Route(settings.light_prefix, light),
            Mount(settings.light_prefix, light),
        ],
        middleware=[Middleware(Failures)],
        lifespan=lifespan,
    )
    # Not a Mount at "/": its pattern does not match every path that an origin may have.
    app.router.default = documents
    app.router.redirect_slashes = False
    return app
