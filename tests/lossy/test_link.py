"""The bad link does what it says, and what came twice is counted right."""

from __future__ import annotations

import random

import brotli
import pytest

from lightkeeper.bundles.packs import record

from ..servers import origin
from .link import Door, Exchange, Link
from .refetched import plain, refetched

BODY = b"x" * 40_000
PATH = "/_lk/b/en-latest/0-5.pack"
PACK = b"LKp1" + b"".join(record(1, bytes([65 + number]) * 100) for number in range(5))


def whole(path: str) -> bool:
    return path == "/page"


def fetched(door: Door, count: int, path: str = "/story") -> list[int]:
    """How many bytes of each answer were carried."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(BODY), BODY)
    door.answers = {"/story": answer, "/page": answer}
    got = []
    with origin(door) as site:
        for _ in range(count):
            try:
                got.append(len(site.address.exchange(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())))
            except ConnectionResetError:
                got.append(0)
    return got


def test_a_whole_link_carries_everything() -> None:
    """No cut, no kill."""
    with origin(lambda _, line: line.ok()) as behind:
        door = Door(behind.address, Link("", rtt=0, rate=0), whole)
        assert min(fetched(door, 3)) > len(BODY)
        assert door.cuts == 0


def test_cuts_come_after_so_many_bytes_on_average() -> None:
    """And never in what comes whole for everybody."""
    with origin(lambda _, line: line.ok()) as behind:
        door = Door(behind.address, Link("", rtt=0, rate=0, cut_after=8_192), whole, chance=random.Random(3))
        fetched(door, 12)
        assert door.cuts >= 11
        assert 3_000 < door.carried / door.cuts < 16_000
        assert min(fetched(door, 3, "/page")) > len(BODY)


def test_a_share_of_connections_is_killed_before_a_byte() -> None:
    """The others arrive."""
    with origin(lambda _, line: line.ok()) as behind:
        door = Door(behind.address, Link("", rtt=0, rate=0, killed=0.3), whole, chance=random.Random(3))
        fetched(door, 20)
        assert {each.carried for each in door.exchanges} == {0, len(door.exchanges[0].answer)}
        assert 3 <= door.cuts <= 9


@pytest.mark.parametrize(("begin", "again"), [(4 + 2 * 105, 0), (4 + 105, 1), (0, 2)])
def test_records_that_came_twice(begin: int, again: int) -> None:
    """Two records and a half arrived: whoever goes on behind the second refetched none."""
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    first = Exchange(PATH, 0, head + PACK, len(head) + 4 + 2 * 105 + 50)
    second = Exchange(PATH, begin, head + PACK[begin:], len(head) + len(PACK) - begin)
    assert refetched([first, second], PACK, PATH) == [again]


def test_plain_bytes_of_a_cut_brotli_answer() -> None:
    """What a decoder makes of the part that was carried."""
    compressor = brotli.Compressor(quality=11)
    begun = compressor.process(PACK[:214]) + compressor.flush()
    body = begun + compressor.process(PACK[214:]) + compressor.finish()
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n"
    assert plain(Exchange(PATH, 0, head + body, len(head) + len(begun))) == 214
    assert plain(Exchange(PATH, 0, head + body, len(head) + len(body))) == len(PACK)
