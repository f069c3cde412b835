"""Opening a saved story with no server, in Chromium at a quarter of the CPU, with 500 stories on the device.

The page's share (from the last byte to the first painted text) runs at a quarter of the speed; Chromium cannot slow a
worker down, so that the worker's share (from the click to the last byte) is multiplied by four.
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
from ..browser.test_offline import OPENED, PlaywrightReader, site

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


def opening(page: Page, url: str) -> float:
    """Milliseconds to the first painted text."""
    page.goto(url)
    worker, shown = page.evaluate(TIMES)
    return float(worker * 4 + shown)


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
            running.mode = "shut"
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
            opening(page, running.url("/news/story-1"))
            times = sorted(opening(page, running.url(f"/news/story-{number}")) for number in range(OPENINGS))
            assert "This is the copy saved on" in reader.text()
    median, late = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"{SAVED} saved, {len(times)} opened at a quarter of the CPU: median {median:.0f} ms, p95 {late:.0f} ms")
    return int(late >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
