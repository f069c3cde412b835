"""Saved reading over HTTP: what is offered before anything is fetched, and that off means off."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
from starlette.applications import Starlette

from lightkeeper.delivery import saved
from lightkeeper.publishing.keyring import Keyring
from lightkeeper.publishing.publisher import Publisher
from lightkeeper.settings import load
from lightkeeper.store import Store, Story, migrate

from .. import scripts
from ..bundles.desk import PUBLICATION, article, keys, secret, stored

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ALL = (
    "/_lk/offline.js",
    "/_lk/keep.js",
    "/light/-/offline",
    "/light/-/saved",
)
Reader = Callable[..., httpx.AsyncClient]


def story(number: int, language: str) -> Story:
    address = f"/{language}/{number}" + ("?p=1&q=2" if number == 0 else "")
    title, published = f'<b>{number}</b> & "چای"', NOW - timedelta(hours=number)
    return stored(article(number, url=PUBLICATION + address, title=title, language=language, published=published))


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    """A browser's view of the service under the settings that a test names."""
    migrate(tmp_path)
    Keyring(tmp_path / "keys").write(keys(), secret("online 1"))
    store = Store(tmp_path)
    for number in range(24):
        await store.save(story(number, "fa"))
    for number in range(3):
        await store.save(story(number, "en"))
    published = Publisher(load(origin="http://news.example", data=tmp_path), store, lambda _: True)
    await published.once()
    await published.close()

    def ask(**settings: Any) -> httpx.AsyncClient:
        given = load(origin="http://news.example", publication="روزنامه", data=tmp_path, **settings)
        app = Starlette(routes=saved.routes(given, store))
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://news.example")

    yield ask
    await store.close()


async def test_worker_may_take_the_whole_site_and_is_asked_for_anew(reader: Reader) -> None:
    """The worker's address says its widest scope, is never answered from a cache, and has a policy of its own."""
    answer = await reader().get("/_lk/sw.js")
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == "default-src 'none';connect-src 'self'"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text.startswith('self.LIGHTKEEPER={"prefix":"/light","limit":5000,"bundle":"latest-20",')


async def test_worker_is_small(reader: Reader) -> None:
    """The worker, with all that it verifies, is at most 8,000 bytes in brotli, the page's script at most 3,600."""
    client = reader()
    sizes = {}
    for path in ("/_lk/sw.js", "/_lk/offline.js", "/_lk/keep.js"):
        async with client.stream("GET", path, headers={"accept-encoding": "br"}) as answer:
            raw = b"".join([piece async for piece in answer.aiter_raw()])
        assert brotli.decompress(raw).startswith(b"self.LIGHTKEEPER={")
        sizes[path] = len(raw)
    assert sizes["/_lk/sw.js"] <= 8_000
    assert max(sizes["/_lk/offline.js"], sizes["/_lk/keep.js"]) <= 4_000


async def test_consent_page_says_everything_without_a_script(reader: Reader) -> None:
    """What stays, how large, how to remove it and every title are in the page; so is what it needs a script for."""
    text = (await reader().get("/light/-/offline?language=en")).text
    for said in (
        "What stays on this device",
        "How large it is",
        "How to remove it",
        "Keeping stories needs JavaScript",
        "Stories: 3 · about ",
        "<li>&lt;b&gt;0&lt;/b&gt; &amp;",
    ):
        assert said in text
    assert 'href="/light/-/offline?language=fa"' in text


async def test_each_choice_says_how_much_it_is(reader: Reader) -> None:
    """Bundles that hold more than a smaller one are choices; the operator's is marked, and its stories are named."""
    page = (await reader(offline_stories=20).get("/light/-/offline?language=fa")).text
    choices = re.findall(r'<input type=radio name=bundle value="?([\w-]+)"?( checked)?>([^<]+)', page)
    assert [(name, bool(checked)) for name, checked, _ in choices] == [("fa-latest-20", True), ("fa-latest", False)]
    assert all("کیلوبایت" in said for *_, said in choices)
    assert page.count("<li>") == 20
    larger = (await reader(offline_stories=60).get("/light/-/offline?language=fa")).text
    assert re.findall(r"value=([\w-]+) checked", larger) == ["fa-latest"]


async def test_without_anything_signed_nothing_is_offered(reader: Reader, tmp_path: Path) -> None:
    """No choice and no button to keep; what a device has can be looked at and removed, and its worker stays."""
    shutil.rmtree(tmp_path / "bundles")
    page = (await reader().get("/light/-/offline?language=en")).text
    assert "type=radio" not in page
    assert "Keep for offline</button>" not in page
    assert "Remove everything</button>" in page
    assert '"fetch"' in (await reader().get("/_lk/sw.js")).text


async def test_consent_page_allows_its_own_script_and_styles_only(reader: Reader) -> None:
    """The policy names the page's two inline styles by hash, and nothing from elsewhere."""
    answer = await reader().get("/light/-/offline?language=fa")
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    styles = re.findall("<style>(.*?)</style>", answer.text)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles}
    assert len(hashes) == 2
    assert hashes < set(policy.pop("style-src").split())  # and the sheet of the other direction
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize(
    ("header", "language"),
    [("de, en-GB;q=0.8, fa;q=0.5", "en"), ("fa-AF", "fa"), ("de", "fa"), ("", "fa"), ("\xff;;q", "fa")],
)
async def test_language_is_the_readers_first_that_the_publication_has(
    reader: Reader, header: str, language: str
) -> None:
    """Without a language in the address the reader's preferences count, else the publication's main language."""
    answer = await reader().get("/light/-/offline", headers={b"accept-language": header.encode("latin-1")})
    assert f"data-language={language}" in answer.text
    assert "Accept-Language" in answer.headers["vary"]


async def test_saved_stories_of_a_device_without_any(reader: Reader) -> None:
    """Where no worker answers, the server says that nothing is kept and where to say yes."""
    text = (await reader().get("/light/-/saved", headers={"accept-language": "en"})).text
    assert "Nothing is kept in this browser." in text
    assert 'href="/light/-/offline?language=en"' in text


async def test_nothing_is_set_on_the_reader(reader: Reader) -> None:
    """No answer of saved reading carries a cookie."""
    client = reader()
    for path in (*ALL, "/_lk/sw.js"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers


async def test_another_prefix_moves_the_pages(reader: Reader) -> None:
    """Pages and list follow the operator's prefix; the worker is told."""
    client = reader(light_prefix="/lite")
    assert (await client.get("/lite/-/offline")).status_code == 200
    assert '"prefix":"/lite"' in (await client.get("/_lk/sw.js")).text


async def test_off_means_gone_and_ends_workers(reader: Reader) -> None:
    """With saved reading off every address is gone, but the worker's own answers with the end of the worker."""
    client = reader(offline="off")
    for path in ALL:
        assert (await client.get(path)).status_code == 404
    end = await client.get("/_lk/sw.js")
    assert end.status_code == 200
    assert "unregister" in end.text
    assert '"fetch"' not in end.text


async def test_auto_marks_the_page_so_that_a_no_is_remembered(reader: Reader) -> None:
    """Only where the operator chose "auto" does the page know it."""
    assert "data-mode=auto" in (await reader(offline="auto").get("/light/-/offline")).text
    assert "data-mode" not in (await reader().get("/light/-/offline")).text


def test_what_is_served_was_made_of_these_sources() -> None:
    """After a change of a script in client/, `make client` makes what browsers get of it."""
    assert (scripts.BUILT / "SOURCES").read_text() == scripts.sources()
