"""`lightkeeper keys`, as custodians use it, and both drills of docs/keys.md played to the end by a reader."""

from __future__ import annotations

import asyncio
import contextlib
import io
import shutil
import stat
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lightkeeper.bundles import issuing, sheets, signatures
from lightkeeper.cli import main
from lightkeeper.publishing.keyring import Keyring, warning

from .desk import PUBLICATION, ROOTS, Desk, desk, keys, secret, story
from .reader.belief import Unbelievable, pinned, told
from .reader.shelf import Shelf

DAY = 86_400
NAME = "en-latest"


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    said: str


def run(*arguments: str, folder: Path, typed: str = "", data: bool = True) -> Ran:
    """As if typed in `folder`, on its `data`; in this process, for starting one takes seconds."""
    out, said = io.StringIO(), io.StringIO()
    before = sys.stdin, sys.argv
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        sys.stdin, sys.argv = io.StringIO(typed), ["lightkeeper", *arguments, *(["--data", "data"] if data else [])]
        try:
            main()
        except SystemExit as left:
            code = left.code
        finally:
            sys.stdin, sys.argv = before
    return Ran(code if isinstance(code, int) else 0, out.getvalue(), said.getvalue())


def init(folder: Path, *arguments: str) -> tuple[str, str]:
    """The two sheets as they are printed."""
    folder.mkdir(exist_ok=True)
    done = run("keys", "init", "--publication", PUBLICATION, *arguments, folder=folder)
    assert done.code == 0, done.said
    first, second = done.out.split("\f")
    return first, second


def test_init_prints_two_sheets_and_stores_no_root_key(tmp_path: Path) -> None:
    """Each sheet holds the key whose fingerprint it names; no file holds one of them; the online key is mode 0600."""
    pair = init(tmp_path)
    roots = [sheets.read(sheet) for sheet in pair]
    ring = Keyring(tmp_path / "data" / "keys")
    assert [signatures.public(root) for root in roots] == list(ring.keys().root.keys)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(root in data or root.hex().encode() in data.lower() for root in roots)
    online = tmp_path / "data" / "keys" / "online-1.key"
    assert stat.S_IMODE(online.stat().st_mode) == 0o600
    shown = run("keys", "show", folder=tmp_path)
    assert shown.code == 0
    assert all(sheet.split("Fingerprint  ")[1][:39] in shown.out for sheet in pair)


def test_init_twice_destroys_nothing(tmp_path: Path) -> None:
    """Keys that are there are not replaced."""
    init(tmp_path)
    before = (tmp_path / "data" / "keys" / "public.keys").read_bytes()
    again = run("keys", "init", "--publication", "x", folder=tmp_path)
    assert (again.code, again.out) == (2, "")
    assert "keys rotate" in again.said
    assert (tmp_path / "data" / "keys" / "public.keys").read_bytes() == before


def test_sheets_are_never_written_into_the_data_folder(tmp_path: Path) -> None:
    """Where it is asked for, nothing is made at all; elsewhere, the files are for their owner only."""
    (tmp_path / "data").mkdir()
    refused = run("keys", "init", "--publication", "x", "--sheets", "data/here", folder=tmp_path)
    assert refused.code == 2
    assert list((tmp_path / "data").rglob("*")) == []
    assert run("keys", "init", "--publication", "x", "--sheets", "stick", folder=tmp_path).code == 0
    files = list((tmp_path / "stick").iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]


def test_wrong_sheet_is_told_in_one_sentence(tmp_path: Path) -> None:
    """A mistake in copying, somebody else's key, no sheet, no keys."""
    first, _ = init(tmp_path)
    spoilt = first.replace("3: ", "3: 0", 1)
    for typed, words in (
        (spoilt, "row 3"),
        ("\n".join(sheets.rows(secret("x"))), "no root key that is in use"),
        ("", "row 1"),
    ):
        done = run("keys", "rotate", folder=tmp_path, typed=typed)
        assert (done.code, done.said.count("\n")) == (2, 1)
        assert words in done.said
    (tmp_path / "empty").mkdir()
    assert "keys init" in run("keys", "revoke", folder=tmp_path / "empty", typed=first).said


