"""Real server processes on one data folder: what one learns, each of the others holds to. Times are `make bench`'s."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..cli.run import run
from ..cli.test_serve import free_port
from ..command import Running, serving
from ..servers import Scripted, origin
from ..workers import Worker, workers
from .service import NAVIGATION, SAVE_DATA, Site, page

WORKERS = 3
SECRET = "dangerousword"


@dataclass(frozen=True, slots=True)
class House:
    site: Site
    origin: Scripted
    running: Running
    workers: list[Worker]
    data: Path

    def bodies(self, path: str) -> list[bytes]:
        return [worker.get(path).body for worker in self.workers]

    def statuses(self, path: str) -> list[int]:
        return [worker.get(path).status for worker in self.workers]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Three processes that believe what they have for an hour; one of them reads the latest stories every second."""
    data = tmp_path_factory.mktemp("house")
    config = data / "lightkeeper.toml"
    config.write_text('fresh = 3600\npoll = 1\npace = 100\nfronts = "/"\nbreaker_failures = 1000\n')
    site = Site()
    links = "".join(f'<article><h2><a href="/{n}">Story {n} of the low water</a></h2></article>' for n in "abcdefghi")
    site.put("/", f"<html lang=en><title>Paper</title><body><main>{links}</main>".encode())
    for name in "abcd":
        site.put(f"/{name}", page(f"Story {name} of the low water"))
    with origin(site) as scripted:
        arguments = ("--origin", scripted.url, "--data", str(data), "--config", str(config), "--workers", str(WORKERS))
        with serving(*arguments, port=free_port()) as running, workers(running, WORKERS) as reached:
            house = House(site, scripted, running, reached, data)
            read = [f"Story {name} of".encode() for name in "abcd"]
            assert eventually(lambda: all(name in body for body in house.bodies("/light/-/latest") for name in read))
            yield house


def eventually(true: Callable[[], bool]) -> bool:
    """Whether it becomes true in a minute: how soon is measured elsewhere, on a quiet machine."""
    deadline = time.monotonic() + 60
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_each_process_has_its_own_connection(house: House) -> None:
    """Else the tests below would ask one and the same."""
    assert len({worker.pid for worker in house.workers}) == WORKERS


def test_a_correction_is_in_every_process(house: House) -> None:
    """Read anew by one of them, shown by all, with the publisher's note; and the same bytes."""
    assert all(b"of the low water" in body for body in house.bodies("/light/a"))
    house.site.put("/a", page("Second words", extra='<p class="correction">Correction: it was ebb.</p>'))
    said = b"Second words", b"it was ebb"
    assert eventually(lambda: all(word in body for body in house.bodies("/light/a") for word in said))
    assert len(set(house.bodies("/light/a"))) == 1


@pytest.mark.parametrize(("name", "status"), [("b", 404), ("c", 410)])
def test_one_refusal_ends_light_in_every_process_also_while_the_site_is_down(
    house: House, name: str, status: int
) -> None:
    """Nobody shows the story, its title is in no list, and the site's fall does not bring it back."""
    assert house.statuses(f"/light/{name}") == [200] * WORKERS
    house.site.put(f"/{name}", b"gone", status=status)
    first = house.workers[0].get(f"/{name}", NAVIGATION | {"Cookie": "lk-edition=full"})
    assert first.status == status
    house.site.down = True
    try:
        title = f"Story {name} of".encode()
        for path in (f"/light/{name}", "/light/a", "/light/-/latest"):
            assert eventually(lambda path=path: not any(title in body for body in house.bodies(path)))  # type: ignore[misc]
        assert 200 not in house.statuses(f"/light/{name}")
        assert [worker.get(f"/{name}", SAVE_DATA).status for worker in house.workers] == [502] * WORKERS
        assert house.statuses("/light/a") == [200] * WORKERS
    finally:
        house.site.down = False


def test_a_withdrawal_holds_in_every_process(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """At every address of the story, and nothing that lists it; the full page passes; restored, it is Light again."""
    assert house.statuses("/light/d") == [200] * WORKERS
    assert run("withdraw", "/d", "--data", str(house.data)) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("cannot be recalled", "caches", "devices", "messengers", "your own site"))
    assert eventually(lambda: house.statuses("/light/d") == [410] * WORKERS)
    assert eventually(lambda: house.statuses("/light/d/?x=1") == [410] * WORKERS)
    for path in ("/light/-/latest", "/light/a"):
        assert not any(b"Story d of" in body for body in house.bodies(path))
    for worker in house.workers:
        full = worker.get("/d", SAVE_DATA)
        assert (full.body, full.header("lightkeeper-edition")) == (page("Story d of the low water"), None)
    assert run("restore", "/d", "--data", str(house.data)) == 0
    assert eventually(lambda: house.statuses("/light/d") == [200] * WORKERS)


def test_what_readers_look_for_is_in_no_log(house: House) -> None:
    """Neither in the output of any process nor in a file of the data folder, nor told to the site. Ends the house."""
    for worker in house.workers:
        for query in (SECRET, f"{SECRET}%00%ff", f"{SECRET}&page=x", "%22" + SECRET):
            assert worker.get(f"/light/-/search?q={query}").status == 200
    house.running.kill()
    assert house.running.process.stdout is not None
    output = house.running.process.stdout.read()
    assert "no keys" in output  # the log is this one
    assert SECRET not in output
    assert not [path for path in house.data.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert not [request for request in house.origin.requests if SECRET.encode() in request.head]
