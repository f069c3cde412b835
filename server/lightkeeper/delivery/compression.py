"""Content codings towards the reader: which one the reader takes, and streams in it that move on with every chunk."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Literal

import brotli

from ..source.decoding import Decoder, decodable

__all__ = ["Coding", "Decoder", "Encoder", "choose", "decodable", "understood"]

Coding = Literal["br", "gzip", ""]

# 2^18 bytes of history hold most pages whole (1 % larger than with brotli's default of 2^22), and bound what a reader
# of a very long page costs in memory.
_WINDOW = 18


@lru_cache(maxsize=256)  # browsers send few values
def choose(accept_encoding: str) -> Coding:
    """The coding to answer in, by RFC 9110 12.5.3: the reader's weights first, brotli where they are equal."""
    weights = _weights(accept_encoding)
    rest = weights.get("*", 0.0)
    br = weights.get("br", rest)
    gzip = weights.get("gzip", weights.get("x-gzip", rest))
    best = max(br, gzip)
    if best <= 0 or best < weights.get("identity", 0.0):
        return ""
    return "br" if br == best else "gzip"


def understood(accept_encoding: str) -> str:
    """The reader's Accept-Encoding, weights and all, less the codings that we could not open."""
    items = (item.strip() for item in accept_encoding.split(","))
    return ", ".join(item for item in items if item and decodable(item.partition(";")[0])) or "identity"


def _weights(value: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for item in value.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if name:
            weights[name] = _weight(parameters)
    return weights


def _weight(parameters: list[str]) -> float:
    """A weight that cannot be read counts as a refusal: plain bytes can always be read."""
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            value = value.strip()
            return min(float(value), 1.0) if value.replace(".", "", 1).isdecimal() and value.isascii() else 0.0
    return 1.0


class Encoder:
    """One stream in `coding`. After `flush` the reader can decode everything that was fed so far."""

    def __init__(self, coding: Coding, quality: int | None = None) -> None:
        self._brotli = self._gzip = None
        if coding == "br":
            quality = 5 if quality is None else quality
            self._brotli = brotli.Compressor(mode=brotli.MODE_TEXT, quality=quality, lgwin=_WINDOW)
        elif coding == "gzip":
            self._gzip = zlib.compressobj(6 if quality is None else quality, zlib.DEFLATED, 31)

    def feed(self, data: bytes) -> bytes:
        if self._brotli is not None:
            return bytes(self._brotli.process(data))
        return self._gzip.compress(data) if self._gzip is not None else data

    def flush(self) -> bytes:
        if self._brotli is not None:
            return bytes(self._brotli.flush())
        return self._gzip.flush(zlib.Z_SYNC_FLUSH) if self._gzip is not None else b""

    def finish(self) -> bytes:
        if self._brotli is not None:
            return bytes(self._brotli.finish())
        return self._gzip.flush(zlib.Z_FINISH) if self._gzip is not None else b""
