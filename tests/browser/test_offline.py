"""Saved reading in real browsers: nothing before a yes, everything after it, with the server dead, hung or gone bad."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import Browser

from lightkeeper.delivery.navigation import is_navigation

from .readers import NO_TRACES, Reader
from .site import hold, page, site
from .tidewater import LIMIT, SENTENCE, TITLES, Service, switched, wait_for

pytestmark = pytest.mark.browser

IMPATIENT = 1.5
COPY = "This is the copy saved on"
UNSAVED = "not among your saved stories"
FAILED = "not answering right now"
LATE = "The full page is still loading"
COME = "The full page is here"


def test_nothing_is_left_before_a_yes(reader: Reader, service: Service) -> None:
    """Reading Light pages and looking at what is offered leaves no worker, no cache, no cookie, nothing."""
    with site(service) as running:
        reader.open(running.url("/light/en/ferry"))
        text = reader.open(running.url("/light/-/offline?language=en"))
        reader.until("document.querySelector('button').offsetParent")
        assert "What stays on this device" in text
        assert reader.traces() == NO_TRACES
        assert running.asked("/_lk/sw.js") == []


def test_saved_stories_open_with_the_server_killed(reader: Reader, service: Service) -> None:
    """After a yes stories open from either address, with a note; anything else shows the list with ages."""
    with site(service) as running:
        reader.keep(running)
        assert running.asked("/_lk/b/fa-latest-20/head") == []
    for address in ("/light/en/ferry", "/en/ferry", "/en/ferry?utm_source=x&edition=full", "/light/en/wells?p=12"):
        text = reader.open(running.url(address))
        title = TITLES["/en/wells?p=12" if "wells" in address else "/en/ferry"]
        assert COPY in text, address
        assert title in text, address
        assert SENTENCE["en"].strip() in text, address
    reader.until("document.querySelector('main [role=note] a').textContent === 'Try again'")
    listed = reader.open(running.url("/light/-/saved"))
    assert listed.count("3 days ago") == 2
    assert UNSAVED not in listed
    for address in ("/", "/en/wells?p=13", "/light/fa/library"):
        text = reader.open(running.url(address))
        assert UNSAVED in text, address
        assert TITLES["/en/ferry"] in text, address
    assert reader.run("return fetch('/light/en/ferry').then(() => 'answered', () => 'failed')") == "failed"
    reader.click("ul.saved a")
    reader.until(f"document.body.innerText.includes({json.dumps(COPY)})")


def test_persian_is_right_to_left_all_the_way(reader: Reader, service: Service) -> None:
    """Asking, listing and the saved copy with its note are Persian and right-to-left, dates in its calendar."""
    with site(service) as running:
        reader.keep(running, "fa")
        assert reader.run("return document.dir") == "rtl"
    text = reader.open(running.url("/fa/library"))
    assert reader.run("return document.dir") == "rtl"
    assert TITLES["/fa/library"] in text
    assert "دوباره امتحان کنید" in text
    listed = reader.open(running.url("/light/-/saved"))
    assert reader.run("return getComputedStyle(document.querySelector('ul.saved li')).direction") == "rtl"
    assert "۳ روز پیش" in listed


def test_a_server_that_never_answers_loses_the_race(reader: Reader, service: Service) -> None:
    """A server that accepts and stays silent: the saved copy is there after the limit, the next one sooner."""
    with site(service) as running:
        reader.keep(running)
        running.mode = "hung"
        for address, limit in (("/light/en/ferry", LIMIT), ("/en/ferry", IMPATIENT)):
            began = time.monotonic()
            text = reader.open(running.url(address))
            took = time.monotonic() - began
            assert COPY in text
            assert limit * 0.9 < took < limit + 4
        running.mode = "open"
        reader.click("main [role=note] a")
        reader.until("!document.body.innerText.includes('This is the copy saved on')")
        assert TITLES["/en/ferry"] in reader.text()


@pytest.mark.parametrize("waits", [False, True])
def test_a_late_page_is_said_to_be_loading_until_it_is_here(reader: Reader, service: Service, waits: bool) -> None:
    """Over the saved copy; then it opens by itself for who waits for it, else on a click, and is not loaded again."""
    with site(service) as running:
        reader.keep(running)
        gate = hold(running, "/en/ferry")
        text = reader.open(running.url("/en/ferry#now"))
        assert LATE in text
        assert COPY in text
        assert FAILED not in text
        assert COME not in text
        if waits:
            reader.click("main [role=note] input")
        gate.set()
        if not waits:
            reader.until(f"document.body.innerText.includes({json.dumps(COME)})")
            assert LATE not in reader.text()
            reader.click("main [role=note] a")
        reader.until("document.readyState === 'complete' && !document.querySelector('[role=note]')")
        assert TITLES["/en/ferry"] in reader.text()
        assert len(running.asked("/en/ferry")) == 1
        reader.until(f"{USUAL} >= {LIMIT * 900}")


def test_a_late_page_that_breaks_off_has_failed(reader: Reader, service: Service) -> None:
    """The note over the copy says so; another try is another request."""
    with site(service) as running:
        reader.keep(running)
        running.answers["/en/ferry"] = page("<title>Cut</title>Only the beginning")[:-10]
        gate = hold(running, "/en/ferry")
        assert LATE in reader.open(running.url("/en/ferry"))
        gate.set()
        reader.until(f"document.body.innerText.includes({json.dumps(FAILED)})")
        assert LATE not in reader.text()
        running.answers.clear()
        reader.click("main [role=note] a")
        reader.until("document.readyState === 'complete' && !document.querySelector('[role=note]')")
        assert TITLES["/en/ferry"] in reader.text()
        assert len(running.asked("/en/ferry")) == 2


def test_a_dead_gateway_counts_as_no_answer_and_a_refusal_as_one(reader: Reader, service: Service) -> None:
    """502 shows the saved copy, or the list; 404 passes through, and takes the saved copy away."""
    with site(service) as running:
        reader.keep(running)
        running.mode = "gateway"
        assert COPY in reader.open(running.url("/en/ferry"))
        assert UNSAVED in reader.open(running.url("/fa/library"))
        running.mode = "open"
        running.answers["/en/ferry"] = page("Not here", "404 Not Found")
        assert "Not here" in reader.open(running.url("/en/ferry"))
        running.mode = "gateway"
        text = reader.open(running.url("/en/ferry"))
        assert UNSAVED in text
        assert TITLES["/en/ferry"] not in text


def test_pages_load_as_before_through_the_worker(reader: Reader, service: Service) -> None:
    """With a worker over the whole site the server still sees navigations, redirects work, and forms are untouched."""
    with site(service) as running:
        running.answers = {
            "/moved": page("", "302 Found", "text/html", "Location: /here"),
            "/here": page("<title>Here</title><form method=post action=/send><button>Send</button></form>"),
            "/broken": page("The publisher's own error", "500 Internal Server Error"),
            "/send": page("<title>Sent</title>It was sent"),
        }
        reader.keep(running)
        assert "The publisher's own error" in reader.open(running.url("/broken"))
        reader.open(running.url("/moved"))
        assert reader.run("return location.pathname") == "/here"
        reader.click("button")
        reader.until("document.title === 'Sent'")
        for path in ("/broken", "/moved", "/here"):
            assert [is_navigation("GET", headers) for headers in running.asked(path)] == [True], running.asked(path)


def test_the_publisher_still_learns_where_readers_come_from(reader: Reader, service: Service) -> None:
    """Referrers from the site and from elsewhere pass through the worker, for saved stories and for other pages."""
    with site(service) as running, site(service) as elsewhere:
        link = "<title>Link</title><a href={}>A link</a>"
        running.answers = {"/plain": page("<title>Plain</title>A plain page")}
        reader.keep(running)
        for start in (running, elsewhere):
            for path in ("/en/ferry", "/plain"):
                start.answers["/start"] = page(link.format(running.url(path)))
                before = len(running.asked(path))
                reader.open(start.url("/start"))
                reader.click("a")
                reader.until(f"location.pathname === '{path}' && document.readyState === 'complete'")
                (headers,) = running.asked(path)[before:]
                assert headers["referer"] == start.url("/start" if start is running else "/")
                assert is_navigation("GET", headers), headers


def test_remove_leaves_nothing(reader: Reader, service: Service) -> None:
    """One button unregisters the worker and wipes everything, and the page says so."""
    with site(service) as running:
        reader.keep(running)
        assert reader.traces() == NO_TRACES | {"workers": ["/"], "databases": 1}
        reader.click("button[value=remove]")
        reader.until("document.body.innerText.includes('has been removed')")
        assert reader.traces() == NO_TRACES
        assert TITLES["/en/ferry"] in reader.open(running.url("/en/ferry"))
        assert reader.traces() | {"cookies": []} == NO_TRACES


def test_a_worker_of_the_sites_own_is_kept(reader: Reader, service: Service) -> None:
    """Where the site has a worker, ours takes the Light prefix only; removing ours leaves the site's and its cache."""
    with site(service) as running:
        running.answers = {
            "/own-worker.js": page("addEventListener('fetch', () => {});", kind="text/javascript"),
            "/own": page("<title>Own</title>A page of the site"),
        }
        reader.open(running.url("/own"))
        reader.run("await caches.open('site-assets'); await navigator.serviceWorker.register('/own-worker.js')")
        reader.until("(await navigator.serviceWorker.ready).active")
        reader.keep(running)
        assert sorted(reader.traces()["workers"]) == ["/", "/light/"]
        scripts = "return (await navigator.serviceWorker.getRegistrations()).map((one) => one.active.scriptURL)"
        assert running.url("/own-worker.js") in reader.run(scripts)
        running.mode = "gateway"
        assert TITLES["/en/ferry"] in reader.open(running.url("/light/en/ferry"))
        assert "Bad gateway" in reader.open(running.url("/en/ferry"))
        running.mode = "open"
        reader.open(running.url("/light/-/offline?language=en"))
        reader.click("button[value=remove]")
        reader.until("document.body.innerText.includes('has been removed')")
        assert reader.traces() | {"cookies": []} == NO_TRACES | {"workers": ["/"], "caches": ["site-assets"]}


