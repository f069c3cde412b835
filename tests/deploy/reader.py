"""Readers who ask for mixed pages without pause, and judge every answer against what the site itself gives there."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from random import Random

from ..delivery.service import NAVIGATION, SAVE_DATA
from .origin import body

# kind -> its share of the traffic. `tests.deploy.origin` says what each answers.
KINDS = {
    **{"story": 30, "kept": 8, "gzip": 10, "chunked": 6, "slow": 2, "old": 4},
    **{"asset": 15, "post": 5, "404": 4, "500": 2, "503": 2, "moved": 3, "reset": 2, "cut": 2, "light": 5},
}
_NUMBERS = 40
_PATIENCE = 60.0
_TITLE = re.compile(rb"<h1[^>]*>(.*?)</h1>", re.DOTALL)
# Of a page that the site fails to give, Lightkeeper's own word is 502, and Caddy's is that of its first error.
_STATUS = {
    **{"404": {404}, "500": {500, 502}, "503": {503, 502}},
    **{"moved": {302}, "reset": {502, 503, 504}, "light": {200, 302}},
}


class Broken(Exception):
    """The answer ended before its end."""


@dataclass(frozen=True, slots=True)
class Asked:
    kind: str
    path: str
    headers: dict[str, str]
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Report:
    """`seen` counts (kind, status, edition); `errors` are sentences, none of which should be there.

    Readers whose requests have no number ask until there are `enough`.
    """

    seen: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    slowest: float = 0.0
    enough: bool = False

    @property
    def answers(self) -> int:
        return self.seen.total() + len(self.errors)

    def editions(self) -> Counter[str]:
        """How many answers carry each edition; "" where Lightkeeper had no say."""
        counted: Counter[str] = Counter()
        for (_, _, edition), times in self.seen.items():
            counted[edition] += times
        return counted


async def read(
    port: int, requests: int | None, *, readers: int = 8, seed: int = 1, report: Report | None = None
) -> Report:
    """Ask `requests` times over TLS at a loopback port, by as many readers at once, each on a connection of its own."""
    report = report or Report()
    order = islice(_traffic(seed, report), requests)
    await asyncio.gather(*(_reader(port, order, report) for _ in range(readers)))
    return report


async def ask(port: int, asked: Asked) -> Answer:
    """One request on a connection of its own."""
    line = _Line(port)
    try:
        return await line.ask(asked)
    finally:
        await line.close()


def _traffic(seed: int, report: Report) -> Iterator[Asked]:
    random = Random(seed)
    while not report.enough:
        yield _ask(random.choices(list(KINDS), list(KINDS.values()))[0], random)


def _ask(kind: str, random: Random) -> Asked:
    number = random.randrange(_NUMBERS)
    headers = dict(SAVE_DATA if random.random() < 0.25 else NAVIGATION)
    headers["Accept-Encoding"] = random.choice(("gzip", "identity"))
    if kind == "asset":
        headers = {"Accept": "text/css", "Sec-Fetch-Dest": "style", "Sec-Fetch-Mode": "no-cors"}
    if kind == "kept" and random.random() < 0.5:
        headers["If-None-Match"] = f'"/kept/{number}"'
    content = b"a comment" * random.randrange(1, 500) if kind == "post" else b""
    path = f"/light/story/{number}" if kind == "light" else f"/{kind}/{number}"
    return Asked(kind, path, headers, content)


async def _reader(port: int, order: Iterator[Asked], report: Report) -> None:
    clock = asyncio.get_running_loop().time
    line = _Line(port)
    for asked in order:
        began = clock()
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await line.ask(asked)
        except (Broken, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            await line.close()
            if asked.kind in ("cut", "reset"):
                report.seen[asked.kind, 0, ""] += 1
            else:
                report.errors.append(f"{asked.path}: {type(error).__name__} {error}")
            continue
        report.slowest = max(report.slowest, clock() - began)
        if wrong := judge(asked, answer):
            report.errors.append(f"{asked.path}: {wrong}")
        else:
            edition = answer.headers.get("lightkeeper-edition", "").partition(";")[0]
            report.seen[asked.kind, answer.status, edition] += 1
    await line.close()


def judge(asked: Asked, answer: Answer) -> str:
    """What is wrong with an answer, or ""."""
    expected = _STATUS.get(asked.kind, {200, 304} if "If-None-Match" in asked.headers else {200})
    if asked.kind == "cut":
        return ""  # whatever arrived whole is the server's own word on a page that the site never gave
    if answer.status not in expected:
        return f"status {answer.status}"
    if answer.status == 302:
        story = f"/story/{asked.path.rsplit('/', 1)[-1]}"
        return "" if answer.headers.get("location", "").endswith(story) else "sent elsewhere"
    if answer.status != 200:
        return ""
    return _body(asked, answer)


def _body(asked: Asked, answer: Answer) -> str:
    path = asked.path.removeprefix("/light").encode()
    content = answer.body
    if answer.headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    if asked.kind == "asset":
        return "" if content == path * 500 else "another body"
    if asked.kind == "post":
        return "" if content == path + b" " + asked.content else "another body"
    titles = _TITLE.findall(content)
    if titles != [path]:
        return f"another story: {titles}"
    if content.endswith(b"</footer>"):
        return ""
    # Of a full page every byte is there, beside what Lightkeeper adds at its head and its end.
    page = body(path.decode())
    whole = content == page or (page[-200:] in content and b"id=lk-end" in content and len(content) > len(page))
    return "" if whole else "not whole"


class _Line:
    """One reader's connection, opened again where the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    async def ask(self, asked: Asked) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self._port, ssl=self._tls, server_hostname="www.paper.example"
            )
        reader, writer = self._streams
        method = "POST" if asked.content else "GET"
        length = {"Content-Length": str(len(asked.content))} if asked.content else {}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**asked.headers, **length}.items())
        writer.write(
            f"{method} {asked.path} HTTP/1.1\r\nHost: www.paper.example\r\n{lines}\r\n".encode() + asked.content
        )
        await writer.drain()
        status, headers = _head(await reader.readuntil(b"\r\n\r\n"))
        content = b"" if status in (204, 304) else await self._content(reader, headers)
        if headers.get("connection") == "close":
            await self.close()
        return Answer(status, headers, content)

    async def _content(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            pieces = []
            while size := int(await reader.readuntil(b"\r\n"), 16):
                pieces.append(await reader.readexactly(size))
                await reader.readexactly(2)
            await reader.readexactly(2)
            return b"".join(pieces)
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        raise Broken("no length")

    async def close(self) -> None:
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
            with contextlib.suppress(OSError):
                await streams[1].wait_closed()


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return int(first.split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs}
