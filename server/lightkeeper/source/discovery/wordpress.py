"""WordPress's REST interface: where it is, which pages of posts there are, what one page lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .listing import Found, moment

_LINK = re.compile(r"""<([^<>]{1,2000})>\s*;[^<]*?\brel\s*=\s*["']?[^"'<;]*?https://api\.w\.org/""", re.IGNORECASE)
_PER_PAGE = 100


def api_root(link: str) -> str:
    """The address that a `Link` header names as `rel="https://api.w.org/"`; "" where it names none."""
    found = _LINK.search(link)
    return found[1] if found else ""


def posts(root: str, page: int = 1) -> str:
    """The address of a page of posts, the last changed first."""
    query = f"per_page={_PER_PAGE}&page={page}&orderby=modified&order=desc&_fields=link,modified_gmt,content.protected"
    if "rest_route=" in root:  # permalinks are off
        return f"{root.rstrip('/')}/wp/v2/posts&{query}"
    return f"{root.rstrip('/')}/wp/v2/posts?{query}"


def stories(value: list[Any]) -> Iterator[Found]:
    """The posts of one page, but for those behind a password."""
    for post in value:
        if not isinstance(post, dict) or not isinstance(post.get("link"), str):
            continue
        content = post.get("content")
        if not (isinstance(content, dict) and content.get("protected")):
            yield Found(post["link"], moment(post.get("modified_gmt") or "", zone_missing=True))
