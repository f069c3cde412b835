"""`lightkeeper uninstall`: the file, the steps, and mistakes in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from .run import run


def test_it_writes_the_end_of_the_worker_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script that wipes and unregisters, with the settings' own addresses in the steps."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lightkeeper.toml").write_text('origin = "https://www.paper.example"\nlight_prefix = "/text"\n')
    assert run("uninstall", "--output", "end.js") == 0
    script = (tmp_path / "end.js").read_text()
    assert "registration.unregister()" in script
    assert "caches.delete" in script
    assert "fetch" not in script
    said = capsys.readouterr().out
    for words in ("location = /_lk/sw.js", "Service-Worker-Allowed: /", str(tmp_path / "end.js"), "^/text/"):
        assert words in said
    assert "curl -sI https://www.paper.example/_lk/sw.js" in said


def test_a_file_that_cannot_be_written_gives_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, the file named, nothing else said."""
    assert run("uninstall", "--output", "/proc/nothing/sw.js") == 2
    output = capsys.readouterr()
    assert output.err.splitlines() == ["lightkeeper: /proc/nothing/sw.js: cannot be written: No such file or directory"]
    assert output.out == ""
