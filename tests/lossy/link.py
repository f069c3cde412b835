"""A door to a service over a bad link: slow, cut after so many bytes on average, with a share of connections killed.

Each request has a connection of its own. Pages, workers and libraries come whole (`whole`): only what is kept is at
stake, and for everybody the same.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..servers import Address, Line, Request, read_all

_PIECE = 512
# A reset throws away what the device has received and the browser has not read yet; a link that breaks does not.
_LAST = 0.1


@dataclass(frozen=True, slots=True)
class Link:
    """`rtt` in ms, `rate` in kbit/s (0: as fast as it goes); `cut_after` bytes on average (0: never); `killed` of 1."""

    name: str
    rtt: int = 300
    rate: int = 400
    cut_after: int = 0
    killed: float = 0.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and what was carried of its answer."""

    target: str
    begin: int
    answer: bytes
    carried: int

    @property
    def cut(self) -> bool:
        return self.carried < len(self.answer)


@dataclass
class Door:
    """The script of a `servers.origin`: everything is fetched from `behind`, or is one of `answers`."""

    behind: Address
    link: Link
    whole: Callable[[str], bool]
    answers: dict[str, bytes] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    open: bool = True
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turn = threading.Lock()

    def __call__(self, request: Request, line: Line) -> None:
        path = request.target.decode()
        if not self.open:
            return line.reset()
        answer = self.answers.get(path) or self._fetched(request)
        if self.whole(path):
            line.send(answer)
            return line.close()
        time.sleep(self.link.rtt / 1000)
        most = self._allowance(len(answer))
        carried = self._poured(line, answer[:most])
        begin = re.match(r"bytes=(\d+)-", request.header("range") or "")
        self.exchanges.append(Exchange(path, int(begin[1]) if begin else 0, answer, carried))
        if most == len(answer):
            return line.close()
        time.sleep(_LAST)
        return line.reset()

    def _allowance(self, length: int) -> int:
        """How much of an answer arrives: cuts come by chance, the same at every byte."""
        with self._turn:
            if self.chance.random() < self.link.killed:
                return 0
            until = self.chance.expovariate(1 / self.link.cut_after) if self.link.cut_after else length
        return min(length, int(until))

    def _poured(self, line: Line, data: bytes) -> int:
        """All connections share the rate."""
        for at in range(0, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            if self.link.rate:
                with self._turn:
                    time.sleep(len(piece) * 8 / (self.link.rate * 1000))
            try:
                line.send(piece)
            except OSError:
                return at
        return len(data)

    def _fetched(self, request: Request) -> bytes:
        head, _, rest = request.head.partition(b"\r\n")
        kept = [each for each in rest.split(b"\r\n") if not each.lower().startswith(b"connection:")]
        with self.behind.connect() as behind:
            behind.sendall(b"\r\n".join([head, b"Connection: close", *kept]) + b"\r\n\r\n" + request.body)
            return read_all(behind)

    @property
    def carried(self) -> int:
        return sum(each.carried for each in self.exchanges)

    @property
    def cuts(self) -> int:
        return sum(each.cut for each in self.exchanges)
