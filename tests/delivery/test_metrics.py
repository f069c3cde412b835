"""What operators see: who may, what is counted, and that several server processes count together."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lightkeeper.delivery.health import Inside, Operators, ready
from lightkeeper.settings import load

from .. import command
from ..cli.test_serve import free_port
from ..servers import Address, origin, serving
from .service import NAVIGATION, SAVE_DATA, Service, Site, page, service

TOKEN = {"Authorization": "Bearer s3cret"}


def numbers(reader: Address, headers: dict[str, str] | None = None) -> dict[str, float]:
    """`name{label=value,…}` -> number, as Prometheus' own parser reads the answer."""
    answer = reader.get("/_lk/metrics", headers)
    assert answer.status == 200
    assert answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8"
    found = {}
    for family in text_string_to_metric_families(answer.body.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.mark.parametrize("path", ["/_lk/health", "/_lk/ready", "/_lk/metrics"])
@pytest.mark.parametrize(
    ("settings", "headers", "seen"),
    [
        ({}, {}, True),
        ({}, {"X-Forwarded-For": "127.0.0.1"}, False),
        ({}, {"Via": "1.1 proxy"}, False),
        ({"trusted_proxies": "127.0.0.1"}, {"X-Forwarded-For": "203.0.113.5"}, False),
        ({"trusted_proxies": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1"}, False),
        ({"trusted_proxies": "127.0.0.1", "operators": "203.0.113.0/24"}, {"X-Forwarded-For": "203.0.113.5"}, True),
        ({"operators": "203.0.113.0/24"}, {"X-Forwarded-For": "203.0.113.5"}, False),
        ({"operator_token": "s3cret"}, {"X-Forwarded-For": "203.0.113.5", **TOKEN}, True),
        ({"operator_token": "s3cret"}, {"X-Forwarded-For": "203.0.113.5", "Authorization": "Bearer other"}, False),
        ({}, {"X-Forwarded-For": "203.0.113.5", "Authorization": "Bearer s3cret"}, False),
    ],
)
def test_only_operators_see_them(
    tmp_path: Path, path: str, settings: dict[str, str], headers: dict[str, str], seen: bool
) -> None:
    """This machine, a configured network, the token; to anybody else the address is the origin's."""
    with service(tmp_path, **settings) as running:
        running.site.put(path, b"the site's own")
        answer = running.reader.get(path, headers)
        assert (answer.body != b"the site's own") is seen
        assert bool(running.asked(path)) is not seen


async def _otherwise(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("nobody but operators asks here")


async def _locked() -> None:
    raise OSError("the database is locked")


async def _hanging() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("probe", [_locked, _hanging])
def test_ready_needs_the_store(probe: Callable[[], Awaitable[None]]) -> None:
    """A store that fails, or does not answer, makes the service unready."""
    inside = Inside(_otherwise, Operators(load()), ready(probe))
    with serving(Starlette(routes=[Route("/_lk/ready", inside)])) as address:
        answer = address.get("/_lk/ready")
    assert (answer.status, answer.body) == (503, b"the store does not answer\n")


def _visit(running: Service) -> None:
    running.site.put("/story", page())
    running.site.put("/short", b"<title>nothing to read</title>")
    running.reader.get("/story", NAVIGATION)
    running.reader.get("/story", SAVE_DATA)
    running.reader.get("/short", SAVE_DATA)
    running.reader.get("/nothing", NAVIGATION)
    running.reader.get("/light/story")
    running.site.down = True
    running.reader.get("/story", NAVIGATION)
    running.reader.get("/other", NAVIGATION)


def test_what_happened_is_counted(tmp_path: Path) -> None:
    """Decisions with reasons, answers, reading, the site's failures, saved copies, the size of the store."""
    with service(tmp_path, breaker_failures="50") as running:
        _visit(running)
        found = numbers(running.reader)
    decided = "lightkeeper_navigations_total{{edition={},mode=on,reason={}}}".format
    assert found[decided("full", "unknown")] == 2
    assert found[decided("light", "save-data")] == 1
    assert found[decided("light", "origin-failed")] == 1
    assert found[decided("none", "origin-failed")] == 1
    assert found["lightkeeper_saved_copies_total"] == 1
    assert found["lightkeeper_answers_total{kind=site,status=2xx}"] == 4
    assert found["lightkeeper_answers_total{kind=site,status=4xx}"] == 1
    assert found["lightkeeper_answers_total{kind=site,status=5xx}"] == 1
    assert found["lightkeeper_answers_total{kind=light,status=2xx}"] == 1
    assert found["lightkeeper_extraction_seconds_count"] >= 2
    assert found["lightkeeper_extraction_failures_total{reason=empty}"] == 1
    assert found["lightkeeper_origin_seconds_count"] >= 4
    assert found["lightkeeper_origin_failures_total{error=OriginUnreachable}"] >= 2
    assert found["lightkeeper_store_bytes"] > 4096


def test_a_site_that_counts_as_down_shows(tmp_path: Path) -> None:
    """The gauge is 1 while the circuit is open."""
    with service(tmp_path, breaker_failures="2") as running:
        running.reader.get("/", NAVIGATION)
        assert numbers(running.reader)["lightkeeper_circuit_open"] == 0
        running.site.down = True
        for _ in range(3):
            running.reader.get("/", NAVIGATION)
        assert numbers(running.reader)["lightkeeper_circuit_open"] == 1


def test_no_label_tells_of_readers_or_pages(tmp_path: Path) -> None:
    """Labels are words of ours: no address of a reader, no path, no query."""
    with service(tmp_path, operator_token="s3cret") as running:
        _visit(running)
        running.reader.get("/story?secret-word=1", NAVIGATION | {"User-Agent": "curious"})
        text = running.reader.get("/_lk/metrics").body.decode()
    values = set(re.findall(r'="([^"]*)"', text)) - {"+Inf"}
    assert values
    assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,32}", value) for value in values)
    assert not {word for word in ("story", "secret-word", "curious", "127.0.0.1") if word in text}


def test_several_processes_count_together(tmp_path: Path) -> None:
    """Whichever of two is asked tells of both, and of this run only."""
    site = Site()
    site.put("/asset", b"x", Content_Type="text/css")
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_1.db").write_bytes(b"of an earlier run")
    with origin(site) as scripted:
        arguments = ("--origin", scripted.url, "--data", str(tmp_path), "--workers", "2")
        with command.serving(*arguments, port=free_port()) as running:
            deadline = time.monotonic() + 60
            while len(list((tmp_path / "metrics").glob("counter_*.db"))) < 2:
                assert time.monotonic() < deadline, "the second process does not count"
                time.sleep(0.05)
            before = numbers(running.address)
            for _ in range(30):
                assert running.address.get("/asset").status == 200
            after = [numbers(running.address)["lightkeeper_answers_total{kind=site,status=2xx}"] for _ in range(6)]
    assert before.get("lightkeeper_answers_total{kind=site,status=2xx}", 0.0) == 0.0
    assert after == [30.0] * 6


def test_basic_authorization_is_no_token(tmp_path: Path) -> None:
    """The scheme counts, too."""
    with service(tmp_path, operator_token="s3cret") as running:
        basic = base64.b64encode(b"operator:s3cret").decode()
        headers = {"X-Forwarded-For": "203.0.113.5", "Authorization": f"Basic {basic}"}
        assert running.reader.get("/_lk/metrics", headers).status == 404
