"""`python -m tests.fuzz [COUNT] [FIRST-SEED]`: many inputs, one line for every fault, and the figures at the end."""

from __future__ import annotations

import faulthandler
import logging
import signal
import sys
import time
from types import FrameType

from .judge import Report

_LATE = 60  # seconds of processor time after which an input is given up and becomes a fault
_HUNG = 900  # seconds after which one that not even that ends is shown by its traceback, and all ends
_PROGRESS = 20_000


def main(arguments: list[str]) -> int:
    count, first = (int(arguments[n]) if n < len(arguments) else default for n, default in enumerate((2_000, 1)))
    logging.disable(logging.WARNING)  # trafilatura comments on pages that it dislikes
    report, started, told = Report(), time.monotonic(), 0
    signal.signal(signal.SIGPROF, _give_up)
    for seed in range(first, first + count):
        faulthandler.dump_traceback_later(_HUNG, exit=True)
        signal.setitimer(signal.ITIMER_PROF, _LATE, 1)
        report.judge(seed)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for fault in report.faults[told:]:
            print(fault, flush=True)
        told = len(report.faults)
        if report.count % _PROGRESS == 0:
            print(f"… {report.count} in {time.monotonic() - started:.0f} s", flush=True)
    faulthandler.cancel_dump_traceback_later()
    _tell(report, time.monotonic() - started)
    return 1 if report.faults else 0


def _give_up(signal_number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"No answer after {_LATE} s of processor time.")


def _tell(report: Report, seconds: float) -> None:
    print(f"{report.count} inputs in {seconds:.0f} s, {len(report.faults)} faults")
    print(f"slowest: {report.slowest[0]:.2f} s (seed {report.slowest[1]})")
    for outcome, number in report.outcomes.most_common():
        print(f"{number:8} {outcome}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
