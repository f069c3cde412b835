"""Real servers for tests, on free loopback ports: any ASGI app under uvicorn, and an origin that speaks exact bytes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, Self

import uvicorn

from lightkeeper.delivery.protocol import Protocol

PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=PATIENCE)

    def client(self) -> HTTPConnection:
        return HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def get(self, target: str = "/", headers: dict[str, str] | None = None, method: str = "GET") -> Received:
        return self.ask(method, target, headers=headers)

    def ask(
        self, method: str, target: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Received:
        """One request on a connection of its own, its target sent as it is written here."""
        with contextlib.closing(self.client()) as client:
            client.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                client.putheader(name, value)
            if body is not None:
                client.putheader("Content-Length", str(len(body)))
            client.endheaders(body)
            return Received.read(client.getresponse())

    def exchange(self, request: bytes) -> bytes:
        """Send exact bytes and return everything that comes back until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_all(connection)


@dataclass(frozen=True, slots=True)
class Received:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def read(cls, response: HTTPResponse) -> Self:
        body = response.read()
        return cls(response.status, [(name.lower(), value) for name, value in response.getheaders()], body)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def header(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


def read_all(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


class Server(uvicorn.Server):
    """Ends when it is told to, not at the next look: a test starts hundreds of them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._over.wait()

    def end(self) -> None:
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)


@contextlib.contextmanager
def serving(app: Any, *, port: int = 0, **options: Any) -> Iterator[Address]:
    """Run an ASGI app under uvicorn in a thread, set up the way Lightkeeper's own server is."""
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(
        app,
        **{
            "http": Protocol,
            "ws": "none",
            "log_config": None,
            "access_log": False,
            "proxy_headers": False,
            "server_header": False,
            "date_header": False,
            "timeout_graceful_shutdown": 1,
            **options,
        },
    )
    server = Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        if not server.ready.wait(PATIENCE):
            raise RuntimeError("the server did not start")
        yield Address("127.0.0.1", listener.getsockname()[1])
    finally:
        server.end()
        thread.join(PATIENCE)
        listener.close()


@dataclass(frozen=True, slots=True)
class Request:
    """What a scripted origin received: the head's exact bytes, and the body without its framing."""

    head: bytes
    body: bytes

    @property
    def line(self) -> bytes:
        return self.head.partition(b"\r\n")[0]

    @property
    def target(self) -> bytes:
        return self.line.split(b" ")[1]

    @property
    def method(self) -> bytes:
        return self.line.split(b" ")[0]

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        lines = self.head.split(b"\r\n")[1:]
        return [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]

    def all(self, name: str) -> list[str]:
        return [value.decode("latin-1") for key, value in self.headers if key == name.encode()]

    def header(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


class Line:
    """One connection to a scripted origin."""

    def __init__(self, connection: socket.socket, number: int) -> None:
        self.connection, self.number = connection, number
        self._buffer = b""

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def ok(self, body: bytes = b"ok", *headers: bytes) -> None:
        lines = b"".join(header + b"\r\n" for header in headers)
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n%b" % (len(body), lines, body))

    def close(self) -> None:
        self.connection.close()

    def reset(self) -> None:
        """Hang up with RST, as a process that dies does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def until_closed(self) -> bool:
        """Wait for the other side to hang up; False when it did not within ten seconds."""
        try:
            while self.connection.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def request(self, read_body: bool) -> Request | None:
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        request = Request(head, b"")
        return Request(head, self._body(request)) if read_body else request

    def _body(self, request: Request) -> bytes:
        if request.header("transfer-encoding"):
            return self._chunked()
        return self._take(int(request.header("content-length") or 0))

    def _chunked(self) -> bytes:
        pieces = []
        while size := int(self._take_line(), 16):
            pieces.append(self._take(size))
            self._take_line()
        self._take_line()
        return b"".join(pieces)

    def _take(self, size: int) -> bytes:
        pieces = bytearray(self._buffer)
        while len(pieces) < size:
            piece = self.connection.recv(1 << 20)
            if not piece:
                raise ConnectionError("the request broke off")
            pieces += piece
        self._buffer = bytes(pieces[size:])
        return bytes(pieces[:size])

    def _take_line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if not self._more():
                raise ConnectionError("the request broke off")
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _more(self) -> bool:
        try:
            piece = self.connection.recv(65536)
        except OSError:
            return False
        self._buffer += piece
        return bool(piece)


Script = Callable[[Request, Line], None]


@dataclass
class Scripted:
    """A running scripted origin: where it is, what it was asked, and what went wrong in its script."""

    address: Address
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    broken: list[BaseException] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.address.url


@contextlib.contextmanager
def origin(script: Script, *, read_body: bool = True, tls: Any = None, port: int = 0) -> Iterator[Scripted]:
    """An HTTP server of a few lines that calls `script` for every request, to answer in exact bytes."""
    listener = socket.create_server(("127.0.0.1", port))
    running = Scripted(Address("127.0.0.1", listener.getsockname()[1]))
    lines: list[Line] = []

    def converse(connection: socket.socket, number: int) -> None:
        connection.settimeout(PATIENCE)
        try:
            line = Line(tls.wrap_socket(connection, server_side=True) if tls else connection, number)
            lines.append(line)
            while (request := line.request(read_body)) is not None:
                running.requests.append(request)
                script(request, line)
        except OSError as error:
            running.broken.append(error)
        finally:
            connection.close()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                running.connections += 1
                threading.Thread(target=converse, args=(connection, running.connections), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield running
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for line in lines:
            with contextlib.suppress(OSError):
                line.connection.shutdown(socket.SHUT_RDWR)
            line.close()


@dataclass(frozen=True, slots=True)
class Process:
    """A server in a process of its own, whose memory can be looked at (Linux only)."""

    address: Address
    pid: int

    def forget_peak(self) -> int:
        """Start a new peak and return the resident bytes of now."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        return self._status("VmRSS")

    def peak(self) -> int:
        """The largest number of resident bytes since `forget_peak`."""
        return self._status("VmHWM")

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


@contextlib.contextmanager
def process(factory: str, *arguments: str) -> Iterator[Process]:
    """Run `module:function`, which makes an ASGI app of `arguments`, in a process of its own."""
    command = [sys.executable, "-m", "tests.servers", factory, *arguments]
    with subprocess.Popen(command, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            port = running.stdout.readline().strip()
            assert port, "the server did not start"
            yield Process(Address("127.0.0.1", int(port)), running.pid)
        finally:
            os.kill(running.pid, signal.SIGKILL)


def main(factory: str, *arguments: str) -> None:
    module, _, name = factory.partition(":")
    app = getattr(__import__(module, fromlist=[name]), name)(*arguments)
    with serving(app) as address:
        print(address.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
