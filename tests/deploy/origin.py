"""A site that misbehaves on purpose, by address, in a process of its own: `python -m tests.deploy.origin PORT`.

`/KIND/NUMBER` answers as `KIND` says; whatever it answers with names that address, so that a mix-up shows.
"""

from __future__ import annotations

import asyncio
import gzip
import sys

from ..delivery.service import page

SLOW = 0.15
PIECE = 0.01


def body(path: str) -> bytes:
    """A story of some 4 to 40 KB whose title is its address."""
    number = int(path.rsplit("/", 1)[-1])
    return page(path, extra="<p>The tide tables were wrong again, said the pilots.</p>" * (number % 40 * 15))


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            method, target, _ = head.split(" ", 2)
            sent = await reader.readexactly(_length(head))
            if not await _answer(writer, method, target.partition("?")[0], head.lower(), sent):
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _length(head: str) -> int:
    lines = (line.partition(":") for line in head.lower().split("\r\n"))
    return next((int(value) for name, _, value in lines if name == "content-length"), 0)


async def _answer(writer: asyncio.StreamWriter, method: str, path: str, head: str, sent: bytes) -> bool:
    """Answer one request; False where the connection ends with it."""
    kind = path.split("/")[1]
    html = b"Content-Type: text/html; charset=utf-8\r\n"
    if kind == "told":
        _whole(writer, method, 200, b"Content-Type: text/plain\r\n", head.encode())
    elif kind == "asset":
        _whole(writer, method, 200, b"Content-Type: text/css\r\nCache-Control: max-age=60\r\n", path.encode() * 500)
    elif kind == "post":
        _whole(writer, method, 200, b"Content-Type: text/plain\r\n", path.encode() + b" " + sent)
    elif kind in ("404", "500", "503"):
        _whole(writer, method, int(kind), html, f"<p>{kind} at {path}</p>".encode())
    elif kind == "moved":
        _whole(writer, method, 302, f"Location: /story{path.removeprefix('/moved')}\r\n".encode(), path.encode())
    elif kind == "gzip" and "gzip" in head:
        _whole(writer, method, 200, html + b"Content-Encoding: gzip\r\n", gzip.compress(body(path), 1))
    elif kind == "kept":
        tag = f'ETag: "{path}"\r\n'.encode()
        if f'"{path}"' in head:
            writer.write(b"HTTP/1.1 304 Not Modified\r\n" + tag + b"\r\n")
        else:
            _whole(writer, method, 200, html + tag, body(path))
    elif kind == "chunked":
        await _pieces(writer, path)
    elif kind == "reset":
        return False
    elif kind == "cut":
        whole = body(path)
        writer.write(b"HTTP/1.1 200 OK\r\n" + html + b"Content-Length: %d\r\n\r\n" % len(whole) + whole[:-500])
        return False
    elif kind == "old":
        writer.write(b"HTTP/1.0 200 OK\r\n" + html + b"\r\n" + body(path))
        return False
    else:
        await asyncio.sleep(SLOW if kind == "slow" else 0)
        _whole(writer, method, 200, html, body(path))
    await writer.drain()
    return True


def _whole(writer: asyncio.StreamWriter, method: str, status: int, headers: bytes, content: bytes) -> None:
    writer.write(b"HTTP/1.1 %d X\r\n" % status + headers + b"Content-Length: %d\r\n\r\n" % len(content))
    writer.write(b"" if method == "HEAD" else content)


async def _pieces(writer: asyncio.StreamWriter, path: str) -> None:
    whole = body(path)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(whole), 8192):
        piece = whole[start : start + 8192]
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()
        await asyncio.sleep(PIECE)
    writer.write(b"0\r\n\r\n")


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=512)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
