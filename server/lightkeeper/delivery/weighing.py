"""Learns what pages weigh from what passes through: their HTML, and the sheets, scripts and fonts they wait for.

Nothing that goes wrong here may reach a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from starlette.types import Message, Scope, Send

from ..editions.blocking import Blocking
from ..editions.site import Site
from ..sensing import Weights
from ..source.mapping import UrlMap
from .faults import report
from .navigation import whole_target

_KINDS = ("style", "script", "font")
_ENDINGS = (".css", ".js", ".mjs", ".woff", ".woff2", ".ttf", ".otf")
_FONTS = (".woff", ".woff2", ".ttf", ".otf")
# A page that is known is looked at again after so many that were not.
_AGAIN = 32


class Weighing:
    """Watches what goes out, and changes nothing. `file` keeps what the site's median page weighs."""

    def __init__(self, site: Site, urls: UrlMap, file: Path) -> None:
        self._site, self._urls, self._file = site, urls, file
        self.weights = Weights()
        with suppress(OSError, ValueError):
            self.weights = Weights(max(1, int(file.read_text())))
        self._passed = 0

    def save(self) -> None:
        with suppress(OSError):
            self._file.write_text(f"{self.weights.typical}\n")

    def page(self, path: str) -> Weighed | None:
        """For a page that is about to go out; None where it is known well enough."""
        self._passed += 1
        return None if self.weights.knows(path) and self._passed % _AGAIN else Weighed(self, path)

    def asset(self, scope: Scope, headers: Mapping[str, str], send: Send) -> Send:
        """`send`, counting; or itself where this is none of what pages wait for. `headers` have lower-case names."""
        target = whole_target(scope)
        kind, ending = headers.get("sec-fetch-dest", ""), target.partition("?")[0].lower()
        if scope["method"] != "GET" or not (kind in _KINDS or (kind in ("", "empty") and ending.endswith(_ENDINGS))):
            return send
        font = kind == "font" or ending.endswith(_FONTS)
        return _Counted(self.weights, target, self._asker(headers) if font else "", send).send

    def learn(self, path: str, html: int, found: Mapping[str, str]) -> dict[str, str]:
        """What the page's head names, with its kind."""
        named = {self._resolved(path, address): kind for address, kind in found.items()}
        self.weights.page(path, html, named)
        return named

    def _resolved(self, path: str, address: str) -> str:
        """An address in a page, as a path with query where it is the site's own."""
        with suppress(ValueError):
            parts = urlsplit(self._urls(urljoin(self._site.url + path, address)))
            if parts.netloc.lower() == urlsplit(self._site.url).netloc:
                return parts.path + (f"?{parts.query}" if parts.query else "")
        return address

    def _asker(self, headers: Mapping[str, str]) -> str:
        return self._resolved("/", headers.get("referer", ""))


class Weighed:
    """One page on its way: its bytes as the origin wrote them, and how many went out.

    `awaited`: what its head names, with its kind, when all of it went out; nothing before.
    """

    def __init__(self, weighing: Weighing, path: str) -> None:
        self._weighing, self._path = weighing, path
        self.awaited: dict[str, str] = {}
        self._blocking, self._size = Blocking(), 0

    def read(self, data: bytes) -> None:
        try:
            self._blocking.feed(data)
        except Exception as error:
            self._blocking.done = True
            report("a page could not be weighed", error)

    def sent(self, size: int) -> None:
        self._size += size

    def done(self) -> None:
        """All of it went out."""
        try:
            self.awaited.update(self._weighing.learn(self._path, self._size, self._blocking.found))
        except Exception as error:
            report("a page's weight could not be learnt", error)


class _Counted:
    """Counts the body of one answer, where it is a whole one."""

    def __init__(self, weights: Weights, target: str, sheet: str, send: Send) -> None:
        self._weights, self._target, self._sheet, self._send = weights, target, sheet, send
        self._size, self._whole = 0, False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._whole = message["status"] == 200
        elif self._whole:
            self._size += len(message.get("body", b""))
            if not message.get("more_body", False):
                self._note()
        await self._send(message)

    def _note(self) -> None:
        if self._sheet:
            self._weights.font(self._target, self._size, self._sheet)
        else:
            self._weights.asset(self._target, self._size)
