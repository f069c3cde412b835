"""The link emulator: carries IPv4 packets between two TUN devices in two network namespaces, as a `Link` says.

Each direction is one queue before a narrow place, and the way behind it: a packet waits for those before it, takes
bits/rate to pass, and arrives half a round trip later. A queue that is full drops what comes. Nothing is reordered.

A process of its own: `python -m tests.lab.emulator SERVER READER DEVICE SERVER_ADDRESS READER_ADDRESS`. Each line on
its standard input is a link as JSON, `{}` to keep the one that is, or null to hand over at once what is under way and
to be no obstacle from then on; the answer is what was carried since the last. The end of input is the end.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections import deque

from .links import Link

_TUNSETIFF = 0x400454CA
_IFF_TUN_WITHOUT_HEADER = 0x1001
_CLONE_NEWNET = 0x40000000
_MOST = 64  # packets read at once, so that none of the two directions starves


class Direction:
    """One way. `read` takes what is there, `write` hands over what is due; both count."""

    def __init__(self, source: int, target: int, chance: random.Random) -> None:
        self._source, self._target, self._chance = source, target, chance
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._free = self._last = 0.0
        self._dead: set[bytes] = set()
        self._cut: set[bytes] = set()
        self.become(Link())
        self.forget()

    def become(self, link: Link) -> None:
        self._delay, self._loss = link.rtt / 2000, link.loss
        self._bit = 1 / (link.rate * 1000) if link.rate else 0.0
        self._longest = link.queue * 8000 * self._bit
        self._left = link.dies_after * 1000 if link.dies_after else float("inf")
        # A connection that was cut stays so: what its ends send again does not count against new ones.
        self._dead = self._dead | self._cut if link.dies_after else set()
        self._cut = set()

    def hurry(self) -> None:
        """What is under way arrives now: that of closed connections is answered with a reset, and no more follows."""
        self._under_way = deque((0.0, packet) for _, packet in self._under_way)
        self._free = self._last = 0.0
        self.become(Link())

    def forget(self) -> None:
        self.carried = self.lost = self.dropped = 0

    @property
    def due(self) -> float:
        return self._under_way[0][0] if self._under_way else float("inf")

    def read(self) -> None:
        for _ in range(_MOST):
            try:
                packet = os.read(self._source, 65536)
            except BlockingIOError:
                return
            if packet[0] >> 4 == 4:  # the kernel's own IPv6 neighbours are nobody's business
                self._take(packet, time.monotonic())

    def _take(self, packet: bytes, now: float) -> None:
        start = max(now, self._free)
        ports = packet[20:24]
        if ports in self._dead:
            self.lost += 1
            return
        self._left -= len(packet)
        if self._left < 0:
            self._cut.add(ports)
        if self._left < 0 or (self._loss and self._chance.random() < self._loss):
            self.lost += 1
        elif start - now > self._longest:
            self.dropped += 1
        else:
            self._free = start + len(packet) * 8 * self._bit
            self._last = max(self._last, self._free + self._delay)
            self._under_way.append((self._last, packet))

    def write(self, now: float) -> None:
        while self._under_way and self._under_way[0][0] <= now:
            _, packet = self._under_way.popleft()
            try:
                os.write(self._target, packet)
                self.carried += len(packet)
            except OSError:
                self.dropped += 1

    @property
    def counts(self) -> dict[str, int]:
        return {"carried": self.carried, "lost": self.lost, "dropped": self.dropped}


def tun(namespace: str, device: str, address: str, peer: str) -> int:
    """A TUN device, up, in a namespace; the process stays there."""
    with open(f"/run/netns/{namespace}", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", device.encode(), _IFF_TUN_WITHOUT_HEADER))
    subprocess.check_call(["ip", "addr", "add", address, "peer", peer, "dev", device])
    subprocess.check_call(["ip", "link", "set", device, "up", "mtu", "1500", "txqueuelen", "5000"])
    return descriptor


def carry(server: int, reader: int, orders: int) -> None:
    """Until the end of `orders`. `select` waits to the microsecond, where `epoll` of Python counts milliseconds."""
    chance = random.Random()
    up, down = Direction(reader, server, chance), Direction(server, reader, chance)
    by_source = {reader: up, server: down}
    text = b""
    while True:
        wait = min(up.due, down.due) - time.monotonic()
        for ready in select.select((server, reader, orders), (), (), None if wait > 1e6 else max(0.0, wait))[0]:
            if ready != orders:
                by_source[ready].read()
                continue
            piece = os.read(orders, 65536)
            if not piece:
                return
            *lines, text = (text + piece).split(b"\n")
            for line in lines:
                _obey(line, up, down)
        now = time.monotonic()
        up.write(now)
        down.write(now)


def _obey(line: bytes, up: Direction, down: Direction) -> None:
    order = json.loads(line)
    print(json.dumps({"up": up.counts, "down": down.counts}), flush=True)
    for direction in (up, down):
        direction.forget()
        if order is None:
            direction.hurry()
        elif order:
            direction.become(Link(**order))


def main(server: str, reader: str, device: str, server_address: str, reader_address: str) -> None:
    here = tun(server, device, server_address, reader_address)
    there = tun(reader, device, reader_address, server_address)
    gc.disable()
    print("ready", flush=True)
    carry(here, there, sys.stdin.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
