"""Files that are whole or not there: written beside their place, then renamed into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write(path: Path, data: bytes | Iterable[bytes], *, mode: int = 0o644, durable: bool = True) -> int:
    """Replace `path`; how many bytes it has. `durable`: it outlives a power cut, from the next `sync` on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in (data,) if isinstance(data, bytes) else data:
                size += file.write(chunk)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if durable:
                os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return size


def sync(folder: Path) -> None:
    """Make what was renamed in `folder` outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Drop what a crash left half-written."""
    for path in folder.glob(".new-*"):
        path.unlink(missing_ok=True)
