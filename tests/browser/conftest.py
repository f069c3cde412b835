"""A browser, a reader with a window of it, and a service with stories, for the modules on reading offline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser
from selenium.webdriver.remote.webdriver import WebDriver
from starlette.applications import Starlette
from starlette.routing import Route

from lightkeeper.app import create_app
from lightkeeper.cli.keys import make_throwaway
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import serving
from .drivers import chromium, firefox, webkit
from .readers import PlaywrightReader, Reader, WebDriverReader
from .tidewater import LIMIT, TITLES, Service, published, publisher, wait_for


@pytest.fixture(scope="module", params=["chromium", pytest.param("firefox", marks=pytest.mark.devices), "webkit"])
def engine(request: pytest.FixtureRequest) -> Iterator[Browser | WebDriver]:
    """One browser for all tests: each test's site has a port, and so an origin, of its own."""
    start: dict[str, Callable[[], Any]] = {
        "chromium": chromium,
        "firefox": firefox,
        "webkit": webkit,
        "firefox with little room": partial(firefox, {"dom.quotaManager.temporaryStorage.fixedLimit": 1_024}),
        "chromium on a poor link": partial(chromium, "--force-effective-connection-type=2G"),
    }
    with start[request.param]() as browser:
        yield browser


@pytest.fixture
def reader(engine: Browser | WebDriver, request: pytest.FixtureRequest) -> Iterator[Reader]:
    if isinstance(engine, Browser):
        with engine.new_context(viewport={"width": 390, "height": 844}, locale="en-GB") as context:
            yield PlaywrightReader(context.new_page())
    else:
        yield WebDriverReader(engine.capabilities["browserName"], engine)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("data")
    migrate(folder)
    make_throwaway(folder / "keys", "https://tidewater.example")
    with serving(Starlette(routes=[Route("/{path:path}", publisher)])) as origin:
        settings = load(
            origin=origin.url,
            publication="Tidewater",
            data=folder,
            text_limit=LIMIT,
            extract_processes=1,
            sensing="off",
        )
        with serving(create_app(settings)) as address:
            for path in TITLES:
                assert address.get(f"/light{path}").status == 200
            for language, stories in (("en", 2), ("fa", 1)):
                wait_for(partial(published, address, language, stories))
            yield Service(address, settings)
