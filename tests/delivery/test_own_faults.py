"""When code of ours fails, the site does not: handed-in parts that raise, on real sockets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from starlette.types import Receive, Scope, Send

from lightkeeper.delivery.documents import Documents
from lightkeeper.delivery.full_page import Treatment, send_page
from lightkeeper.delivery.judging import Judging
from lightkeeper.delivery.library import Library, Light
from lightkeeper.delivery.light_answers import LightAnswers
from lightkeeper.delivery.metrics import Metrics
from lightkeeper.delivery.proxy import Proxy
from lightkeeper.delivery.receipts import Receipts
from lightkeeper.delivery.shelf import Shelf
from lightkeeper.delivery.weighing import Weighing
from lightkeeper.editions.full import FullContext
from lightkeeper.settings import Settings
from lightkeeper.source.origin import Origin
from lightkeeper.source.pool import Pool
from lightkeeper.store import Store, migrate

from ..servers import Received, origin, serving
from .failures import DATABASE, is_full, is_light, overwrite, settings, site_of
from .service import NAVIGATION, SAVE_DATA, Site, page, service


def broken(*_: Any) -> Any:
    raise RuntimeError("cannot read /a?secret=1")


class BrokenLibrary(Library):
    """Fails at everything, in words that name the address."""

    async def get(self, path: str) -> Light:
        return broken()  # type: ignore[no-any-return]

    saved = get  # type: ignore[assignment]
    forget = get  # type: ignore[assignment]


class Whole:
    """Documents with a library of our choice, and all else as it is."""

    def __init__(self, ready: Settings, library: type[Library]) -> None:
        self.origin, self.pool = Origin(ready), Pool(1, 10)
        self.shelf = Shelf(Store(ready.data))
        kept = library(ready, origin=self.origin, store=self.shelf, pool=self.pool)
        proxy, answers = Proxy(ready, self.origin), LightAnswers(ready, kept.site)
        metrics, receipts = Metrics("on", ready.data), Receipts(ready)
        weighing = Weighing(kept.site, kept.map_url, ready.data / "weight")
        self.app = Documents(
            ready,
            proxy=proxy,
            library=kept,
            answers=answers,
            metrics=metrics,
            receipts=receipts,
            weighing=weighing,
            judging=Judging(ready, receipts, weighing),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for part in (self.pool, self.shelf):
            await part.close()
        await self.origin.aclose()
        await send({"type": "lifespan.shutdown.complete"})


def test_a_library_that_fails_costs_nobody_a_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The full page instead of the Light one, the site's own errors; the log names the fault and no address."""
    site = site_of("/a")
    site.put("/gone", b"gone", status=410)
    site.put("/trouble", b"trouble", status=500)
    with origin(site) as scripted:
        ready = settings(scripted.url, str(tmp_path))
        migrate(ready.data)
        with serving(Whole(ready, BrokenLibrary)) as reader:
            for headers in (NAVIGATION, SAVE_DATA):
                assert is_full(reader.get("/a", headers))
                assert (410, b"gone") == ((gone := reader.get("/gone", headers)).status, gone.body)
                assert (500, b"trouble") == ((bad := reader.get("/trouble", headers)).status, bad.body)
            assert "full; reason=failed" == reader.get("/a", SAVE_DATA).header("lightkeeper-edition")
    assert "RuntimeError, at test_own_faults.py:" in caplog.text
    assert "secret" not in caplog.text
    assert "/a" not in "".join(record.getMessage() for record in caplog.records)


class Injecting:
    """An application that treats every page, with a step that fails."""

    def __init__(self, ready: Settings, treatment: Treatment) -> None:
        self.origin, self.treatment = Origin(ready), treatment
        self.proxy = Proxy(ready, self.origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self.origin.aclose()
            await send({"type": "lifespan.shutdown.complete"})
            return
        answer = await self.proxy.open(scope, receive)
        await send_page(self.proxy, answer, self.treatment, scope, receive, send, "br, gzip")


def test_a_page_whose_headers_cannot_be_amended_passes_untouched(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Bytes and headers, asked for once."""
    treatment = Treatment(FullContext("The Paper", "/light/a"), None, broken)
    with origin(site_of("/a")) as site:
        with serving(Injecting(settings(site.url, str(tmp_path)), treatment)) as reader:
            answer = reader.get("/a", NAVIGATION)
            assert (page(), '"v1"') == (answer.body, answer.header("etag"))
            assert (str(len(page())), None) == (answer.header("content-length"), answer.header("content-encoding"))
        assert 1 == len(site.requests)
    assert "could not be prepared" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("before", [0, 900, 1_010, 5_000, 70_000])
def test_a_page_whose_rewriting_fails_goes_on_as_it_is(
    tmp_path: Path, before: int, caplog: pytest.LogCaptureFixture
) -> None:
    """At its beginning, between two pieces, or late: every byte arrives once and in order."""
    body = page(extra="<p>" + "x" * before + '</p><p><a href="http://cms/x">A link</a> that cannot be mapped.</p>' * 3)
    site = Site()
    site.put("/a", body)
    treatment = Treatment(None, broken, lambda headers: headers)
    with origin(site) as scripted, serving(Injecting(settings(scripted.url, str(tmp_path)), treatment)) as reader:
        assert body == brotli.decompress(reader.get("/a", NAVIGATION).body)
    assert "could not be rewritten" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_page_that_cannot_be_decompressed_passes_untouched(tmp_path: Path, coding: str) -> None:
    """The reader may have more luck with it; that is what they would have got without us."""
    with service(tmp_path) as paper:
        paper.site.put("/a", b"not in that coding at all", Content_Encoding=coding)
        answer = paper.reader.get("/a", NAVIGATION | {"Accept-Encoding": coding})
    assert (200, b"not in that coding at all", coding) == (
        answer.status,
        answer.body,
        answer.header("content-encoding"),
    )


def test_an_address_of_ours_that_fails_says_so_in_a_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where there is no page of the site's to fall back on."""
    check: Callable[[Received], bool] = lambda answer: answer.status in (200, 500, 503)  # noqa: E731
    with service(tmp_path) as paper:
        paper.site.put("/a", page())
        assert is_light(paper.reader.get("/light/a", NAVIGATION))
        overwrite(tmp_path / DATABASE)
        for path in ("/light/-/latest", "/light/-/offline", "/light/-/saved", "/_lk/sw.js", "/_lk/metrics"):
            answer = paper.reader.get(path, NAVIGATION)
            assert check(answer)
            assert b"Traceback" not in answer.body
    assert "Traceback" not in caplog.text
