"""Bundles on readers' devices: first sync, update, correction, withdrawal, rotation, refusals, migration."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.bundles import issuing
from lightkeeper.publishing.keyring import Keyring

from ..bundles.desk import ROOTS, secret
from .newsroom import BUNDLE, Newsroom, newsroom
from .readers import Reader
from .site import Site, page, raw, site
from .test_offline import COPY, KEEP, OPENED, UNSAVED, only_chromium
from .tidewater import wait_for

OFFER = "/light/-/offline?language=en"
chromium_first = pytest.mark.parametrize(
    "engine",
    ["chromium", *(pytest.param(name, marks=pytest.mark.devices) for name in ("firefox", "webkit"))],
    indirect=True,
)
HEARD = """
window.heard = "";
navigator.serviceWorker.addEventListener("message", ({ data }) => {
  if (data.type !== "progress") window.heard = data.type;
});
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as working:
        yield working


def stored(reader: Reader, place: str) -> dict[str, Any]:
    """What a store of the device's database holds, by key; of bytes, their SHA-256."""
    found: dict[str, Any] = reader.run(
        OPENED
        + f"""
        const keys = await read({json.dumps(place)}, (store) => store.getAllKeys());
        const values = await read({json.dumps(place)}, (store) => store.getAll());
        database.close();
        const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
        const shown = async (value) => ArrayBuffer.isView(value)
          ? hex(await crypto.subtle.digest("SHA-256", value))
          : JSON.parse(JSON.stringify(value, (_, each) => ArrayBuffer.isView(each) ? undefined : each));
        return Object.fromEntries(await Promise.all(keys.map(async (key, at) => [key, await shown(values[at])])));
        """
    )
    return found


def sync(reader: Reader, running: Site) -> str:
    """Ask the worker to bring what there is; how that ended."""
    reader.open(running.url(OFFER))
    reader.run(HEARD + KEEP)
    reader.until("window.heard")
    return str(reader.run("return window.heard"))


def kept(reader: Reader) -> set[str]:
    return {story["name"] for story in stored(reader, "stories").values()}


def test_a_device_follows_the_newsroom(reader: Reader, room: Newsroom) -> None:
    """First sync, offline, an update with a correction and a withdrawal, a rotation and a revocation of keys."""
    with site(room) as running:
        reader.keep(running)
        assert kept(reader) == set(room.stories())
        assert stored(reader, "objects").keys() == room.objects()
        running.mode = "gateway"
        assert COPY in reader.open(running.url("/news/story-3"))
        running.mode = "open"
        room.publish(3, words="This was corrected. ")
        room.publish(40)
        room.withdraw(4)
        before = len(running.door.requests)
        assert sync(reader, running) == "complete"
        fetched = [one.target.decode() for one in running.door.requests[before:] if b"/_lk/b/" in one.target]
        assert len(fetched) == 2, fetched  # the head, and one pack
        assert kept(reader) == set(room.stories())
        assert stored(reader, "objects").keys() == room.objects()
        now = int(room.desk.clock())
        keys = Keyring(room.desk.settings.data / "keys")
        room.sign_with(issuing.rotate(keys.keys(), ROOTS[1], secret("online 2"), now), secret("online 2"))
        room.publish(41)
        assert sync(reader, running) == "complete"
        now = int(room.desk.clock())
        room.sign_with(issuing.revoke(keys.keys(), ROOTS[0], secret("online 3"), now), secret("online 3"))
        room.publish(42)
        assert sync(reader, running) == "complete"
        assert kept(reader) == set(room.stories())
        assert len(kept(reader)) == 14
    assert "This was corrected." in reader.open(running.url("/news/story-3"))
    assert "Story number 42" in reader.open(running.url("/light/news/story-42"))
    text = reader.open(running.url("/news/story-4"))
    assert UNSAVED in text
    assert "Story number 4\n" not in text
    assert "Story number 42" in text


def altered(room: Newsroom, _other: Newsroom, path: str) -> dict[str, bytes]:
    data = bytearray(room.desk.get(path))
    data[-9] ^= 1
    return {path: bytes(data)}


def truncated(room: Newsroom, _other: Newsroom, path: str) -> dict[str, bytes]:
    data = room.desk.get(path)
    return {path: data[: len(data) - 40]}


