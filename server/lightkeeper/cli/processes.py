"""Several server processes on one socket. Owns when one is replaced, and that none can hold up the end.

Their metrics must have a folder (`delivery.metrics.FOLDER`): the numbers of one that ended are taken over there.
"""

from __future__ import annotations

import logging
import socket
import time

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

log = logging.getLogger(__name__)

# How long one is waited for at a time: signals are heard in between.
_PING = 0.2
# One that says nothing for so long is replaced. Importing alone takes many seconds where the machine is busy.
_SILENCE = 30.0


class Processes(Multiprocess):
    """uvicorn's supervisor. `drain` is in seconds: what each process gets to end its answers."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], *, drain: float) -> None:
        super().__init__(config, sockets)
        self._drain = drain
        self._heard: dict[int | None, float] = {}

    def keep_subprocess_alive(self) -> None:
        for number, process in enumerate(self.processes):
            now = time.monotonic()
            if process.is_alive(timeout=_PING):
                self._heard[process.pid] = now
            elif not process.process.is_alive() or now - self._heard.setdefault(process.pid, now) > _SILENCE:
                self._replace(number, process)

    def _replace(self, number: int, process: Process) -> None:
        process.kill()
        process.join()
        self._heard.pop(process.pid, None)
        mark_process_dead(process.pid)  # type: ignore[no-untyped-call]
        if process.exitcode == STARTUP_FAILURE:
            log.error("a server process cannot start; the reason stands above")
            self.should_exit.set()
            return
        log.warning("a server process ended (%s); another takes its place", process.exitcode)
        self.processes[number] = Process(self.config, self.sockets)
        self.processes[number].start()

    def join_all(self) -> None:
        deadline = time.monotonic() + self._drain + 1
        for process in self.processes:
            process.process.join(max(0.0, deadline - time.monotonic()))
            process.kill()
            process.join()
