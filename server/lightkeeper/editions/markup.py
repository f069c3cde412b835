"""How text and attributes are written as HTML, so that no value can become a tag. Knows nothing of articles."""

from __future__ import annotations

import re
import unicodedata

from ..article.model import Direction

# Controls, lone surrogates and non-characters: an HTML document may hold none of them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Valid without quotes (HTML, 13.1.2.3); a last slash is left to the quotes, for it reads as the end of the tag.
_UNQUOTED = re.compile(r"[^\s\"'=<>`]*[^\s\"'=<>`/]")


def printable(value: str) -> str:
    """`value` less what no HTML document may hold."""
    return _FORBIDDEN.sub("", value)


def text(value: str) -> str:
    """`value` as the text of an element."""
    return printable(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(value: str) -> str:
    """`value` as text on one line, blanks collapsed."""
    return text(" ".join(value.split()))


def attribute(name: str, value: str) -> str:
    """` name=value`, with quotes only where HTML needs them; an empty value is the name alone."""
    value = printable(value).replace("&", "&amp;").replace('"', "&quot;")
    if not value:
        return f" {name}"
    return f" {name}={value}" if _UNQUOTED.fullmatch(value) else f' {name}="{value}"'


def isolated(value: str, direction: Direction) -> str:
    """`line(value)`, in a <bdi> where it runs against `direction`, so that it cannot reorder what stands around it."""
    return f"<bdi>{line(value)}</bdi>" if base_direction(value, direction) != direction else line(value)


def base_direction(value: str, default: Direction) -> Direction:
    """The direction of the first strong character (Unicode Bidirectional Algorithm, P2)."""
    for character in value:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return default