def reordered(room: Newsroom, _other: Newsroom, path: str) -> dict[str, bytes]:
    data = room.desk.get(path)
    records, at = [], 4
    while at < len(data):
        size = 5 + int.from_bytes(data[at + 1 : at + 5], "big")
        records.append(data[at : at + size])
        at += size
    assert len(records) > 3
    return {path: data[:4] + b"".join([records[0], *reversed(records[1:])])}


def old(room: Newsroom, _other: Newsroom, _path: str) -> dict[str, bytes]:
    return {f"b/{BUNDLE}/head": room.desk.get("before")}


def foreign(_room: Newsroom, other: Newsroom, _path: str) -> dict[str, bytes]:
    return {name: other.desk.get(name) for name in ("b/keys", f"b/{BUNDLE}/head", f"b/{BUNDLE}/manifest")}


@chromium_first
@pytest.mark.parametrize(
    ("change", "end"),
    [
        (altered, "interrupted"),
        pytest.param(truncated, "interrupted", marks=pytest.mark.devices),
        (reordered, "interrupted"),
        pytest.param(old, "refused", marks=pytest.mark.devices),
        (foreign, "refused"),
    ],
)
def test_what_is_not_as_signed_is_never_kept(
    reader: Reader,
    room: Newsroom,
    tmp_path_factory: pytest.TempPathFactory,
    change: Callable[[Newsroom, Newsroom, str], dict[str, bytes]],
    end: str,
) -> None:
    """Altered, cut, reordered, old and foreign files: nothing of them stays; it goes on after."""
    with site(room) as running, newsroom(tmp_path_factory.mktemp("other"), 3) as other:
        now = int(other.desk.clock())
        other.sign_with(
            issuing.first("https://other.example", (secret("c"), secret("d")), secret("e"), now), secret("e")
        )
        (room.desk.served / "before").write_bytes(room.desk.get(f"b/{BUNDLE}/head"))
        first = room.sequence
        room.publish(20, 21)
        reader.keep(running)
        assert room.sequence > first
        held, allowed = room.sequence, room.objects()
        room.publish(30, 31, 32, 33)
        allowed |= room.objects()
        path = f"b/{BUNDLE}/{held}-{room.sequence}.pack"
        running.answers = {f"/_lk/{name}": raw(data) for name, data in change(room, other, path).items()}
        if end == "interrupted":  # nothing comes by itself either
            running.answers |= {f"/_lk/o/{name}": page("", "404 Not Found") for name in allowed}
        assert sync(reader, running) == end
        objects = stored(reader, "objects")
        assert all(name == digest for name, digest in objects.items())
        assert objects.keys() <= allowed
        assert kept(reader) <= allowed
        assert stored(reader, "state")["held en"]["sequence"] == held
        running.answers.clear()
        assert sync(reader, running) == "complete"
        assert stored(reader, "state")["held en"]["sequence"] == room.sequence
        assert kept(reader) == set(room.stories())


class Once(dict[str, bytes]):
    """Answers that are given one time each."""

    def get(self, path: str, default: Any = None) -> Any:
        return self.pop(path, default)


@only_chromium
def test_what_is_published_meanwhile_is_no_forgery(reader: Reader, room: Newsroom) -> None:
    """A list that came out behind the head that was read belongs to the next head, which is read then."""
    head, pack = room.desk.get(f"b/{BUNDLE}/head"), f"/_lk/b/{BUNDLE}/0-{room.sequence}.pack"
    room.publish(20, 21)
    with site(room) as running:
        running.answers = Once({f"/_lk/b/{BUNDLE}/head": raw(head), pack: page("", "404 Not Found")})
        reader.keep(running)
        assert running.answers == {}
        assert stored(reader, "state")["held en"]["sequence"] == room.sequence
        assert kept(reader) <= room.objects()


