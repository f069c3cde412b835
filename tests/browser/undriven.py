"""A WebKitGTK without WebDriver, under which it keeps nothing across restarts: a page of ours drives another window.

The page asks this process what to run in the window that it opened, and tells what came of it.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from .drivers import MINIBROWSER, screen
from .readers import Reader
from .site import PATIENCE, Site

_PAGE = """<!doctype html><title>Desk</title><script>
(async () => {
  let there = open("about:blank");
  for (;;) {
    const { url, script } = await (await fetch("%(desk)s")).json();
    let told;
    try {
      if (url) there.location = url;
      else told = [await new Function("there", `with (there) return (async () => { ${script} })()`)(there)];
    } catch (error) { told = `${error}`; }
    await fetch("%(desk)s", { method: "POST", body: JSON.stringify(told || []) });
  }
})();
</script>"""


class UndrivenReader(Reader):
    """`orders` are taken by the page one by one; each has its answer in `told`."""

    engine = "webkit"

    def __init__(self) -> None:
        self.orders: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
        self.told: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def _load(self, url: str) -> None:
        self._ask(url=url)

    def run(self, script: str) -> Any:
        told = self._ask(script=script)
        if isinstance(told, str):
            raise RuntimeError(told)
        return told[0] if told else None

    def _ask(self, **order: str) -> Any:
        self.orders.put(order)
        return self.told.get(timeout=PATIENCE)


@contextmanager
def undriven_webkit(profile: Path, site: Site) -> Iterator[Reader]:
    """A window on `site`; what it keeps there stands in `profile`, whose name its processes bear as their home."""
    reader = UndrivenReader()
    with _desk(reader) as desk, screen() as display:
        # As a fault of the server's own, which no worker takes for a sign that there is news to fetch.
        body = (_PAGE % {"desk": desk}).encode()
        site.answers["/desk"] = b"HTTP/1.1 500 Desk\r\nContent-Type: text/html\r\n\r\n" + body
        homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(profile))
        command = (MINIBROWSER, "--javascript-can-open-windows-automatically=true", site.url("/desk"))
        with subprocess.Popen(command, env={**os.environ, **homes, "DISPLAY": display}) as browser:
            try:
                yield reader
            finally:
                browser.kill()


@contextmanager
def _desk(reader: UndrivenReader) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(json.dumps(reader.orders.get()).encode())

        def do_POST(self) -> None:
            reader.told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            reader.orders.put({})  # whoever waits for an order waits no longer
            server.shutdown()
            thread.join()
