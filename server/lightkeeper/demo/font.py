"""A web font of our own: printers' ornaments at U+E000 and up, drawn by formula, written as WOFF.

Text falls back to the reader's serif letter by letter, but browsers hold it back until the font is there, as with
any web font. Formats: OpenType 1.9 (glyf, cmap 4) and WOFF 1.0.
"""

from __future__ import annotations

import math
import struct
import zlib
from functools import cache
from itertools import pairwise
from random import Random

FACES = ("regular", "italic", "bold", "display")
MEDIA_TYPE = "font/woff"
_GLYPHS = 190
_FIRST = 0xE000
_EM = 1000

Contour = list[tuple[int, int]]


@cache
def woff(face: str) -> bytes:
    """One face of the family; `face` is one of `FACES`."""
    random = Random(f"font-{face}")  # noqa: S311 (an ornament, not a secret)
    glyphs = [_box()] + [_lantern()] + [_rosette(random) for _ in range(_GLYPHS - 1)]
    return _woff(_tables(glyphs, face))


def _box() -> list[Contour]:
    return [[(50, 0), (50, 700), (450, 700), (450, 0)]]


def _lantern() -> list[Contour]:
    return [
        [(180, 0), (140, 60), (140, 80), (460, 80), (460, 60), (420, 0)],
        [(170, 110), (120, 330), (170, 520), (430, 520), (480, 330), (430, 110)],
        [(300, 180), (240, 290), (300, 440), (360, 290)][::-1],
        [(150, 550), (240, 650), (360, 650), (450, 550)],
        [(270, 670), (270, 740), (330, 740), (330, 670)],
    ]


def _rosette(random: Random) -> list[Contour]:
    """A flower: radius = a + b cos(petals * angle), with a round eye."""
    petals, depth, turn = random.randrange(3, 14), random.uniform(0.15, 0.6), random.random()
    outer, points = random.uniform(180, 240), 44
    flower = []
    for step in range(points):
        angle = -math.tau * step / points
        reach = outer * (1 + depth * math.cos(petals * (angle + turn))) * random.uniform(0.97, 1.03)
        flower.append((round(300 + reach * math.cos(angle)), round(350 + reach * math.sin(angle))))
    eye = [
        (round(300 + 40 * math.cos(a / 8 * math.tau)), round(350 + 40 * math.sin(a / 8 * math.tau))) for a in range(8)
    ]
    return [flower, eye]


def _glyph(contours: list[Contour]) -> bytes:
    points = [point for contour in contours for point in contour]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    ends, last = [], -1
    for contour in contours:
        last += len(contour)
        ends.append(last)
    data = struct.pack(">5h", len(contours), min(xs), min(ys), max(xs), max(ys))
    data += struct.pack(f">{len(ends)}HH", *ends, 0) + b"\x01" * len(points)
    for line in (xs, ys):
        data += struct.pack(f">{len(line)}h", *(b - a for a, b in pairwise([0, *line])))
    return data + b"\0" * (-len(data) % 4)


def _tables(glyphs: list[list[Contour]], face: str) -> dict[bytes, bytes]:
    shapes = [_glyph(contours) for contours in glyphs]
    places = [0]
    for shape in shapes:
        places.append(places[-1] + len(shape))
    boxes = [struct.unpack(">4h", shape[2:10]) for shape in shapes]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    most = max(sum(map(len, contours)) for contours in glyphs)
    return {
        b"OS/2": _os2(700 if face == "bold" else 400, len(glyphs)),
        b"cmap": _cmap(len(glyphs) - 1),
        b"glyf": b"".join(shapes),
        b"head": struct.pack(">IIIIHHqq4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, _EM, 0, 0, *box, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">I3hH11hH", 0x10000, 900, -250, 0, 600, *[0] * 2, 600, 1, *[0] * 7, len(glyphs)),
        b"hmtx": b"".join(struct.pack(">Hh", 600, b[0]) for b in boxes),
        b"loca": struct.pack(f">{len(places)}I", *places),
        b"maxp": struct.pack(">IH13H", 0x10000, len(glyphs), most, 5, 0, 0, 1, *[0] * 8),
        b"name": _name("Lantern Text", face.title()),
        b"post": struct.pack(">IIhhI4I", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }


def _os2(weight: int, glyphs: int) -> bytes:
    return struct.pack(
        ">Hh3H11h10s4I4s3H3hHHIIhh3H",
        *(4, 600, weight, 5, 0),
        *(650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0),
        *(b"\0" * 10, 0, 1 << 28, 0, 0, b"LANT", 0x40, _FIRST, _FIRST + glyphs - 2),
        *(900, -250, 0, 900, 250, 0, 0, 500, 700, 0, 32, 1),
    )


def _cmap(glyphs: int) -> bytes:
    ends, starts = (_FIRST + glyphs - 1, 0xFFFF), (_FIRST, 0xFFFF)
    deltas = ((1 - _FIRST) % 0x10000, 1)
    table = struct.pack(">7H", 4, 32, 0, 4, 4, 1, 0) + struct.pack(">2HH", *ends, 0)
    table += struct.pack(">2H2H2H", *starts, *deltas, 0, 0)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def _name(family: str, style: str) -> bytes:
    lines = {1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}", 5: "Version 1.0"}
    lines[6] = f"{family}-{style}".replace(" ", "")
    rows, text = b"", b""
    for key, line in lines.items():
        data = line.encode("utf-16-be")
        rows += struct.pack(">6H", 3, 1, 0x409, key, len(data), len(text))
        text += data
    return struct.pack(">3H", 0, len(lines), 6 + len(rows)) + rows + text


def _woff(tables: dict[bytes, bytes]) -> bytes:
    tables = dict(sorted(tables.items()))
    sums = {tag: _sum(data) for tag, data in tables.items()}  # of head: as it is before its adjustment is known
    tables[b"head"] = tables[b"head"][:8] + struct.pack(">I", _adjustment(tables)) + tables[b"head"][12:]
    size = 12 + 16 * len(tables) + sum(len(data) + -len(data) % 4 for data in tables.values())
    place, rows, body = 44 + 20 * len(tables), b"", b""
    for tag, data in tables.items():
        packed = min(zlib.compress(data, 9), data, key=len)
        rows += struct.pack(">4s4I", tag, place + len(body), len(packed), len(data), sums[tag])
        body += packed + b"\0" * (-len(packed) % 4)
    total = place + len(body)
    header = struct.pack(">4sIIHHIHHIIIII", b"wOFF", 0x10000, total, len(tables), 0, size, 1, 0, 0, 0, 0, 0, 0)
    return header + rows + body


def _adjustment(tables: dict[bytes, bytes]) -> int:
    """head.checkSumAdjustment: of the font as it is once unpacked, with tables in the order of their tags."""
    count = len(tables)
    power = 2 ** int(math.log2(count))
    directory = struct.pack(">I4H", 0x10000, count, power * 16, int(math.log2(power)), (count - power) * 16)
    place = 12 + 16 * count
    for tag, data in tables.items():
        directory += struct.pack(">4s3I", tag, _sum(data), place, len(data))
        place += len(data) + -len(data) % 4
    return (0xB1B0AFBA - _sum(directory) - sum(map(_sum, tables.values()))) % 2**32


def _sum(data: bytes) -> int:
    data += b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) % 2**32
