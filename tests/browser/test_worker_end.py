"""How a worker goes when Lightkeeper has gone: by the publisher's own file, or by itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..cli.run import run
from .readers import NO_TRACES, Reader
from .site import Site, page, site
from .test_offline import COPY, OPENED, only_chromium
from .tidewater import Service, wait_for

GONE = page("Nothing here", "404 Not Found")
NOTED = f"""{OPENED}
const noted = await read("state", (state) => state.get("absence"));
"""
MISSED = f"await (async () => {{ {NOTED} database.close(); return noted?.missed }})()"
# Two days pass.
LATER = f"""{NOTED}
noted.asked -= 2 * 86_400_000;
const writing = database.transaction("state", "readwrite");
writing.objectStore("state").put(noted, "absence");
await new Promise((done) => (writing.oncomplete = done));
database.close();
"""
NO_WORKER = "(await navigator.serviceWorker.getRegistrations()).length === 0"


def test_a_worker_goes_by_itself_on_the_third_day(reader: Reader, service: Service) -> None:
    """A site without anything of ours at the worker's address: twice it waits, then nothing is left."""
    with site(service) as running:
        reader.keep(running)
        running.answers["/_lk/sw.js"] = GONE
        for day in (1, 2):
            reader.open(running.url("/light/en/ferry"))
            reader.until(f"{MISSED} === {day}")
            reader.open(running.url("/light/en/ferry"))
            assert reader.run(f"return {MISSED}") == day, "once a day is enough"
            reader.run(LATER)
        reader.open(running.url("/light/en/ferry"))
        reader.until("(await indexedDB.databases()).length === 0")
        reader.until(NO_WORKER)
        assert COPY not in reader.open(running.url("/light/en/ferry"))
        assert reader.traces() == NO_TRACES


@only_chromium
def test_failures_say_nothing_and_a_return_forgives(reader: Reader, service: Service) -> None:
    """Errors, refusals and dead gateways do not count; once the server is there again, counting begins anew."""
    with site(service) as running:
        reader.keep(running)
        running.answers["/_lk/sw.js"] = GONE
        reader.open(running.url("/light/en/ferry"))
        reader.until(f"{MISSED} === 1")
        for status in ("503 Service Unavailable", "403 Forbidden"):
            running.answers["/_lk/sw.js"] = page("no", status)
            reader.run(LATER)
            asked = len(running.asked("/_lk/sw.js"))
            reader.open(running.url("/light/en/ferry"))
            wait_for(partial(_more, running, asked))
            assert reader.run(f"return {MISSED}") == 1
        del running.answers["/_lk/sw.js"]
        reader.run(LATER)
        reader.open(running.url("/light/en/ferry"))
        reader.until(f"{MISSED} === 0")


def _more(running: Site, asked: int) -> bool:
    return len(running.asked("/_lk/sw.js")) > asked


def test_the_publishers_own_file_ends_it_at_once(reader: Reader, service: Service, tmp_path: Path) -> None:
    """What `lightkeeper uninstall` wrote, with the headers that it names; without them the browser refuses it."""
    assert run("uninstall", "--output", str(tmp_path / "sw.js")) == 0
    script = (tmp_path / "sw.js").read_text()
    with site(service) as running:
        reader.keep(running)
        update = "try { await (await navigator.serviceWorker.ready).update() } catch (error) { return error.name }"
        running.answers["/_lk/sw.js"] = page(script, "200 OK", "text/javascript")
        assert reader.run(update) == "SecurityError"
        running.answers["/_lk/sw.js"] = page(script, "200 OK", "text/javascript", "Service-Worker-Allowed: /")
        reader.open(running.url("/light/en/ferry"))
        reader.until("(await indexedDB.databases()).length === 0")
        reader.until(NO_WORKER)
        reader.open(running.url("/light/en/ferry"))
        assert reader.traces() == NO_TRACES
