"""The worker's own reader of bundles, asked in node: for fuzzing it beside the other two."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from lightkeeper.resources import client

_JUDGE = Path(__file__).with_name("judge.mjs")


class Worker:
    """`with Worker() as worker`; each question is one line to a process, and the answer one line back."""

    def __enter__(self) -> Worker:
        self._folder = tempfile.TemporaryDirectory(prefix="lightkeeper-worker-")
        modules = Path(self._folder.name) / "worker"
        shutil.copytree(client() / "worker", modules)
        (modules / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        command = ["node", str(_JUDGE), str(modules)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def read(self, kind: str, *, name: str = "", **data: bytes) -> Any:
        """What it reads, as JSON has it; None for what it refuses. Raises `AssertionError` where it crashes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        given = {"kind": kind, "name": name, **{key: value.hex() for key, value in data.items()}}
        self._process.stdin.write(json.dumps(given) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        assert not isinstance(told, dict), told["crashed"]
        return told
