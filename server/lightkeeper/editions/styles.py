"""The one stylesheet of the Light edition, ready to be inlined, and the policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from ..resources import client


@lru_cache
def light_css() -> str:
    """`client/styles/light.css` less its comments and blanks. Read once."""
    return minify((client() / "styles" / "light.css").read_text(encoding="ascii"))


@lru_cache
def light_csp() -> str:
    """The Content-Security-Policy of a Light page: its own inline style and nothing else, not even from itself."""
    digest = base64.b64encode(hashlib.sha256(light_css().encode("ascii")).digest()).decode("ascii")
    return f"default-src 'none';style-src 'sha256-{digest}';base-uri 'none';form-action 'none';frame-ancestors 'none'"


def minify(css: str) -> str:
    """Drop what a parser skips. For sheets that hold neither strings with blanks to keep nor `>` in attributes."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    css = re.sub(r": (?=[^{}]*[;}])", ":", css)
    css = re.sub(r"(?<=[:\s(,])0\.(?=\d)", ".", css)
    css = re.sub(r'\[(\w+)="(\w+)"\]', r"[\1=\2]", css)
    return css.replace(";}", "}").replace(" + ", "+").strip()
