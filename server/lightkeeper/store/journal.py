"""What must not come back, once more beside the database: it outlives a database that is damaged or lost.

Hashes only, appended line by line: `+` withdraws and `-` restores; `1` and `2` count the refusals of the site's own,
and `0` says that it has the story again. Where it and the database differ over a withdrawal, the story stays withdrawn;
over a refusal the database is right, as long as it is there.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NAME = "withdrawals.journal"
Sign = Literal["+", "-", "0", "1", "2"]
_LINE = re.compile(r"([-+012])([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Standing:
    """The hashes of what is withdrawn; those of what the site refuses, with how often it did."""

    withdrawn: frozenset[str] = frozenset()
    refused: frozenset[tuple[str, int]] = frozenset()


def note(folder: Path, lines: Iterable[tuple[Sign, str]]) -> None:
    """On the disk when it returns. Where there is no room the database alone knows, until the next start."""
    written = "".join(f"\n{sign}{name}\n" for sign, name in lines)  # begins anew after a line that a crash cut
    if written:
        with contextlib.suppress(OSError), (folder / NAME).open("a", encoding="ascii") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())


def standing(folder: Path) -> Standing:
    """What the lines add up to."""
    withdrawn: set[str] = set()
    refused: dict[str, int] = {}
    try:
        lines = (folder / NAME).read_text(encoding="ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return Standing()
    for line in lines:
        said = _LINE.fullmatch(line)
        if said is None:
            continue
        if said[1] in "+-":
            (withdrawn.add if said[1] == "+" else withdrawn.discard)(said[2])
        else:
            refused[said[2]] = int(said[1])
    return Standing(frozenset(withdrawn), frozenset((name, times) for name, times in refused.items() if times))