def test_the_operator_can_end_it_everywhere(reader: Reader, service: Service) -> None:
    """Once saved reading is off, the next visits remove the worker and what was kept."""
    with site(service) as running:
        reader.keep(running)
        with switched(service, "off") as off:
            running.elsewhere = {"/_lk/sw.js": off}
            reader.open(running.url("/light/en/ferry"))
            reader.until("(await indexedDB.databases()).length === 0")
            reader.until("(await navigator.serviceWorker.getRegistrations()).length === 0")
        assert COPY not in reader.open(running.url("/light/en/ferry"))
        assert reader.traces() | {"cookies": []} == NO_TRACES


only_chromium = pytest.mark.parametrize("engine", ["chromium"], indirect=True)
HEAD = "/_lk/b/en-latest-20/head"
KEEP = "navigator.serviceWorker.controller.postMessage({type: 'keep', language: 'en'})"
OPENED = """
const database = await new Promise((done, failed) => {
  const asked = indexedDB.open("lightkeeper");
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});
const read = (place, ask) => new Promise((done) => {
  const asked = ask(database.transaction(place).objectStore(place));
  asked.onsuccess = () => done(asked.result);
});
"""
COUNT = f"""await (async () => {{ {OPENED}
  const count = await read("stories", (store) => store.count());
  database.close();
  return count;
}})()"""
# How long the network usually takes to answer, in milliseconds.
USUAL = f"""await (async () => {{ {OPENED}
  const usual = await read("state", (store) => store.get("usual"));
  database.close();
  return usual;
}})()"""
# An hour passes: what was complete just now was so an hour ago.
AGE = f"""{OPENED}
const languages = await read("state", (state) => state.get("consent"));
languages.en.complete = new Date(Date.now() - 3600_000).toISOString();
const writing = database.transaction("state", "readwrite");
writing.objectStore("state").put(languages, "consent");
await new Promise((done) => (writing.oncomplete = done));
database.close();
"""


