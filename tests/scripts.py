"""Makes client/built: what reading offline runs in browsers, joined, and shortened by terser (node_modules).

`python -m tests.scripts` writes it; with `--check` it says whether that would change anything. What it was made of
stands in `SOURCES`, so that a test without node sees a source that was changed alone.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from lightkeeper.delivery.scripts import join

CLIENT = Path(__file__).parents[1] / "client"
BUILT = CLIENT / "built"
ENTRIES = ("sw.js", "offline/page.js", "offline/auto.js", "offline/late.js")
_TERSER = (CLIENT.parent / "node_modules/.bin/terser", "--compress", "passes=2,ecma=2020", "--mangle")


def sources() -> str:
    """What the scripts are made of, in the form of `sha256sum`."""
    digests = {entry: hashlib.sha256(join(CLIENT, entry).encode()).hexdigest() for entry in ENTRIES}
    return "".join(f"{digest}  {entry}\n" for entry, digest in digests.items())


def shortened(script: str) -> str:
    return subprocess.run(_TERSER, input=script, capture_output=True, text=True, check=True).stdout


def files() -> dict[Path, str]:
    scripts = {BUILT / Path(entry).name: shortened(join(CLIENT, entry)) for entry in ENTRIES}
    return {**scripts, BUILT / "SOURCES": sources()}


def main(arguments: list[str]) -> int:
    made = files()
    if arguments == ["--check"]:
        stale = [path.name for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
        for name in stale:
            print(f"client/built/{name} is not what its sources make: run make client")
        return int(bool(stale))
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