@chromium_first
def test_what_arrived_opens_and_is_not_fetched_again(reader: Reader, room: Newsroom) -> None:
    """A pack that ends early: its first stories open; trying again asks for the rest alone, by its place."""
    with site(room) as running:
        path = f"b/{BUNDLE}/0-{room.sequence}.pack"
        data = room.desk.get(path)
        running.answers = {f"/_lk/{path}": raw(data[: len(data) // 2])}
        running.answers |= {f"/_lk/o/{each}": page("", "404 Not Found") for each in room.objects()}
        reader.open(running.url(OFFER))
        reader.click("button")
        reader.until("document.body.innerText.includes('The connection broke')")
        stories = stored(reader, "stories")
        assert set() < kept(reader) < set(room.stories())
        running.mode = "gateway"
        for number in range(12):
            key = f"/news/story-{number}"
            assert (COPY if key in stories else UNSAVED) in reader.open(running.url(key))
        running.mode = "open"
        running.answers.clear()
        assert sync(reader, running) == "complete"
        assert running.asked(f"/_lk/{path}")[-1]["range"].startswith("bytes=")
        assert kept(reader) == set(room.stories())


@only_chromium
def test_more_or_less_is_kept_as_the_reader_chooses(reader: Reader, tmp_path: Path) -> None:
    """Each choice says its size before anything is fetched; the larger one fetches no story twice."""
    with newsroom(tmp_path, 30) as room, site(room) as running:
        reader.keep(running)
        assert len(kept(reader)) == 20
        assert "Stories: 30 · about" in reader.text()
        reader.click("input[value=en-latest]")
        reader.click("button:not([value])")
        reader.until("document.body.innerText.includes('Stories kept: 30')")
        assert len(kept(reader)) == 30
        reader.click("input[value=en-latest-20]")
        reader.click("button:not([value])")
        reader.until("document.body.innerText.includes('Stories kept: 20')")
        assert kept(reader) == set(room.stories())


@only_chromium
def test_a_story_that_the_reader_ticks_stays(reader: Reader, room: Newsroom) -> None:
    """A ticked story outlives the list that named it, and no longer than its publisher lets it."""
    with site(room) as running:
        reader.keep(running)
        reader.click("summary")
        reader.run(
            "[...document.querySelectorAll('#stay label')].find((row) => /number 3$/.test(row.innerText)).click()"
        )
        wait_for(lambda: bool(stored(reader, "stories")["/news/story-3"].get("saved")))
        room.publish(*range(20, 40))
        assert sync(reader, running) == "complete"
        assert stored(reader, "stories").keys() == {f"/news/story-{number}" for number in (3, *range(20, 40))}
        reader.open(running.url(OFFER))
        reader.until("document.querySelectorAll('#stay input:checked').length === 1")
        running.mode = "gateway"
        assert COPY in reader.open(running.url("/news/story-3"))
        assert UNSAVED in reader.open(running.url("/news/story-4"))
        running.mode = "open"
        room.withdraw(3)
        assert sync(reader, running) == "complete"
        assert kept(reader) == set(room.stories())
        assert stored(reader, "objects").keys() == room.objects()


FORMER = """
const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" };
const agreed = await caches.open("lightkeeper-1-agreed");
await agreed.put("/_lk/saved/consent", new Response(JSON.stringify({ languages: { en: { complete: "", tag: "" } } })));
const note = "<!--note--><p role=note>{{date}} <a href='{{url}}'>again</a></p><!--/note-->";
const screen = `${note}<ul><!--story-->{{title}}<!--/story--></ul>`;
await agreed.put("/_lk/saved/en.html", new Response(screen, { headers }));
const latest = await caches.open("lightkeeper-1-latest");
for (const number of [1, 70]) {
  const story = { url: `/light/news/story-${number}`, title: `Old ${number}`, language: "en", direction: "ltr",
    published: "2026-11-20T08:00:00+00:00", version: "x", bytes: 100 };
  const own = { ...headers, "Lightkeeper-Story": encodeURIComponent(JSON.stringify(story)) };
  const html = `<!doctype html><main><p>Kept long ago: ${number}</main><footer></footer>`;
  await latest.put(story.url, new Response(html, { headers: own }));
}
"""


@only_chromium
@pytest.mark.parametrize("by", ["worker", "page"])
def test_readers_of_the_first_way_lose_no_story(reader: Reader, room: Newsroom, by: str) -> None:
    """Pages in the first way's caches are stories before its caches go; the next sync brings their successors."""
    with site(room) as running:
        reader.open(running.url("/plain"))
        reader.run(FORMER)
        if by == "worker":
            reader.run("await navigator.serviceWorker.register('/_lk/sw.js', { scope: '/' })")
        else:
            reader.open(running.url(OFFER))
        reader.until("(await caches.keys()).length === 0")
        reader.until("(await navigator.serviceWorker.getRegistrations())[0]?.active?.state === 'activated'")
        assert stored(reader, "stories").keys() == {"/news/story-1", "/news/story-70"}
        running.mode = "gateway"
        assert "Kept long ago: 70" in reader.open(running.url("/news/story-70"))
        assert "Kept long ago: 1" in reader.open(running.url("/light/news/story-1"))
        running.mode = "open"
        assert sync(reader, running) == "complete"
        assert kept(reader) == set(room.stories())
