"""Pictures and fonts are real files of their kinds."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import pytest

from lightkeeper.demo import font
from lightkeeper.demo.pictures import SCENES, draw, height_of


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place < len(png):
        (size,) = struct.unpack_from(">I", png, place)
        name, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        assert struct.unpack_from(">I", png, place + 8 + size) == (zlib.crc32(name + data),)
        yield name, data
        place += 12 + size


@pytest.mark.parametrize("kind", sorted(SCENES))
@pytest.mark.parametrize("seed", [1, 2])
def test_a_picture_is_a_whole_png(kind: str, seed: int) -> None:
    """Header, palette and exactly as many pixels as the header says, each within the palette."""
    png = draw(kind, seed, 160)
    chunks = dict(_chunks(png))
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = zlib.decompress(chunks[b"IDAT"])
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (width, height) == (160, height_of(160))
    assert len(rows) == (width + 1) * height
    assert max(rows) < len(chunks[b"PLTE"]) // 3 <= 256


def test_a_picture_weighs_what_a_photo_does() -> None:
    """From a thumbnail of a few kilobytes to a lead of some hundred."""
    assert 3_000 < len(draw("sea", 1, 160)) < 12_000
    assert 200_000 < len(draw("sea", 1, 1280)) < 400_000


def test_another_seed_is_another_picture() -> None:
    """So that a front does not show one picture twelve times."""
    assert len({draw("landscape", seed, 160) for seed in range(5)}) == 5


@pytest.mark.parametrize("face", font.FACES)
def test_a_font_is_a_whole_woff(face: str) -> None:
    """Every table unpacks to its length and checksum, and the file is as long as it says."""
    woff = font.woff(face)
    signature, _, length, count = struct.unpack(">4sIIH", woff[:14])
    assert (signature, length) == (b"wOFF", len(woff))
    for row in range(count):
        tag, place, packed, size, checksum = struct.unpack_from(">4s4I", woff, 44 + 20 * row)
        table = woff[place : place + packed]
        table = zlib.decompress(table) if packed < size else table
        assert len(table) == size
        if tag == b"head":
            table = table[:8] + bytes(4) + table[12:]
        table += bytes(-len(table) % 4)
        assert sum(struct.unpack(f">{len(table) // 4}I", table)) % 2**32 == checksum
