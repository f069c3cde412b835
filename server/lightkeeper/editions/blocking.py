"""What a browser loads before it shows a page's text, as the page's head names it. Pure; it must not know any sizes."""

from __future__ import annotations

from .attributes import values
from .tokens import Kind, Scanner, Token

# Heads are shorter; whoever hides a sheet behind more than this is not worth the time.
_LOOKED_AT = 131_072
_MOST = 40
_PRINT = frozenset({"print", "speech", "not all"})


class Blocking:
    """`feed` the page from its first byte. `found`: addresses as they are written, each once, with its kind (`style`,
    `script`, `font`); `done` at the body."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.done = False
        self._scanner = Scanner()
        self._scanner.texts = False
        self._seen = 0

    def feed(self, data: bytes) -> None:
        if self.done:
            return
        self._seen += len(data)
        for token in self._scanner.feed(data):
            if token.kind is Kind.OPEN and token.match is not None:
                self._take(token)
            if self.done:
                return
        self.done = self._seen > _LOOKED_AT

    def _take(self, token: Token) -> None:
        if token.name == b"body" or len(self.found) >= _MOST:
            self.done = True
        elif token.name in (b"link", b"script") and token.match is not None:
            address, kind = _read(token.name, values(token.match))
            if address:
                self.found.setdefault(address, kind)


def _read(name: bytes, attributes: dict[str, str]) -> tuple[str, str]:
    """HTML, 4.2.4 and 4.12.1: sheets for this medium, scripts that the parser waits for, fonts that are announced."""
    if name == b"script":
        waits = not attributes.keys() & {"async", "defer", "nomodule"} and attributes.get("type", "") != "module"
        return attributes.get("src", "").strip() if waits else "", "script"
    kinds = attributes.get("rel", "").lower().split()
    sheet = "stylesheet" in kinds and "alternate" not in kinds and "disabled" not in attributes
    sheet = sheet and attributes.get("media", "").strip().lower() not in _PRINT
    font = "preload" in kinds and attributes.get("as", "").lower() == "font"
    return attributes.get("href", "").strip() if sheet or font else "", "style" if sheet else "font"
