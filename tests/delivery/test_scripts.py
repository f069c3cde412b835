"""Joining modules: imports come first and once, and what cannot be joined is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightkeeper.delivery.scripts import join


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_modules_come_after_what_they_import_and_once(tmp_path: Path) -> None:
    """A module that two others import stands once, before both; comments, imports and exports are gone."""
    folder = write(
        tmp_path,
        a='// says\nimport { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);\n',
        b='import { c } from "./c.js";\n/**\n * @param {number} x\n */\nexport const b = (x) => x + c;\n',
        c="export const c = 1; // one\n",
    )
    assert join(folder, "a.js") == '(()=>{"use strict";\nconst c = 1; // one\nconst b = (x) => x + c;\nb(c);\n})();\n'


@pytest.mark.parametrize(
    "modules",
    [
        {"a": 'import { b } from "./b.js";\nconst x = b;\n', "b": "export const b = 1;\nconst x = 2;\n"},
        {"a": 'import {\n  b,\n} from "./b.js";\n', "b": ""},
        {"a": 'import { b as c } from "./b.js";\n', "b": "export const b = 1;\n"},
        {"a": 'import { b } from "b";\n'},
        {"a": "export default 1;\n"},
        {"a": "const b = 1;\nexport { b };\n"},
    ],
)
def test_what_would_change_its_meaning_is_refused(tmp_path: Path, modules: dict[str, str]) -> None:
    """Names declared twice, renamed, default or spread over lines: the service does not start with those."""
    with pytest.raises(ValueError, match=r"^[ab]\.js"):
        join(write(tmp_path, **modules), "a.js")
