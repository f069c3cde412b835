"""Put what `lightkeeper doctor` says of the demo, of a WordPress and of a dead site into the README:
`python -m tests.origins.doctor`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .stories import posts
from .wordpress import wordpress

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
DEAD = "http://127.0.0.1:9"
# One example of the command, up to the end of its block.
EXAMPLE = re.compile(r"(?<=\n```\n)\$ lightkeeper doctor.*?(?=\n```\n)", re.DOTALL)


def examples() -> list[str]:
    """What the README shows, in the order demo, WordPress, dead site."""
    return EXAMPLE.findall(README.read_text())


def shape(output: str) -> list[str]:
    """Of each line how it stands, and with what; figures change from one day to the next."""
    return re.findall(r"^(?:(?:OK|WARN|FAIL) +\w+|\d)", output, re.MULTILINE)


def said(*arguments: str) -> str:
    """The command in an empty folder, its output and its exit code."""
    command = str(Path(sys.executable).with_name("lightkeeper"))
    with TemporaryDirectory(prefix="lightkeeper-doctor-") as folder:
        done = subprocess.run([command, "doctor", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    shown = " ".join(("$ lightkeeper doctor", *arguments))
    return f"{shown}\n{done.stdout}{done.stderr}$ echo $?\n{done.returncode}"


def main() -> None:
    with wordpress(posts=posts()) as site:
        shown = [said(), said(site.url), said(DEAD)]
    readme = README.read_text()
    assert len(examples()) == len(shown)
    README.write_text(EXAMPLE.sub(lambda _: shown.pop(0), readme))


if __name__ == "__main__":
    main()
