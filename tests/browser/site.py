"""A door to a service, with an address of its own, which can be shut in the ways that real networks have."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from .. import servers
from ..servers import Address, Line, read_all

PATIENCE = 60.0


@dataclass
class Site:
    """A door to the service with an address of its own, which can be shut in the ways that real networks have.

    `answers` are given by the door itself, by path; of what is `held`, so many bytes come and then nothing, or the rest
    as soon as its gate is open.
    """

    service: Address
    door: servers.Scripted = field(init=False)
    mode: str = "open"
    answers: dict[str, bytes] = field(default_factory=dict)
    elsewhere: dict[str, Address] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    gates: dict[str, threading.Event] = field(default_factory=dict)

    def __call__(self, request: servers.Request, line: Line) -> None:
        path = request.target.decode()
        if self.mode == "hung":
            line.until_closed()
        elif self.mode == "shut":
            line.reset()
            return
        elif self.mode == "gateway":
            line.send(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 11\r\n\r\nBad gateway")
        else:
            answer = self.answers.get(path) or self._behind(path, request)
            if path in self.held:
                line.send(answer[: self.held[path]])
                if path not in self.gates:
                    line.until_closed()
                elif self.gates[path].wait(PATIENCE):
                    answer = answer[self.held[path] :]
            line.send(answer)
        line.close()

    def _behind(self, path: str, request: servers.Request) -> bytes:
        with self.elsewhere.get(path, self.service).connect() as behind:
            head, _, rest = request.head.partition(b"\r\n")
            behind.sendall(head + b"\r\nConnection: close\r\n" + without_connection(rest) + b"\r\n\r\n" + request.body)
            return read_all(behind)

    def url(self, path: str) -> str:
        return self.door.url + path

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of every request for `path`."""
        return [
            {name.decode(): value.decode("latin-1") for name, value in request.headers}
            for request in self.door.requests
            if request.target == path.encode()
        ]


def without_connection(head: bytes) -> bytes:
    return b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:"))


def raw(body: bytes) -> bytes:
    """A file of a bundle."""
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def page(body: str, status: str = "200 OK", kind: str = "text/html", *headers: str) -> bytes:
    """An answer's exact bytes."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{lines}\r\n{body}".encode()


class Behind(Protocol):
    """Whatever answers at an address."""

    @property
    def address(self) -> Address: ...


@contextmanager
def site(service: Behind) -> Iterator[Site]:
    running = Site(service.address)
    with servers.origin(running) as running.door:
        yield running


def hold(running: Site, path: str) -> threading.Event:
    """Nothing of it comes until the gate is open."""
    running.held[path], running.gates[path] = 0, threading.Event()
    return running.gates[path]
