"""`python -m tests.lab`: run what is missing in the CSV, then write tables and plot. `make lab`, `make lab-full`."""

from __future__ import annotations

import argparse
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ..deploy.stack import ROOT
from .cells import Lane, Series, lane, run, series
from .certificates import issue
from .claims import Evidence
from .house import HOST, WIDGETS
from .links import Profile, all_links
from .namespaces import inside, namespace, obstacle
from .report import write
from .rows import Row, append, load

Work = tuple[Series, Profile]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("--csv", type=Path, default=ROOT / "build" / "lab.csv", help="where measurements are kept")
    parser.add_argument("--full", action="store_true", help="all engines and doors, and lossy links five times")
    parser.add_argument("--lanes", type=int, default=3, help="readers at once on slow links")
    parser.add_argument("--only", default="", help="series whose key contains these words")
    parser.add_argument("--note", default="", help="a sentence for the report, such as what else the machine did")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="where the report and the plot go")
    options = parser.parse_args()
    if reason := obstacle():
        print(reason, file=sys.stderr)
        return 2
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    measure(options.csv, _missing(options.csv, options.full, options.only.split()), options.lanes)
    for claim in write(Evidence(load(options.csv), all_links()), options.docs, options.note):
        print({None: "not measured", True: "met", False: "NOT MET"}[claim.met], "|", claim.sentence)
    return 0


def _missing(csv: Path, full: bool, words: list[str]) -> list[Work]:
    done = {row.series for row in load(csv)}
    work = [(one, profile) for profile in all_links() for one in series(profile, full=full)]
    return [each for each in work if each[0].key not in done and set(words) <= set(each[0].key.split())]


def measure(csv: Path, work: list[Work], lanes: int) -> None:
    """Slow links side by side, for there a reader mostly waits; then the fast ones one by one."""
    if not work:
        return
    with stage() as (server, folder), ExitStack() as stack:
        certificate = issue(folder, HOST, WIDGETS)
        stack.enter_context(house(server, folder))
        all_lanes = [stack.enter_context(lane(server, number, certificate, folder)) for number in range(1, lanes + 1)]
        _in_lanes(csv, [each for each in work if not each[1].fast], all_lanes)
        _in_lanes(csv, [each for each in work if each[1].fast], all_lanes[:1])


@contextmanager
def stage() -> Iterator[tuple[str, Path]]:
    name = f"lk-lab-{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="lightkeeper-lab-") as folder, namespace(name) as server:
        (Path(folder) / "decisions.jsonl").touch()
        yield server, Path(folder)


@contextmanager
def house(server: str, folder: Path) -> Iterator[None]:
    command = inside(server, [sys.executable, "-m", "tests.lab.house", str(folder)])
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the servers did not start; their own message stands above")
            yield
        finally:
            process.stdin.close()


def _in_lanes(csv: Path, work: list[Work], lanes: list[Lane]) -> None:
    waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
    for each in work:
        waiting.put(each)
    lock, total = threading.Lock(), len(work)

    def serve(lane: Lane) -> None:
        while True:
            try:
                one, profile = waiting.get_nowait()
            except queue.Empty:
                return
            start = time.monotonic()
            try:
                rows = run(one, profile, lane)
            except Exception as error:  # one browser that falls over is no reason to lose the rest
                print(f"{one.key}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
                continue
            with lock:
                append(csv, rows)
                took = time.monotonic() - start
                print(f"[{total - waiting.qsize()}/{total}] {one.key}: {_told(rows)} ({took:.0f} s)", flush=True)

    threads = [threading.Thread(target=serve, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _told(rows: list[Row]) -> str:
    return ", ".join(f"{row.edition or '?'} {'-' if row.text is None else f'{row.text:.2f}'}" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
