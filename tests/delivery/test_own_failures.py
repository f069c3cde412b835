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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.app import create_app
from lightkeeper.errors import SettingsError
from lightkeeper.store import migrate
from lightkeeper.store.repair import prepare

from ..family import children
from ..servers import Address, Process, origin, process
from .failures import DATABASE, is_full, is_light, overwrite, settings, site_of
from .service import NAVIGATION, SAVE_DATA, Service, page, service

# Linux' capabilities to write whatever the mode says (capabilities(7)), as root has them.
_OVERRIDE = 0b110


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


def test_a_database_that_breaks_costs_nobody_a_page(
    paper: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Overwritten while we run; the log says so without an address, once and not for every page."""
    serves(paper.reader, "/a")
    overwrite(tmp_path / "data" / DATABASE)
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
    overwrite(tmp_path / DATABASE)
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