def test_rotation_by_either_custodian(tmp_path: Path) -> None:
    """The serial goes up, the old online key's file goes away."""
    for sheet, serial in zip(init(tmp_path), (2, 3), strict=True):
        assert run("keys", "rotate", folder=tmp_path, typed=sheet).code == 0
        ring = Keyring(tmp_path / "data" / "keys")
        assert ring.keys().certificate.serial == serial
        assert [path.name for path in ring.folder.glob("online-*")] == [f"online-{serial}.key"]
        ring.signer(int(time.time()))


def test_show_warns_thirty_days_before(tmp_path: Path) -> None:
    """With exit code 1, for a script of the operator's; and so where the online key is missing."""
    init(tmp_path, "--days", "29")
    shown = run("keys", "show", folder=tmp_path)
    assert shown.code == 1
    assert "expires in 28 days" in shown.said or "expires in 29 days" in shown.said
    (tmp_path / "data" / "keys" / "online-1.key").unlink()
    assert run("keys", "show", folder=tmp_path).code == 1


@pytest.mark.parametrize(("days", "words"), [(31, ""), (29, "29 days"), (0, "expired"), (-9, "expired")])
def test_warning(days: int, words: str) -> None:
    """From thirty days on, in days; then that it is over."""
    certificate = issuing.first("x", ROOTS, secret("o"), 0).certificate
    said = warning(certificate, certificate.not_after - days * DAY)
    assert words in said
    assert bool(said) == bool(words)


async def _published(work: Desk, *numbers: int) -> None:
    await work.save(*(story(number) for number in numbers))
    await work.publish()


def _reader(work: Desk) -> Shelf:
    return Shelf(pinned(work.get("b/keys")), NAME, work.get)


async def test_drill_lost_key(tmp_path: Path) -> None:
    """Root B is lost. A replaces it, alone; readers follow; the new custodian can act, and the lost sheet cannot."""
    first, lost = init(tmp_path)
    async with desk(tmp_path / "other", data=str(tmp_path / "data")) as work:
        shutil.rmtree(tmp_path / "data" / "keys")
        first, lost = init(tmp_path)
        work.clock.now = time.time()
        await _published(work, 1)
        shelf = _reader(work)
        shelf.sync(int(work.clock.now))

        done = run("keys", "rotate", "--root", folder=tmp_path, typed=first)
        assert done.code == 0
        fresh = done.out

        await _published(work, 2)
        shelf.sync(int(work.clock.now))
        assert len(shelf.stories()) == 2
        assert run("keys", "rotate", folder=tmp_path, typed=lost).code == 2
        assert run("keys", "rotate", folder=tmp_path, typed=fresh).code == 0
        await _published(work, 3)
        shelf.sync(int(work.clock.now))
        assert len(shelf.stories()) == 3


async def test_drill_seized_server(tmp_path: Path) -> None:
    """The server is taken, its thief publishes lies under an enormous number. B revokes with what a mirror had; readers
    who saw the lies drop them, and never go back to the thief."""
    async with desk(tmp_path / "ours") as work:
        await _published(work, 1)
        mirror = work.get("b/keys")
        shelf, now = _reader(work), int(work.clock.now)
        shelf.sync(now)
        shutil.copytree(work.settings.data, tmp_path / "seized")
    async with desk(tmp_path / "seized") as thief:
        thief.clock.now = now + 20 * DAY  # running ahead
        await _published(thief, 666)
        shelf.get = thief.get
        shelf.sync(now)
        assert "/news/story-666" in {each.address for each in shelf.stories()}

        laptop = tmp_path / "laptop"
        (laptop / "data" / "keys").mkdir(parents=True)
        (laptop / "data" / "keys" / "public.keys").write_bytes(mirror)
        sheet = "\n".join(sheets.rows(ROOTS[1]))
        assert run("keys", "revoke", folder=laptop, typed=sheet).code == 0

        async with desk(tmp_path / "new") as work:
            shutil.rmtree(tmp_path / "new" / "keys")
            shutil.copytree(laptop / "data" / "keys", tmp_path / "new" / "keys")
            work.clock.now = max(now, time.time())
            await _published(work, 1, 2)
            shelf.get = work.get
            assert shelf.sync(int(work.clock.now)).forgotten
            assert {each.address for each in shelf.stories()} == {"/news/story-1", "/news/story-2"}
            shelf.get = thief.get
            with pytest.raises(Unbelievable):
                shelf.sync(int(work.clock.now))


