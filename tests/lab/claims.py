"""What the rows show: each claim with its figures and whether it is met. Pure functions of rows and profiles."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lightkeeper.sensing.link import ROUND_TRIPS, ROUND_TRIPS_TLS

from .cells import CAP
from .house import DOORS
from .links import Profile
from .rows import Row

LIMIT = 5.0
_WHOLE = "Light without loss, HTML complete"
_CHANGING = ("improves", "worsens")
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Claim:
    """`met` is None where nothing was measured."""

    met: bool | None
    sentence: str


class Evidence:
    """The rows, and beside each what the plain site took: the same link, scheme and scripts."""

    def __init__(self, rows: Sequence[Row], profiles: Sequence[Profile]) -> None:
        self.rows = list(rows)
        self.profiles: Mapping[str, Profile] = {profile.slug: profile for profile in profiles}
        self._plain: dict[tuple[str, str, bool], list[float]] = {}
        for row in rows:
            if row.kind == "plain":
                self._plain.setdefault((row.link, row.door, row.scripts), []).append(row.text or _NEVER)
        self._by_visit = {(row.series, row.visit): row for row in rows}

    def plain(self, row: Row) -> float | None:
        """Seconds to the plain site's text, of several the middle, infinite above the cap; None: not measured."""
        door = "origin-plain" if row.door in ("plain", "origin-plain") else "origin-tls"
        key = row.link.removesuffix("-proxy"), door, row.scripts
        texts = self._plain.get(key)
        if not texts:
            return None
        text = statistics.median_high(texts)
        return _NEVER if text > CAP else text

    def visits(self, number: int) -> list[Row]:
        return [row for row in self.rows if row.kind == "visits" and row.visit == number]

    def light(self) -> list[Row]:
        """Light pages that began on a quiet line: the first of a reader, or after another Light page."""
        pages = [row for row in self.rows if row.kind == "visits" and row.edition == "light" and row.floor]
        return [row for row in pages if row.visit == 1 or self._before(row) == "light"]

    def _before(self, row: Row) -> str:
        before = self._by_visit.get((row.series, row.visit - 1))
        return before.edition if before else ""

    def far(self, row: Row) -> bool:
        """Whether the round trip alone makes the full page too slow."""
        trips = ROUND_TRIPS_TLS if DOORS[row.door].tls else ROUND_TRIPS
        return trips * self.profiles[row.link].at(row.visit).rtt / 1000 > LIMIT


def claims(evidence: Evidence) -> list[Claim]:
    return [
        _second(evidence),
        _first(evidence),
        _banner(evidence),
        _after(evidence, "improves", 4, "full", "A link that becomes good: full at the second navigation on it"),
        _after(evidence, "worsens", 3, "light", "A link that breaks under a page: Light at the next"),
        _whole(evidence),
        _text(evidence),
        _lossy(evidence),
        _crowd(evidence),
        _prediction(evidence),
    ]


def errors(evidence: Evidence) -> list[tuple[Row, float]]:
    """Rows with a prediction, and the plain site's time below the cap."""
    found = []
    for row in evidence.rows:
        measured = evidence.plain(row)
        if row.predicted is not None and row.link not in _CHANGING and measured and measured < CAP:
            found.append((row, measured))
    return found


def _second(evidence: Evidence) -> Claim:
    """A cell is right where most of its readers got what is right there."""
    counted = []
    for row in evidence.visits(2):
        plain = evidence.plain(row)
        if row.link not in _CHANGING and plain is not None and not 4 <= plain <= 6:
            counted.append(row)
    cells, wrong = _cells(counted), []
    for cell, rows in cells.items():
        expected = "light" if (evidence.plain(rows[0]) or 0) > LIMIT else "full"
        others = [f"{row.edition or 'none'} ({row.reason})" for row in rows if row.edition != expected]
        if 2 * len(others) > len(rows):
            wrong.append(f"{cell}: {', '.join(others)} of {len(rows)}")
    right = f"{len(cells) - len(wrong)} of {len(cells)}"
    return _claim(len(cells), len(wrong) <= 2, f"Second visit: {right} cells right", wrong)


def _first(evidence: Evidence) -> Claim:
    rows = [row for row in evidence.visits(1) if evidence.far(row)]
    wrong = [row.series for row in rows if row.edition != "light"]
    done = len(rows) - len(wrong)
    sentence = (
        f"First visit, where the round trip alone predicts more than {LIMIT:.0f} s: Light in {done} of {len(rows)}"
    )
    return _claim(len(rows), not wrong, sentence, wrong)


