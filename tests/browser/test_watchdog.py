"""The watchdog in three real engines, against an origin that fails in every way that we know.

The faults are driven once in each engine; the tests read what was seen. How soon it comes, `make faults` tells.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from .drivers import chromium, firefox
from .faults import Origin, faulty_origin
from .watching import HARMLESS, Seen, watched
from .windows import ENGINES, windows

pytestmark = pytest.mark.browser

# What stands for the others: `make faults` has all of them.
CHOSEN = (
    "sheet",
    "linked-import",
    "script",
    "script-in-body",
    "sheet-in-body",
    "failed-script",
    "throws",
    "stalled-early",
    "cut",
    "hostile",
    "strict",
    "persian",
)
# A browser that reads no script cannot tell us when it painted; these pages have none of ours to ask.
_UNSEEN = ("strict", "stalled-early")


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with faulty_origin() as origin:
        yield origin


@pytest.fixture(scope="module", params=ENGINES)
def seen(origin: Origin, request: pytest.FixtureRequest) -> dict[str, Seen]:
    with windows(request.param) as open_:
        return watched(open_, origin, CHOSEN)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_fault_brings_one_banner(seen: dict[str, Seen], name: str) -> None:
    """Whatever keeps a page from its reader, the offer is painted, in every engine."""
    found = seen[name]
    assert found.banners == 1
    if name not in _UNSEEN:
        assert found.painted


@pytest.mark.parametrize("name", HARMLESS)
def test_a_readable_page_is_left_alone(seen: dict[str, Seen], name: str) -> None:
    """Late pictures, third parties, icons, extra scripts and a slow page that goes on arriving raise no alarm."""
    assert seen[name].banners == 0
    assert "Paragraph 11" in seen[name].text


@pytest.mark.parametrize("name", ["sheet", "linked-import", "sheet-in-body", "persian"])
def test_what_is_released_keeps_its_text(seen: dict[str, Seen], name: str) -> None:
    """A page that waits for a sheet shows its own text under the banner, to the end with the switch."""
    text = seen[name].text
    assert "Paragraph 11" in text
    assert ("نسخهٔ متنی" if name == "persian" else "Read the text-only edition") in text


@pytest.mark.parametrize(
    "engine", [ENGINES[0], *(pytest.param(each, marks=pytest.mark.devices) for each in ENGINES[1:])]
)
def test_a_page_whose_files_go_on_arriving_is_not_given_up(origin: Origin, engine: str) -> None:
    """White for seven seconds, because each script in its head takes its time: the text comes all the same."""
    with windows(engine) as open_:
        assert open_(origin.page("slow-files")).comes('document.body.innerText.includes("Paragraph 11")', 30)


def test_the_banner_stands_above_everything(seen: dict[str, Seen]) -> None:
    """A page whose styles hide every element cannot hide it, and it is in the top layer."""
    assert seen["hostile"].on_top


def _until(run: Callable[[str], str], code: str, seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while run(f"return JSON.stringify(!!({code}))") != "true":
        assert time.monotonic() < end, f"never true: {code}"
        time.sleep(0.1)


_BANNER = 'document.querySelector("lk-banner")'
_FOCUSED = f"document.activeElement == {_BANNER} && {_BANNER}"


@pytest.fixture(scope="module")
def driven() -> Iterator[WebDriver]:
    with firefox() as driver:
        yield driver


def _open(driver: WebDriver, address: str) -> None:
    """Go there, and return when the new document has begun."""
    driver.get(address)
    _until(driver.execute_script, f"location.href == {json.dumps(address)}")


def _press(driver: WebDriver, *keys: str) -> None:
    for key in keys:
        ActionChains(driver).send_keys(key).perform()


def test_the_banner_never_takes_focus_and_is_reached_by_tab(origin: Origin, driven: WebDriver) -> None:
    """It leaves the focus where it is; Tab reaches its link, and Enter opens the Light edition."""
    _open(driven, origin.page("failed-script"))
    _until(driven.execute_script, _BANNER)
    assert driven.execute_script("return document.activeElement.localName") == "body"
    _press(driven, Keys.TAB)
    _until(driven.execute_script, _FOCUSED)
    _press(driven, Keys.ENTER)
    _until(driven.execute_script, 'location.pathname == "/light/story.html"')
    assert "The text of the story" in driven.execute_script("return document.body.innerText")


def test_a_closed_banner_stays_away(origin: Origin, driven: WebDriver) -> None:
    """Closing is remembered in one cookie, written only then; the switch in the footer stays."""
    driven.delete_all_cookies()
    _open(driven, origin.page("failed-script"))
    _until(driven.execute_script, _BANNER)
    assert driven.get_cookies() == []
    _press(driven, Keys.TAB, Keys.TAB, Keys.ENTER)
    _until(driven.execute_script, f"!{_BANNER}")
    (cookie,) = driven.get_cookies()
    assert (cookie["name"], cookie["path"]) == ("lk-close", "/")
    assert abs(cookie["expiry"] - time.time() - 7 * 24 * 3600) < 60
    _open(driven, origin.page("sheet"))
    _until(driven.execute_script, 'document.querySelector("#lk-end a")')
    _until(driven.execute_script, 'document.readyState == "complete"')  # released all the same, without a banner
    assert driven.execute_script("return document.querySelectorAll('lk-banner').length") == 0
    driven.delete_all_cookies()


def test_back_finds_the_page_as_it_was(origin: Origin, driven: WebDriver) -> None:
    """The back/forward cache restores a good page without an alarm."""
    _open(driven, origin.page("good"))
    _until(driven.execute_script, 'document.readyState == "complete" && document.querySelector("#lk-end a")')
    driven.execute_script("document.querySelector('#lk-end a').click()")
    _until(driven.execute_script, 'location.pathname == "/light/story.html"')
    driven.back()
    _until(driven.execute_script, 'document.querySelector("#lk-end")')
    driven.set_script_timeout(10)
    driven.execute_async_script("setTimeout(arguments[0], 2000)")
    assert driven.execute_script("return document.querySelectorAll('lk-banner').length") == 0


def test_a_hidden_tab_is_not_taken_for_a_white_page(origin: Origin, driven: WebDriver) -> None:
    """A tab that is not looked at gets no frames: that is no fault, then or when it is looked at."""
    first = driven.current_window_handle
    driven.execute_script(f"window.open('{origin.page('late-pictures')}')")
    _until(lambda _: json.dumps(len(driven.window_handles) == 2), "two windows")
    driven.switch_to.window(driven.window_handles[1])
    behind = driven.current_window_handle
    driven.switch_to.new_window("tab")
    driven.set_script_timeout(10)
    driven.execute_async_script("setTimeout(arguments[0], 7000)")
    driven.close()
    driven.switch_to.window(behind)
    assert driven.execute_script("return document.querySelectorAll('lk-banner').length") == 0
    driven.close()
    driven.switch_to.window(first)


@pytest.mark.parametrize("name", ["early-click", "early-click-in-text"])
def test_leaving_early_is_no_fault(origin: Origin, driven: WebDriver, name: str) -> None:
    """A reader who follows a link while the page still loads sees no banner on the way."""
    _open(driven, origin.page(name))
    _until(driven.execute_script, 'document.querySelector("#on")')
    driven.execute_script("document.querySelector('#on').click()")
    driven.execute_async_script("setTimeout(arguments[0], 2000)")
    assert driven.execute_script("return document.querySelectorAll('lk-banner').length") == 0


def test_automatic_switch_goes_without_asking(origin: Origin, driven: WebDriver) -> None:
    """With switch = "auto" the watchdog opens the Light edition itself."""
    driven.get(origin.page("sheet") + "?auto")
    _until(driven.execute_script, 'location.pathname == "/light/story.html"')


def test_a_sheet_that_comes_late_is_used_after_all(origin: Origin) -> None:
    """The page recovers when the fault ends."""
    with faulty_origin() as own, chromium() as browser:
        page = browser.new_page()
        page.goto(own.page("sheet"), wait_until="commit")
        page.wait_for_selector("lk-banner", state="attached")
        own.let_go()
        page.wait_for_function("getComputedStyle(document.querySelector('h1')).color == 'rgb(0, 128, 128)'")


def test_without_javascript_a_stall_brings_the_offer_and_the_end_takes_it_back(origin: Origin) -> None:
    """Style alone shows it after five seconds; a page that came whole never does."""
    with chromium() as browser:
        context = browser.new_context(java_script_enabled=False)
        stalled, good = context.new_page(), context.new_page()
        stalled.goto(origin.page("stalled"), wait_until="commit")
        good.goto(origin.page("good"))
        offer = stalled.locator("#lk-slow")
        offer.wait_for(state="visible", timeout=8000)
        assert offer.locator("a").get_attribute("href") == "/light/story.html"
        assert not good.locator("#lk-slow").is_visible()
