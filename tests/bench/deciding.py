"""What deciding costs: `python -m tests.bench.deciding [REQUESTS]`, beside a bare ASGI callable with the same bytes.

Three servers of the same kind (uvicorn, our protocol, kept connections on loopback), asked in turn: an application that
knows nothing but these bytes; the Light edition at its own address; and the negotiated one, for a reader with Save-Data
and for one whom the receipt holds in Light, with all headers of a browser. Counted is the server's own processor time
for a request, less what it uses when nobody asks, so that neither this client nor the neighbours count. 1.00 is the
bare callable; larger is better.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from lightkeeper.delivery.protocol import Protocol

from ..command import serving
from ..origins.processes import free_address
from ..servers import Address

_ROUNDS, _CONNECTIONS, _WARM = 9, 16, 500
# Seconds to wait for a server to come to rest; where it does not, what it does then is taken off all the same.
_PATIENCE = 30
_STORY = "/news/ferry-winter-timetable"
# What Chromium 150 sends with a navigation on a kept connection.
_BROWSER = {
    "sec-ch-ua": '"Chromium";v="150", "Not A(Brand";v="24"',
    "sec-ch-ua-mobile": "?1",
    "sec-ch-ua-platform": '"Android"',
    "upgrade-insecure-requests": "1",
    "user-agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Mobile",
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-user": "?1",
    "sec-fetch-dest": "document",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "fa-IR,fa;q=0.9,en-US;q=0.8,en;q=0.7",
}


class Asked:
    """One server, asked over and over; `cost` in processor seconds for a request."""

    def __init__(self, name: str, address: Address, pid: int, path: str, more: dict[str, str]) -> None:
        self.name, self._pid, self._idle = name, pid, 0.0
        lines = "".join(f"{name}: {value}\r\n" for name, value in (_BROWSER | more).items())
        self._request = f"GET {path} HTTP/1.1\r\nhost: {address.authority}\r\n{lines}\r\n".encode()
        self._lines = [address.connect() for _ in range(_CONNECTIONS)]
        self.costs: list[float] = []
        self.answer = self._once(self._lines[0])

    def _once(self, line: socket.socket) -> bytes:
        line.sendall(self._request)
        return _whole(line)

    def round(self, count: int, *, counted: bool = True) -> None:
        before, began, size = _processor(self._pid), time.monotonic(), len(self.answer)
        for _ in range(count // _CONNECTIONS):
            for line in self._lines:
                line.sendall(self._request)
            # The last first: to wake this process after each answer is no cost of the server's.
            for line in reversed(self._lines):
                left = size
                while left > 0:
                    left -= len(line.recv(left))
        if counted:
            used = _processor(self._pid) - before - self._idle * (time.monotonic() - began)
            self.costs.append(used / (count // _CONNECTIONS * _CONNECTIONS))

    def rest(self, seconds: float) -> None:
        """What the process uses when nobody asks, in processor seconds for a second."""
        before = _processor(self._pid)
        time.sleep(seconds)
        self._idle = (_processor(self._pid) - before) / seconds


def _whole(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += line.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(next(one for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")).split(b":")[1])
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


def _processor(pid: int) -> float:
    """Seconds that a process's threads ran so far (Linux), to the nanosecond."""
    return sum(int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0]) for task in _tasks(pid)) / 1e9


def _tasks(pid: int) -> list[str]:
    return os.listdir(f"/proc/{pid}/task")


def _settle(pid: int) -> None:
    """Wait until it has read its stories in advance, which is no cost of deciding; not for ever."""
    quiet = 0
    for _ in range(_PATIENCE):
        if quiet == 3:
            break
        before = _processor(pid)
        time.sleep(1)
        quiet = quiet + 1 if _processor(pid) - before < 0.01 else 0


def bare(port: int, answer: bytes) -> None:
    """Serve these bytes to whoever asks."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:]]
    start = {"type": "http.response.start", "status": 200, "headers": [(name, value) for name, value in lines]}
    rest = {"type": "http.response.body", "body": body}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send(start)
            await send(rest)

    uvicorn.run(
        app,
        port=port,
        http=Protocol,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=75,
    )


@contextmanager
def _bare(answer: bytes) -> Iterator[tuple[Address, int]]:
    address = free_address()
    with tempfile.NamedTemporaryFile() as file:
        file.write(answer)
        file.flush()
        command = [sys.executable, "-m", "tests.bench.deciding", "--bare", str(address.port), file.name]
        process = subprocess.Popen(command)
        try:
            while process.poll() is None:
                try:
                    address.connect().close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield address, process.pid
        finally:
            process.kill()
            process.wait()


def main(count: int) -> int:
    with ExitStack() as stack:
        ours = stack.enter_context(serving("--config", os.devnull, port=free_address().port))
        pid, at = ours.process.pid, ours.address
        _settle(pid)
        today = int(time.time() // 10800 % 8)
        light = Asked("at its own address", at, pid, f"/light{_STORY}", {})
        saving = Asked("negotiated, asked for", at, pid, _STORY, {"cookie": "a=b", "save-data": "on"})
        held = Asked("negotiated, by all signals", at, pid, _STORY, {"cookie": f"lk-p=light.46{today}; a=b"})
        beside = [light, saving, held]
        for each, reason in zip(beside, (b"address", b"save-data", b"held"), strict=True):
            if b"edition: light; reason=" + reason not in each.answer:
                print(each.answer.partition(b"\r\n\r\n")[0].decode(), file=sys.stderr)
                return 1
        ours_first = len(beside)
        for each in list(beside):
            address, its = stack.enter_context(_bare(each.answer))
            beside.append(Asked(f"bare, {each.name}", address, its, "/", {}))
        for each in beside:
            each.round(_WARM, counted=False)
            each.rest(2.0)
        for _ in range(_ROUNDS):
            for each in beside:
                each.round(count)
    print(f"{'Light edition':>34}{'us/request':>12}{'of bare':>9}")
    for each, plain in zip(beside[:ours_first], beside[ours_first:], strict=True):
        share = statistics.median(one / other for one, other in zip(plain.costs, each.costs, strict=True))
        print(f"{plain.name:>34}{statistics.median(plain.costs) * 1e6:>12.1f}{1:>9.2f}")
        print(f"{each.name:>34}{statistics.median(each.costs) * 1e6:>12.1f}{share:>9.2f}")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        bare(int(sys.argv[2]), Path(sys.argv[3]).read_bytes())
    else:
        sys.exit(main(int((sys.argv[1:] or ["2000"])[0])))
