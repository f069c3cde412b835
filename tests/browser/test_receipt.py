"""The receipt in three engines with JavaScript off: each situation, what is expected against what the server saw.

The half of them; `make receipts` runs them all, those with scripts and heavy pages, too, and writes docs/receipts.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lightkeeper.app import create_app
from lightkeeper.demo.publication import load as publication
from lightkeeper.demo.serve import start_origin
from lightkeeper.resources import demo
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Address, serving
from .drivers import elsewhere
from .reading import LIMIT, Door, Engine, Reader, newcomer, opened
from .reading import service as running_service
from .situations import SITUATIONS, Situation
from .windows import ENGINES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with opened(request.param, scripts=False) as running:
        yield running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Door]]:
    with running_service(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.mark.parametrize("situation", [each for each in SITUATIONS if each.short], ids=lambda situation: situation.name)
def test_expected_against_seen(engine: Engine, service: tuple[Address, Door], situation: Situation) -> None:
    """One situation in one engine, without JavaScript."""
    reader = newcomer(engine, *service)
    situation.act(reader)
    seen = ", ".join(reader.door.navigations)
    print(seen, reader.door.statuses)
    assert situation.holds(seen)


@pytest.fixture(scope="module")
def newspaper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Door]]:
    """The demo's full pages, heavy as real ones."""
    folder, door = tmp_path_factory.mktemp("demo"), Door()
    running = elsewhere(start_origin())
    settings = load(origin=running.url, data=folder, fronts="", extract_processes=1, text_limit=LIMIT)
    migrate(settings.data)
    door.app = create_app(settings, clock=door.clock)
    with serving(door) as address:
        yield address, door
    elsewhere(running.stop())


@pytest.mark.parametrize(
    "engine", ["chromium", *(pytest.param(name, marks=pytest.mark.devices) for name in ENGINES[1:])], indirect=True
)
def test_no_false_alarm_on_good_loads(engine: Engine, newspaper: tuple[Address, Door]) -> None:
    """A dozen pages of the demo in each engine: all arrive, and none is taken for a failure."""
    address, door = newspaper
    engine.base = address.url
    reader = Reader(engine, door)
    door.navigations.clear()
    for path in ("/", *(story.path for story in publication(demo()).of("en")[:11])):
        reader.read(path)
    assert {decision for decision in door.navigations if decision.startswith("light")} == set()
    assert len(door.navigations) == 12
