"""The whole service in front of a scripted site: what tests of negotiation share."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lightkeeper.app import create_app
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Address, Line, Request, Scripted, origin, serving

PUBLIC = "http://www.paper.example"
NAVIGATION = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
SAVE_DATA = NAVIGATION | {"Save-Data": "on"}
SENTENCES = (
    "The harbour master opened the gates before dawn, and the first boats went out on a falling tide.",
    "Nobody in the village had seen the sea so low since the winter in which the old mole was built.",
    "Fishermen carried lamps along the sand, calling to each other where the channel used to be.",
    "By noon the water was back, and with it came three crates that nobody on the coast claimed.",
    "The council will meet on Thursday to decide whether the crates may be opened, and by whom.",
)


def page(title: str = "Low water", *, head: str = "", extra: str = "") -> bytes:
    """A news page with a story of a few hundred words."""
    text = "".join(f"<p>{' '.join(SENTENCES[turn:] + SENTENCES[:turn])}</p>" for turn in range(5))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f'<meta property="og:type" content="article"></head><body><nav><a href="/">Home</a></nav>'
        f"<main><article><h1>{title}</h1>{text}{extra}</article></main><footer>All rights</footer></body></html>"
    ).encode()


class Site:
    """A publisher's site by path: `site["/x"] = answer`, where an answer is headers and a body, or a whole script."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, Mapping[str, str], bytes]] = {}
        self.down = False

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = status, {"Content-Type": "text/html; charset=utf-8", **named}, body

    def __call__(self, request: Request, line: Line) -> None:
        if self.down:
            line.close()
            return
        target = request.target.decode()
        status, headers, body = self.pages.get(target, (404, {"Content-Type": "text/plain"}, b"nothing here"))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        tag = headers.get("ETag")
        if tag and tag in (request.header("if-none-match") or ""):
            line.send(f"HTTP/1.1 304 Not Modified\r\n{lines}\r\n".encode())
            return
        sent = b"" if request.method == b"HEAD" else body
        line.send(f"HTTP/1.1 {status} X\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + sent)


class Service:
    """A running service: `reader` is its address, `site` what its origin answers, `origin` what that was asked."""

    def __init__(self, reader: Address, site: Site, scripted: Scripted) -> None:
        self.reader, self.site, self.origin = reader, site, scripted

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.origin.requests if request.target.decode() == path]


@contextlib.contextmanager
def service(folder: Path, **settings: Any) -> Iterator[Service]:
    """Among the settings `site` is another Site, `clock` and `steady` are the receipts' clocks, `tls` a folder of
    certificates."""
    site: Site = settings.pop("site", None) or Site()
    clock: Callable[[], float] = settings.pop("clock", time.time)
    steady: Callable[[], float] = settings.pop("steady", time.monotonic)
    tls: Path | None = settings.pop("tls", None)
    secure: dict[str, Any] = (
        {"ssl_certfile": str(tls / "site.pem"), "ssl_keyfile": str(tls / "site.key")} if tls else {}
    )
    with origin(site) as scripted:
        values = {"public_url": PUBLIC, "publication": "The Paper", "fronts": "", "fresh": "0", "revalidate_wait": "5"}
        ready = load(origin=scripted.url, data=str(folder), **{**values, **settings})
        migrate(ready.data)
        with serving(create_app(ready, clock=clock, steady=steady), **secure) as address:
            yield Service(address, site, scripted)
