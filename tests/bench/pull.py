"""A pull of many stories, killed again and again: `python -m tests.bench.pull [STORIES] [KILLS]` tells what it took."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from ..delivery.service import Site, page
from ..family import family
from ..servers import Scripted, origin
from ..store.tables import rows

LIGHTKEEPER = str(Path(sys.executable).with_name("lightkeeper"))


def paper(count: int) -> Site:
    site = Site()
    for number in range(count):
        site.put(f"/s/{number}", page(f"Story {number}", extra=f"<p>{'More of it. ' * 150}</p>"), ETag=f'"{number}"')
    site.put("/", b"<html lang=en><title>Paper</title><body></body></html>")
    return site


def publish(site: Site, scripted: Scripted, count: int) -> None:
    urls = "".join(f"<url><loc>{scripted.url}/s/{number}</loc></url>" for number in range(count))
    site.put("/map.xml", f"<urlset>{urls}</urlset>".encode(), Content_Type="application/xml")
    site.put("/robots.txt", f"Sitemap: {scripted.url}/map.xml\n".encode())


class Memory:
    """The most that a process and its children took together, in bytes of proportional set size (Linux)."""

    def __init__(self, pid: int) -> None:
        self.most, self._pid = 0, pid
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while (now := sum(_size(pid) for pid in family(self._pid))) > 0:
            self.most = max(self.most, now)
            time.sleep(0.1)


def _size(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def run(scripted: Scripted, folder: str, patience: float | None) -> tuple[subprocess.Popen[str], str, int]:
    """One run, killed after `patience` seconds from its first request; its process, output and most memory."""
    command = [LIGHTKEEPER, "pull", "--origin", scripted.url, "--data", folder, "--pace", "1000"]
    before = len(scripted.requests)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    memory = Memory(process.pid)
    if patience is not None:
        while len(scripted.requests) == before and process.poll() is None:
            time.sleep(0.01)
        time.sleep(patience)
        os.killpg(process.pid, signal.SIGKILL)
    output, _ = process.communicate()
    return process, output, memory.most


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    dice = random.Random(3)
    site = paper(count)
    with origin(site) as scripted, tempfile.TemporaryDirectory(prefix="lightkeeper-bench-") as folder:
        publish(site, scripted, count)
        began = time.perf_counter()
        most = 0
        for _ in range(kills):
            most = max(most, run(scripted, folder, dice.uniform(0, 4))[2])
        process, output, last = run(scripted, folder, None)
        asked = Counter(request.target for request in scripted.requests if request.target.startswith(b"/s/"))
        print(output.strip())
        print(f"exit code {process.returncode}, {kills} kills, {time.perf_counter() - began:.0f} s")
        print(f"stories {rows(Path(folder), 'select count(*) from stories')[0][0]} of {count}")
        print(f"in the index {rows(Path(folder), 'select count(number) from stories')[0][0]}")
        print(f"integrity {rows(Path(folder), 'pragma integrity_check')[0][0]}")
        print(
            f"requests for stories {sum(asked.values())}, asked for more than once {sum(n > 1 for n in asked.values())}"
        )
        print(f"most memory, all processes {max(most, last) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
