"""Network namespaces: one for the servers, one for each reader, and an emulated link between each reader and them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..deploy.stack import ROOT
from .links import Link

_HOSTS = Path("/etc/netns")
_LONGEST_DRAIN = 10.0


def obstacle() -> str:
    """Why there can be no lab here, as a sentence; "" where there can."""
    if os.geteuid() != 0:
        return "the lab needs root, to make network namespaces"
    if shutil.which("ip") is None:
        return "the lab needs the command ip (Debian: iproute2)"
    if not os.path.exists("/dev/net/tun"):
        return "the lab needs /dev/net/tun, which this machine does not have"
    name = f"lk-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode:
        return f"the lab needs network namespaces, which this machine refuses: {made.stderr.strip()}"
    subprocess.check_call(["ip", "netns", "del", name])
    return ""


@contextmanager
def namespace(name: str, hosts: str = "") -> Iterator[str]:
    """A network namespace with loopback up; `hosts` is what its programs see as /etc/hosts."""
    subprocess.check_call(["ip", "netns", "add", name])
    folder = _HOSTS / name
    try:
        if hosts:
            folder.mkdir(parents=True)
            (folder / "hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n{hosts}\n")
        subprocess.check_call(["ip", "-n", name, "link", "set", "lo", "up"])
        yield name
    finally:
        subprocess.check_call(["ip", "netns", "del", name])
        shutil.rmtree(folder, ignore_errors=True)


def inside(namespace: str, command: Sequence[str]) -> list[str]:
    return ["ip", "netns", "exec", namespace, *command]


@dataclass(frozen=True, slots=True)
class Line:
    """The link of one reader. `server` and `reader` are the addresses at its ends."""

    server: str
    reader: str
    _process: subprocess.Popen[str]

    def become(self, link: Link) -> dict[str, Any]:
        """Change the link, and what it may still carry; what it carried since the last change, by direction."""
        return self._order(asdict(link))

    def counts(self) -> dict[str, Any]:
        """What it carried since it was last asked."""
        return self._order({})

    def drain(self) -> None:
        """Let everything that a former reader left run out, without limits, until it is still."""
        end = time.monotonic() + _LONGEST_DRAIN
        self._order(None)
        quiet = 0
        while quiet < 3 and time.monotonic() < end:
            time.sleep(0.1)
            counted = self._order(None)
            quiet = 0 if any(counted[way]["carried"] for way in ("up", "down")) else quiet + 1

    def _order(self, order: dict[str, Any] | None) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def addresses(number: int) -> tuple[str, str]:
    """The server's end and the reader's end of the link with this number."""
    return f"10.98.{number}.1", f"10.98.{number}.2"


@contextmanager
def line(server: str, reader: str, number: int) -> Iterator[Line]:
    """A running emulator between two namespaces, at first without any limit."""
    here, there = addresses(number)
    command = [sys.executable, "-m", "tests.lab.emulator", server, reader, f"link{number}", here, there]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("the link emulator did not start; its own message stands above")
            yield Line(here, there, process)
        finally:
            process.stdin.close()
