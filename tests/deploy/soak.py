"""Mixed traffic at a misbehaving site, and Lightkeeper is killed: `python -m tests.deploy.soak [REQUESTS [LIVES]]`.

Prints what readers got and how Lightkeeper's memory went; the exit code is 1 where a reader saw an error that the site
did not give. What is asked while Lightkeeper is away comes on top of the requests.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from .. import command
from ..family import children
from . import stack
from .reader import Report, read

_REQUESTS = 50_000
_READERS = 8
_LIVES = 3
_LOOK = 0.2
_PATIENCE = 120.0
# Of each life: until then its processes start, and its memory fills with the pages that readers ask for.
_WARM = 0.5
Memory = tuple[float, float]


@dataclass(slots=True)
class Life:
    """From when readers saw its editions. `memory` holds megabytes over time."""

    answers: int = 0
    memory: list[Memory] = field(default_factory=list)

    @property
    def grown(self) -> float:
        """Megabytes that all processes together gained, once they were warm."""
        looks = [server + others for server, others in self.memory]
        return max(looks[int(len(looks) * 0.9) :]) - max(looks[: int(len(looks) * _WARM) + 1])


@dataclass(slots=True)
class Soak:
    report: Report = field(default_factory=Report)
    lives: list[Life] = field(default_factory=list)
    seconds: float = 0.0


async def soak(
    requests: int, folder: Path, lives: int = _LIVES, *, told: Callable[[Soak], None] = lambda _: None
) -> Soak:
    """So many lives of Lightkeeper in one stream of traffic that never pauses; each but the last ends by SIGKILL.

    `told` hears of each life that ended.
    """
    result = Soak()
    began = time.monotonic()
    with stack.misbehaving() as site:
        at = stack.free_address()
        arguments = stack.arguments(site, folder)
        with stack.nginx(folder, at, site) as front, ExitStack() as starts:
            running = starts.enter_context(command.serving(*arguments, port=at.port))
            traffic = asyncio.create_task(read(front.port, None, readers=_READERS, report=result.report))
            while len(result.lives) < lives:
                if result.lives:
                    running.kill()
                    again = command.serving(*arguments, port=at.port)
                    running = await asyncio.to_thread(starts.enter_context, again)
                await _until_editions(result.report)
                result.lives.append(await _live(running, result.report, requests // lives))
                result.seconds = time.monotonic() - began
                told(result)
            result.report.enough = True
            await traffic
    result.seconds = time.monotonic() - began
    return result


async def _until_editions(report: Report) -> None:
    """A life begins when readers notice it: the front has found that Lightkeeper is back."""
    before = report.editions()
    async with asyncio.timeout(_PATIENCE):
        while any(report.editions()[edition] == before[edition] for edition in ("full", "light")):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)


async def _live(running: command.Running, report: Report, answers: int) -> Life:
    """Look at the memory until so many answers were given."""
    life, before = Life(), report.answers
    while life.answers < answers:
        life.memory.append(_megabytes(running.process.pid))
        await asyncio.sleep(_LOOK)
        life.answers = report.answers - before
    return life


def _megabytes(pid: int) -> Memory:
    """Resident memory of a process, and of its children together."""
    return _resident(pid), sum(map(_resident, children(pid)))


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0) / 1024


def _print(result: Soak) -> None:
    report = result.report
    editions = report.editions()
    print(f"{report.answers} answers in {result.seconds:.0f} s, the slowest after {report.slowest:.1f} s")
    print(f"full {editions['full']}, Light {editions['light']}, without an edition {editions['']}")
    print(f"{len(report.errors)} errors that the site did not give")
    for sentence in report.errors[:20]:
        print(f"  {sentence}")


def _print_life(result: Soak) -> None:
    life = result.lives[-1]
    steps = [life.memory[(len(life.memory) - 1) * step // 5] for step in range(6)]
    said = ", ".join(f"{server:.0f}+{others:.0f}" for server, others in steps)
    print(f"life {len(result.lives)}, {life.answers} answers, ended after {result.seconds:.0f} s")
    print(f"  MB of the server + its other processes: {said}; grown {life.grown:+.0f} from its half to its end")
    print(f"  {len(result.report.errors)} errors that the site did not give", flush=True)


def main() -> None:
    told = [int(number) for number in sys.argv[1:]]
    requests, lives = [*told, *(_REQUESTS, _LIVES)[len(told) :]]
    with tempfile.TemporaryDirectory(prefix="lightkeeper-soak-") as folder:
        result = asyncio.run(soak(requests, Path(folder), lives, told=_print_life))
    _print(result)
    sys.exit(1 if result.report.errors else 0)


if __name__ == "__main__":
    main()
