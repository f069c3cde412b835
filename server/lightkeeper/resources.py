"""Files that travel with the package: the client's code and the demo publication, from a wheel or a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def client() -> Path:
    """The folder of what runs in the browser."""
    return _folder("client", _CHECKOUT / "client")


def demo() -> Path:
    """The folder of the demo publication's stories and assets."""
    return _folder("demo_files", _CHECKOUT / "fixtures" / "demo")


def _folder(installed: str, checkout: Path) -> Path:
    inside = _PACKAGE / installed
    return inside if inside.is_dir() else checkout
