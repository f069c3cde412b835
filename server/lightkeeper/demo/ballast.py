"""The weight of a real news site, made from seeds: style frameworks, icons, vendor lists, script bundles.

All of it is valid, none of it does harm, most of it is never used: as in life. The same bytes on every run.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from random import Random

_SYLLABLES = (
    "ad",
    "an",
    "ar",
    "bel",
    "cor",
    "dan",
    "el",
    "fen",
    "gor",
    "hal",
    "in",
    "ka",
    "lor",
    "mi",
    "nor",
    "or",
    "pra",
    "qui",
    "ro",
    "sel",
    "ta",
    "ul",
    "ven",
    "wi",
    "xa",
    "yor",
    "ze",
)
_STEPS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 80, 96)
_BREAKPOINTS = {"": "", "sm": "36em", "md": "48em", "lg": "64em", "xl": "80em", "2xl": "96em"}


@cache
def file(name: str) -> str | None:
    """The text of a generated file by its name, or None where there is no such file."""
    make = _FILES.get(name)
    return make(Random(name)) if make else None  # noqa: S311 (ballast, not a secret)


def _framework(random: Random) -> str:
    """Utility classes for every step, side, colour and breakpoint."""
    rules = []
    sides = {"": ("",), "t": ("-top",), "b": ("-bottom",), "x": ("-left", "-right"), "y": ("-top", "-bottom")}
    for prefix, property_ in (("m", "margin"), ("p", "padding")):
        for side, ends in sides.items():
            for step in _STEPS:
                value = "".join(f"{property_}{end}:{step / 4:g}rem;" for end in ends)
                rules.append((f"u-{prefix}{side}-{step}", value))
    for hue in range(0, 360, 15):
        for light in range(8, 100, 4):
            tone = f"hsl({hue} {random.randrange(30, 80)}% {light}%)"
            rules += [(f"u-bg-{hue}-{light}", f"background:{tone};"), (f"u-fg-{hue}-{light}", f"color:{tone};")]
    for column in range(1, 25):
        rules += [(f"u-col-{column}", f"grid-column:span {column};"), (f"u-w-{column}", f"width:{column / 24:.4%};")]
    sheet = []
    for name, size in _BREAKPOINTS.items():
        block = "".join(f".{name}{'-' if name else ''}{rule}{{{value}}}" for rule, value in rules)
        sheet.append(f"@media (min-width:{size}){{{block}}}" if size else block)
    return "".join(sheet)


def _icons(random: Random) -> str:
    """An icon set as data addresses in CSS."""
    rules = []
    for index in range(225):
        lines = _path(random, 2)
        picture = f"%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath d='{lines}'/%3E%3C/svg%3E"
        rules.append(f'.i-{_word(random)}-{index}{{background-image:url("data:image/svg+xml,{picture}")}}')
    return "".join(rules)


def _theme(random: Random) -> str:
    """Sheets of the CMS's plugins, with their textures inlined."""
    rules = [
        f".theme-{_word(random)}-{n}>.{_word(random)}__{_word(random)}{{{_declarations(random)}}}" for n in range(700)
    ]
    for index in range(14):
        texture = base64.b64encode(random.randbytes(1800)).decode()
        rules.append(f'.texture-{index}{{background-image:url("data:application/octet-stream;base64,{texture}")}}')
    return "".join(rules)


def _declarations(random: Random) -> str:
    names = ("margin", "padding", "top", "left", "border-radius", "letter-spacing", "line-height", "gap", "min-height")
    return "".join(f"{random.choice(names)}:{random.uniform(0, 9):.3f}rem;" for _ in range(random.randrange(2, 6)))


def _sprite(random: Random) -> str:
    """The icons that the CMS prints into every page."""
    symbols = "".join(
        f'<symbol id="sprite-{_word(random)}-{n}" viewBox="0 0 24 24"><path d="{_path(random, 3)}"/></symbol>'
        for n in range(150)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0" style="position:absolute">{symbols}</svg>'


def _path(random: Random, strokes: int) -> str:
    return "".join(
        f"M{random.uniform(0, 24):.2f} {random.uniform(0, 24):.2f}"
        + "".join(f"c{' '.join(f'{random.uniform(-6, 6):.2f}' for _ in range(6))}" for _ in range(4))
        for _ in range(strokes)
    )


def _consent(random: Random) -> str:
    """A consent manager's list of vendors."""
    vendors = ",".join(
        f'{{id:{n},name:"{_word(random).title()} {_word(random).title()}",key:"{random.randbytes(16).hex()}",'
        f"purposes:[{','.join(str(random.randrange(1, 12)) for _ in range(random.randrange(1, 6)))}]}}"
        for n in range(1, 1700)
    )
    return f'"use strict";window.lanternConsent={{version:3,given:false,vendors:[{vendors}]}};'


def _support(random: Random) -> str:
    """Tables that old browsers lack."""
    table = ",".join(f'"{random.randbytes(24).hex()}":{random.randrange(1 << 31)}' for _ in range(1150))
    return f'"use strict";window.lanternSupport={{table:{{{table}}},has:function(k){{return k in this.table}}}};'


def _bundle(random: Random) -> str:
    """A chunk as a bundler writes it: many modules, minified, none of them called."""
    modules = ",".join(f"{random.randrange(10000, 99999)}:{_module(random)}" for _ in range(random.randrange(120, 160)))
    return f"(self.lanternChunks=self.lanternChunks||[]).push([[{random.randrange(999)}],{{{modules}}}]);"


def _module(random: Random) -> str:
    lines = "".join(random.choice(_STATEMENTS)(random) for _ in range(random.randrange(4, 9)))
    return f"function(n,e,t){{{lines}}}"


def _test(random: Random) -> str:
    name, value = _word(random), random.randrange(9999)
    return (
        f'e.{name}=function(a){{return a&&a.{_word(random)}>{value}?"{_word(random)}":t({random.randrange(99999)})}};'
    )


def _list(random: Random) -> str:
    name, words = _word(random), f'"{_word(random)}","{_word(random)}"'
    return f'var {name}=Object.freeze([{words},"{random.randbytes(6).hex()}"]);e.{_word(random)}={name};'


def _map(random: Random) -> str:
    factor, last = f"{random.random():.6f}", _word(random)
    return f'e.{_word(random)}=n=>n.map((r,i)=>r.{_word(random)}*{factor}+i).filter(Boolean).join("{last}");'


def _guard(random: Random) -> str:
    name, key = _word(random), random.randbytes(4).hex()
    return f'if(e.{name}&&"{key}"===e.{name}.{_word(random)})throw new Error("{_word(random)} {_word(random)}");'


def _word(random: Random) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(random.randrange(2, 5)))


_STATEMENTS = (_test, _list, _map, _guard)
BUNDLES = (
    "analytics",
    "comments",
    "experiments",
    "gallery",
    "newsletter",
    "paywall",
    "player",
    "push",
    "quiz",
    "recirculation",
    "share",
    "tracing",
    "video",
    "weather",
)
WIDGET_BUNDLES = ("promo", "social", "frame")

_FILES: dict[str, Callable[[Random], str]] = {
    "framework.css": _framework,
    "icons.css": _icons,
    "theme.css": _theme,
    "consent.js": _consent,
    "support.js": _support,
    "sprite.svg": _sprite,
    **{f"{name}.js": _bundle for name in BUNDLES + WIDGET_BUNDLES},
}
