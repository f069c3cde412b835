"""How soon each of three server processes follows: `python -m tests.bench.newsroom [ROUNDS]` prints a table.

A correction and a refusal count from the moment at which the site answered with it, a withdrawal from the start of the
command; a restored story has to be read anew. A first round, in which processes that read pages start, does not count.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ..cli.run import run
from ..cli.test_serve import free_port
from ..command import serving
from ..delivery.service import Site, page
from ..servers import Line, Request, origin
from ..workers import Worker, workers

_WORKERS = 3
_LIMIT = 1.0


class Watched(Site):
    """Takes note of when it first gave the answer that an address has now."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, float] = {}

    def change(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.told.pop(path, None)
        self.put(path, body, status, **headers)

    def __call__(self, request: Request, line: Line) -> None:
        super().__call__(request, line)
        self.told.setdefault(request.target.decode(), time.monotonic())


def follow(readers: list[Worker], true: Callable[[Worker], bool]) -> float:
    """The moment at which it is true of the last."""
    for reader in readers:
        while not true(reader):
            time.sleep(0.01)
    return time.monotonic()


def rounds(site: Watched, readers: list[Worker], folder: str, count: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"corrected": [], "refused (410)": [], "withdrawn": [], "restored": []}
    for turn in range(-1, count):
        words = f"Version {turn}".encode()
        site.change("/a", page(words.decode()))
        seen = follow(readers, lambda reader, words=words: words in reader.get("/light/a").body)  # type: ignore[misc]
        took["corrected"].append(seen - site.told["/a"])
        site.put(f"/r/{turn}", page("To be refused"))
        follow(readers, lambda reader, turn=turn: reader.get(f"/light/r/{turn}").status == 200)  # type: ignore[misc]
        site.change(f"/r/{turn}", b"gone", 410)
        seen = follow(readers, lambda reader, turn=turn: reader.get(f"/light/r/{turn}").status != 200)  # type: ignore[misc]
        took["refused (410)"].append(seen - site.told[f"/r/{turn}"])
        for name, status in (("withdraw", 410), ("restore", 200)):
            began = time.monotonic()
            with contextlib.redirect_stdout(io.StringIO()):
                assert run(name, "/w", "--data", folder) == 0
            seen = follow(readers, lambda reader, status=status: reader.get("/light/w").status == status)  # type: ignore[misc]
            took["withdrawn" if name == "withdraw" else "restored"].append(seen - began)
        if turn < 0:
            took = {name: [] for name in took}
    return took


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    site = Watched()
    site.put("/a", page("Version none"))
    site.put("/w", page("To be withdrawn"))
    links = "".join(f'<article><h2><a href="/{n}">Story {n} of the low water</a></h2></article>' for n in "awxyz")
    site.put("/", f"<html lang=en><title>Paper</title><body><main>{links}</main>".encode())
    with origin(site) as scripted, tempfile.TemporaryDirectory(prefix="lightkeeper-bench-") as folder:
        config = Path(folder) / "lightkeeper.toml"
        config.write_text("fresh = 3600\npoll = 1\npace = 100\nbreaker_failures = 1000\n")
        arguments = ("--origin", scripted.url, "--data", folder, "--config", str(config), "--workers", str(_WORKERS))
        with serving(*arguments, port=free_port()) as running, workers(running, _WORKERS) as readers:
            took = rounds(site, readers, folder, count)
    print(f"{'seconds until in the last of three processes':<48}{'p50':>7}{'most':>7}")
    for name, times in took.items():
        print(f"{name:<48}{sorted(times)[len(times) // 2]:>7.2f}{max(times):>7.2f}")
    return 0 if max(max(times) for name, times in took.items() if name != "restored") < _LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
