"""The command in this process, as its own process would run it."""

from __future__ import annotations

import sys

import pytest

from lightkeeper.cli import main


def run(*arguments: str) -> int:
    """The exit code of `lightkeeper ARGUMENTS`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["lightkeeper", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
    return int(left.value.code or 0)
