"""The processes that a process of ours has started: read from the system, where any of them may end meanwhile."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children(pid: int, command: bytes = b"") -> list[int]:
    """The children of all threads of a process whose command line holds `command`, as far as they are still there."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in thread.read_text().split()]
    return [child for child in found if command in _command(child)]


def family(pid: int) -> list[int]:
    """A process and all below it, as far as they are still there."""
    return [pid, *(member for child in children(pid) for member in family(child))]


def _command(pid: int) -> bytes:
    """Empty for a process that has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
