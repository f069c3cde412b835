"""Pages go out whole where they can: if we die over one, the proxy in front has no half of it and asks somebody else.

A page is held back until it is complete, or too large, or until its site has taken too long: then it streams.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nobody notices the wait; most sites send a page within it once they have begun.
_PATIENCE = 0.05
_ROOM = 262_144


class Gather:
    """ASGI middleware. Whatever is not HTML passes at once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        gathering = _Gathering(send)
        try:
            await self._app(scope, receive, gathering.send)
        finally:
            await gathering.let_go()


class _Gathering:
    """One answer; `held` is what was not sent yet, None once everything goes out as it comes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: list[Message] | None = []
        self._size = 0
        self._lock = asyncio.Lock()
        self._waiting: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        async with self._lock:
            if self._held is None:
                await self._send(message)
                return
            self._held.append(message)
            self._size += len(message.get("body", b""))
            if _is_page(message):
                self._waiting = asyncio.create_task(self._wait())
                return
            if message["type"] == "http.response.body" and message.get("more_body", False) and self._size < _ROOM:
                return
            await self._release()

    async def let_go(self) -> None:
        """Nothing is held back from now on. An answer that broke off goes out as far as it came."""
        if self._waiting is not None:
            self._waiting.cancel()
        async with self._lock:
            await self._release()

    async def _wait(self) -> None:
        await asyncio.sleep(_PATIENCE)
        async with self._lock:
            await self._release()

    async def _release(self) -> None:
        held, self._held = self._held or [], None
        for message in held:
            await self._send(message)


def _is_page(message: Message) -> bool:
    return message["type"] == "http.response.start" and any(
        name.lower() == b"content-type" and value.lower().startswith(b"text/html")
        for name, value in message.get("headers", ())
    )
