"""The order of the suite: long files first, and browsers spread among the others.

So no process is left alone with a long one at the end, and no three browsers crowd two cores.
"""

from __future__ import annotations

from itertools import chain, zip_longest

import pytest
from hypothesis import settings

# No test holds a time against a clock.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

BROWSER = "tests/browser/"
LONG = ("tests/origins/", "tests/deploy/", "tests/cli/", "tests/gather/", "tests/delivery/", "tests/bundles/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    browsers = [name for name in files if name.startswith(BROWSER)]
    others = sorted((name for name in files if not name.startswith(BROWSER)), key=_rank)
    thirds = zip_longest(browsers, others[::2], others[1::2])
    items[:] = [item for name in chain(*thirds) if name for item in files[name]]


def _rank(name: str) -> int:
    return next((number for number, folder in enumerate(LONG) if name.startswith(folder)), len(LONG))
