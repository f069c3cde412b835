"""How fast and how large: `python -m tests.bench [AREA …]`, all areas where none is named.

Each is a module beside this one, run in a process of its own.
"""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

AREAS = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name[0] != "_")


def main(named: list[str]) -> int:
    if unknown := set(named) - set(AREAS):
        print(f"no {', '.join(sorted(unknown))}; there is {', '.join(AREAS)}", file=sys.stderr)
        return 2
    failed = 0
    for area in named or AREAS:
        print(f"\n== {area} ==", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"{__package__}.{area}"], check=False).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