@only_chromium
def test_the_worker_asks_as_nobody(reader: Reader, service: Service) -> None:
    """Keys, head and packs are fetched without the reader's cookies and past the browser's cache."""
    with site(service) as running:
        reader.open(running.url("/light/-/offline?language=en"))
        reader.run("document.cookie = 'who=me'")
        reader.keep(running)
        asked = {request.target.decode() for request in running.door.requests if request.target.startswith(b"/_lk/b/")}
        assert {"/_lk/b/keys", HEAD} < asked
        for path in asked:
            for headers in running.asked(path):
                assert "cookie" not in headers
                assert headers["cache-control"] == "no-cache"


@only_chromium
def test_a_visit_refreshes_seldom(reader: Reader, service: Service) -> None:
    """Visits ask for the head again only when the last time is half an hour away."""
    with site(service) as running:
        reader.keep(running)
        for _ in range(2):
            reader.open(running.url("/light/en/ferry"))
        assert len(running.asked(HEAD)) == 1
        reader.run(AGE)
        reader.open(running.url("/light/en/ferry"))
        wait_for(lambda: len(running.asked(HEAD)) == 2)


@pytest.mark.parametrize("engine", ["chromium on a poor link"], indirect=True)
def test_a_poor_link_carries_nothing_unasked(reader: Reader, service: Service) -> None:
    """On a link that the browser knows to be poor nothing is refreshed and "auto" keeps nothing; a yes is a yes."""
    with site(service) as running:
        running.answers["/auto"] = page("<title>Auto</title>x<script src=/_lk/keep.js data-language=en defer></script>")
        reader.open(running.url("/auto"))
        assert reader.traces() == NO_TRACES
        reader.keep(running)
        reader.run(AGE)
        reader.open(running.url("/light/en/ferry"))
        reader.run(KEEP)  # after whatever the visit may have begun, for the worker does one thing at a time
        wait_for(lambda: len(running.asked(HEAD)) == 2)
        reader.until("true")
        assert len(running.asked(HEAD)) == 2


