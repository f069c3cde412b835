"""The whole idea, as a newcomer sees it: the demo in Chromium on a good link, a poor one, a broken load and no link."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lightkeeper.editions.words import words

from ..command import Running, serving
from .drivers import CHROMIUM, chromium

pytestmark = pytest.mark.browser

STORY = "/news/ferry-winter-timetable"
PERSIAN = "/fa/city/night-library"
BANNER = "Switch to The Lantern Light?"


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    with serving(port=free_port()) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def heading(page: Page) -> str:
    return page.locator("h1").first.inner_text()


def is_light(page: Page) -> bool:
    return page.locator("script[src], img, link[rel=stylesheet]").count() == 0


def shot(page: Page, name: str) -> None:
    """Keep a screenshot where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)


class Banner:
    """The banner as assistive technology sees it: a shadow tree closed to scripts, and to Playwright."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def find(self, role: str, name: str) -> int | None:
        """The node with this role and accessible name, if there is one."""
        for node in self._session.send("Accessibility.getFullAXTree")["nodes"]:
            if (node.get("role", {}).get("value"), node.get("name", {}).get("value")) == (role, name):
                return int(node["backendDOMNodeId"])
        return None

    def wait(self, role: str, name: str, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while (found := self.find(role, name)) is None:
            assert time.monotonic() < deadline, f"no {role} named {name!r}"
            self._page.wait_for_timeout(100)
        return found

    def click(self, role: str, name: str) -> None:
        """A real click in the middle of it."""
        node = self.wait(role, name, 8)
        quad = self._session.send("DOM.getContentQuads", {"backendNodeId": node})["quads"][0]
        self._page.mouse.click((quad[0] + quad[4]) / 2, (quad[1] + quad[5]) / 2)


def test_a_good_link_gets_the_full_page_and_no_banner(demo: Running, browser: Browser) -> None:
    """Pictures, styles and scripts arrive; nobody is bothered; the switch waits in the footer."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(demo.address.url + STORY, wait_until="load")
        page.wait_for_timeout(6500)
        assert not is_light(page)
        assert page.locator("lk-banner").count() == 0
        assert page.locator(f'a[href="/light{STORY}"]').count() >= 1


def test_save_data_gets_light(demo: Running, browser: Browser) -> None:
    """The same story, one request, no third party."""
    with browser.new_context(extra_http_headers={"Save-Data": "on"}) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(demo.address.url + STORY)
        assert is_light(page)
        assert len(page.locator("main p").all()) > 3
        assert asked == [demo.address.url + STORY]


def test_a_2g_link_gets_light_from_its_second_page_on(demo: Running, browser: Browser) -> None:
    """The hints that Accept-CH asked for come with the next navigation."""
    arguments = [*CHROMIUM, "--force-effective-connection-type=2G"]
    with browser.browser_type.launch(executable_path="/usr/bin/chromium", args=arguments) as slow:
        page = slow.new_page()
        page.goto(demo.address.url + "/")
        page.goto(demo.address.url + STORY)
        assert is_light(page)


def test_light_reads_without_javascript(demo: Running, browser: Browser) -> None:
    """Links, text and the way to the full page work with scripts off."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{demo.address.url}/light/")
        page.locator("main h2 a").first.click()
        title = heading(page)
        assert is_light(page)
        page.locator('a[href^="/_lk/choose?edition=full"]').first.click()
        page.wait_for_url("**edition=full", wait_until="load")
        assert not is_light(page)
        assert title in page.content()


def test_a_hung_stylesheet_brings_the_banner_and_the_text(demo: Running, browser: Browser) -> None:
    """Within six seconds of the navigation; its link leads to the text."""
    with browser.new_context() as context:
        page = context.new_page()
        start = time.monotonic()
        page.goto(f"{demo.address.url}{STORY}?fault=hang-css", wait_until="commit")
        banner = Banner(page)
        banner.wait("heading", BANNER, 6 - (time.monotonic() - start))
        shot(page, "banner")
        banner.click("link", "Switch to The Lantern Light instead.")
        page.wait_for_url("**/light/**")
        assert is_light(page)
        assert len(page.locator("main p").all()) > 3


def test_close_closes_and_is_remembered(demo: Running, browser: Browser) -> None:
    """The banner goes, and does not come back on the next broken page; the switch stays at the page's end."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{demo.address.url}{STORY}?fault=fail-css", wait_until="commit")
        banner = Banner(page)
        banner.click("button", "Close")
        expect(page.locator("lk-banner")).to_have_count(0)
        page.goto(f"{demo.address.url}{STORY}?fault=fail-css", wait_until="load")
        page.wait_for_timeout(6500)
        assert banner.find("heading", BANNER) is None
        assert page.locator("#lk-end a").count() == 1


def test_a_persian_reader_is_asked_in_persian(demo: Running, browser: Browser) -> None:
    """The banner and the Light page are in the page's language, from right to left."""
    said = words("fa")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{demo.address.url}{PERSIAN}?fault=fail-css", wait_until="commit")
        banner = Banner(page)
        banner.wait("heading", said.banner_title.format(publication="The Lantern"), 8)
        assert page.locator("lk-banner dialog").get_attribute("dir") == "rtl"
        shot(page, "banner-fa")
        banner.click("link", said.banner_link.format(publication="The Lantern"))
        page.wait_for_url("**/light/fa/**")
        assert page.locator("html").get_attribute("dir") == "rtl"


def test_without_a_yes_nothing_is_stored(demo: Running, browser: Browser) -> None:
    """Reading both editions leaves no storage, no worker, no cache; of cookies, the receipt's two for a day at most."""
    with browser.new_context() as context:
        page = context.new_page()
        for address in ("/", STORY, f"/light{STORY}", "/light/-/offline"):
            page.goto(demo.address.url + address, wait_until="load")
        kept = page.evaluate(_KEPT)
        assert kept == {"caches": [], "workers": 0, "local": 0, "databases": []}
        for cookie in context.cookies():
            assert cookie["name"] in ("lk-p", "lk-a")
            assert 0 < cookie["expires"] - time.time() <= 24 * 3600
            assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")


_KEPT = """async () => ({
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    local: localStorage.length,
    databases: await indexedDB.databases(),
})"""


def test_saved_stories_open_when_the_server_is_dead(browser: Browser) -> None:
    """After "Keep for offline" and a SIGKILL, saved stories open from both addresses, and the list shows them."""
    with serving(port=free_port()) as running, browser.new_context() as context:
        page = context.new_page()
        path = keep(page, running)
        running.kill()
        page.goto(running.address.url + path)
        assert len(page.locator("main p").all()) > 3
        title = heading(page)
        page.goto(running.address.url + path.removeprefix("/light"))
        assert heading(page) == title
        page.goto(f"{running.address.url}/light/-/saved")
        expect(page.get_by_text(title).first).to_be_visible()
        shot(page, "saved-list")


def keep(page: Page, running: Running) -> str:
    """Say yes to saved reading, wait until it is done, and return the address of a saved story."""
    page.goto(f"{running.address.url}/light/")
    story = page.locator("main h2 a").first.get_attribute("href")
    assert story is not None
    deadline = time.monotonic() + 30
    while page.request.get(f"{running.address.url}/_lk/b/en-latest-20/manifest").status != 200:
        assert time.monotonic() < deadline, "no story was published"
        page.wait_for_timeout(200)
    page.goto(f"{running.address.url}/light/-/offline")
    page.get_by_role("button").first.click()
    page.locator("a.button").wait_for(timeout=60_000)
    return story
