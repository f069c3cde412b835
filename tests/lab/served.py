"""`lightkeeper`, the command, with one thing more: what it decides is written down, a line of JSON for each.

`python -m tests.lab.served LOG serve …`. Browsers tell their drivers no headers; so the lab reads what went out.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from lightkeeper import cli

_STATUS_LINE = len("HTTP/1.1 200 OK\r\n\r\n")


class Watched:
    """An ASGI application; `log` takes what was sent with an edition header."""

    def __init__(self, app: Any, log: Callable[[dict[str, Any]], object]) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        arrived = time.time()

        async def noting(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message, arrived)
            await send(message)

        await self._app(scope, receive, noting)

    def _note(self, scope: Any, message: Any, arrived: float) -> None:
        sent = dict(message["headers"])
        decided = sent.get(b"lightkeeper-edition", b"").decode()
        if decided:
            head = _STATUS_LINE + sum(len(name) + len(value) + 4 for name, value in message["headers"])
            self._log(
                {
                    "reader": dict(scope["headers"]).get(b"x-real-ip", b"").decode() or scope["client"][0],
                    "path": scope["path"],
                    "decided": decided,
                    "status": message["status"],
                    "asked": _asked(scope),
                    "bytes": head + int(sent.get(b"content-length", 0)),
                    "arrived": arrived,
                }
            )


def _asked(scope: Any) -> int:
    """Bytes of the request, as it came."""
    line = len(f"{scope['method']} {scope['path']} HTTP/1.1\r\n\r\n") + len(scope["query_string"])
    return line + sum(len(name) + len(value) + 4 for name, value in scope["headers"])


def main(log: str, *command: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    serve = importlib.import_module("lightkeeper.cli.serve")  # the package's own `serve` is the function
    make = serve.create_app

    def create_app(*arguments: Any, **named: Any) -> Any:
        app = make(*arguments, **named)
        return Watched(app, lambda line: os.write(descriptor, json.dumps(line).encode() + b"\n"))

    serve.create_app = create_app  # type: ignore[attr-defined]
    sys.argv[1:] = command
    cli.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
