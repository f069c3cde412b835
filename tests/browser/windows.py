"""Windows of the three engines, side by side: each opens an address and runs what it is given, whatever drives it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from .drivers import chromium, firefox, webkit

ENGINES = ("chromium", "firefox", "webkit")


@dataclass(frozen=True, slots=True)
class Window:
    """`run` takes the body of a function, and gives what it returns."""

    run: Callable[[str], str]
    close: Callable[[], None]

    def holds(self, code: str) -> bool:
        """Whether an expression is true in the page. One that is on its way to another cannot be asked: not yet."""
        try:
            return self.run(f"return JSON.stringify(!!({code}))") == "true"
        except (PlaywrightError, WebDriverException):
            return False

    def comes(self, code: str, seconds: float) -> bool:
        """Whether it becomes true in time."""
        end = time.monotonic() + seconds
        while not self.holds(code):
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def look(self, code: str) -> list[object]:
        """The values of a list of expressions."""
        found = json.loads(self.run(f"return JSON.stringify([{code}])"))
        assert isinstance(found, list)
        return found


Open = Callable[[str], Window]


@contextmanager
def windows(engine: str) -> Iterator[Open]:
    """A browser, as a function that opens an address in a new window, and does not wait for it to load."""
    if engine == "chromium":
        with chromium() as browser:
            yield lambda address: _of_playwright(browser, address)
    else:
        with (firefox if engine == "firefox" else webkit)() as driver:
            first = driver.current_window_handle
            yield lambda address: _of_webdriver(driver, first, address)


def _of_playwright(browser: Browser, address: str) -> Window:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address, wait_until="commit")
    return Window(lambda code: str(page.evaluate(f"() => {{{code}}}")), context.close)


def _of_webdriver(driver: WebDriver, first: str, address: str) -> Window:
    driver.switch_to.new_window("window")
    own = driver.current_window_handle
    driver.get(address)

    def run(code: str) -> str:
        driver.switch_to.window(own)
        return str(driver.execute_script(code))

    def close() -> None:
        driver.switch_to.window(own)
        driver.close()
        driver.switch_to.window(first)

    return Window(run, close)
