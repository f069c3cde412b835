"""A store in an empty folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lightkeeper.store import Store, migrate


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    migrate(tmp_path)
    store = Store(tmp_path)
    yield store
    await store.close()