def _banner(evidence: Evidence) -> Claim:
    rows = [
        row for row in evidence.rows if row.kind == "banner" and row.link not in _CHANGING and not evidence.far(row)
    ]
    cells = _cells([row for row in rows if (evidence.plain(row) or 0) > 6])
    middle = {cell: statistics.median_high(row.text or _NEVER for row in rows) for cell, rows in cells.items()}
    late = [f"{cell}: {_seconds(text)}, middle of {len(cells[cell])}" for cell, text in middle.items() if text > 7]
    sentence = f"First visit elsewhere, through the banner: text within 7 s in {len(cells) - len(late)} of {len(cells)}"
    return _claim(len(cells), not late, sentence, late)


def _cells(rows: list[Row]) -> dict[str, list[Row]]:
    """What several readers measured of one cell belongs together."""
    cells: dict[str, list[Row]] = {}
    for row in rows:
        cells.setdefault(row.series.rpartition(" ")[0], []).append(row)
    return cells


def _after(evidence: Evidence, link: str, visit: int, edition: str, what: str) -> Claim:
    rows = [row for row in evidence.visits(visit) if row.link == link]
    wrong = [f"{row.series}: {row.edition} ({row.reason})" for row in rows if row.edition != edition]
    return _claim(len(rows), not wrong, f"{what}, {len(rows) - len(wrong)} of {len(rows)}", wrong)


def _lossless(evidence: Evidence, rtt: float) -> list[Row]:
    profiles = evidence.profiles
    links = {slug for slug, profile in profiles.items() if not profile.link.loss and not profile.link.dies_after}
    return [row for row in evidence.light() if row.link in links and profiles[row.link].at(row.visit).rtt >= rtt]


def _whole(evidence: Evidence) -> Claim:
    rows = [row for row in _lossless(evidence, 0) if row.whole and row.floor and row.answer]
    strict = [row.whole / row.answer for row in rows if row.whole and row.answer]
    claim = _ratios([row.whole / row.floor for row in rows if row.whole and row.floor], 1.10, _WHOLE)
    if not strict:
        return claim
    beside = f"; without the request's own bytes {sum(ratio <= 1.10 for ratio in strict)} of {len(strict)}"
    return replace(claim, sentence=f"{claim.sentence}{beside}, median {statistics.median(strict):.2f}")


def _text(evidence: Evidence) -> Claim:
    ratios = [row.text / row.floor for row in _lossless(evidence, 170) if row.text and row.floor]
    return _ratios(ratios, 1.3, "Light without loss from 170 ms, text")


def _ratios(ratios: list[float], limit: float, what: str) -> Claim:
    if not ratios:
        return Claim(None, f"{what}: not measured")
    inside = sum(ratio <= limit for ratio in ratios)
    spread = f"median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}"
    return Claim(inside == len(ratios), f"{what} within {limit} x the floor: {inside} of {len(ratios)}; {spread}")


def _lossy(evidence: Evidence) -> Claim:
    ratios = [row.text / row.floor for row in evidence.light() if row.link == "lossy" and row.text and row.floor]
    if not ratios:
        return Claim(None, "Light at 20 % loss: not measured")
    middle = statistics.median(ratios)
    return Claim(
        middle <= 2.5, f"Light at 20 % loss, text: median {middle:.2f} x the floor of {len(ratios)} (limit 2.5)"
    )


def _crowd(evidence: Evidence) -> Claim:
    rows = [row for row in evidence.rows if row.kind == "crowd"]
    total = sum(row.count for row in rows)
    light = [f"{row.link} {row.engine}: {row.count} ({row.reason})" for row in rows if row.edition == "light"]
    unasked = sum(row.count for row in rows if row.edition == "light")
    return _claim(total, unasked <= 2, f"Visits on fast links: {unasked} of {total} got Light unasked", light)


def _prediction(evidence: Evidence) -> Claim:
    wrong = sorted(abs((row.predicted or 0) / measured - 1) for row, measured in errors(evidence))
    if len(wrong) < 2:
        return Claim(None, "Prediction: not measured")
    middle, high = statistics.median(wrong), wrong[int(0.9 * (len(wrong) - 1))]
    return Claim(
        True, f"Prediction against the plain site: median error {middle:.0%}, p90 {high:.0%}, {len(wrong)} cells"
    )


def _claim(measured: int, met: bool, sentence: str, but: list[str]) -> Claim:
    return Claim(met if measured else None, sentence + (f". But: {'; '.join(but)}" if but else ""))


def _seconds(value: float) -> str:
    return "none" if value == _NEVER else f"{value:.1f} s"
