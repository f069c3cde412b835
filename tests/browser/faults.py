"""An origin that fails on purpose: sockets that hang, break off, stall or drip, in front of pages made full by us.

`/page/<name>` is a page of `PAGES`; `/hang…` is never answered until `let_go`, `/slow…` after 8 seconds, `/after/N…`
after N, `/fail…` at once with 500; everything else is a small thing of its kind. `localhost` stands for a third party.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from lightkeeper.editions.full import FullContext, prepare

STORY = "".join(
    f"<p>Paragraph {number}: the harbour was quiet that morning, and nobody had yet heard of the storm.</p>"
    for number in range(12)
)
# Notes when a banner entered the document and when the next frame came; nothing that a page could not do itself.
_WITNESS = """<script>new MutationObserver(() => {
  const banner = document.querySelector("lk-banner");
  if (!banner || window.bannerAt) return;
  window.bannerAt = performance.now();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.paintedAt = performance.now(); }));
}).observe(document, {childList: true, subtree: true});</script>"""
_KINDS = {"css": "text/css", "js": "text/javascript", "png": "image/png", "woff2": "font/woff2", "html": "text/html"}
Writer = asyncio.StreamWriter


def document(head: str = "", body: str = STORY, language: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{language}"><head>{_WITNESS}<meta charset="utf-8">'
        f"<title>Story</title>{head}</head>"
        f"<body><h1>The storm that never came</h1>{body}</body></html>"
    )


_SCRIPT = '<script src="/hang.js"></script>'
_SHEET = '<link rel="stylesheet" href="/hang.css">'
_FONT = "<style>@font-face{font-family:Late;src:url(/hang.woff2)}body{font-family:Late;font-display:swap}</style>"
# name -> page. What follows the name after a dash is how the HTML itself is sent.
PAGES: dict[str, str] = {
    "good": document('<link rel="stylesheet" href="/ok.css"><script src="/ok.js"></script>'),
    "late-pictures": document(body=STORY + '<img src="/slow.png"><img src="/hang.png">'),
    "slow-files": document("".join(f'<script src="/after/{seconds}.js"></script>' for seconds in (2, 4, 6, 7))),
    "sheet": document(_SHEET),
    "sheet-then-script": document(_SHEET + '<script src="/ok.js"></script><script>window.ran = 1</script>'),
    "import": document("<style>@import '/hang.css'; body{color:navy}</style>"),
    "linked-import": document('<link rel="stylesheet" href="/import.css">'),
    "script": document(_SCRIPT),
    "script-and-sheet": document(_SHEET + _SCRIPT),
    "script-in-body": document(body=STORY + _SCRIPT + STORY),
    "sheet-in-body": document(body=STORY + _SHEET + STORY),
    "sheet-first-in-body": document(body=_SHEET + STORY),
    "font": document(_FONT),
    "failed-script": document('<script src="/fail.js"></script>'),
    "failed-sheet": document('<link rel="stylesheet" href="/fail.css">'),
    "failed-elsewhere": document(
        '<script src="http://localhost:{port}/fail.js"></script><script src="/_lk/fail.js"></script>'
        '<link rel="icon" href="/fail.png">'
        '<link rel="stylesheet" href="http://localhost:{port}/fail.css">',
        STORY + '<img src="/fail.png">',
    ),
    "deferred": document('<script defer src="/hang.js"></script>', "<div id=app></div>"),
    "deferred-extra": document('<script defer src="/hang.js"></script>'),
    "throws": document(body="<div id=app></div><script>undefined.start()</script>"),
    "throws-extra": document(body=STORY + "<script>undefined.start()</script>"),
    "stalled": document(),
    "stalled-early": document(),
    "cut": document(),
    "cut-chunked": document(),
    "reset": document(),
    "drip": document(body="".join(f"{STORY}<!-- {number} -->" for number in range(6))),
    "early-click": document(
        '<script defer src="/hang.js"></script>', f'<a id="on" href="/hang.html">on</a>{STORY}<img src="/hang.png">'
    ),
    "early-click-in-text": document(
        body=f'<a id="on" href="/hang.html">on</a>{STORY}<script src="/hang.js"></script>{STORY}'
    ),
    "persian": document(_SHEET, language="fa"),
    "hostile": document(
        "<style>html>*,html *,lk-banner{display:none!important;height:0!important;opacity:0!important}"
        "html{font-size:30px;line-height:3}body{visibility:hidden}#lk-end{display:none}</style>"
        '<script src="/fail.js"></script>'
    ),
    "strict": document('<script src="/ok.js"></script>' + _SHEET),
}
_POLICY = {"strict": "default-src 'none'; script-src 'self'; style-src 'self'"}


class Origin:
    """Runs in a thread of its own, so that tests may drive a browser without an event loop."""

    def __init__(self, context: Callable[[int], FullContext]) -> None:
        self._context = context
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._go: asyncio.Event
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def page(self, name: str, **query: str) -> str:
        return f"http://127.0.0.1:{self.port}/page/{name}" + "".join(f"?{key}={value}" for key, value in query.items())

    def let_go(self) -> None:
        """Answer everything that hangs, now."""
        self._loop.call_soon_threadsafe(self._go.set)

    def hold(self) -> None:
        """Let things hang again."""
        self._loop.call_soon_threadsafe(self._go.clear)

    def start(self) -> None:
        self._thread.start()
        self._started.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._go, self._stopping = asyncio.Event(), asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: Writer) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                await self._answer(reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.transport.abort()
                tasks.discard(task)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stopping.wait()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        parts = urlsplit(request.split()[1])
        kind, _, name = parts.path.strip("/").partition("/")
        if kind == "page":
            await self._page(writer, name, parse_qs(parts.query, keep_blank_values=True))
        else:
            await self._asset(writer, parts.path)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def _asset(self, writer: Writer, path: str) -> None:
        if path.startswith("/hang"):
            await self._go.wait()
        if path.startswith("/slow"):
            await asyncio.sleep(8)
        if path.startswith("/after/"):
            await asyncio.sleep(int(path[len("/after/") : -len(".js")]))
        body = b"h1{color:teal}" if path.endswith(".css") else b""
        if path == "/import.css":
            body = b"@import '/hang-linked.css';"
        if path.startswith("/light/"):
            body = b"<!doctype html><title>Light</title><p>The text of the story."
        status = "500 Failed" if path.startswith(("/fail", "/_lk/fail")) else "200 OK"
        kind = _KINDS.get(path.rpartition(".")[2], "text/html")
        head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)

    async def _page(self, writer: Writer, name: str, query: dict[str, list[str]]) -> None:
        # Each page waits for things of its own: engines share a request of one address among pages, and its end too.
        source = PAGES[name].replace("{port}", str(self.port)).replace("/hang.", f"/hang-{name}.").encode()
        headers = [("content-type", "text/html")]
        if name in _POLICY:
            headers.append(("content-security-policy", _POLICY[name]))
        context = replace(self._context(self.port), switch="auto" if "auto" in query else "ask")
        full = prepare(headers, source, inject=context, map_url=None)
        assert full is not None
        body = full.stream.feed(source) + full.stream.finish()
        lines = [f"{key}: {value}" for key, value in full.headers]
        chunked = name in ("cut-chunked", "drip")
        lines.append("transfer-encoding: chunked" if chunked else f"content-length: {len(body)}")
        writer.write(("HTTP/1.1 200 OK\r\nconnection: close\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode())
        await self._send(writer, name, body)

    async def _send(self, writer: Writer, name: str, body: bytes) -> None:
        half = max(0, body.find(b"Paragraph 6"))
        if name in ("stalled", "cut", "reset"):
            writer.write(body[:half])
            await writer.drain()
        if name == "stalled":
            await self._go.wait()
            writer.write(body[half:])
        elif name == "stalled-early":
            writer.write(body[: body.index(b"<title")])
            await self._go.wait()
        elif name == "reset":
            await asyncio.sleep(0.3)
            writer.transport.abort()
        elif name == "cut-chunked":
            writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (half, body[:half]))
        elif name == "drip":
            for piece in body.split(b"<!--"):
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                await writer.drain()
                await asyncio.sleep(1)
            writer.write(b"0\r\n\r\n")
        elif name != "cut":
            writer.write(body)


@contextmanager
def faulty_origin() -> Iterator[Origin]:
    origin = Origin(lambda port: FullContext("The Lantern", "/light/story.html"))
    origin.start()
    try:
        yield origin
    finally:
        origin.stop()
