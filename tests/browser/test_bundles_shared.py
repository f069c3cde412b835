"""What a device shares: two tabs at one sync, two versions of the worker and of the format, too little room."""

from __future__ import annotations

import random
import threading

import pytest

from .newsroom import BUNDLE, Newsroom
from .readers import NO_TRACES, PlaywrightReader, Reader
from .site import page, raw, site
from .test_bundles import HEARD, OFFER, kept, room, stored, sync  # noqa: F401  (a fixture)
from .test_offline import COPY, KEEP, only_chromium
from .tidewater import wait_for

ALLOWED = "Service-Worker-Allowed: /"
CHANGED = """
const before = navigator.serviceWorker.controller;
await (await navigator.serviceWorker.getRegistration()).update();
while (navigator.serviceWorker.controller === before) {
  await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
}
"""


@only_chromium
def test_two_tabs_fetch_everything_once(reader: PlaywrightReader, room: Newsroom) -> None:  # noqa: F811
    """Both say yes at once, and both are told; what one removes, the other's sync does not bring back."""
    other = PlaywrightReader(reader.page.context.new_page())
    with site(room) as running:
        for tab in (reader, other):
            tab.open(running.url(OFFER))
        for tab in (reader, other):
            tab.click("button")
        for tab in (reader, other):
            tab.until("document.querySelector('a.button').offsetParent")
        assert len(running.asked(f"/_lk/b/{BUNDLE}/0-{room.sequence}.pack")) == 1
        assert kept(other) == set(room.stories())
        held = room.sequence
        room.publish(20, 21, 22, 23)
        path = f"b/{BUNDLE}/{held}-{room.sequence}.pack"
        data = room.desk.get(path)
        running.answers[f"/_lk/{path}"] = raw(data)
        running.held[f"/_lk/{path}"] = len(data) // 2
        running.gates[f"/_lk/{path}"] = gate = threading.Event()
        other.run(HEARD + KEEP)
        wait_for(lambda: bool(running.asked(f"/_lk/{path}")))
        reader.click("button[value=remove]")
        reader.until("document.body.innerText.includes('has been removed')")
        gate.set()
        other.until("window.heard")
        assert reader.traces() == NO_TRACES


@only_chromium
def test_versions_follow_each_other(reader: Reader, room: Newsroom) -> None:  # noqa: F811
    """A newer worker takes over what an older one kept; a format to come is refused, and what is here stays."""
    with site(room) as running:
        reader.keep(running)
        reader.open(running.url(OFFER))
        newer = room.address.get("/_lk/sw.js").body.decode() + "// newer"
        running.answers["/_lk/sw.js"] = page(newer, "200 OK", "text/javascript", ALLOWED)
        reader.run(CHANGED)
        before = len(running.door.requests)
        assert sync(reader, running) == "complete"
        fetched = [one.target.decode() for one in running.door.requests[before:] if b"/_lk/b/" in one.target]
        assert fetched == [f"/_lk/b/{BUNDLE}/head"]
        old = kept(reader)
        room.publish(20)
        head = room.desk.get(f"b/{BUNDLE}/head")
        running.answers[f"/_lk/b/{BUNDLE}/head"] = raw(b"LKh2" + head[4:])
        assert sync(reader, running) == "refused"
        assert kept(reader) == old == set(stored(reader, "objects")) & old
        running.answers.clear()
        assert sync(reader, running) == "complete"
        assert kept(reader) == set(room.stories())


@pytest.mark.devices
@pytest.mark.parametrize("engine", ["firefox with little room"], indirect=True)
def test_where_there_is_no_more_room_the_oldest_go(reader: Reader, room: Newsroom) -> None:  # noqa: F811
    """In a megabyte: what the list no longer names makes room, what the reader ticked stays, and the reader is told."""
    with site(room) as running:
        reader.keep(running)
        reader.click("summary")
        reader.run("document.querySelector('#stay label:last-of-type').click()")
        wait_for(lambda: any(story.get("saved") for story in stored(reader, "stories").values()))
        (ticked,) = (key for key, story in stored(reader, "stories").items() if story.get("saved"))
        ends = []
        for first in range(20, 60, 5):
            room.publish(*range(first, first + 5), words=large(first))
            ends.append(sync(reader, running))
            assert all(name == digest for name, digest in stored(reader, "objects").items())
            assert ticked in stored(reader, "stories")
        assert set(ends) == {"complete", "full"}
        assert "/news/story-59" in stored(reader, "stories")
        reader.click("button:not([value])")
        reader.until("document.body.innerText.includes('no more room on this device')")
        running.mode = "gateway"
        assert COPY in reader.open(running.url(ticked))


def large(seed: int) -> str:
    """Words of which nothing repeats, about 54 kB."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abcdefghijklmnopqrst", k=8)) for _ in range(6_000))
