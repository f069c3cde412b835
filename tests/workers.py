"""Each of several server processes by itself (Linux): a connection belongs to the process that accepted it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from .command import Running
from .family import family
from .servers import Address, Received

_PATIENCE = 60.0


class Worker:
    """One process, asked over one connection; it fails rather than to ask another."""

    def __init__(self, address: Address) -> None:
        self._client = HTTPConnection(address.host, address.port, timeout=_PATIENCE)
        self._client.connect()
        self._client.auto_open = 0
        self.pid = 0

    def get(self, path: str, headers: dict[str, str] | None = None) -> Received:
        self._client.request("GET", path, headers={"Accept-Encoding": "identity", **(headers or {})})
        return Received.read(self._client.getresponse())

    @property
    def port(self) -> int:
        return int(self._client.sock.getsockname()[1])

    def close(self) -> None:
        self._client.close()


@contextlib.contextmanager
def workers(running: Running, count: int) -> Iterator[list[Worker]]:
    """A connection to each of `count` processes of `serve`. Raises where there are fewer."""
    found: dict[int, Worker] = {}
    deadline = time.monotonic() + _PATIENCE
    try:
        while len(found) < count and time.monotonic() < deadline:
            worker = Worker(running.address)
            worker.get("/_lk/health")
            worker.pid = _owner(running.address.port, worker.port, running.process.pid)
            if worker.pid in found:
                worker.close()
            found.setdefault(worker.pid, worker)
        if len(found) < count:
            raise RuntimeError(f"{len(found)} processes answer, not {count}")
        yield list(found.values())
    finally:
        for worker in found.values():
            worker.close()


def _owner(server: int, client: int, parent: int) -> int:
    """The process below `parent` that holds the server's end of a connection."""
    name = f"socket:[{_inode(server, client)}]"
    for pid in family(parent):
        with contextlib.suppress(OSError):
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(entry) == name:
                        return pid
    raise RuntimeError("nobody holds the connection")


def _inode(server: int, client: int) -> str:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ports = (int(fields[1].partition(":")[2], 16), int(fields[2].partition(":")[2], 16))
        if ports == (server, client):
            return fields[9]
    raise RuntimeError("there is no such connection")
