"""Opening a saved story without a network, in Chromium at a quarter of the CPU, with 500 stories on the device.

The page's share (from the last byte to the first painted text) runs at a quarter of the speed; Chromium cannot slow a
worker down, so that the worker's share (from the click to the last byte) is multiplied by four. Beside it stands what
the browser itself takes to paint a page of two words after its last byte.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page

from ..browser.drivers import chromium
from ..browser.newsroom import newsroom
from ..browser.readers import PlaywrightReader
from ..browser.site import page as answer
from ..browser.site import site
from ..browser.test_offline import OPENED

SAVED, OPENINGS, LIMIT = 500, 100, 300.0
MORE = f"""{OPENED}
const all = await read("stories", (store) => store.getAll());
const object = async (one) => [one.name, await read("objects", (store) => store.get(one.name))];
const objects = new Map(await Promise.all(all.map(object)));
const writing = database.transaction(["stories", "objects"], "readwrite");
for (let number = all.length; number < {SAVED}; number += 1) {{
  const like = all[number % all.length];
  const [key, name] = [`/copy/${{number}}`, `copy ${{number}}`];
  writing.objectStore("stories").put({{ ...like, key, name, saved: true }}, key);
  writing.objectStore("objects").put(objects.get(like.name), name);
}}
await new Promise((done) => (writing.oncomplete = done));
const count = await read("stories", (store) => store.count());
database.close();
return count;
"""
TIMES = """() => new Promise((done) => new PerformanceObserver((list, observer) => {
  const [paint] = list.getEntriesByName("first-contentful-paint");
  if (!paint) return;
  observer.disconnect();
  const { responseEnd } = performance.getEntriesByType("navigation")[0];
  done([responseEnd, paint.startTime - responseEnd]);
}).observe({ type: "paint", buffered: true }))"""


def opening(page: Page, url: str) -> tuple[float, float]:
    """Milliseconds to the last byte, and from there to the first painted text."""
    page.goto(url)
    worker, shown = page.evaluate(TIMES)
    return float(worker), float(shown)


def late(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def told(name: str, times: list[float]) -> str:
    return f"{name}: median {statistics.median(times):.0f} ms, p95 {late(times):.0f} ms"


def main() -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lightkeeper-opening-")))
        room = stack.enter_context(newsroom(folder, 200))
        with site(room) as running, chromium() as browser:
            page = browser.new_context(locale="en-GB").new_page()
            reader = PlaywrightReader(page)
            reader.open(running.url("/light/-/offline?language=en"))
            reader.click("input[value=en-latest-200]")
            reader.click("button")
            reader.until("document.body.innerText.includes('Stories kept: 200')")
            assert reader.run(MORE) == SAVED
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
            running.answers["/bare"] = answer("<!doctype html><title>Bare</title><p>Two words")
            bare = [opening(page, running.url("/bare"))[1] for _ in range(OPENINGS)]
            page.context.set_offline(True)
            opening(page, running.url("/news/story-1"))
            opened = [opening(page, running.url(f"/news/story-{number}")) for number in range(OPENINGS)]
            assert "This is the copy saved on" in reader.text()
    times = [worker * 4 + shown for worker, shown in opened]
    print(f"{SAVED} saved, {len(times)} opened at a quarter of the CPU")
    print(told("to the text", times))
    print(told("the worker's part, before it is multiplied", [worker for worker, _ in opened]))
    print(told("painting a page of two words", bare))
    return int(late(times) >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
