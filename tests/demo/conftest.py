"""One demo origin, in a process of its own, for all tests of the demo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from lightkeeper.demo.publication import Publication, load
from lightkeeper.demo.serve import RunningOrigin, start_origin
from lightkeeper.resources import demo


@pytest.fixture(scope="session")
def paper() -> Publication:
    return load(demo())


@pytest.fixture(scope="session")
def origin() -> Iterator[RunningOrigin]:
    running = asyncio.run(start_origin())
    yield running
    asyncio.run(running.stop())


@pytest.fixture
async def client(origin: RunningOrigin) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=origin.url, trust_env=False, timeout=30) as client:
        yield client
