"""The demo origin in a process of its own, so that drawing pictures never disturbs what is measured in front of it.

The child lives as long as its standard input is open: it dies with its parent, however the parent dies.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from .. import resources
from .origin import create_origin


@dataclass(frozen=True, slots=True)
class RunningOrigin:
    """A demo origin that answers on `host:port`; its pages embed from `widget_url`."""

    host: str
    port: int
    widget_url: str
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    async def stop(self) -> None:
        """End the process; returns when it is gone. May be called twice."""
        await asyncio.to_thread(_stop, self.process)


async def start_origin(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    files: Path | None = None,
    base_url: str = "",
    widget_url: str = "",
) -> RunningOrigin:
    """Start the demo origin; returns when it answers. Raises `OSError` where the port is taken.

    `base_url` and `widget_url` as for `create_origin`; widgets live by default on `widgets.localhost`, same port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=512) as listener:
        port = listener.getsockname()[1]
        widget_url = widget_url or f"http://widgets.localhost:{port}"
        arguments = [str(listener.fileno()), str(files or resources.demo()), base_url, widget_url]
        process = subprocess.Popen(  # noqa: S603, ASYNC220 (our own module; returns at once)
            [sys.executable, "-m", "lightkeeper.demo.serve", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            start_new_session=True,  # a Ctrl-C in the terminal is the parent's to handle
            text=True,
        )
    if not await asyncio.to_thread(_is_ready, process):
        await asyncio.to_thread(_stop, process)
        raise OSError("the demo origin did not start; its own message stands above")
    return RunningOrigin(host, port, widget_url, process)


def _is_ready(process: subprocess.Popen[str]) -> bool:
    assert process.stdout
    return process.stdout.readline() == "ready\n"


def _stop(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print("ready", flush=True)


def main() -> None:
    descriptor, files, base_url, widget_url = sys.argv[1:]
    threading.Thread(target=_die_with_parent, daemon=True).start()
    app = create_origin(Path(files), base_url=base_url, widget_url=widget_url)
    config = uvicorn.Config(
        app,
        access_log=False,
        lifespan="off",
        log_level="error",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    logging.getLogger("uvicorn.error").addFilter(lambda record: "without completing" not in record.getMessage())
    _Server(config).run([socket.socket(fileno=int(descriptor))])


def _die_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)  # at once: hanging answers would hold up a graceful end


if __name__ == "__main__":
    main()
