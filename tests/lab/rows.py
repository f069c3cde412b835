"""The lab's CSV: one row for each visit. A series whose rows are all there is not run again."""

from __future__ import annotations

import csv
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """Times in seconds from the beginning of the navigation; None: not within the reader's patience, or not known."""

    series: str
    link: str
    door: str
    engine: str
    scripts: bool
    kind: str
    visit: int
    edition: str
    reason: str
    predicted: float | None = None
    text: float | None = None
    banner: float | None = None
    whole: float | None = None
    bytes: int = 0
    kept: bool = False
    carried: int = 0
    floor: float | None = None
    answer: float | None = None  # the floor without what the browser has to say
    count: int = 1  # of visits, where one row stands for many


_FIELDS = dataclasses.fields(Row)


def append(path: Path, rows: list[Row]) -> None:
    """All rows of one series in one write, so that a series is there or is not."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow([field.name for field in _FIELDS])
        writer.writerows([_written(getattr(row, field.name)) for field in _FIELDS] for row in rows)


def load(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [_row(line) for line in csv.DictReader(file)]


def _row(line: dict[str, str]) -> Row:
    values: dict[str, Any] = {field.name: _read(str(field.type), line[field.name]) for field in _FIELDS}
    return Row(**values)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _read(kind: str, text: str) -> Any:
    if kind == "bool":
        return text == "yes"
    if kind == "int":
        return int(text)
    return (float(text) if text else None) if kind.startswith("float") else text
