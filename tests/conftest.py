"""The order of the suite: the long files first, so that no process is left alone with one of them at the end."""

from __future__ import annotations

import pytest

LONG = ("tests/browser/", "tests/origins/", "tests/deploy/", "tests/delivery/", "tests/demo/", "tests/cli/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((number for number, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG))

    items.sort(key=rank)
