"""Bundles over HTTP: static files with ranges, caching and codings, for everybody, and nothing else of the folder."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest

from lightkeeper.bundles import reading
from lightkeeper.bundles.heads import read_head
from lightkeeper.bundles.lists import SHELL, STORY
from lightkeeper.bundles.stories import compose
from lightkeeper.bundles.trust import pin
from lightkeeper.cli.keys import make_throwaway

from ..delivery.service import Service, page, service

PATIENCE = 20.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A server with keys, in whose store a story lies."""
    folder = tmp_path_factory.mktemp("data")
    make_throwaway(folder / "keys", "https://paper.example")
    with service(folder) as made:
        made.site.put("/news/one", page("One story"))
        made.reader.get("/light/news/one")
        deadline = time.monotonic() + PATIENCE
        while b"latest-200" not in made.reader.get("/_lk/b/names").body and time.monotonic() < deadline:
            time.sleep(0.05)
        yield made


def name(running: Service) -> str:
    """The bundle that the story is in."""
    return running.reader.get("/_lk/b/names").body.decode().split()[1]


def fetching(running: Service) -> Callable[[str], bytes]:
    return lambda path: running.reader.get(f"/_lk/{path}").body


def newest(running: Service) -> str:
    head = read_head(running.reader.get(f"/_lk/b/{name(running)}/head").body)
    return f"/_lk/b/{name(running)}/0-{head.base}.pack"


def test_story_that_a_reader_asked_for_is_in_its_bundle(running: Service) -> None:
    """Everything that is served verifies, over HTTP."""
    reader = running.reader
    keys = reader.get("/_lk/b/keys").body
    told = reading.read_all(fetching(running), pin(keys), keys, name(running), int(time.time()))
    assert len(reading.stories(told.listing)) == 1
    for digest, data in told.objects.items():
        served = reader.get(f"/_lk/o/{digest.hex()}")
        assert served.body == data
        assert hashlib.sha256(served.body).digest() == digest


def test_composed_page_is_the_page_that_is_served(running: Service) -> None:
    """What the reader's device makes of shell and story is, byte for byte, the Light page from the network."""
    reader = running.reader
    keys = reader.get("/_lk/b/keys").body
    told = reading.read_all(fetching(running), pin(keys), keys, name(running), int(time.time()))
    shell, story = (
        next(told.objects[entry.digest] for entry in told.listing.entries if entry.kind == kind)
        for kind in (SHELL, STORY)
    )
    assert compose(shell, story) == reader.get("/light/news/one").body


def test_brotli_and_plain_are_the_same_bytes(running: Service) -> None:
    """Under different strong tags, said in Vary."""
    path = newest(running)
    plain = running.reader.get(path)
    small = running.reader.get(path, {"Accept-Encoding": "gzip, br"})
    assert small.header("content-encoding") == "br"
    assert brotli.decompress(small.body) == plain.body
    assert small.header("etag") != plain.header("etag")
    assert plain.header("vary") == "Accept-Encoding"
    assert plain.header("content-encoding") is None


@pytest.mark.parametrize(
    ("asked", "status", "begin", "end"),
    [
        ("bytes=10-", 206, 10, None),
        ("bytes=0-3", 206, 0, 4),
        ("bytes=5-99999999", 206, 5, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=9-3", 416, 0, 0),
        ("bytes=-5", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=1-2,4-5", 200, 0, None),
    ],
)
def test_ranges_count_plain_bytes(running: Service, asked: str, status: int, begin: int, end: int | None) -> None:
    """Also where the reader would take brotli; what is no single range gets the whole file."""
    path = newest(running)
    whole = running.reader.get(path).body
    part = running.reader.get(path, {"Range": asked, "Accept-Encoding": "br"})
    assert part.status == status
    assert part.body == (whole[begin:end] if status != 416 else b"")
    if status == 206:
        last = (end or len(whole)) - 1
        assert part.header("content-range") == f"bytes {begin}-{min(last, len(whole) - 1)}/{len(whole)}"


def test_if_range_of_another_version_gets_the_whole(running: Service) -> None:
    """A part of one file is never joined to another's."""
    path = newest(running)
    tag = running.reader.get(path).header("etag") or ""
    assert running.reader.get(path, {"Range": "bytes=4-", "If-Range": tag}).status == 206
    assert running.reader.get(path, {"Range": "bytes=4-", "If-Range": '"other"'}).status == 200


def test_what_never_changes_lasts_and_the_rest_is_asked_for_again(running: Service) -> None:
    """Packs and objects are immutable; heads answer 304 without a body."""
    assert "immutable" in (running.reader.get(newest(running)).header("cache-control") or "")
    path = f"/_lk/b/{name(running)}/head"
    head = running.reader.get(path)
    assert head.header("cache-control") == "public, no-cache"
    again = running.reader.get(path, {"If-None-Match": head.header("etag") or ""})
    assert (again.status, again.body) == (304, b"")


def test_everybody_may_read_them_and_no_browser_shows_them(running: Service) -> None:
    """Across origins, as bytes, sandboxed, without a cookie."""
    for path in ("/_lk/b/keys", newest(running), "/_lk/o/" + "0" * 64):
        answer = running.reader.get(path)
        assert answer.header("access-control-allow-origin") == "*"
        assert answer.header("x-content-type-options") == "nosniff"
        assert "sandbox" in (answer.header("content-security-policy") or "")
        assert answer.header("set-cookie") is None


@pytest.mark.parametrize(
    "path",
    [
        "/_lk/b/publisher.sqlite3",
        "/_lk/b/../publisher.sqlite3",
        "/_lk/b/%2e%2e/publisher.sqlite3",
        "/_lk/b/en-latest/../keys",
        "/_lk/b/..%2f../keys",
        "/_lk/b/en-latest/head.br",
        "/_lk/b/nothing-here/head",
        "/_lk/o/zz",
        "/_lk/o/" + "A" * 64,
        "/_lk/b/en-latest/1-2.pack.raw",
    ],
)
def test_nothing_else_of_the_folder_is_served(running: Service, path: str) -> None:
    """Whatever is written in the address."""
    assert running.reader.get(path).status == 404


def test_head_requests_and_other_methods(running: Service) -> None:
    """HEAD tells the length; nothing can be posted."""
    path = newest(running)
    told = running.reader.get(path, method="HEAD")
    assert (told.status, told.body) == (200, b"")
    assert told.header("content-length") == str(len(running.reader.get(path).body))
    assert running.reader.get(path, method="POST").status in (404, 405)


def test_switched_off_with_saved_reading(tmp_path: Path) -> None:
    """Nothing is published and nothing served where the operator wants no saved reading."""
    make_throwaway(tmp_path / "keys", "https://paper.example")
    with service(tmp_path, offline="off") as made:
        made.site.put("/news/one", page("One story"))
        made.reader.get("/light/news/one")
        made.reader.get("/_lk/b/names")
    assert not (tmp_path / "bundles").exists()
