"""An editor's day at a real WordPress: published, corrected, protected and trashed, seen in Light by every process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..command import serving
from ..workers import Worker, workers
from .doors import doors
from .press import SITE, log_in, rest
from .processes import free_address
from .stories import posts, story
from .visitor import Visitor
from .wordpress import WordPress, wordpress

pytestmark = pytest.mark.origins

WORKERS = 3


@pytest.fixture(scope="module")
def press() -> Iterator[WordPress]:
    with wordpress(url=SITE, posts=posts()) as running:
        yield running


@pytest.fixture(scope="module")
def readers(press: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Worker]]:
    """Three processes that believe what they have for an hour; one of them reads in advance, every second."""
    folder = tmp_path_factory.mktemp("newsroom")
    config = folder / "lightkeeper.toml"
    config.write_text('publication = "The Paper"\nfresh = 3600\npace = 100\npoll = 1\n')
    arguments = ("--origin", press.address.url, "--public-url", SITE, "--data", str(folder), "--config", str(config))
    with (
        serving(*arguments, "--workers", str(WORKERS), port=free_address().port) as running,
        workers(running, WORKERS) as reached,
    ):
        yield reached


@pytest.fixture(scope="module")
def editor(press: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with doors(press.address, SITE, Path(tmp_path_factory.mktemp("door"))) as both:
        visitor = both.visitor()
        assert log_in(visitor, press).status == 302
        yield visitor


def seconds(readers: list[Worker], true: Callable[[Worker], bool]) -> list[float]:
    """After how many seconds it was true of each; two minutes at most."""
    began, took = time.monotonic(), dict.fromkeys(readers, 0.0)
    waiting = list(readers)
    while waiting:
        assert time.monotonic() - began < 120
        for reader in list(waiting):
            if true(reader):
                took[reader] = time.monotonic() - began
                waiting.remove(reader)
        time.sleep(0.05)
    return list(took.values())


def lists(reader: Worker, words: bytes) -> bool:
    return words in reader.get("/light/-/latest").body


def gone(reader: Worker, path: str) -> bool:
    """It does not show the story, and no list names it."""
    return reader.get(f"/light{path}").status != 200 and path.encode() not in reader.get("/light/-/latest").body


def test_a_day_of_an_editor(readers: list[Worker], editor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    """Each step is in every process without a reader asking for it first; the times are printed."""
    text = str(story("", "")["post_content"])
    made = {"title": "Storm warning", "slug": "storm-warning", "status": "publish", "content": text}
    answer = rest(editor, "POST", "/posts", made)
    assert answer.status == 201, answer.body
    post = json.loads(answer.body)
    path, address = post["link"].removeprefix(SITE), f"/posts/{post['id']}"
    took = {"publish": seconds(readers, lambda reader: lists(reader, b"Storm warning"))}
    assert all(b"Storm warning" in reader.get(f"/light{path}").body for reader in readers)
    rest(editor, "POST", address, {"content": text.replace("falling tide", "rising tide")})
    took["correct"] = seconds(readers, lambda reader: b"rising tide" in reader.get(f"/light{path}").body)
    rest(editor, "POST", address, {"password": "spring tide"})
    took["protect"] = seconds(readers, lambda reader: gone(reader, path))
    rest(editor, "POST", address, {"password": ""})
    took["open again"] = seconds(readers, lambda reader: lists(reader, b"Storm warning"))
    rest(editor, "DELETE", address, {})
    took["trash"] = seconds(readers, lambda reader: gone(reader, path))
    with capsys.disabled():
        print(f"\n{'seconds until in Light':<24}" + "".join(f"{f'process {n}':>11}" for n in range(1, WORKERS + 1)))
        for step, times in took.items():
            print(f"{step:<24}" + "".join(f"{time:>11.1f}" for time in times))