@only_chromium
def test_without_a_script_the_page_says_so(engine: Browser, service: Service) -> None:
    """With JavaScript off there is no button that does nothing, but a sentence."""
    with site(service) as running, engine.new_context(java_script_enabled=False, locale="en-GB") as context:
        shown = context.new_page()
        shown.goto(running.url("/light/-/offline?language=en"))
        assert shown.get_by_text("Keeping stories needs JavaScript").is_visible()
        assert shown.locator("button:visible").count() == 0


@only_chromium
def test_auto_keeps_without_a_question_until_a_no(reader: Reader, service: Service) -> None:
    """Where the operator chose so, a page keeps the stories; after "Remove everything" it does not begin again."""
    with site(service) as running, switched(service, "auto") as auto:
        offer = "/light/-/offline?language=en"
        running.elsewhere[offer] = auto
        running.answers["/auto"] = page("<title>Auto</title>x<script src=/_lk/keep.js data-language=en defer></script>")
        reader.open(running.url("/auto"))
        reader.until(f"{COUNT} === 2")
        reader.open(running.url(offer))
        reader.click("button[value=remove]")
        reader.until("document.body.innerText.includes('has been removed')")
        reader.open(running.url("/auto"))
        assert reader.traces() == NO_TRACES | {"local": 1}
