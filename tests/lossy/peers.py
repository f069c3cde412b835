"""What others would use to keep the same pages: `cache.addAll` in a worker's installation, and Workbox's precache."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

VERSION = "7.4.1"
_MODULES = ("workbox-sw", "workbox-core", "workbox-precaching", "workbox-routing", "workbox-strategies")
_FOLDER = Path(__file__).parents[2] / "build" / "peers"

_ADD_ALL = """
const ADDRESSES = {addresses};
self.addEventListener("install", (event) =>
  event.waitUntil(caches.open("stories").then((cache) => cache.addAll(ADDRESSES))));
"""
_WORKBOX = """
importScripts("/peer/workbox-sw.js");
workbox.setConfig({{ modulePathPrefix: "/peer/", debug: false }});
workbox.precaching.precacheAndRoute({addresses}.map((url) => ({{ url, revision: "1" }})));
"""
# What a publisher's page does: register, and again at the next visit where it failed.
VISIT = """
async () => {
  const registration = await navigator.serviceWorker.register("/peer/NAME.js", { scope: "/peer/" });
  const worker = registration.installing || registration.waiting || registration.active;
  if (worker.state !== "installing") return true;
  return new Promise((done) => worker.addEventListener("statechange", () => done(worker.state !== "redundant")));
}
"""
HELD = """
async (addresses) => {
  const found = await Promise.all(addresses.map((url) => caches.match(url, { ignoreSearch: true })));
  const texts = await Promise.all(found.map((answer) => (answer ? answer.text() : "")));
  return texts.filter((text) => text.includes("</article>")).length;
}
"""


def answers(addresses: Iterable[str]) -> dict[str, bytes]:
    """The peers' files, under `/peer/`. Fetches Workbox once, with npm, into build/."""
    listed = json.dumps(list(addresses))
    files = {
        "/peer/": _answer(b"<!doctype html><title>Peer</title>A page", "text/html"),
        "/peer/addall.js": _answer(_ADD_ALL.format(addresses=listed).encode()),
        "/peer/workbox.js": _answer(_WORKBOX.format(addresses=listed).encode()),
    }
    for name in _MODULES:
        script = "workbox-sw.js" if name == "workbox-sw" else f"{name}.prod.js"
        files[f"/peer/{script}"] = _answer((_workbox() / name / "build" / script).read_bytes())
    return files


def _workbox() -> Path:
    modules = _FOLDER / "node_modules"
    if not (modules / _MODULES[-1]).is_dir():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        named = [f"{name}@{VERSION}" for name in _MODULES]
        command = ["npm", "install", "--prefix", str(_FOLDER), "--no-save", "--ignore-scripts", "--silent", *named]
        subprocess.run(command, check=True)
    return modules


def _answer(body: bytes, kind: str = "text/javascript") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (
        kind.encode(),
        len(body),
        body,
    )
