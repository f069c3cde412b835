"""When something of ours breaks, the site does not: real faults of disk, database, processes, code; real sockets."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from starlette.types import Receive, Scope, Send

from lightkeeper.app import create_app
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
from lightkeeper.errors import SettingsError
from lightkeeper.settings import Settings, load
from lightkeeper.source.origin import Origin
from lightkeeper.source.pool import Pool
from lightkeeper.store import Store, migrate
from lightkeeper.store.repair import prepare

from ..servers import Address, Process, Received, origin, process, serving
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Service, Site, page, service

DATABASE = "lightkeeper.sqlite3"
# Linux' capabilities to write whatever the mode says (capabilities(7)), as root has them.
_OVERRIDE = 0b110


def settings(url: str, folder: str, **values: Any) -> Settings:
    return load(**{"origin": url, "public_url": PUBLIC, "publication": "The Paper", "data": folder, "fronts": "/",
                   "fresh": "0", "revalidate_wait": "5", **values})  # fmt: skip


def make_full(url: str, folder: str) -> Any:
    """The service on a disk without room: no file grows beyond what the database has by now."""
    ready = settings(url, folder)
    migrate(ready.data)
    size = (ready.data / DATABASE).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return create_app(ready)


def make_read_only(url: str, folder: str) -> Any:
    """The service in a folder that it may not write, also as root."""
    ready = settings(url, folder)
    migrate(ready.data)
    for path in ready.data.iterdir():
        path.chmod(0o444)
    ready.data.chmod(0o555)
    _give_up_override()
    return create_app(ready)


def _give_up_override() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    sets[0] &= ~_OVERRIDE
    sets[1] &= ~_OVERRIDE
    assert libc.capset(header, sets) == 0


def make(url: str, folder: str, extract_timeout: str = "10") -> Any:
    ready = settings(url, folder, extract_timeout=extract_timeout)
    migrate(ready.data)
    return create_app(ready)


def site_of(*paths: str) -> Site:
    site = Site()
    for path in paths:
        site.put(path, page(), ETag='"v1"')
    return site


def is_full(answer: Received) -> bool:
    return answer.status == 200 and b"All rights" in answer.body and b"first boats went out" in answer.body


def is_light(answer: Received) -> bool:
    return answer.status == 200 and b"All rights" not in answer.body and b"first boats went out" in answer.body


def serves(reader: Address, path: str) -> None:
    """Full with our parts, Light by decision, Light by address, each twice: what is kept in memory counts too."""
    for _ in range(2):
        full = reader.get(path, NAVIGATION)
        assert is_full(full)
        assert f"/light{path}".encode() in full.body
        assert is_light(reader.get(path, SAVE_DATA))
        assert is_light(reader.get(f"/light{path}", NAVIGATION))


# The disk


@pytest.mark.parametrize("maker", ["make_full", "make_read_only"])
def test_a_disk_that_takes_nothing_costs_nobody_a_page(tmp_path: Path, maker: str) -> None:
    """Both editions are served, from memory; what cannot be stored is read again."""
    folder = tmp_path / "data"
    try:
        with origin(site_of("/a", "/b", "/")) as site, _process(maker, site.url, folder) as ours:
            for path in ("/a", "/b"):
                serves(ours.address, path)
            assert 200 == ours.address.get("/light/-/latest").status
            assert 200 == ours.address.get("/_lk/health").status
            kept = sqlite3.connect(f"file:{folder / DATABASE}?mode=ro&immutable=1", uri=True)
            assert 0 == kept.execute("SELECT count(*) FROM stories").fetchone()[0]
            kept.close()
    finally:
        folder.chmod(0o755)


def _process(maker: str, *arguments: Any) -> contextlib.AbstractContextManager[Process]:
    return process(f"tests.delivery.test_own_failures:{maker}", *map(str, arguments))


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path / "data") as running:
        for path in ("/a", "/b"):
            running.site.put(path, page(), ETag='"v1"')
        yield running


def test_a_folder_that_vanishes_costs_nobody_a_page(paper: Service, tmp_path: Path) -> None:
    """Taken away while we run, with what was stored in it."""
    serves(paper.reader, "/a")
    shutil.rmtree(tmp_path / "data")
    for path in ("/a", "/b"):
        serves(paper.reader, path)


def _overwrite(database: Path) -> None:
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.write(os.urandom(size))
    for suffix in ("-wal", "-shm"):
        database.with_name(DATABASE + suffix).write_bytes(os.urandom(40_000))


def test_a_database_that_breaks_costs_nobody_a_page(
    paper: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Overwritten while we run; the log says so without an address, once and not for every page."""
    serves(paper.reader, "/a")
    _overwrite(tmp_path / "data" / DATABASE)
    for path in ("/a", "/b"):
        serves(paper.reader, path)
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert [] == [line for line in said if "/a" in line or "/b" in line]
    assert len([line for line in said if "the store failed" in line]) <= 1


