"""How pages are cut into TLS records, on real sockets: a browser reads none before all of it is there."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

from ..servers import serving

TLS = Path(__file__).parent.parent / "source" / "tls"
_SEGMENT = 1_448  # of TCP with timestamps
_APPLICATION_DATA = 23
BODY = bytes(range(256)) * 2_000


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        length = str(len(BODY)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": BODY})


class Listening:
    """A TLS client that notes the size of each record that comes in."""

    def __init__(self, line: socket.socket) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._line, self._in, self._out = line, ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out)
        self.sizes: list[int] = []
        self._raw = b""

    def ask(self, request: bytes) -> bytes:
        """Everything up to the end of the connection."""
        self._until(self._tls.do_handshake)
        self._tls.write(request)
        got = b""
        while piece := self._until(lambda: self._tls.read(65_536)):
            got += piece
        return got

    def _until(self, step: Any) -> Any:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._line.sendall(self._out.read())
                self._hear()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            else:
                self._line.sendall(self._out.read())
                return done

    def _hear(self) -> None:
        piece = self._line.recv(65_536)
        self._in.write(piece) if piece else self._in.write_eof()
        self._raw += piece
        while len(self._raw) >= 5 and len(self._raw) >= (size := 5 + int.from_bytes(self._raw[3:5])):
            if self._raw[0] == _APPLICATION_DATA:
                self.sizes.append(size)
            self._raw = self._raw[size:]


def test_what_goes_out_first_fills_one_segment_each() -> None:
    """All bytes come, and those of the first pages in records that need no second segment."""
    with (
        serving(app, ssl_certfile=str(TLS / "site.pem"), ssl_keyfile=str(TLS / "site.key")) as address,
        address.connect() as line,
    ):
        client = Listening(line)
        answer = client.ask(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n" + BODY)
    page = [size for size in client.sizes if size > 1_000]
    assert len(page) > 100
    assert max(page) <= _SEGMENT
