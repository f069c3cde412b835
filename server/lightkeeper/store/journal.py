"""What the newsroom withdrew, once more beside the database: it outlives a database that is damaged or lost.

Hashes only, appended line by line: `+` withdraws, `-` restores. Where the two differ, the story stays withdrawn.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Literal

NAME = "withdrawals.journal"
_LINE = re.compile(r"([+-])([0-9a-f]{64})")


def note(folder: Path, sign: Literal["+", "-"], name: str) -> None:
    """On the disk when it returns. Where there is no room the database alone knows, until the next start."""
    with contextlib.suppress(OSError), (folder / NAME).open("a", encoding="ascii") as file:
        file.write(f"\n{sign}{name}\n")  # begins anew after a line that a crash cut
        file.flush()
        os.fsync(file.fileno())


def standing(folder: Path) -> frozenset[str]:
    """The hashes of what is withdrawn."""
    found: set[str] = set()
    try:
        lines = (folder / NAME).read_text(encoding="ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return frozenset()
    for line in lines:
        if said := _LINE.fullmatch(line):
            (found.add if said[1] == "+" else found.discard)(said[2])
    return frozenset(found)
