"""`lightkeeper doctor`: a healthy site, a dead one, and each thing that an operator should hear about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path

import pytest

from lightkeeper.app import create_app
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..delivery.service import Site, page
from ..origins import doctor
from ..servers import origin, serving
from .run import run

FRONT = (
    "<!doctype html><html lang=en><head><title>The Paper</title>{head}</head><body><main>{stories}</main></body></html>"
)
Lines = dict[str, list[str]]


def front(stories: int = 6, head: str = "") -> bytes:
    """A list of stories, as a home page has it."""
    items = "".join(
        f"<article><h2><a href='/news/{number}'>The harbour opens its gates for the {number}th time</a></h2>"
        f"<p>Boats went out before dawn.</p></article>"
        for number in range(stories)
    )
    return FRONT.format(head=head, stories=items).encode()


def site(first: Mapping[str, str] = {}, *, head: str = "", stories: int = 6) -> Site:
    """A site with a front and stories; `first` are more headers of the front."""
    made = Site()
    made.pages["/"] = 200, {"Content-Type": "text/html", "Date": formatdate(usegmt=True), **first}, front(stories, head)
    for number in range(stories):
        made.put(f"/news/{number}", page(f"The harbour opens its gates for the {number}th time", head=head))
    return made


def examine(made: Site, folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Lines]:
    """The exit code, and the lines by subject."""
    with origin(made) as scripted:
        code = run("doctor", scripted.url, "--data", str(folder), *arguments)
    return code, said(capsys.readouterr().out)


def said(output: str) -> Lines:
    lines: Lines = {}
    for line in output.replace("\n                ->", " ->").splitlines():
        if found := re.match(r"(?:OK|WARN|FAIL)\s+(\w+)", line):
            lines.setdefault(found[1], []).append(line)
    return lines


def test_a_healthy_site_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every subject has its line, none is doubtful, exit code 0; the site was only read."""
    code, lines = examine(site(), tmp_path, capsys)
    assert code == 0
    assert {"settings", "https", "volume", "origin", "clock", "caches", "worker", "paths", "policy"} <= set(lines)
    assert all(line.startswith("OK") for found in lines.values() for line in found)
    assert "5 of the latest 5 were read" in lines["stories"][0]
    assert len(lines["link"]) == 5
    assert list(tmp_path.iterdir()) == []


def test_the_demo_is_well(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a site, the demo: its heavy page is weighed against its Light edition."""
    monkeypatch.chdir(tmp_path)
    assert run("doctor") == 0
    output = capsys.readouterr().out
    assert doctor.shape(f"{output}0") == doctor.shape(doctor.examples()[0]), "python -m tests.origins.doctor"
    lines = said(output)
    weight = re.search(r"(\d+) kB in \d+ files.*Light ([\d.]+) kB in one", lines["weight"][0])
    assert weight
    assert float(weight[1]) > 100 * float(weight[2])


def test_a_dead_origin_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, what was tried and what to do; nothing that needs the site is said."""
    assert run("doctor", "http://127.0.0.1:9", "--data", str(tmp_path)) == 1
    output = capsys.readouterr().out
    assert doctor.shape(f"{output}1") == doctor.shape(doctor.examples()[2]), "python -m tests.origins.doctor"
    lines = said(output)
    assert lines["origin"][0].startswith("FAIL")
    assert "-> See that the site runs" in lines["origin"][0]
    assert "stories" not in lines


@pytest.mark.parametrize(
    ("given", "subject", "level", "words"),
    [
        (site({"Date": "Mon, 02 Jan 2023 10:00:00 GMT"}), "clock", "WARN", "apart"),
        (site({"Age": "300", "X-Cache": "HIT"}), "caches", "WARN", "age: 300; x-cache: HIT"),
        (site(head="<script>navigator.serviceWorker.register('/w.js')</script>"), "worker", "WARN", "registers one"),
        (site({"Content-Security-Policy": "sandbox"}), "policy", "WARN", "untouched"),
        (site({"Content-Security-Policy": "default-src 'self'"}), "policy", "OK", "amended"),
        (site(head="<script src='https://cdn.example/x.js'></script>"), "weight", "WARN", "cdn.example/x.js"),
    ],
)
def test_what_the_site_shows_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: Site, subject: str, level: str, words: str
) -> None:
    """A warning says what was seen and what to do, and the exit code stays 0."""
    code, lines = examine(given, tmp_path, capsys)
    assert code == 0
    assert lines[subject][0].startswith(level)
    assert words in lines[subject][0]
    assert (" -> " in lines[subject][0]) is (level == "WARN")


def test_addresses_in_use_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A worker file of the site's own, and pages where Light's addresses would be."""
    given = site()
    given.put("/sw.js", b"self", Content_Type="text/javascript")
    given.put("/light/", page())
    _, lines = examine(given, tmp_path, capsys)
    assert "/sw.js" in lines["worker"][0]
    assert lines["paths"][0].startswith("WARN")


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [(302, {"Location": "https://www.paper.example/"}, "Set public_url"), (403, {}, "knows this Host")],
)
def test_an_origin_that_does_not_know_the_host_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, headers: dict[str, str], words: str
) -> None:
    """Sent away or refused: exit code 1."""
    given = Site()
    given.put("/", b"", status, **headers)
    code, lines = examine(given, tmp_path, capsys)
    assert code == 1
    assert words in lines["origin"][0]


def test_an_origin_that_is_a_lightkeeper_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own address, or another's: requests would go in a circle."""
    with origin(site()) as scripted:
        settings = load(origin=scripted.url, data=str(tmp_path), fronts="", sensing="off")
        migrate(settings.data)
        with serving(create_app(settings)) as address:
            assert run("doctor", address.url, "--data", str(tmp_path)) == 1
    assert "in a circle" in said(capsys.readouterr().out)["origin"][0]


def test_stories_that_cannot_be_read_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """None of them: that is what Lightkeeper is for. One of them: a warning."""
    given = site()
    given.put("/news/0", b"<title>nothing</title>")
    code, lines = examine(given, tmp_path, capsys)
    assert code == 0
    assert "4 of the latest 5 were read; /news/0" in lines["stories"][0]
    for number in range(6):
        given.put(f"/news/{number}", b"", 503)
    code, lines = examine(given, tmp_path, capsys)
    assert code == 1
    assert "0 of the latest 5" in lines["stories"][0]


def test_plain_http_and_unnamed_proxies_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Readers without TLS have no worker and no hints; a proxy that ends TLS must be named."""
    for public, words in (
        ("http://www.paper.example", "without TLS"),
        ("https://www.paper.example", "trusted_proxies"),
    ):
        _, lines = examine(site(), tmp_path, capsys, "--public-url", public)
        assert lines["https"][0].startswith("WARN")
        assert words in lines["https"][0]


def test_a_folder_that_cannot_be_written_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file in its place, for one."""
    (tmp_path / "data").write_text("")
    code, lines = examine(site(), tmp_path / "data", capsys)
    assert code == 1
    assert "cannot be written" in lines["volume"][0]


@pytest.mark.parametrize("arguments", [["nonsense"], ["--config", "none.toml"]])
def test_a_mistake_gives_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As with every command."""
    assert run("doctor", *arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
