"""The house keeps its order: imports run one way, modules stay small, the README names every setting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lightkeeper.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "server" / "lightkeeper"

# room -> the rooms that it may import from, besides itself
MAY_IMPORT = {
    "__init__": set[str](),
    "errors": set[str](),
    "background": set[str](),
    "resources": set[str](),
    "health": set[str](),
    "logs": set[str](),
    "settings": {"errors"},
    "article": {"errors"},
    "sensing": {"article"},
    "editions": {"article", "errors", "resources"},
    "store": {"article", "errors"},
    "source": {"__init__", "article", "errors", "settings"},
    "gather": {"article", "errors", "settings", "source", "store"},
    "delivery": {
        *("__init__", "article", "background", "bundles", "editions", "errors", "gather"),
        *("resources", "sensing", "settings", "source", "store"),
    },
    "bundles": {"article", "editions", "errors"},
    "publishing": {
        *("__init__", "article", "background", "bundles", "editions", "errors", "resources", "settings", "store"),
    },
    "demo": {"__init__", "errors", "resources"},
    "app": {"delivery", "gather", "publishing", "settings", "source", "store"},
    "doctor": {"__init__", "article", "editions", "errors", "sensing", "settings", "source", "store"},
    "cli": {
        *{"__init__", "app", "article", "delivery", "demo", "doctor", "errors", "logs", "resources", "settings"},
        *{"bundles", "gather", "publishing", "source", "store"},
    },
    "__main__": {"cli"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms of ours that a module imports from, wherever in the module."""
    package = path.relative_to(PACKAGE).parent.parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            parts = (*base, *(node.module or "").split(".")) if node.module else base
            names = [parts[0]] if parts else [alias.name for alias in node.names]
            found |= {
                name if (PACKAGE / name).exists() or (PACKAGE / f"{name}.py").exists() else "__init__" for name in names
            }
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lightkeeper"):
            found.add((node.module or "").split(".")[1] if "." in (node.module or "") else "__init__")
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("lightkeeper.")}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    """No room imports from a room that stands above it."""
    assert imported(path) - {room(path)} <= MAY_IMPORT[room(path)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small_and_say_what_they_own(path: Path) -> None:
    """Four hundred lines at most, and a docstring on top where there is code."""
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_one_module_of_the_store_knows_the_database() -> None:
    """Another database is another address: SQL that only SQLite understands has one place."""
    words = ("sqlite3", "PRAGMA", "MATCH", "fts5", "rowid", "VIRTUAL")
    knowing = {path.name for path in modules() if room(path) == "store" and any(w in path.read_text() for w in words)}
    assert knowing == {"database.py"}


def test_core_does_no_input_or_output() -> None:
    """Article, editions and sensing are functions of values: no network, no clock, no processes."""
    forbidden = {"asyncio", "httpx", "socket", "subprocess", "time", "threading", "sqlalchemy", "starlette", "random"}
    for path in modules():
        if room(path) in ("article", "editions", "sensing", "bundles"):
            names = {
                name.split(".")[0]
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
                for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
            }
            assert not names & forbidden, path


def test_readme_names_every_setting_with_its_default() -> None:
    """The settings table is complete and current."""
    readme = (ROOT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        row = next((line for line in readme.splitlines() if line.startswith(f"| `{name}` |")), "")
        assert field.description
        assert field.description in row