def test_a_database_that_is_locked_costs_nobody_a_page(paper: Service, tmp_path: Path) -> None:
    """By a backup, say; nobody waits until SQLite gives up."""
    serves(paper.reader, "/a")
    holder = sqlite3.connect(tmp_path / "data" / DATABASE, isolation_level=None)
    holder.execute("PRAGMA busy_timeout=5000")
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert is_full(paper.reader.get("/b", NAVIGATION))
        assert is_light(paper.reader.get("/b", SAVE_DATA))
        assert is_light(paper.reader.get("/light/a", NAVIGATION))
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def test_a_refusal_holds_though_it_cannot_be_written_down(tmp_path: Path) -> None:
    """The story is withdrawn while the store takes nothing: this process shows it no more, whatever happens."""
    with service(tmp_path) as paper:
        paper.site.put("/a", page(), ETag='"v1"')
        assert is_light(paper.reader.get("/light/a", NAVIGATION))
        holder = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            paper.site.put("/a", b"gone", status=410)
            assert 410 == paper.reader.get("/light/a", NAVIGATION).status
            paper.site.down = True
            assert 502 == paper.reader.get("/a", NAVIGATION).status
            assert 502 == paper.reader.get("/light/a", NAVIGATION).status
        finally:
            holder.execute("ROLLBACK")
            holder.close()


# The start


def test_a_damaged_database_is_set_aside_at_the_start(tmp_path: Path) -> None:
    """And a new one begun: everything can be read from the site again."""
    with service(tmp_path) as paper:
        paper.site.put("/a", page())
        serves(paper.reader, "/a")
    _overwrite(tmp_path / DATABASE)
    prepare(tmp_path)
    assert (tmp_path / f"{DATABASE}.damaged").is_file()
    with service(tmp_path) as paper:
        paper.site.put("/a", page())
        serves(paper.reader, "/a")
        paper.site.down = True
        assert is_light(paper.reader.get("/a", NAVIGATION))


def test_a_database_in_use_is_not_taken_for_damaged(tmp_path: Path) -> None:
    """It is neither moved nor a reason not to start."""
    prepare(tmp_path)
    holder = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    prepare(tmp_path)
    holder.execute("ROLLBACK")
    holder.close()
    assert [] == list(tmp_path.glob("*.damaged"))


def test_a_folder_that_never_worked_is_the_operators_mistake(tmp_path: Path) -> None:
    """One sentence, before anything is served."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match=r"^data: the folder .* cannot be used"):
        prepare(tmp_path / "file" / "data")


def test_a_newer_database_is_never_written_to(tmp_path: Path) -> None:
    """Going back to an older version is the operator's to decide."""
    prepare(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SettingsError, match="newer Lightkeeper"):
        prepare(tmp_path)


# Processes


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_processes_that_die_or_hang_cost_nobody_a_page(tmp_path: Path, number: signal.Signals) -> None:
    """Killed as by the kernel when memory is short, or stopped: the next page starts new ones; what was kept, stays."""
    with origin(site_of("/a", "/b", "/c", "/")) as site, _process("make", site.url, tmp_path, "2") as ours:
        assert is_light(ours.address.get("/light/a", NAVIGATION))
        for path in ("/b", "/c"):
            for child in children(ours.pid):
                os.kill(child, number)
            assert is_full(ours.address.get(path, NAVIGATION))
            # One that hangs costs its time limit before it is replaced: a page has its Light edition the next time.
            tries = [ours.address.get(path, SAVE_DATA) for _ in range(1 if number == signal.SIGKILL else 3)]
            assert all(is_light(answer) or is_full(answer) for answer in tries)
            assert is_light(tries[-1])
            serves(ours.address, path)
            serves(ours.address, "/a")


# Code of ours that fails: handed-in parts that do


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
    assert "RuntimeError, at test_own_failures.py:" in caplog.text
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
def test_a_page_that_cannot_be_decompressed_passes_untouched(paper: Service, coding: str) -> None:
    """The reader may have more luck with it; that is what they would have got without us."""
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
        _overwrite(tmp_path / DATABASE)
        for path in ("/light/-/latest", "/light/-/offline", "/light/-/saved", "/_lk/sw.js", "/_lk/metrics"):
            answer = paper.reader.get(path, NAVIGATION)
            assert check(answer)
            assert b"Traceback" not in answer.body
    assert "Traceback" not in caplog.text