async def _stored(folder: Path) -> None:
    async with desk(folder / "data") as work:
        Keyring(folder / "data" / "keys").write(keys(int(time.time())), secret("online 1"))
        await work.save(story(1), story(2, language="fa"))


def test_build_list_and_verify_a_folder(tmp_path: Path) -> None:
    """Made without a server, copied for a host of files, verified with a fingerprint; a lie is exit code 1."""
    asyncio.run(_stored(tmp_path))
    (tmp_path / "lightkeeper.toml").write_text(f'origin = "{PUBLICATION}"\npublication = "The Lantern"\n')
    built = run("bundles", "build", "--output", "site", folder=tmp_path)
    assert built.code == 0, built.said
    assert "2 stories made" in built.said
    again = run("bundles", "build", "--output", "site", folder=tmp_path)
    assert (again.out, "0 stories made" in again.said) == ("", True)
    listed = run("bundles", "list", folder=tmp_path)
    assert [line.split()[:2] for line in listed.out.splitlines()[1:3]] == [["en-2026-11", "1"], ["en-latest", "1"]]
    root = run("keys", "show", folder=tmp_path).out.splitlines()[2].strip()

    def verify(place: str, fingerprint: str) -> Ran:
        return run("bundles", "verify", place, "--root", fingerprint, folder=tmp_path, data=False)

    good = verify("site", root)
    assert (good.code, good.out.count("verified: 1 stories")) == (0, 8)
    assert verify("site", "A" * 32).code == 2
    assert verify("nowhere", root).code == 2
    pack = next((tmp_path / "site" / "_lk" / "b" / "fa-latest").glob("*.pack"))
    pack.write_bytes(pack.read_bytes()[:-9] + b"xxxxxxxxx")
    bad = verify("site", root)
    assert (bad.code, bad.out.count("refused")) == (1, 1)


def test_copy_on_a_host_of_files_alone(tmp_path: Path) -> None:
    """Python's own file server, which knows neither ranges nor codings: `verify` and the second reader need no more."""
    asyncio.run(_stored(tmp_path))
    (tmp_path / "lightkeeper.toml").write_text(f'origin = "{PUBLICATION}"\npublication = "The Lantern"\n')
    assert run("bundles", "build", "--output", "site", folder=tmp_path).code == 0
    root = run("keys", "show", folder=tmp_path).out.splitlines()[2].strip()
    with files_of(tmp_path / "site") as url:
        done = run("bundles", "verify", url, "--root", root, folder=tmp_path, data=False)
        assert (done.code, done.out.count("verified: 1 stories")) == (0, 8), done.out + done.said
        lost = run("bundles", "verify", url, "--root", root, "--bundle", "xx-latest", folder=tmp_path, data=False)
        assert (lost.code, lost.out.count("\n"), "answered 404" in lost.out) == (1, 1, True)

        def get(path: str) -> bytes:
            with urllib.request.urlopen(f"{url}/_lk/{path}") as answer:
                return bytes(answer.read())

        shelf = Shelf(told(get("b/keys"), root), "fa-latest", get)
        assert not shelf.sync(int(time.time())).expired
        assert [each.address for each in shelf.stories()] == ["/news/story-2"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


@contextlib.contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """What `python -m http.server` serves of a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
