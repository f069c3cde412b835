"""`lightkeeper serve`, as an operator starts, mistypes and stops it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from lightkeeper import __version__

from ..command import serving
from ..delivery.service import NAVIGATION, SAVE_DATA, Site, page
from ..family import children
from ..servers import Line, Request, origin
from .run import run


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--origin", "nonsense"], "origin: write it as http://host"),
        (["serve", "--port", "many"], "port:"),
        (["serve", "--workers", "0"], "workers:"),
        (["serve", "--config", "none.toml"], "none.toml: cannot be read"),
        (["serve", "--tls-cert", "x.pem"], "tls_cert and tls_key go together"),
        (["serve", "--tls-cert", "x.pem", "--tls-key", "y.pem"], "x.pem"),
        (["serve", "--colour", "red"], "--colour"),
        (["serve", "--origin", "http://127.0.0.1:9", "--data", "/proc/nothing"], "data: the folder /proc/nothing"),
        (["serve", "--host", "203.0.113.1"], "cannot listen there"),
        (["sing"], "sing"),
    ],
)
def test_a_mistake_gives_one_line_and_exit_code_2(
    tmp_path: Path,
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The line says what is wrong; nothing is started, nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert len(output.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_gives_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody else listens there: said so, exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run("serve", "--port", str(taken.getsockname()[1])) == 2
    assert "cannot listen there" in capsys.readouterr().err


def test_without_a_command_it_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """The help on standard output, exit code 2; the version when asked for."""
    assert run() == 2
    assert "Commands:" in capsys.readouterr().out
    assert run("--version") == 0
    assert capsys.readouterr().out == f"lightkeeper {__version__}\n"


def test_it_serves_a_site_that_exists(tmp_path: Path) -> None:
    """In front of an origin, as a process: full, Light, and the Host that the origin sees."""
    site = Site()
    site.put("/story", page())
    with origin(site) as scripted:
        arguments = ("--origin", scripted.url, "--public-url", "http://www.paper.example", "--data", str(tmp_path))
        with serving(*arguments, port=free_port()) as running:
            assert b"/light/story" in running.address.get("/story", NAVIGATION).body
            assert b"<style>" in running.address.get("/story", SAVE_DATA).body
        assert {request.header("host") for request in scripted.requests} == {"www.paper.example"}
    assert (tmp_path / "lightkeeper.sqlite3").exists()


def test_two_workers_serve_one_store(tmp_path: Path) -> None:
    """Several processes answer, and what one of them stored survives the origin's death in the other."""
    site = Site()
    site.put("/story", page())
    with origin(site) as scripted:
        arguments = ("--origin", scripted.url, "--data", str(tmp_path), "--workers", "2")
        with serving(*arguments, port=free_port()) as running:
            assert running.address.get("/story", SAVE_DATA).status == 200
            site.down = True
            answers = [running.address.get("/story", SAVE_DATA) for _ in range(12)]
            assert {answer.status for answer in answers} == {200}


def test_sigterm_ends_it_within_ten_seconds(tmp_path: Path) -> None:
    """Also with a reader who never takes the answer, and with the demo's origin beside it."""
    with serving(port=free_port()) as running, running.address.connect() as stuck:
        stuck.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=10) in (0, -signal.SIGTERM)


def _endless(request: Request, line: Line) -> None:
    """A download without end, and no answer to an upload that never comes whole."""
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 1000000000\r\n\r\n")
    with contextlib.suppress(OSError):
        while True:
            line.send(b"x" * 65536)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_stuck_readers_do_not_hold_up_the_end(tmp_path: Path, workers: str) -> None:
    """An upload that stops half-way, a download that nobody takes: gone within ten seconds of SIGTERM."""
    with contextlib.ExitStack() as stack:
        scripted = stack.enter_context(origin(_endless))
        arguments = ("--origin", scripted.url, "--data", str(tmp_path), "--workers", workers)
        running = stack.enter_context(serving(*arguments, port=free_port()))
        upload, download = (stack.enter_context(running.address.connect()) for _ in range(2))
        upload.sendall(b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf of it")
        download.sendall(b"GET /film HTTP/1.1\r\nHost: x\r\n\r\n")
        assert download.recv(20).startswith(b"HTTP/1.1 200")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=10) in (0, -signal.SIGTERM)
        with pytest.raises(ConnectionRefusedError):
            running.address.connect()


def test_a_hung_process_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """One of two processes that hears no signal is killed in time."""
    arguments = ("--origin", "http://127.0.0.1:9", "--data", str(tmp_path), "--workers", "2")
    with serving(*arguments, port=free_port()) as running:
        os.kill(_serving(running.process.pid)[0], signal.SIGSTOP)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=10) in (0, -signal.SIGTERM)


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    """One of two is killed: answers go on, and soon there are two again."""
    arguments = ("--origin", "http://127.0.0.1:9", "--data", str(tmp_path), "--workers", "2")
    with serving(*arguments, port=free_port()) as running:
        killed = _serving(running.process.pid)[0]
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while killed in (now := _serving(running.process.pid)) or len(now) < 2:
            assert running.address.get("/_lk/health").status == 200
            assert time.monotonic() < deadline


def _serving(parent: int) -> list[int]:
    """The processes that answer, as the system knows them."""
    return children(parent, b"spawn_main")
