"""The processes that read pages: bounded, killed at the time limit, replaced, alone with their trouble."""

from __future__ import annotations

import asyncio
import os
import pickle
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from lightkeeper.article.model import Article, Front
from lightkeeper.errors import ExtractionTimeout, NotAnArticle, PageTooLarge
from lightkeeper.source.page import Page
from lightkeeper.source.pool import Pool

from ..family import children

PROSE = "".join(
    f"<p>The ferry left the harbour at dawn, and nobody expected it back before noon, {n}.</p>" for n in range(4)
)
STORY = f"<html><title>Ferry</title><body><article><h1>Ferry</h1>{PROSE}</article></body></html>"


def page(html: str, url: str = "https://post.example/news/ferry") -> Page:
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Page(url, 200, headers, html.encode("utf-8", "surrogatepass"), datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    made = Pool(2, 20.0)
    yield made
    await made.close()


def workers() -> set[int]:
    """The processes that this one has started and that still run as a worker."""
    return set(children(os.getpid(), b"lightkeeper.source.worker"))


async def test_pages_are_read_in_other_processes(pool: Pool) -> None:
    """Stories, lists and what is neither come back as they would from a call."""
    first, second = await asyncio.gather(pool.read(page(STORY)), pool.extract(page(STORY)))
    assert isinstance(first, Article)
    assert "Ferry" == first.title
    assert first == second
    with pytest.raises(NotAnArticle) as caught:
        await pool.read(page("<html><body></body></html>"))
    assert "empty" == caught.value.reason
    with pytest.raises(PageTooLarge):
        await pool.read(page("<p>" + "x" * 3_000_000))
    cards = "".join(f"<h2><a href=/s/{n}>A headline with the number {n}</a></h2>" for n in range(6))
    assert isinstance(await pool.read(page(f"<body>{cards}</body>", "https://post.example/")), Front)


async def test_no_more_processes_than_allowed(pool: Pool) -> None:
    """Twenty jobs at once share two processes."""
    before = workers()
    await asyncio.gather(*(pool.read(page(STORY)) for _ in range(20)))
    assert 1 <= len(workers() - before) <= 2


async def test_compression_is_the_best_that_brotli_has(pool: Pool) -> None:
    """What was compressed is what comes out again."""
    data = STORY.encode() * 20
    packed = await pool.compress(data)
    assert data == brotli.decompress(packed)
    assert len(packed) <= len(brotli.compress(data, quality=11, mode=brotli.MODE_TEXT))


async def test_an_overrunning_job_is_killed_and_others_go_on() -> None:
    """The process is gone at the time limit, its place is filled, and its neighbour never noticed."""
    pool = Pool(2, 1.0)
    try:
        await asyncio.gather(pool.read(page(STORY)), pool.read(page(STORY)))
        before = workers()
        start = time.monotonic()
        slow = asyncio.create_task(pool.compress(os.urandom(1_000) * 30_000 + os.urandom(12_000_000)))
        assert isinstance(await pool.read(page(STORY)), Article)
        with pytest.raises(ExtractionTimeout):
            await slow
        assert time.monotonic() - start < 8
        assert len(before & workers()) < len(before)
        assert isinstance(await pool.read(page(STORY)), Article)
    finally:
        await pool.close()


async def test_a_cancelled_caller_leaves_no_answer_for_the_next(pool: Pool) -> None:
    """Who goes away costs the process that worked for them, and nobody gets their page."""
    task = asyncio.create_task(pool.compress(os.urandom(4_000_000)))
    await pool.read(page(STORY))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    answers = await asyncio.gather(*(pool.read(page(STORY)) for _ in range(4)))
    assert all(isinstance(answer, Article) for answer in answers)


async def test_a_process_that_is_killed_between_jobs_is_replaced(pool: Pool) -> None:
    """The next job has another process and its answer."""
    await pool.read(page(STORY))
    killed = workers()
    for pid in killed:
        os.kill(pid, 9)
    assert isinstance(await pool.read(page(STORY)), Article)
    assert killed
    assert not killed & workers()


async def test_closing_ends_every_process() -> None:
    """Nothing is left behind, and a job after that is refused."""
    before = workers()
    pool = Pool(2, 20.0)
    await asyncio.gather(pool.read(page(STORY)), pool.read(page(STORY)))
    await pool.close()
    assert workers() <= before
    with pytest.raises(ExtractionTimeout):
        await pool.read(page(STORY))


def test_answers_can_name_no_other_values() -> None:
    """A process that read a hostile page cannot make the server build anything but articles."""
    import io

    from lightkeeper.source.pool import _Values

    with pytest.raises(ConnectionError):
        _Values(io.BytesIO(pickle.dumps(Path("/")))).load()
