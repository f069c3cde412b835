"""`/_lk/health` and `/_lk/metrics`: for this machine only. To anybody else they are the origin's, like any address."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class Inside:
    """Answers loopback with `text()`; `otherwise` answers whoever asks from elsewhere."""

    def __init__(self, otherwise: ASGIApp, text: Callable[[], str]) -> None:
        self._otherwise, self._text = otherwise, text

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_loopback(scope) or any(name == b"x-forwarded-for" for name, _ in scope["headers"]):
            await self._otherwise(scope, receive, send)
            return
        body = self._text().encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _is_loopback(scope: Scope) -> bool:
    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False
