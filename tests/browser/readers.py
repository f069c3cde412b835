"""One browser window each, in three engines: what a reader opens, sees, clicks and keeps."""

from __future__ import annotations

import json
import time
from typing import Any

from playwright.sync_api import Page
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from .site import PATIENCE, Site


class Reader:
    """One browser window; what the engines' drivers have in common."""

    engine = ""

    def _load(self, url: str) -> None:
        raise NotImplementedError

    def run(self, script: str) -> Any:
        """The value of an async function's body."""
        raise NotImplementedError

    def cookies(self) -> list[Any]:
        raise NotImplementedError

    def open(self, url: str) -> str:
        """Navigate, wait for the new document, and return its text."""
        self.run("window.left = true")
        self._load(url)
        self.until("!window.left && document.readyState === 'complete' && document.body.innerText.trim() !== ''")
        return self.text()

    def text(self) -> str:
        """What the page says, as soon as it says anything."""
        return str(self._until("document.body.innerText.trim()"))

    def until(self, condition: str) -> None:
        """Wait for a JavaScript condition; a document that is just being replaced counts as not yet."""
        self._until(f"Boolean({condition})")

    def _until(self, condition: str) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if found := self.run(f"return {condition}"):
                    return found
                last = repr(found)
            except Exception as error:  # each driver has errors of its own for this moment
                last = repr(error)
            time.sleep(0.05)
        raise AssertionError(f"{self.engine}: {condition} stayed {last}; the page says: {self._said()[:500]}")

    def _said(self) -> str:
        try:
            return str(self.run("return document.body?.innerText"))
        except Exception as error:
            return repr(error)

    def click(self, selector: str) -> None:
        """Click as soon as it is there and visible."""
        self.until(f"[...document.querySelectorAll({json.dumps(selector)})].some((one) => one.offsetParent)")
        chosen = f"[...document.querySelectorAll({json.dumps(selector)})].find((one) => one.offsetParent)"
        self.run(f"setTimeout(() => {chosen}.click())")

    def keep(self, site: Site, language: str = "en") -> None:
        """Say yes on the page that asks, and wait until everything is there."""
        self.open(site.url(f"/light/-/offline?language={language}"))
        self.click("button")
        self.until("document.querySelector('a.button').offsetParent")

    def traces(self) -> dict[str, Any]:
        """Everything that a site can leave in a browser."""
        found: dict[str, Any] = self.run(
            """
            const registrations = await navigator.serviceWorker.getRegistrations();
            return {
              workers: registrations.map((one) => new URL(one.scope).pathname),
              caches: await caches.keys(),
              databases: (await indexedDB.databases()).length,
              local: localStorage.length + sessionStorage.length,
            };
            """
        )
        return found | {"cookies": self.cookies()}


NO_TRACES = {"workers": [], "caches": [], "databases": 0, "local": 0, "cookies": []}


class PlaywrightReader(Reader):
    engine = "chromium"

    def __init__(self, page: Page) -> None:
        self.page = page

    def _load(self, url: str) -> None:
        self.page.evaluate("(url) => { setTimeout(() => location.assign(url)); }", url)

    def open(self, url: str) -> str:
        if self.page.url == "about:blank":
            self.page.goto(url)
        return super().open(url)

    def run(self, script: str) -> Any:
        return self.page.evaluate(f"async () => {{ {script} }}")

    def cookies(self) -> list[Any]:
        return list(self.page.context.cookies())


class WebDriverReader(Reader):
    def __init__(self, engine: str, driver: WebDriver) -> None:
        self.engine, self.driver = engine, driver

    def _load(self, url: str) -> None:
        self.driver.get(url)

    def run(self, script: str) -> Any:
        wrapped = (
            "const done = arguments[0];"
            f"(async () => {{ {script} }})().then((value) => done([value]), (error) => done(`${{error}}`));"
        )
        told = self.driver.execute_async_script(wrapped)
        if isinstance(told, str):
            raise WebDriverException(told)
        return told[0]

    def cookies(self) -> list[Any]:
        return list(self.driver.get_cookies())
