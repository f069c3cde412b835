"""The newsroom's commands on a data folder: what they print and what they change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lightkeeper.store import Store, Story, Views, migrate

from .run import run

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
FRAGMENT = (
    '<article dir="ltr" lang="en"><header><h1>Low water</h1></header><div class="body"><p>The gates are open.</p></div>'
    '<footer><p class="source"><a href="https://paper.example/news/a">https://paper.example/news/a</a></p></footer>'
    "</article>"
)
STORY = Story("/news/a", FRAGMENT, "Low water", "", "Coast", "en", NOW, NOW)


def fill(folder: Path, *work: Callable[[Store], Awaitable[object]]) -> None:
    async def filled() -> None:
        store = Store(folder)
        for step in work:
            await step(store)
        await store.close()

    migrate(folder)
    asyncio.run(filled())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with two stories, where the settings in the environment point to."""
    fill(
        tmp_path, lambda store: store.save(STORY), lambda store: store.save(replace(STORY, address="/fa/%D8%A2%D8%A8"))
    )
    monkeypatch.setenv("LIGHTKEEPER_DATA", str(tmp_path))
    monkeypatch.setenv("LIGHTKEEPER_ORIGIN", "http://cms.internal:8080")
    monkeypatch.setenv("LIGHTKEEPER_PUBLIC_URL", "https://paper.example")
    return tmp_path


@pytest.mark.parametrize(
    "given",
    [
        "https://paper.example/news/a",
        "http://paper.example/news/a?utm_source=x",
        "http://cms.internal:8080/news/a",
        "https://paper.example/light/news/a",
        "/news/a?edition=full",
        "/news/a/",
    ],
)
def test_an_address_is_understood_however_it_is_copied(
    folder: Path, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the address bar, from the CMS, from the Light edition, with tracking, or the path alone."""
    assert run("show", given) == 0
    assert "The gates are open." in capsys.readouterr().out
    assert run("withdraw", given) == 0
    assert "Stored pages removed: 1." in capsys.readouterr().out


def test_list_and_show_say_what_is_stored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a story; all that is known of one."""
    assert run("list", "--limit", "1") == 0
    assert capsys.readouterr().out == "2026-11-24 08:00\ten\t/fa/%D8%A2%D8%A8\tLow water\n"
    assert run("show", "/fa/آب") == 0
    shown = capsys.readouterr().out
    assert "section    Coast\n" in shown
    assert "published  2026-11-24 08:00\n" in shown


def test_withdraw_says_what_it_cannot_recall(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Caches, devices, messengers, the site itself; and restoring undoes it once."""
    assert run("withdraw", "/news/a") == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("caches", "devices", "messengers", "your own site"))
    assert run("show", "/news/a") == 2
    assert run("restore", "https://paper.example/news/a") == 0
    capsys.readouterr()
    assert run("restore", "/news/a") == 2
    assert capsys.readouterr().err == "lightkeeper: /news/a is not withdrawn\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["withdraw", "https://elsewhere.example/a"], "is not on https://paper.example"),
        (["withdraw", "news"], "write the story's address as"),
        (["withdraw", "ftp://paper.example/a"], "write the story's address as"),
        (["withdraw", "http://[::1"], "is no address"),
        (["show", "/nothing"], "is not stored"),
        (["list", "--data", "/nonexistent"], "nothing is stored in /nonexistent"),
        (["stats", "--days", "0"], "--days"),
    ],
)
def test_a_mistake_gives_one_line(
    folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is withdrawn by mistake, no folder is made by a typing error."""
    assert run(*arguments) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert len(output.err.splitlines()) == 1


def test_stats_hide_small_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A number that could be one person's is not shown, neither on screen nor in the table."""
    today = datetime.now(UTC).date().isoformat()
    counted = [Views(today, "/news/a", "light", 12), Views(today, "/news/a", "full", 9)]
    fill(folder, lambda store: store.add_views(counted))
    assert run("stats", "--csv") == 0
    assert capsys.readouterr().out == f"day,edition,views,address\n{today},light,12,/news/a\n{today},full,<10,/news/a\n"
    assert run("stats") == 0
    assert "9  /news" not in capsys.readouterr().out
