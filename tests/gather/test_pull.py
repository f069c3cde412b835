"""A pull reads everything that the site names, once; goes on where it was stopped; and tells what failed."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ..delivery.service import Site, page
from ..servers import Scripted, origin
from ..store.tables import rows

LIGHTKEEPER = Path(sys.executable).with_name("lightkeeper")


def paper(count: int) -> Site:
    """A site with a front of three stories, a sitemap of `count`, and robots.txt that names it."""
    site = Site()
    for number in range(count):
        site.put(f"/s/{number}", page(f"Story {number}"), ETag=f'"{number}"')
    links = "".join(f'<article><h2><a href="/s/{n}">Story {n} of the low water</a></h2></article>' for n in range(3))
    site.put("/", f"<html lang=en><title>Paper</title><body><main>{links * 3}</main>".encode())
    return site


def publish(site: Site, scripted: Scripted, count: int) -> None:
    urls = "".join(f"<url><loc>{scripted.url}/s/{number}</loc></url>" for number in range(count))
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    site.put("/map.xml", body, Content_Type="application/xml")
    site.put("/robots.txt", f"User-agent: *\nSitemap: {scripted.url}/map.xml\n".encode())


@contextmanager
def running(count: int) -> Iterator[tuple[Site, Scripted]]:
    site = paper(count)
    with origin(site) as scripted:
        publish(site, scripted, count)
        yield site, scripted


def command(scripted: Scripted, folder: Path, *more: str) -> list[str]:
    return [str(LIGHTKEEPER), "pull", "--origin", scripted.url, "--data", str(folder), "--pace", "500", *more]


def pull(scripted: Scripted, folder: Path, *more: str, file_limit: int = 0) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        if file_limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    return subprocess.run(
        command(scripted, folder, *more), capture_output=True, text=True, timeout=120, preexec_fn=limited, check=False
    )


def asked(scripted: Scripted) -> Counter[str]:
    return Counter(request.target.decode() for request in scripted.requests if request.target.startswith(b"/s/"))


def test_everything_is_read_once_and_the_summary_says_so(tmp_path: Path) -> None:
    """What front and sitemap name; what is no story is no failure; a second run asks conditionally."""
    with running(8) as (site, scripted):
        site.put("/s/7", b"<html><title>About</title><body>nothing to read")
        done = pull(scripted, tmp_path)
        assert (done.returncode, done.stdout) == (
            0,
            "Stored 8, unchanged 0, had already 0, without a story 1, failed 0.\n",
        )
        assert rows(tmp_path, "select count(*) from stories") == [(7,)]
        assert set(asked(scripted).values()) == {1}
        again = pull(scripted, tmp_path)
        assert (again.returncode, "unchanged 7" in again.stdout) == (0, True)


def test_killed_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """After three kills in the middle nothing is missing or half there, and no story was asked for again but those
    that were under way."""
    count, kills = 60, 3
    with running(count) as (_, scripted):
        for turn in range(kills):
            process = subprocess.Popen(
                command(scripted, tmp_path),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            deadline = time.monotonic() + 60
            while len(asked(scripted)) < 12 * (turn + 1) and time.monotonic() < deadline:
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        done = pull(scripted, tmp_path)
        assert done.returncode == 0
        assert done.stdout.startswith("Resumed. ")
        assert rows(tmp_path, "select count(*) from stories") == [(count,)]
        assert rows(tmp_path, "select count(*) from stories where number is null") == [(0,)]
        assert rows(tmp_path, "pragma integrity_check") == [("ok",)]
        assert sum(asked(scripted).values()) <= count + kills * 8


def test_failures_are_named_and_tell_by_the_exit_code(tmp_path: Path) -> None:
    """A story that the site cannot give is tried again, then named; the others are read."""
    with running(4) as (site, scripted):
        site.put("/s/2", b"broken", status=500)
        site.put("/s/3", b"busy", status=503, Retry_After="1")
        done = pull(scripted, tmp_path)
        assert done.returncode == 1
        assert "failed 2" in done.stdout
        assert "/s/2: The site answered with an error (500)." in done.stderr
        assert "/s/3: The site asked to come back later (503)." in done.stderr
        assert asked(scripted)["/s/2"] == 3
        assert rows(tmp_path, "select count(*) from stories") == [(2,)]


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    """One clear sentence and exit code 2; with room again it goes on to the end."""
    with running(30) as (_, scripted):
        first = pull(scripted, tmp_path, file_limit=400_000)
        assert first.returncode == 2
        assert len(first.stderr.splitlines()) == 1
        assert f"the data folder {tmp_path} cannot take more" in first.stderr
        before = rows(tmp_path, "select address, digest from stories order by address")
        assert 0 < len(before) < 30
        done = pull(scripted, tmp_path)
        assert (done.returncode, f"had already {len(before)}" in done.stdout) == (0, True)
        after = rows(tmp_path, "select address, digest from stories order by address")
        assert len(after) == 30
        assert set(before) <= set(after)


def test_wordpress_is_read_page_by_page(tmp_path: Path) -> None:
    """Found by its Link header on the front; every page of posts; only what changed since is asked for again."""
    site = paper(5)
    with origin(site) as scripted:
        site.put("/", site.pages["/"][2], Link=f'<{scripted.url}/wp-json/>; rel="https://api.w.org/"')
        for number, part in ((1, (0, 1, 2)), (2, (3, 4))):
            listed = [{"link": f"{scripted.url}/s/{n}", "modified_gmt": "2020-01-01T00:00:00"} for n in part]
            target = "/wp-json/wp/v2/posts?per_page=100&page=%d&orderby=modified&order=desc&_fields=link,modified_gmt,"
            site.put(
                target % number + "content.protected",
                json.dumps(listed).encode(),
                Content_Type="application/json",
                X_WP_TotalPages="2",
            )
        assert pull(scripted, tmp_path).returncode == 0
        assert rows(tmp_path, "select count(*) from stories") == [(5,)]
        listed[0]["modified_gmt"] = "2199-01-01T00:00:00"
        site.put(target % 2 + "content.protected", json.dumps(listed).encode(), Content_Type="application/json")
        site.put("/", b"<html lang=en><title>P</title><body>" + b"", Link=site.pages["/"][1]["Link"])
        before = asked(scripted)
        assert "had already 4" in pull(scripted, tmp_path).stdout
        assert asked(scripted) - before == Counter({"/s/3": 1})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "origin: say which site"), (["--origin", "x"], "origin: write it as"), (["--pace", "0"], "pace:")],
)
def test_a_mistake_gives_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Exit code 2, before anything is made."""
    done = subprocess.run(
        [str(LIGHTKEEPER), "pull", *arguments], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
