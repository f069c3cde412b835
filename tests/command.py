"""The command `lightkeeper serve` in a process of its own, as an operator starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .servers import Address

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Running:
    address: Address
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """End it at once, as a power cut does, with every process that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(*arguments: str, port: int) -> Iterator[Running]:
    """Run `lightkeeper serve --port PORT …` in an empty folder until it answers. Raises where it does not."""
    with TemporaryDirectory(prefix="lightkeeper-test-", ignore_cleanup_errors=True) as folder:
        command = [str(Path(sys.executable).with_name("lightkeeper")), "serve", "--port", str(port), *arguments]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        running = Running(Address("127.0.0.1", port), process)
        try:
            _wait(running)
            yield running
        finally:
            if process.poll() is None:
                running.kill()
            if process.stdout is not None:
                process.stdout.close()


def _wait(running: Running) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{running.address.url}/_lk/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    output = running.process.stdout.read() if running.process.poll() is not None and running.process.stdout else ""
    raise RuntimeError(f"lightkeeper serve did not answer: {output}")
