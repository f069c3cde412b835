"""`docs/lab.md` and its plot, made of the rows."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from .cells import CAP, series
from .claims import Claim, Evidence, claims, errors
from .rows import Row

_SIZE, _MARGIN, _LOW, _HIGH = 480, 48, 0.3, 100.0
_COLUMNS: tuple[str, ...] = ("link", "door", "engine", "scripts", "series", "visit", "edition", "reason", "predicted")
_COLUMNS += ("text", "banner", "floor", "bytes", "plain site")


def write(evidence: Evidence, folder: Path, note: str = "") -> list[Claim]:
    """`note`: what a reader of the report should know of the machine."""
    found = claims(evidence)
    (folder / "lab.svg").write_text(_plot(evidence), encoding="utf-8")
    lines = [
        "# The lab",
        "",
        "Made by `make lab`; do not edit. Real browsers on emulated links (`fixtures/links/`), the demo publication",
        "behind Lightkeeper, and the same site without it. Times are seconds from the navigation to readable text; the",
        "floor is two round trips and the bytes of request and answer at the link's rate, with TLS one more trip and",
        "its bytes; on a kept connection it is one round trip.",
        "",
        *([note, ""] if note else []),
        "## What it shows",
        "",
        *(f"- {_mark(claim.met)} {claim.sentence}." for claim in found),
        "",
        *_missing(evidence),
        "## Predicted and measured",
        "",
        "![Predicted against measured seconds to the full page's text](lab.svg)",
        "",
        "## Every visit",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        f"{'|---' * len(_COLUMNS)}|",
        *(_line(row, evidence) for row in sorted(evidence.rows, key=_order) if row.kind in ("visits", "banner")),
    ]
    (folder / "lab.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return found


def _missing(evidence: Evidence) -> list[str]:
    """What `make lab` measures and these rows do not have, by door and browser."""
    wanted = [one for profile in evidence.profiles.values() for one in series(profile, full=False)]
    done = {row.series for row in evidence.rows}
    left = Counter(f"{one.door}, {one.engine}" for one in wanted if one.key not in done)
    if not left:
        return []
    names = "; ".join(f"{count} of {name}" for name, count in sorted(left.items()))
    measured = f"Measured: {len(wanted) - left.total()} of {len(wanted)} series of visits."
    return [f"{measured} `make lab` measures what is missing: {names}.", ""]


def _mark(met: bool | None) -> str:
    return "Not measured:" if met is None else "Met:" if met else "Not met:"


def _order(row: Row) -> tuple[str, str, str, bool, str, int]:
    return row.link, row.door, row.engine, row.scripts, row.series, row.visit


def _line(row: Row, evidence: Evidence) -> str:
    plain = evidence.plain(row)
    beside = "" if plain is None else f">{CAP:.0f}" if math.isinf(plain) else f"{plain:.1f}"
    cells = (
        evidence.profiles[row.link].name,
        row.door,
        row.engine,
        "on" if row.scripts else "off",
        row.kind,
        str(row.visit),
        row.edition,
        row.reason,
        *map(_number, (row.predicted, row.text, row.banner, row.floor)),
        str(row.bytes or ""),
        beside,
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _plot(evidence: Evidence) -> str:
    dots = "".join(
        f'<circle cx="{_at(measured):.1f}" cy="{_SIZE - _at(row.predicted or _LOW):.1f}" r="4">'
        f"<title>{row.series}</title></circle>"
        for row, measured in errors(evidence)
    )
    ticks = "".join(
        f'<text x="{_at(tick):.0f}" y="{_SIZE - 30}" text-anchor="middle">{tick}</text>'
        f'<text x="{_MARGIN - 6}" y="{_SIZE - _at(tick) + 4:.0f}" text-anchor="end">{tick}</text>'
        for tick in (0.5, 1, 2, 5, 10, 20, 50)
    )
    first, last, limit = _at(_LOW), _at(_HIGH), _at(5)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" font-family="system-ui" font-size="12">'
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="#fff"/>'
        f'<path d="M{first:.0f} {_SIZE - first:.0f}L{last:.0f} {_SIZE - last:.0f}" stroke="#888"/>'
        f'<path d="M{limit:.0f} {_SIZE - first:.0f}V{_SIZE - last:.0f}M{first:.0f} {_SIZE - limit:.0f}H{last:.0f}"'
        f' stroke="#b30" stroke-dasharray="4 4"/><g fill="#036" fill-opacity=".5">{dots}</g>{ticks}'
        f'<text x="{_SIZE / 2:.0f}" y="{_SIZE - 10}" text-anchor="middle">measured on the plain site, s</text>'
        f'<text transform="translate(14 {_SIZE / 2:.0f}) rotate(-90)" text-anchor="middle">predicted, s</text></svg>\n'
    )


def _at(seconds: float) -> float:
    part = math.log(min(max(seconds, _LOW), _HIGH) / _LOW) / math.log(_HIGH / _LOW)
    return _MARGIN + part * (_SIZE - 2 * _MARGIN)
