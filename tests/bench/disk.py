"""A disk that is full in the middle of a pull: `python -m tests.bench.disk [STORIES]` (root, Linux) tells what becomes.

The data folder lies on a small file system in memory, which is then made larger.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..servers import Scripted, origin
from ..store.tables import rows
from .pull import LIGHTKEEPER, paper, publish

_SMALL, _LARGE = "3m", "200m"


@contextmanager
def small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lightkeeper-bench-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SMALL}", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def pull(scripted: Scripted, folder: Path) -> int:
    command = [LIGHTKEEPER, "pull", "--origin", scripted.url, "--data", str(folder), "--pace", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in (*done.stdout.splitlines(), *done.stderr.splitlines()):
        print(f"  {line.replace(str(folder), 'DATA')}")
    print(f"  exit code {done.returncode}; {rows(folder, 'pragma integrity_check')[0][0]}", flush=True)
    return done.returncode


def stored(folder: Path) -> set[tuple[object, ...]]:
    return set(rows(folder, "select address, digest from stories"))


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    site = paper(count)
    with origin(site) as scripted, small_disk() as folder:
        publish(site, scripted, count)
        print(f"on {_SMALL}B:")
        full = pull(scripted, folder)
        before = stored(folder)
        print(f"  stored {len(before)} of {count}")
        subprocess.run(["mount", "-o", f"remount,size={_LARGE}", str(folder)], check=True)
        print(f"with {_LARGE}B:")
        done = pull(scripted, folder)
        after = stored(folder)
        print(f"  stored {len(after)} of {count}, of the first lost {len(before - after)}")
        asked = Counter(request.target for request in scripted.requests if request.target.startswith(b"/s/"))
        print(f"  asked for more than once {sum(times > 1 for times in asked.values())}")
    return 0 if (full, done, before <= after, len(after)) == (2, 0, True, count) else 1


if __name__ == "__main__":
    sys.exit(main())
