"""What only a browser can say: the font is accepted, nothing on a page fails, nothing is wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from lightkeeper.demo.serve import RunningOrigin

from ..browser.drivers import chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/fa/", "/science/what-the-glacier-keeps", "/fa/environment/storm-live"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_load_whole_and_fit(browser: Browser, origin: RunningOrigin, path: str, width: int) -> None:
    """No failed request, no error in the console, no sideways scrolling, the paper's own font in use."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    wrong: list[str] = []
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(origin.url + path, wait_until="load")
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    faces = page.evaluate("document.fonts.ready.then(all => [...all].map(face => [face.family, face.status]))")
    ours = [status for family, status in faces if "Lantern" in family]
    assert "loaded" in ours
    assert "error" not in ours
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    page.close()
