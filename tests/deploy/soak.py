"""Mixed traffic against a misbehaving site, with Lightkeeper killed twice: `python -m tests.deploy.soak [REQUESTS]`.

Prints what readers got and how Lightkeeper's memory went; the exit code is 1 where a reader saw an error that the site
did not give.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from .. import command
from . import stack
from .reader import Report, read

_REQUESTS = 50_000
_READERS = 8
_LIVES = 3
_LOOK = 0.2


@dataclass(slots=True)
class Soak:
    """`memory` holds, for each life of Lightkeeper, the megabytes of all its processes over time."""

    report: Report = field(default_factory=Report)
    memory: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0


async def soak(requests: int, folder: Path) -> Soak:
    """Three lives of Lightkeeper in one stream of traffic that never pauses; the first two end by SIGKILL."""
    result = Soak()
    began = time.monotonic()
    with stack.misbehaving() as site:
        at = stack.free_address()
        arguments = stack.arguments(site, folder)
        with stack.nginx(folder, at, site) as front, ExitStack() as lives:
            running = lives.enter_context(command.serving(*arguments, port=at.port))
            traffic = asyncio.create_task(read(front.port, requests, readers=_READERS, report=result.report))
            for life in range(1, _LIVES + 1):
                left = requests - result.report.answers
                until = requests - left * (_LIVES - life) // (_LIVES - life + 1)
                result.memory.append(await _watch(running, result.report, traffic, until))
                if life < _LIVES:
                    running.kill()
                    again = command.serving(*arguments, port=at.port)
                    running = await asyncio.to_thread(lives.enter_context, again)
            await traffic
    result.seconds = time.monotonic() - began
    return result


async def _watch(running: command.Running, report: Report, traffic: asyncio.Task[Report], until: int) -> list[float]:
    """Look at the memory until so many answers were given."""
    memory = [_megabytes(running.process.pid)]
    while report.answers < until and not traffic.done():
        await asyncio.sleep(_LOOK)
        memory.append(_megabytes(running.process.pid))
    return memory


def _megabytes(pid: int) -> float:
    """Resident memory of a process and of its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_resident(Path(f"/proc/{one}/status")) for one in (str(pid), *children)) / 1024


def _resident(status: Path) -> int:
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def _print(result: Soak) -> None:
    report = result.report
    editions = report.editions()
    print(f"{report.answers} answers in {result.seconds:.0f} s, the slowest after {report.slowest:.1f} s")
    print(f"full {editions['full']}, Light {editions['light']}, without an edition {editions['']}")
    for life, memory in enumerate(result.memory, 1):
        steps = [f"{memory[len(memory) * step // 4]:.0f}" for step in range(4)] if memory else []
        print(
            f"memory in life {life}, MB: {' '.join(steps)} {memory[-1]:.0f}" if memory else f"life {life} was too short"
        )
    print(f"{len(report.errors)} errors that the site did not give")
    for sentence in report.errors[:20]:
        print(f"  {sentence}")


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else _REQUESTS
    with tempfile.TemporaryDirectory(prefix="lightkeeper-soak-") as folder:
        result = asyncio.run(soak(requests, Path(folder)))
    _print(result)
    sys.exit(1 if result.report.errors else 0)


if __name__ == "__main__":
    main()
