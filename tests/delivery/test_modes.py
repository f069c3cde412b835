"""Modes and path rules, through the whole service on real sockets."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.errors import SettingsError
from lightkeeper.settings import load

from .service import NAVIGATION, PUBLIC, SAVE_DATA, Service, page, service

SLOW = NAVIGATION | {"RTT": "100", "Downlink": "0.05", "ECT": "4g"}


@pytest.fixture(params=["off", "observe"])
def passive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, mode=request.param, public_url="") as running:
        running.site.put("/story", page(), ETag='"v1"', Cache_Control="max-age=600", Vary="Accept-Language")
        yield running


def counted(paper: Service) -> dict[tuple[str, str, str], int]:
    """Navigations by edition, reason and mode, as the metrics tell them."""
    told = paper.reader.get("/_lk/metrics").body.decode()
    found = re.findall(r"^lightkeeper_navigations_total\{(.*)\} (\S+)$", told, re.MULTILINE)
    labels = [(dict(re.findall(r'(\w+)="([^"]*)"', text)), int(float(count))) for text, count in found]
    return {(each["edition"], each["reason"], each["mode"]): count for each, count in labels}


@pytest.mark.parametrize("headers", [{}, NAVIGATION, SAVE_DATA, SLOW, NAVIGATION | {"Cookie": "lk-edition=light"}])
def test_nothing_of_an_answer_is_changed(passive: Service, headers: dict[str, str]) -> None:
    """The origin's bytes and the origin's headers, all of them and no other."""
    client = http.client.HTTPConnection(passive.origin.address.host, passive.origin.address.port, timeout=10)
    client.request("GET", "/story", headers=headers)
    response = client.getresponse()
    direct = [(name.lower(), value) for name, value in response.getheaders()], response.read()
    client.close()
    answer = passive.reader.get("/story", headers)
    assert direct == (answer.headers, answer.body)


def test_nothing_of_a_request_is_changed(passive: Service) -> None:
    """The target with its tracking and with our own parameter, the validators, the codings that the reader takes."""
    told = SAVE_DATA | {"Accept-Encoding": "zstd, br;q=0.3", "If-None-Match": '"x"', "If-Modified-Since": "yesterday"}
    passive.reader.get("/story?utm_source=x&edition=full", told)
    (request,) = passive.origin.requests
    assert b"/story?utm_source=x&edition=full" == request.target
    for name in ("Accept-Encoding", "If-None-Match", "If-Modified-Since", "Save-Data"):
        assert told[name] == request.header(name.lower())


@pytest.mark.parametrize(
    "path",
    [
        "/light",
        "/light/",
        "/light/story",
        "/light/-/offline",
        "/_lk/choose?edition=light&to=/",
        "/_lk/saved/en.json",
        "/_lk/keep.js",
    ],
)
def test_our_addresses_are_the_origins(passive: Service, path: str) -> None:
    """A site may have pages there."""
    passive.site.put(path, b"the origin's own", Content_Type="text/plain")
    assert b"the origin's own" == passive.reader.get(path, NAVIGATION).body


def test_the_workers_end_and_health_stay(passive: Service) -> None:
    """Devices that kept stories before must be able to let go of them."""
    worker = passive.reader.get("/_lk/sw.js")
    assert (200, True) == (worker.status, b"unregister" in worker.body)
    assert b"ok\n" == passive.reader.get("/_lk/health").body
    assert [] == passive.origin.requests


def test_nothing_is_read_or_kept(passive: Service, tmp_path: Path) -> None:
    """The origin is asked by readers only: once per request."""
    for headers in (NAVIGATION, SAVE_DATA, SLOW):
        passive.reader.get("/story", headers)
    assert 3 == len(passive.origin.requests)
    passive.site.down = True
    assert 502 == passive.reader.get("/story", SAVE_DATA).status


def test_observing_counts_what_would_have_been_decided(tmp_path: Path) -> None:
    """By edition and reason; what would not have been touched is not counted."""
    with service(tmp_path, mode="observe", untouched="/checkout/*") as paper:
        paper.site.put("/story", page())
        for headers in (NAVIGATION, NAVIGATION, SAVE_DATA, SLOW):
            paper.reader.get("/story", headers)
        paper.reader.get("/checkout/pay", SAVE_DATA)
        paper.reader.get("/story", SAVE_DATA | {"Cookie": "PHPSESSID=1"})
        paper.reader.get("/data.json")
        assert {
            ("full", "unknown", "observe"): 2,
            ("light", "rate", "observe"): 1,
            ("light", "save-data", "observe"): 1,
        } == counted(paper)


def test_serving_counts_what_was_served(tmp_path: Path) -> None:
    """Where a page has no Light edition, the full one counts, with its reason."""
    with service(tmp_path) as paper:
        paper.site.put("/story", page())
        paper.site.put("/mine", page(), Cache_Control="private")
        paper.reader.get("/story", SAVE_DATA)
        paper.reader.get("/mine", SAVE_DATA)
        paper.site.down = True
        paper.reader.get("/story", NAVIGATION)
        paper.reader.get("/other", NAVIGATION)
        assert {
            ("light", "save-data", "on"): 1,
            ("full", "private", "on"): 1,
            ("light", "origin-failed", "on"): 1,
            ("none", "origin-failed", "on"): 1,
        } == counted(paper)


@pytest.mark.parametrize(
    "rules", [{"untouched": "/checkout/*, *.private"}, {"light_paths": "/news/*"}], ids=["untouched", "light_paths"]
)
@pytest.mark.parametrize("path", ["/checkout/pay", "/checkout"])
def test_paths_outside_the_rules_are_never_touched(tmp_path: Path, rules: dict[str, str], path: str) -> None:
    """No head, no tail, no Light edition, nothing fetched for one, whatever the reader says; the target as it came."""
    with service(tmp_path, **rules) as paper:
        for query in ("", "?utm_source=x&edition=light"):
            paper.site.put(path + query, page(), ETag='"v1"')
        for headers in (NAVIGATION, SAVE_DATA, NAVIGATION | {"Cookie": "lk-edition=light"}):
            for query in ("", "?utm_source=x&edition=light"):
                answer = paper.reader.get(path + query, headers)
                assert (page(), '"v1"', None) == (answer.body, answer.header("etag"), answer.header("vary"))
        assert 6 == len(paper.origin.requests)
        led = paper.reader.get(f"/light{path}", NAVIGATION)
        assert (303, path) == (led.status, led.header("location"))
        assert 6 == len(paper.origin.requests)


def test_paths_within_the_rules_have_a_light_edition(tmp_path: Path) -> None:
    """And `untouched` wins over `light_paths`."""
    with service(tmp_path, light_paths="/news/*", untouched="/news/live/*") as paper:
        for path in ("/news/a", "/news/live/a"):
            paper.site.put(path, page())
        assert b"<style>" in paper.reader.get("/news/a", SAVE_DATA).body
        assert 200 == paper.reader.get("/light/news/a", NAVIGATION).status
        assert page() == paper.reader.get("/news/live/a", SAVE_DATA).body


def test_a_new_rule_holds_for_what_was_kept_before(tmp_path: Path) -> None:
    """The story is shown to nobody any more: not in lists, not when the origin is down."""
    with service(tmp_path) as paper:
        for path in ("/news/a", "/news/b", "/news/c"):
            paper.site.put(path, page(f"Story {path[-1]}"))
            assert 200 == paper.reader.get(f"/light{path}", NAVIGATION).status
    with service(tmp_path, untouched="/news/b") as paper:
        listed = paper.reader.get("/light/-/search?q=story", NAVIGATION).body
        assert (True, False) == (b"Story a" in listed, b"Story b" in listed)
        paper.site.down = True
        assert 502 == paper.reader.get("/news/b", NAVIGATION).status
        kept = paper.reader.get("/news/a", NAVIGATION)
        assert (200, False) == (kept.status, b"Story b" in kept.body)


@pytest.mark.parametrize("name", ["untouched", "light_paths"])
@pytest.mark.parametrize("value", ["checkout", "/a?b=1", "https://paper.example/x", "/a#b", "/a\\b"])
def test_a_wrong_pattern_gives_one_line(name: str, value: str) -> None:
    """The line names the setting and shows a right one."""
    given: dict[str, Any] = {name: value}
    with pytest.raises(SettingsError, match=rf"^{name}: a path pattern such as /checkout/\*") as raised:
        load(**given)
    assert "\n" not in str(raised.value)


def test_a_wrong_mode_gives_one_line() -> None:
    """The three are named."""
    with pytest.raises(SettingsError, match=r"mode: .*on.*observe.*off"):
        load(mode="half")


@pytest.mark.parametrize("mode", ["off", "observe"])
def test_the_origins_address_is_mapped_in_every_mode(tmp_path: Path, mode: str) -> None:
    """Switching off must not send readers to an address inside."""
    with service(tmp_path, mode=mode) as paper:
        inside = paper.origin.url
        paper.site.put("/linked", f'<!doctype html><title>x</title><a href="{inside}/story">x</a>'.encode())
        paper.site.put("/moved", b"", status=302, Location=f"{inside}/story")
        assert f'<a href="{PUBLIC}/story">'.encode() in paper.reader.get("/linked", NAVIGATION).body
        assert f"{PUBLIC}/story" == paper.reader.get("/moved", NAVIGATION).header("location")
