"""Undoing a content coding as the bytes arrive, in bounded memory. Knows no HTTP beyond the names of the codings."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

from ..errors import OriginGarbled, PageTooLarge

STEP = 64 * 1024
# DEFLATE cannot expand more than 1,032 times, so only a bomb (brotli's, or one inside another) gets here.
_BOMB_RATIO = 1_100
_BOMB_START = 16 * 1024 * 1024


def codings(value: str) -> tuple[str, ...]:
    """The codings of a Content-Encoding header in the order in which they were applied; `identity` is left out."""
    names = (name.strip().lower() for name in value.split(","))
    return tuple(name.removeprefix("x-") for name in names if name not in ("", "identity"))


def decodable(value: str) -> bool:
    """Whether `Decoder` knows every coding of a Content-Encoding header."""
    names = codings(value)
    return len(names) <= 3 and all(name in _LAYERS for name in names)


class Decoder:
    """Decodes a body in pieces of at most 64 KiB, so that a bomb cannot fill the memory before the caller looks.

    `limit` is the number of decoded bytes above which `PageTooLarge` is raised; None means only the ratio guard.
    Raises `OriginGarbled` for codings that it does not know, for broken data and for decompression bombs.
    """

    def __init__(self, coding: str, limit: int | None = None) -> None:
        if not decodable(coding):
            raise OriginGarbled("The site answered in a content coding that nobody asked for.")
        self._layers = [_LAYERS[name]() for name in reversed(codings(coding))]
        self._limit = limit
        self._taken = 0
        self._given = 0

    @property
    def complete(self) -> bool:
        """Whether every layer has seen its end mark (always true for identity)."""
        return all(layer.ended for layer in self._layers)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` decodes to; the next piece is decoded only when it is asked for."""
        self._taken += len(data)
        for piece in self._through(data, 0):
            self._given += len(piece)
            self._guard()
            yield piece

    def _through(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._layers):
            if data:
                yield data
            return
        try:
            for piece in self._layers[depth].feed(data):
                yield from self._through(piece, depth + 1)
        except (zlib.error, brotli.error) as error:
            raise OriginGarbled("The site's answer cannot be decompressed.") from error

    def _guard(self) -> None:
        if self._limit is not None and self._given > self._limit:
            raise PageTooLarge(f"The page has more than {self._limit:,} bytes.")
        if self._layers and self._given > _BOMB_START and self._given > _BOMB_RATIO * self._taken:
            raise OriginGarbled("The site's answer expands beyond all measure.")


class _Layer(Protocol):
    ended: bool

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Zlib:
    """gzip, and deflate in both of its readings (RFC 9110 8.4.1.2 means zlib; some servers send it raw)."""

    def __init__(self, gzip: bool) -> None:
        self.ended = False
        self._gzip = gzip
        self._head = b""
        self._inflate: zlib._Decompress | None = zlib.decompressobj(31) if gzip else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            self._inflate = zlib.decompressobj(15 if _is_zlib(data) else -15)
        while data and (inflate := self._next(data)):
            if piece := inflate.decompress(data, STEP):
                yield piece
            self.ended = inflate.eof
            data = inflate.unused_data if inflate.eof else inflate.unconsumed_tail

    def _next(self, data: bytes) -> zlib._Decompress | None:
        """The decompressor for `data`: gzip may have several members (RFC 1952 2.2); what else follows is ignored."""
        if self.ended:
            if not self._gzip or not data.startswith(b"\x1f"):
                return None
            self._inflate, self.ended = zlib.decompressobj(31), False
        return self._inflate


def _is_zlib(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


class _Brotli:
    def __init__(self) -> None:
        self.ended = False
        self._decompressor = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self.ended:
            piece: bytes = self._decompressor.process(data, output_buffer_limit=STEP)
            self.ended = self._decompressor.is_finished()
            for start in range(0, len(piece), STEP):  # the buffer may end a little over its limit
                yield piece[start : start + STEP]
            data = b""
            if self._decompressor.can_accept_more_data():
                return


_LAYERS: dict[str, Callable[[], _Layer]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
}
