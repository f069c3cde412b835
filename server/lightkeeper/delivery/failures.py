"""The outermost layers: routes see addresses as they were written; an error that nobody else answered becomes its
status and its sentence."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import LightkeeperError, ReaderLeft
from .faults import report


class AsWritten:
    """Routing by the raw path: `/%6cight/` may be the origin's own address, and is never mistaken for ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["raw_path"].decode("latin-1")}
        await self._app(scope, receive, send)


class Sending:
    """`send`, and whether it was used: once an answer has `began`, no other one can be given."""

    def __init__(self, send: Send) -> None:
        self._send, self.began = send, False

    async def __call__(self, message: Message) -> None:
        self.began = True
        await self._send(message)


class Failures:
    """Where the answer has begun, returning early makes the server break the connection: the reader sees the cut."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = Sending(send)
        try:
            await self._app(scope, receive, sending)
        except ReaderLeft:
            return
        except LightkeeperError as error:
            if not sending.began:
                await _say(send, error, scope["method"])
        except Exception as error:
            report("a request failed", error)
            if not sending.began:
                await _say(send, LightkeeperError("Something went wrong here. Please try again."), scope["method"])


async def _say(send: Send, error: LightkeeperError, method: str) -> None:
    body = f"{error}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if error.status in (502, 503, 504):
        headers.append((b"retry-after", b"60"))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
