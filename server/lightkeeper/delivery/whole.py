"""Answers go out whole where they can: if we die over one, the proxy in front has no half of it and asks somebody else.

What will end soon is held back until it is complete, and leaves head and body in one write. What turns out too large,
or takes its site too long, streams from then on; what has no known end and is no page streams at once.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import headers as raw

_ROOM = 262_144


class Whole:
    """ASGI middleware. `patience` is in seconds, from the head on."""

    def __init__(self, app: ASGIApp, *, patience: float) -> None:
        self._app, self._patience = app, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        gathering = _Gathering(send, self._patience)
        try:
            await self._app(scope, receive, gathering.send)
        finally:
            await gathering.let_go()


class _Gathering:
    """One answer. `head` and `pieces` were not sent yet; once `open`, everything goes out as it comes."""

    def __init__(self, send: Send, patience: float) -> None:
        self._send, self._patience = send, patience
        self._head: Message | None = None
        self._pieces: list[bytes] = []
        self._size = 0
        self._open = False
        self._lock = asyncio.Lock()
        self._waiting: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        async with self._lock:
            begins = message["type"] == "http.response.start"
            if begins and not self._open and self._head is None and _ends_soon(message):
                self._head = message
                self._waiting = asyncio.create_task(self._wait())
            elif self._head is not None and not begins:
                await self._keep(message)
            else:
                await self._release(more=True)
                await self._send(message)

    async def let_go(self) -> None:
        """Nothing is held back from now on. An answer that broke off goes out as far as it came."""
        if self._waiting is not None:
            self._waiting.cancel()
        async with self._lock:
            await self._release(more=True)

    async def _keep(self, message: Message) -> None:
        self._pieces.append(message.get("body", b""))
        self._size += len(self._pieces[-1])
        more = message.get("more_body", False)
        if not more or self._size >= _ROOM:
            await self._release(more)

    async def _wait(self) -> None:
        await asyncio.sleep(self._patience)
        async with self._lock:
            await self._release(more=True)

    async def _release(self, more: bool) -> None:
        """Head and what there is of the body without a pause between: the server's event loop writes them together."""
        head, self._head, self._open = self._head, None, True
        if head is None:
            return
        body = b"".join(self._pieces)
        await self._send(head)
        if body or not more:
            await self._send({"type": "http.response.body", "body": body, "more_body": more})


def _ends_soon(head: Message) -> bool:
    """A page, a word instead of one, or anything else of which it is said that it is small."""
    lines = head.get("headers", ())
    if head["status"] >= 300 or raw.get(lines, b"content-type").lower().startswith("text/html"):
        return True
    length = raw.get(lines, b"content-length")
    return length.isdecimal() and int(length) <= _ROOM
