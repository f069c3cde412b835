"""An editor's day at a real WordPress: published, corrected, protected and trashed, seen in Light by every worker."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.app import create_app
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Address, serving
from .doors import doors
from .stories import posts, story
from .test_wordpress import log_in, rest
from .visitor import Visitor
from .wordpress import WordPress, wordpress

pytestmark = pytest.mark.origins

SITE = "http://www.paper.example"
POLL = 1.0


@pytest.fixture(scope="module")
def press() -> Iterator[WordPress]:
    with wordpress(url=SITE, posts=posts()) as running:
        yield running


@pytest.fixture(scope="module")
def readers(press: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Address]]:
    """Three workers on one data folder, who believe what they have for an hour; one of them reads in advance."""
    folder = tmp_path_factory.mktemp("newsroom")
    values: dict[str, Any] = {"public_url": SITE, "publication": "The Paper", "fronts": "/", "fresh": "3600"}
    ready = load(origin=press.address.url, data=str(folder), pace="100", poll=str(POLL), **values)
    migrate(ready.data)
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(serving(create_app(ready))) for _ in range(3)]


@pytest.fixture(scope="module")
def editor(press: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with doors(press.address, SITE, Path(tmp_path_factory.mktemp("door"))) as both:
        visitor = both.visitor()
        assert log_in(visitor, press).status == 302
        yield visitor


def seconds(true: Callable[[], bool]) -> float:
    """Seconds until `true`; a minute at most."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < 60
        time.sleep(0.05)
    return time.monotonic() - began


def everywhere(readers: list[Address], path: str, words: bytes) -> bool:
    return all(words in reader.get(path).body for reader in readers)


def gone(readers: list[Address], path: str) -> bool:
    """No worker shows the story, and no list for devices names it."""
    pages = [reader.get(f"/light{path}") for reader in readers]
    lists = [reader.get("/_lk/saved/en-US.json").body for reader in readers]
    return all(answer.status != 200 for answer in pages) and not any(path.encode() in found for found in lists)


def test_a_day_of_an_editor(readers: list[Address], editor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    """Each step is in every worker without a reader asking for it first; the times are printed."""
    text = str(story("", "")["post_content"])
    made = {"title": "Storm warning", "slug": "storm-warning", "status": "publish", "content": text}
    answer = rest(editor, "POST", "/posts", made)
    assert answer.status == 201, answer.body
    post = json.loads(answer.body)
    path = post["link"].removeprefix(SITE)
    took = {"publish": seconds(lambda: everywhere(readers, "/light/-/latest", b"Storm warning"))}
    assert everywhere(readers, f"/light{path}", b"Storm warning")
    rest(editor, "POST", f"/posts/{post['id']}", {"content": text.replace("falling tide", "rising tide")})
    took["correct"] = seconds(lambda: everywhere(readers, f"/light{path}", b"rising tide"))
    rest(editor, "POST", f"/posts/{post['id']}", {"password": "spring tide"})
    took["protect"] = seconds(lambda: gone(readers, path))
    rest(editor, "POST", f"/posts/{post['id']}", {"password": ""})
    took["open again"] = seconds(lambda: everywhere(readers, "/light/-/latest", b"Storm warning"))
    rest(editor, "DELETE", f"/posts/{post['id']}", {})
    took["trash"] = seconds(lambda: gone(readers, path))
    with capsys.disabled():
        print("; ".join(f"{step} {time:.1f} s" for step, time in took.items()))
