"""The stylesheet of the Light edition, ready to be inlined, and the policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from ..article.model import Direction
from ..resources import client

KEEP = "/_lk/keep.js"
_KEEPS = f"<script src={KEEP} ".encode()
_SEARCHES = b"<form action="
_RTL = re.compile(rb"<!doctype html><html[^>]* dir=rtl>")


@lru_cache
def light_css(direction: Direction = "ltr") -> str:
    """`light.css`, for right-to-left pages with `rtl.css` behind it, less comments and blanks. Read once."""
    names = ("light.css", "rtl.css") if direction == "rtl" else ("light.css",)
    return minify("".join((client() / "styles" / name).read_text(encoding="ascii") for name in names))


@lru_cache
def light_csp(*directions: Direction) -> str:
    """The Content-Security-Policy of Light pages: their own inline style and nothing else, not even from themselves.

    Pages of the given directions are served by it; of none given, all. It also keeps a browser from asking for
    /favicon.ico, which a publisher's site may answer with a page as large as any.
    """
    hashes = " ".join(f"'{_hash(light_css(direction))}'" for direction in directions or ("ltr", "rtl"))
    return f"default-src 'none';style-src {hashes};base-uri 'none';form-action 'none';frame-ancestors 'none'"


def page_csp(page: bytes) -> str:
    """The policy that is just enough for one rendered page, and shorter than the one for all."""
    policy = light_csp("rtl" if _RTL.match(page) else "ltr")
    # No text of a story can look like these: its `<` is escaped.
    if _SEARCHES in page:
        policy = policy.replace("form-action 'none'", "form-action 'self'")
    return f"{policy};script-src 'self';worker-src 'self';connect-src 'self'" if _KEEPS in page else policy


def minify(css: str) -> str:
    """Drop what a parser skips. For sheets whose strings hold no braces, colons, commas or runs of blanks."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>+]) ?", r"\1", css)
    css = re.sub(r": (?=[^{}]*[;})])", ":", css)
    css = re.sub(r"(?<=[:\s(,])0\.(?=\d)", ".", css)
    css = re.sub(r'\[(\w+)="(\w+)"\]', r"[\1=\2]", css)
    return css.replace(";}", "}").strip()


def _hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode("ascii")).digest()).decode("ascii")
