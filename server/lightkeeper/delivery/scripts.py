"""One classic script out of small ES modules: what old browsers run as a worker, without a build step.

Joins modules in the order of their imports, drops `import` lines, `export` words and comment lines, and wraps the
whole in one function. Knows no JavaScript beyond that, so it insists: an import or export fits on one line, and no two
modules declare the same name at their top.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import (?:\{ \w+(?:, \w+)* \} from )?"(\.{1,2}/[\w/.-]+\.js)";$')
_DECLARED = re.compile(r"^(?:async )?(?:const|let|var|class|function) (\w+)")
_COMMENTS = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n", re.DOTALL | re.MULTILINE)


def join(folder: Path, entry: str) -> str:
    """The module `entry` of `folder` with all that it imports.

    The same files give the same text. Raises `ValueError` where a file asks for more JavaScript than this knows.
    """
    modules: dict[str, str] = {}
    _visit(folder, entry, modules)
    _insist_on_own_names(modules)
    return f'(()=>{{"use strict";\n{"".join(modules.values())}}})();\n'


def _visit(folder: Path, name: str, modules: dict[str, str]) -> None:
    """Add `name` after everything that it imports."""
    if name in modules:
        return
    lines = _COMMENTS.sub("", (folder / name).read_text(encoding="utf-8")).splitlines(keepends=True)
    for line in lines:
        if line.startswith("import"):
            found = _IMPORT.match(line.rstrip())
            if not found:
                raise ValueError(f"{name}: cannot join {line.rstrip()!r}")
            _visit(folder, posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1])), modules)
    modules[name] = "".join(_plain(name, line) for line in lines if not line.startswith("import") and line.strip())


def _plain(name: str, line: str) -> str:
    """The line without its `export`, which must stand before a declaration."""
    bare = line.removeprefix("export ")
    if bare != line and not _DECLARED.match(bare):
        raise ValueError(f"{name}: cannot join {line.rstrip()!r}")
    return bare


def _insist_on_own_names(modules: Mapping[str, str]) -> None:
    owners: dict[str, str] = {}
    for module, text in modules.items():
        for line in text.splitlines():
            if (found := _DECLARED.match(line)) and owners.setdefault(found[1], module) != module:
                raise ValueError(f"{module} and {owners[found[1]]} both declare {found[1]!r}")
