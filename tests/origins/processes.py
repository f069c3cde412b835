"""Servers of other makers as private instances: started, waited for, killed with all their workers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..servers import Address

_PATIENCE = 30.0


@contextmanager
def running(
    command: Sequence[str], *, log: Path, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run `command` in a process group of its own. Raises `RuntimeError` with its last words if it does not start."""
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True
        ) as process,
    ):
        try:
            deadline = time.monotonic() + _PATIENCE
            while not ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{command[0]} did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.05)
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def listens(at: Address | Path) -> bool:
    """Whether somebody accepts connections at a port or at a socket in the file system."""
    if isinstance(at, Address):
        with socket.socket() as client:
            return client.connect_ex((at.host, at.port)) == 0
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(at)) == 0


def free_address() -> Address:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return Address("127.0.0.1", int(found.getsockname()[1]))
