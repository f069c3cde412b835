"""The proxy as the only thing in front of an origin: what the application does around it, in a few lines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from starlette.types import Receive, Scope, Send

from lightkeeper.delivery.proxy import Proxy
from lightkeeper.errors import LightkeeperError, OriginCutShort
from lightkeeper.settings import Settings, load
from lightkeeper.source.origin import Origin

from ..servers import Address, serving

PUBLIC = "http://www.paper.example"


class Front:
    def __init__(self, settings: Settings) -> None:
        self.origin = Origin(settings)
        self.proxy = Proxy(settings, self.origin)
        self.cut_short = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        try:
            await self.proxy(scope, receive, send)
        except OriginCutShort:
            self.cut_short += 1
            raise
        except LightkeeperError as error:
            body = str(error).encode()
            headers = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": error.status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.origin.aclose()
        await send({"type": "lifespan.shutdown.complete"})


def settings(origin: str, **values: Any) -> Settings:
    return load(**{"origin": origin, "public_url": PUBLIC, **values})


def make(origin: str) -> Front:
    return Front(settings(origin))


@contextlib.contextmanager
def front(origin: str, **values: Any) -> Iterator[Address]:
    with serving(Front(settings(origin, **values))) as address:
        yield address
