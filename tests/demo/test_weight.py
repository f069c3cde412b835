"""Full pages weigh what real ones do, and the same on every run."""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import subprocess
import sys

import httpx
import pytest

from lightkeeper.demo.publication import Publication
from lightkeeper.demo.serve import RunningOrigin
from lightkeeper.demo.weigh import Weight, weigh

_DIGEST = """
import gzip, hashlib
from lightkeeper import resources
from lightkeeper.demo import ballast, font, pictures
from lightkeeper.demo.layout import Site
from lightkeeper.demo.publication import load
from lightkeeper.demo.story_page import story_page
paper = load(resources.demo())
digest = hashlib.sha256()
for story in paper.stories:
    digest.update(story_page(Site(paper, "http://a.example", "http://w.example"), story).encode())
for name in ballast._FILES:
    digest.update(ballast.file(name).encode())
for face in font.FACES:
    digest.update(font.woff(face))
for kind in pictures.SCENES:
    digest.update(pictures.draw(kind, 7, 160))
print(digest.hexdigest())
"""


@pytest.fixture(scope="module")
def weights(origin: RunningOrigin, paper: Publication) -> list[Weight]:
    """Every fourth story, with all that it loads."""

    async def weigh_all() -> list[Weight]:
        async with httpx.AsyncClient(base_url=origin.url, trust_env=False, timeout=60) as client:
            return [await weigh(client, origin.url + story.path) for story in paper.stories[::4]]

    return asyncio.run(weigh_all())


def test_a_story_page_is_as_heavy_as_real_ones(weights: list[Weight]) -> None:
    """About 2.3 MB in 60 requests."""
    assert 2_100_000 <= statistics.median(weight.total for weight in weights) <= 2_500_000
    assert 56 <= statistics.median(weight.requests for weight in weights) <= 64


def test_what_stands_before_the_text_is_heavy(weights: list[Weight]) -> None:
    """About 270 kB of HTML, sheets and blocking scripts, in several files."""
    assert 255_000 <= statistics.median(weight.critical_bytes for weight in weights) <= 285_000
    assert all(len(weight.critical) >= 7 for weight in weights)


def test_everything_that_a_page_loads_is_there(weights: list[Weight]) -> None:
    """No page names a file that the origin does not have."""
    assert [failed for weight in weights for failed in weight.failed] == []


def test_part_of_a_page_comes_from_a_second_host(weights: list[Weight], origin: RunningOrigin) -> None:
    """Widgets, counter and house advertisements."""
    for weight in weights:
        assert sum(address.startswith(origin.widget_url) for address in weight.loaded) >= 8


def test_every_run_makes_the_same_bytes() -> None:
    """In another process, with another hash seed, everything that is generated is the same."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == hashlib.sha256().digest_size * 2
