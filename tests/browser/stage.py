"""A server that shows many hostile pages in frames of one, and takes down what they execute and what they ask for.

`top.hit(n)` is what a vector calls; `/hit/n` is what it requests. Nothing here sends a Content-Security-Policy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

# Frames are filled one after the other's load; then every element is touched as a reader would touch it.
_SCRIPT = """
const hits = new Set(), late = new Set(), strangers = [];
window.hit = number => { hits.add(number); };
window.alert = window.confirm = window.prompt = () => {};
const sleep = ms => new Promise(done => setTimeout(done, ms));
function touch(root, where) {
  for (const element of root.querySelectorAll("*")) {
    for (const name of element.getAttributeNames ? element.getAttributeNames() : [])
      if (name.startsWith("on")) strangers.push(`${where}: ${element.localName} ${name}`);
    for (const kind of ["pointerover", "mouseover", "focus", "toggle"]) element.dispatchEvent(new Event(kind));
    const scheme = /^https?:|^mailto:|^tel:|^$/.test(element.protocol || "") ? "" : element.protocol;
    if (scheme) strangers.push(`${where}: ${scheme}`);
    const runs = /^(java|live)script:/.test(scheme);
    if (element.hasAttribute && (runs || element.hasAttribute("onclick") || element.hasAttribute("formaction")
        || element.localName === "button" || element.localName === "a" && !element.getAttribute("href")))
      element.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, view: window}));
  }
}
function shown(number) {
  return new Promise(done => {
    const frame = document.createElement("iframe");
    const timer = setTimeout(() => { late.add(number); done(frame); }, 20000);
    frame.onload = () => { frame.onload = null; clearTimeout(timer); done(frame); };
    frame.src = `${PREFIX}${number}`;
    document.body.append(frame);
  });
}
async function framed() {
  const frames = await Promise.all(NUMBERS.map(shown));
  await sleep(200);
  frames.forEach((frame, at) => {
    try { touch(frame.contentDocument, NUMBERS[at]); } catch (error) { /* a frame that left our origin */ }
  });
}
async function inserted() {
  for (const [number, html] of Object.entries(FRAGMENTS)) {
    const first = document.createElement("div"), second = document.createElement("div");
    document.body.append(first, second);
    first.innerHTML = html;
    second.innerHTML = first.innerHTML;
    const xml = new DOMParser().parseFromString(html, "application/xhtml+xml");
    first.append(document.importNode(xml.documentElement, true));
    touch(first, number);
    touch(second, number);
  }
}
addEventListener("load", async () => {
  await (FRAGMENTS ? inserted() : framed());
  await sleep(500);
  window.verdict = JSON.stringify({hits: [...hits], late: [...late], strangers});
});
"""


@dataclass(slots=True)
class Stage:
    """`pages` by set and number, bytes with content type; `fragments` are inserted by script, twice and as XML."""

    address: str = ""
    pages: dict[str, Mapping[int, tuple[bytes, str]]] = field(default_factory=dict)
    fragments: Mapping[int, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[bytes, str]:
        kind, _, rest = path.lstrip("/").partition("/")
        if kind == "all":
            return self._harness(json.dumps(f"/frame/{rest}/"), list(self.pages[rest]), None)
        if kind == "insert":
            return self._harness('""', [], self.fragments)
        name, _, number = rest.partition("/")
        if kind == "frame" and number.lstrip("-").isdigit():
            return self.pages[name][int(number)]
        self.requests.append(path)
        return b"", "text/plain"

    def _harness(self, prefix: str, numbers: list[int], fragments: Mapping[int, str] | None) -> tuple[bytes, str]:
        data = json.dumps(fragments).replace("<", "\\u003c")
        setup = f"const PREFIX = {prefix}, NUMBERS = {numbers}, FRAGMENTS = {data};"
        head = "<meta charset=utf-8><link rel=icon href=data:,><style>iframe{width:9em;height:5em}</style>"
        page = f"<!DOCTYPE html>{head}<body><script>{setup}{_SCRIPT}</script></body>"
        return page.encode(), "text/html; charset=utf-8"


@contextmanager
def stage() -> Iterator[Stage]:
    state = Stage()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body, content_type = state.answer(self.path)
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
