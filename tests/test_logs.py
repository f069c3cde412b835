"""Logs: one line an event, and nothing in it that tells who read what."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from lightkeeper import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The loggers of the test run as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).propagate = True


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("no route to 192.0.2.7:443", "no route to [address]:443"),
        ("connect to ('2001:db8::1', 443, 0, 0)", "connect to ('[address]', 443, 0, 0)"),
        ("from ::1 and [::ffff:192.0.2.7]:80", "from [address] and [[address]]:80"),
        ("GET https://paper.example/find?q=my+name&x=1 failed", "GET https://paper.example/find failed"),
        ("'/news/?token=abc'", "'/news/'"),
        ("at 07:05:58 version 1.2.3 of std::io, is it?", "at 07:05:58 version 1.2.3 of std::io, is it?"),
    ],
)
def test_addresses_and_queries_are_taken_out(text: str, cleaned: str) -> None:
    """Whatever an exception quotes; times, versions and questions stay."""
    assert logs.clean(text) == cleaned


def test_json_lines_stay_one_line_with_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Every event is one object, the traceback inside it, cleaned like the message."""
    logs.set_up("json")
    try:
        raise OSError("cannot reach 192.0.2.7")
    except OSError:
        logging.getLogger("lightkeeper.test").exception("failed\nat /a?b=c")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["level"], event["logger"], event["message"]) == ("error", "lightkeeper.test", "failed\nat /a")
    assert "cannot reach [address]" in event["error"]
    assert "192.0.2.7" not in line


def test_text_lines_are_cleaned_too(capsys: pytest.CaptureFixture[str]) -> None:
    """For a terminal: level, logger, message."""
    logs.set_up("text")
    logging.getLogger("lightkeeper.test").info("ready at 127.0.0.1")
    assert capsys.readouterr().err == "INFO lightkeeper.test: ready at [address]\n"


def test_requests_have_no_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the server's nor the client library's."""
    logs.set_up("json")
    logging.getLogger("uvicorn.access").info("GET /story")
    logging.getLogger("httpx").info("HTTP Request: GET https://paper.example/story")
    assert capsys.readouterr().err == ""
