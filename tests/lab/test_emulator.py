"""The emulator against the clock: a lab that measures wrongly would prove anything."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ..deploy.stack import ROOT
from .links import Link, all_links
from .namespaces import Line, inside, line, namespace, obstacle

_OBSTACLE = obstacle()
_PORT = 7000
needs_namespaces = pytest.mark.skipif(bool(_OBSTACLE), reason=_OBSTACLE)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[str, Line]]:
    """The reader's namespace and its link, to a server that echoes and sends."""
    name = f"lk-test-{os.getpid()}"
    with namespace(f"{name}-s") as server, namespace(f"{name}-r") as reader, line(server, reader, 1) as link:
        command = inside(server, [sys.executable, "-m", "tests.lab.probe", "serve", str(_PORT)])
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield reader, link
            process.kill()


def probe(reader: str, *arguments: str) -> list[float]:
    command = inside(reader, [sys.executable, "-m", "tests.lab.probe", *arguments])
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return [float(word) for word in done.stdout.split()]


@pytest.mark.clock
@needs_namespaces
@pytest.mark.parametrize("rtt", [20, 170])
def test_a_round_trip_takes_what_it_should(stage: tuple[str, Line], rtt: int) -> None:
    """Within a millisecond: the median of twenty, in milliseconds."""
    reader, link = stage
    link.become(Link(rtt=rtt))
    times = probe(reader, "echo", link.server, str(_PORT), "20")
    assert statistics.median(times) == pytest.approx(rtt, abs=1.0)


@pytest.mark.clock
@needs_namespaces
@pytest.mark.parametrize(("rate", "seconds"), [(50, 2.0), (1000, 1.5), (9000, 1.0)])
def test_a_rate_is_what_it_should_be(stage: tuple[str, Line], rate: int, seconds: float) -> None:
    """Within five per cent, in kbit/s of IP packets."""
    reader, link = stage
    link.become(Link(rtt=20, rate=rate, queue=64))
    (measured,) = probe(reader, "rate", link.server, str(_PORT), str(int(rate * seconds / 8 * 1000)))
    assert measured == pytest.approx(rate, rel=0.05)


@needs_namespaces
def test_a_share_of_packets_is_lost(stage: tuple[str, Line]) -> None:
    """Datagrams one way and back, a fifth lost each way: 64 of 100 come back."""
    reader, link = stage
    link.become(Link(rtt=10, loss=0.2))
    (back,) = probe(reader, "lost", link.server, str(_PORT), "1000")
    assert back == pytest.approx(0.64, abs=0.07)


@needs_namespaces
def test_a_link_dies_after_its_bytes(stage: tuple[str, Line]) -> None:
    """What arrives stays under the allowance, and is most of it; the next visit gets as much again."""
    reader, link = stage
    for _ in range(2):
        link.become(Link(rtt=10, dies_after=30))
        (got,) = probe(reader, "until-silence", link.server, str(_PORT))
        assert 25_000 < got < 30_000


def test_every_link_of_the_lab_can_be_read() -> None:
    profiles = all_links()
    assert len(profiles) >= 18
    assert sum(profile.proxy for profile in profiles) == 3
    improves = next(profile for profile in profiles if profile.slug == "improves")
    assert [improves.at(visit).rate for visit in range(1, 6)] == [50, 50, 50000, 50000, 50000]
