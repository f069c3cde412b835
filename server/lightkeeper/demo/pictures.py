"""Pictures drawn from a seed: layered landscapes, seas, cities, portraits as 8-bit PNG. The same bytes on every run.

A picture is a list of columns of palette indices, because everything that is drawn here (ridges, towers, discs) is a
vertical run in each column. Random dithering between the shades of a ramp gives the grain, and the weight, of a photo.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from random import Random

Colour = tuple[int, int, int]
WIDTHS = (160, 480, 640, 960, 1280)
_VARIANTS = 16  # differently dithered copies of each ramp, so that neighbouring columns differ

# sky above, sky below, light, far, near
_MOODS: tuple[tuple[Colour, Colour, Colour, Colour, Colour], ...] = (
    ((52, 84, 130), (244, 190, 150), (255, 236, 200), (150, 130, 150), (28, 34, 52)),
    ((96, 150, 196), (224, 234, 232), (255, 250, 232), (128, 158, 170), (36, 62, 58)),
    ((74, 50, 92), (238, 132, 88), (255, 214, 150), (130, 84, 104), (30, 22, 40)),
    ((126, 148, 156), (222, 216, 200), (250, 244, 226), (150, 162, 160), (52, 58, 56)),
    ((16, 22, 50), (70, 92, 132), (232, 236, 244), (50, 66, 104), (8, 12, 26)),
    ((62, 118, 140), (250, 222, 170), (255, 246, 214), (112, 142, 136), (40, 54, 40)),
)


class Canvas:
    """Columns of palette indices. Ramps are added first, then runs are painted from back to front."""

    def __init__(self, width: int, height: int, random: Random) -> None:
        self.width, self.height, self.random = width, height, random
        self.palette: list[Colour] = []
        self.columns = [bytearray(height) for _ in range(width)]

    def ramp(self, top: Colour, bottom: Colour, shades: int = 24, grain: float = 1.6) -> list[bytes]:
        """A vertical gradient over the whole height, in several dithered variants."""
        first = len(self.palette)
        self.palette += [_mix(top, bottom, shade / (shades - 1)) for shade in range(shades)]
        step, random, last = (shades - 1) / max(1, self.height - 1), self.random.random, shades - 1
        return [
            bytes(first + min(last, max(0, int(y * step + (random() - 0.5) * grain + 0.5))) for y in range(self.height))
            for _ in range(_VARIANTS)
        ]

    def run(self, x: int, top: float, bottom: float, ramp: list[bytes]) -> None:
        """Paint column `x` from `top` to `bottom` (pixels) with what the ramp has at that height."""
        if 0 <= x < self.width:
            a, b = max(0, int(top)), min(self.height, int(bottom))
            if a < b:
                self.columns[x][a:b] = ramp[self.random.getrandbits(4)][a:b]

    def stretched(self, x: int, top: float, bottom: float, ramp: list[bytes]) -> None:
        """Paint a run with the whole ramp squeezed into it: a shape lit from above."""
        a, b = max(0, int(top)), min(self.height, int(bottom))
        if 0 <= x < self.width and a < b:
            source, step = ramp[self.random.getrandbits(4)], self.height / (b - a)
            self.columns[x][a:b] = bytes(source[int(y * step)] for y in range(b - a))

    def fill(self, ramp: list[bytes]) -> None:
        for x in range(self.width):
            self.run(x, 0, self.height, ramp)

    def disc(self, cx: float, cy: float, rx: float, ry: float, ramp: list[bytes], lit: bool = False) -> None:
        paint = self.stretched if lit else self.run
        for x in range(math.floor(cx - rx), math.ceil(cx + rx) + 1):
            inside = 1 - ((x + 0.5 - cx) / rx) ** 2
            if inside > 0:
                reach = ry * math.sqrt(inside)
                paint(x, cy - reach, cy + reach, ramp)

    def box(self, left: float, top: float, right: float, bottom: float, ramp: list[bytes]) -> None:
        for x in range(int(left), int(right)):
            self.run(x, top, bottom, ramp)

    def ridge(self, base: float, swing: float, rough: float, ramp: list[bytes]) -> list[float]:
        """A line of hills: `base` and `swing` in parts of the height, `rough` the number of summits."""
        waves = [(rough * 2**octave, self.random.random() * math.tau, swing / 1.9**octave) for octave in range(6)]
        line = []
        for x in range(self.width):
            t = x / self.width
            rise = sum(size * math.sin(turn + many * t * math.tau) for many, turn, size in waves)
            line.append((base - rise * 0.5) * self.height)
            self.run(x, line[-1], self.height, ramp)
        return line

    def png(self) -> bytes:
        whole, height = b"".join(self.columns), self.height
        rows = b"".join(b"\0" + whole[y::height] for y in range(height))
        header = struct.pack(">IIBBBBB", self.width, height, 8, 3, 0, 0, 0)
        palette = b"".join(bytes(colour) for colour in self.palette)
        parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def height_of(width: int) -> int:
    return width * 2 // 3


@lru_cache(maxsize=400)
def draw(kind: str, seed: int, width: int) -> bytes:
    """A PNG, three by two, of one of `WIDTHS`. An unknown kind is a landscape."""
    random = Random(f"{kind}-{seed}")  # noqa: S311 (a picture, not a secret)
    canvas = Canvas(width, height_of(width), random)
    SCENES.get(kind, _landscape)(canvas, _MOODS[random.randrange(len(_MOODS))])
    return canvas.png()


Mood = tuple[Colour, Colour, Colour, Colour, Colour]


def _landscape(c: Canvas, mood: Mood) -> None:
    high, low, light, far, near = mood
    c.fill(c.ramp(high, low, 40))
    size = c.random.uniform(0.05, 0.09) * c.height
    c.disc(
        c.random.uniform(0.2, 0.8) * c.width, c.random.uniform(0.2, 0.4) * c.height, size, size, c.ramp(light, light, 2)
    )
    for layer in range(6):
        t = layer / 5
        tone = _mix(far, near, t)
        ramp = c.ramp(tone, _mix(tone, low, 0.55 * (1 - t)), 20, 2.0 + 2 * t)
        line = c.ridge(0.46 + 0.1 * layer, 0.17 - 0.02 * layer, c.random.uniform(0.6, 1.4) + layer * 0.35, ramp)
    _pines(c, line, c.ramp(_mix(near, (0, 0, 0), 0.35), near, 8), 26)


def _pines(c: Canvas, line: list[float], ramp: list[bytes], many: int) -> None:
    for _ in range(many):
        x, tall = c.random.randrange(c.width), c.random.uniform(0.05, 0.17) * c.height
        foot, half = line[x] + tall * 0.15, max(2, int(tall * 0.2))
        for step in range(-half, half + 1):
            ragged = tall * (1 - abs(step) / half) * c.random.uniform(0.82, 1)
            c.run(x + step, foot - ragged, foot, ramp)


def _sea(c: Canvas, mood: Mood) -> None:
    high, low, light, far, near = mood
    horizon = c.random.uniform(0.42, 0.55) * c.height
    c.fill(c.ramp(high, low, 40))
    sun, size = c.random.uniform(0.25, 0.75) * c.width, 0.06 * c.height
    c.disc(sun, horizon - c.random.uniform(0.6, 2.5) * size, size, size, c.ramp(light, light, 2))
    c.box(0, horizon, c.width, c.height, c.ramp(_mix(low, far, 0.4), _mix(near, high, 0.35), 32, 3.0))
    _glints(c, horizon, sun, c.ramp(light, _mix(light, far, 0.5), 8))
    dark = c.ramp(_mix(far, near, 0.5), near, 16, 2.5)
    if c.random.random() < 0.5:
        _lighthouse(c, horizon, dark, c.ramp(light, _mix(light, low, 0.5), 4))
    else:
        _boat(c, horizon, dark, c.ramp(_mix(light, low, 0.2), light, 6))


def _glints(c: Canvas, horizon: float, sun: float, ramp: list[bytes]) -> None:
    for _ in range(900):
        depth = c.random.random() ** 1.6
        y = horizon + 2 + depth * (c.height - horizon)
        x = c.random.gauss(sun, (0.03 + 0.2 * depth) * c.width)
        c.box(x, y, x + (0.006 + 0.03 * depth) * c.width * c.random.random(), y + 1 + 2 * depth * c.height / 400, ramp)


def _lighthouse(c: Canvas, horizon: float, dark: list[bytes], bright: list[bytes]) -> None:
    left = c.random.random() < 0.5
    foot = (0.16 if left else 0.84) * c.width
    for x in range(c.width):
        away = abs(x - foot) / c.width
        c.run(
            x,
            horizon + (away * 0.9 - 0.1) * c.height + c.random.random() * 3,
            horizon + 0.2 * c.height - away * 99,
            dark,
        )
    for step in range(-int(c.width * 0.018), int(c.width * 0.018) + 1):
        taper = abs(step) / (c.width * 0.018)
        c.run(int(foot) + step, horizon - (0.36 - 0.04 * (taper > 0.7)) * c.height, horizon - 0.06 * c.height, dark)
    c.box(foot - c.width * 0.009, horizon - 0.345 * c.height, foot + c.width * 0.009, horizon - 0.31 * c.height, bright)


def _boat(c: Canvas, horizon: float, dark: list[bytes], sail: list[bytes]) -> None:
    size = c.random.uniform(0.08, 0.14) * c.width
    x, y = c.random.uniform(0.2, 0.8) * c.width, horizon + 0.12 * c.height
    for step in range(int(-size), int(size)):
        c.run(int(x) + step, y, y + size * 0.24 * math.sqrt(max(0.0, 1 - (step / size) ** 2)), dark)
    for step in range(int(size * 0.8)):
        c.run(int(x) + step, y - size * 1.5 * (1 - step / (size * 0.8)), y - size * 0.06, sail)
    for step in range(int(size * 0.55)):
        c.run(int(x) - step - 2, y - size * 1.2 * (1 - step / (size * 0.55)), y - size * 0.06, dark)


def _city(c: Canvas, mood: Mood) -> None:
    high, low, light, far, near = mood
    c.fill(c.ramp(high, low, 40))
    size = 0.05 * c.height
    c.disc(c.random.uniform(0.15, 0.85) * c.width, 0.2 * c.height, size, size, c.ramp(light, light, 2))
    window = c.ramp((255, 222, 140), (240, 176, 88), 6)
    c.ridge(0.62, 0.08, 0.8, c.ramp(_mix(far, low, 0.5), _mix(far, low, 0.3), 10))
    for layer, tall in enumerate((0.34, 0.46, 0.6)):
        tone = _mix(far, near, 0.25 + layer * 0.37)
        wall, roof = c.ramp(tone, _mix(tone, low, 0.3), 18, 2.5), c.ramp(_mix(tone, light, 0.18), tone, 6)
        x = -0.02 * c.width
        while x < c.width:
            wide = c.random.uniform(0.03, 0.09) * c.width * (1 + layer * 0.35)
            top = (0.3 + tall * c.random.uniform(0.35, 0.9)) * c.height
            _house(c, (x, top, x + wide), wall, roof, window if layer else None)
            x += wide * c.random.uniform(0.95, 1.2)


def _house(
    c: Canvas, shape: tuple[float, float, float], wall: list[bytes], roof: list[bytes], window: list[bytes] | None
) -> None:
    left, top, right = shape
    kind, wide = c.random.randrange(4), right - left
    for x in range(int(left), int(right)):
        across = (x - left) / wide
        gable = wide * 0.45 * (1 - abs(2 * across - 1)) if kind == 0 else 0
        c.run(x, top - gable, c.height, wall)
        c.run(x, top - gable, top - gable + max(2, c.height * 0.006), roof)
    pane = max(2, wide * 0.09)
    y = top + pane * 1.5
    while window and y < c.height:
        for spot in range(4):
            if c.random.random() < 0.32:
                side = left + wide * (0.14 + spot * 0.2)
                c.box(side, y, side + pane, y + pane * 1.4, window)
        y += pane * 3


def _portrait(c: Canvas, mood: Mood) -> None:
    high, low, light, far, near = mood
    c.fill(c.ramp(_mix(high, low, 0.4), _mix(far, near, 0.4), 40, 3.0))
    glow = c.ramp(_mix(low, light, 0.3), _mix(low, far, 0.3), 12, 3.0)
    for _ in range(9):
        size = c.random.uniform(0.03, 0.1) * c.height
        c.disc(c.random.random() * c.width, c.random.random() * 0.7 * c.height, size, size, glow)
    skin = c.random.choice(((236, 196, 166), (206, 156, 118), (160, 110, 80), (112, 76, 56)))
    hair = c.random.choice(((40, 30, 28), (92, 62, 40), (150, 140, 134), (62, 40, 30)))
    coat = c.random.choice(((70, 88, 104), (128, 54, 46), (58, 80, 66), (92, 84, 74), near))
    x, unit = c.width * c.random.uniform(0.42, 0.58), c.height * 0.1
    hairs = c.ramp(_mix(hair, light, 0.15), _mix(hair, (0, 0, 0), 0.4), 14, 3.0)
    long = c.random.random() < 0.5
    c.disc(x, unit * 4.0, unit * (2.3 if long else 1.95), unit * (3.0 if long else 2.35), hairs, lit=True)
    c.disc(
        x, unit * 10.6, unit * 4.3, unit * 3.9, c.ramp(_mix(coat, light, 0.22), _mix(coat, (0, 0, 0), 0.35), 24, 3.0)
    )
    neck = c.ramp(_mix(skin, (60, 30, 20), 0.3), _mix(skin, (60, 30, 20), 0.5), 8)
    c.box(x - unit * 0.72, unit * 5.4, x + unit * 0.72, unit * 7.3, neck)
    c.disc(x, unit * 7.15, unit * 1.15, unit * 0.55, neck)
    c.disc(
        x,
        unit * 4.4,
        unit * 1.6,
        unit * 2.15,
        c.ramp(_mix(skin, light, 0.25), _mix(skin, (70, 36, 26), 0.35), 28, 3.0),
        lit=True,
    )
    _face(c, x, unit, c.ramp(_mix(skin, (60, 24, 16), 0.55), _mix(skin, (60, 24, 16), 0.65), 4), hairs)


def _face(c: Canvas, x: float, unit: float, line: list[bytes], hairs: list[bytes]) -> None:
    for side in (-1, 1):
        c.disc(x + side * unit * 0.62, unit * 4.35, unit * 0.24, unit * 0.09, line)
        c.disc(x + side * unit * 0.64, unit * 3.98, unit * 0.36, unit * 0.09, hairs)
    c.disc(x + unit * 0.06, unit * 4.95, unit * 0.16, unit * 0.32, line)
    c.disc(x, unit * 5.62, unit * 0.5, unit * 0.09, line)
    fringe = c.random.uniform(-0.5, 0.5)
    for step in range(int(-unit * 1.62), int(unit * 1.62)):
        across = step / (unit * 1.62)
        brow = 3.1 - 0.5 * math.sqrt(max(0.0, 1 - (across - fringe) ** 2)) + 1.1 * across**4
        c.run(int(x) + step, unit * (4.1 - 2.3 * math.sqrt(max(0.0, 1 - across**2))), unit * brow, hairs)


def _forest(c: Canvas, mood: Mood) -> None:
    high, low, _, far, near = mood
    c.fill(c.ramp(_mix(high, low, 0.6), low, 40))
    for layer in range(5):
        t = layer / 4
        tone = _mix(_mix(far, low, 0.35), near, t)
        ramp = c.ramp(tone, _mix(tone, low, 0.35 * (1 - t)), 20, 2.5)
        line = c.ridge(0.5 + 0.11 * layer, 0.06, 1 + layer * 0.3, ramp)
        _pines(c, line, ramp, 70)


def _field(c: Canvas, mood: Mood) -> None:
    high, low, light, far, _ = mood
    c.fill(c.ramp(high, low, 40))
    for _ in range(7):
        cloud = c.random.uniform(0.05, 0.14) * c.width
        c.disc(
            c.random.random() * c.width,
            c.random.uniform(0.08, 0.34) * c.height,
            cloud,
            cloud * 0.16,
            c.ramp(light, low, 6),
        )
    c.ridge(0.5, 0.07, 1.1, c.ramp(far, _mix(far, low, 0.4), 14))
    gold, green = ((206, 168, 84), (132, 98, 44)), ((122, 146, 82), (52, 76, 44))
    pair = gold if c.random.random() < 0.5 else green
    ramps = (c.ramp(_mix(pair[0], low, 0.3), pair[0], 24, 4), c.ramp(_mix(pair[0], low, 0.2), pair[1], 24, 4))
    line = c.ridge(0.6, 0.04, 0.7, ramps[0])
    middle = c.random.uniform(0.3, 0.7) * c.width
    for x in range(c.width):  # furrows that meet at one point of the horizon
        for y in range(int(line[x]) + 2, c.height, 3):
            if math.floor((x - middle) / (y - line[x] + 18) * 7) % 2:
                c.run(x, y, y + 3, ramps[1])


def _still(c: Canvas, mood: Mood) -> None:
    high, low, light, _, near = mood
    c.fill(c.ramp(_mix(near, high, 0.4), _mix(near, low, 0.35), 36, 3))
    c.box(0, 0.62 * c.height, c.width, c.height, c.ramp((190, 146, 104), (110, 72, 46), 30, 4))
    for place in (0.2, 0.5, 0.8):
        x, size = (place + c.random.uniform(-0.06, 0.06)) * c.width, c.random.uniform(0.13, 0.2) * c.height
        foot = 0.66 * c.height + c.random.random() * 0.14 * c.height
        tone = c.random.choice(((226, 218, 200), (70, 104, 120), (160, 70, 52), (88, 104, 72)))
        glaze = c.ramp(_mix(tone, light, 0.3), _mix(tone, (20, 10, 10), 0.6), 24, 3)
        fruit = c.random.choice(((206, 84, 50), (224, 170, 62), (126, 150, 70), (140, 40, 52)))
        ripe = c.ramp(_mix(fruit, light, 0.35), _mix(fruit, (30, 10, 10), 0.5), 16, 3)
        c.disc(x, foot + size * 0.5, size * 1.25, size * 0.12, c.ramp((84, 54, 36), (70, 44, 30), 3))
        for step in (-0.5, 0.5, 0.0):
            c.disc(x + step * size, foot - size * 0.5, size * 0.42, size * 0.42, ripe, lit=True)
        for column in range(int(x - size), int(x + size)):
            c.stretched(
                column,
                foot - size * 0.35,
                foot - size * 0.35 + size * 0.9 * math.sqrt(max(0.0, 1 - ((column - x) / size) ** 2)),
                glaze,
            )


def _night(c: Canvas, _: Mood) -> None:
    _landscape(c, _MOODS[4])
    star = c.ramp((236, 240, 250), (180, 190, 220), 4)
    for _index in range(240):
        x, y = c.random.random() * c.width, c.random.random() * 0.4 * c.height
        c.box(x, y, x + 1 + c.width / 900, y + 1 + c.width / 900, star)


def _map(c: Canvas, mood: Mood) -> None:
    """A coast from above: sea, land, a park or two, roads along the coast and down to it."""
    water, land = c.ramp((176, 208, 222), (160, 196, 214), 8), c.ramp((240, 235, 222), (228, 222, 204), 10)
    road, park = c.ramp((255, 255, 255), (250, 246, 236), 3), c.ramp((200, 216, 178), (186, 206, 164), 6)
    c.fill(water)
    coast = c.ridge(0.42, 0.3, 0.9, land)
    for _ in range(5):
        wide, x = c.random.uniform(0.03, 0.09) * c.width, c.random.randrange(c.width)
        c.disc(x, (coast[x] + c.height) / 2, wide, wide * 0.6, park)
    thick = max(2, c.width // 200)
    for away in (0.05, 0.16, 0.3):
        for x in range(c.width):
            c.run(x, coast[x] + away * c.height, coast[x] + away * c.height + thick * (1.6 - 2 * away), road)
    for place in range(7):
        x = int((place + c.random.random()) / 7 * c.width)
        c.box(x, min(coast[x : x + thick], default=0) + 0.05 * c.height, x + thick, c.height, road)


def _mix(a: Colour, b: Colour, t: float) -> Colour:
    return (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t), round(a[2] + (b[2] - a[2]) * t))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


SCENES: dict[str, Callable[[Canvas, Mood], None]] = {
    "landscape": _landscape,
    "mountain": _landscape,
    "sea": _sea,
    "harbour": _sea,
    "island": _sea,
    "city": _city,
    "street": _city,
    "village": _city,
    "portrait": _portrait,
    "forest": _forest,
    "garden": _forest,
    "field": _field,
    "desert": _field,
    "still": _still,
    "food": _still,
    "room": _still,
    "night": _night,
    "map": _map,
}
