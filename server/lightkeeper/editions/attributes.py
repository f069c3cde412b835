"""Changes the values of a tag's attributes, byte for byte and character reference for character reference.

It knows which attributes hold addresses; it must not know which address becomes which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.entities import html5

from .tokens import ATTRIBUTE

Change = Callable[[str], str]

_ADDRESSES = frozenset(
    b"href src action formaction poster data cite background manifest longdesc xlink:href codebase".split()
)
_LISTS = frozenset((b"srcset", b"imagesrcset", b"ping"))
# An address of another host has two slashes, or hides them.
_ABSOLUTE = re.compile(rb"[/\\]{2}|&#|&sol|&bsol", re.IGNORECASE)
_REFRESH = re.compile(r"(\s*[\d.]+\s*[;,]?\s*(?:url\s*=\s*)?[\"']?)([^\"'\s]*)", re.IGNORECASE)
_WORD = re.compile(r"[^ \t\n\f\r,][^ \t\n\f\r]*[^ \t\n\f\r,]")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([a-zA-Z][a-zA-Z0-9]*;))")
_LITERAL = "\ue000"  # stands for an ampersand that has to stay as it is


def mapped(match: re.Match[bytes], name: bytes, change: Change) -> bytes | None:
    """The tag with the absolute addresses of its URL attributes passed through `change`; None where none changed.

    `match` is a `Token.match`; `name` the element's.
    """
    source, (start, end) = match.string, match.span(3)
    if not _ABSOLUTE.search(source, start, end):
        return None
    choose = _in_meta(values(match), change) if name == b"meta" else _in_element(change)
    return _rewritten(match, choose)


def amended(match: re.Match[bytes], change: Change) -> bytes | None:
    """A <meta http-equiv=Content-Security-Policy> with its policy passed through `change`; None for any other tag."""
    if values(match).get("http-equiv", "").lower() != "content-security-policy":
        return None
    return _rewritten(match, lambda name: change if name == b"content" else None)


def values(match: re.Match[bytes]) -> dict[str, str]:
    """The attributes of a tag as far as they are ASCII: lower-case names, values without references."""
    found: dict[str, str] = {}
    for attribute, group in _attributes(match):
        value = "" if group == 1 else _decoded(attribute[group])
        found.setdefault(attribute[1].lower().decode("latin-1"), value)
    return found


def _attributes(match: re.Match[bytes]) -> Iterator[tuple[re.Match[bytes], int]]:
    """Each attribute, and the group that holds its value (1: there is none)."""
    for attribute in ATTRIBUTE.finditer(match.string, *match.span(3)):
        yield attribute, attribute.lastindex or 1


def _in_element(change: Change) -> Callable[[bytes], Change | None]:
    def choose(name: bytes) -> Change | None:
        if name in _ADDRESSES:
            return lambda value: _stripped(value, change)
        if name in _LISTS:
            return lambda value: _WORD.sub(lambda word: change(word[0]), value)
        return None

    return choose


def _in_meta(attributes: dict[str, str], change: Change) -> Callable[[bytes], Change | None]:
    """A meta's content is an address as a whole, or behind the seconds of a refresh."""
    refresh = attributes.get("http-equiv", "").lower() == "refresh"

    def content(value: str) -> str:
        if refresh:
            return _REFRESH.sub(lambda found: found[1] + change(found[2]), value, count=1)
        return value if len(value.split()) != 1 else _stripped(value, change)

    return lambda name: content if name == b"content" else None


def _stripped(value: str, change: Change) -> str:
    address = value.strip(" \t\n\f\r")
    before, _, after = value.partition(address) if address else (value, "", "")
    return before + change(address) + after if address else value


def _rewritten(match: re.Match[bytes], choose: Callable[[bytes], Change | None]) -> bytes | None:
    source, done = match.string, match.start()
    out: list[bytes] = []
    for attribute, group in _attributes(match):
        change = choose(attribute[1].lower())
        if group == 1 or change is None:
            continue
        value = _changed(attribute[group], change, quote=_QUOTES[group])
        if value is not None:
            out += (source[done : attribute.start(group)], value)
            done = attribute.end(group)
    return b"".join((*out, source[done : match.end()])) if out else None


_QUOTES = {2: '"', 3: "'", 4: ""}  # by group of ATTRIBUTE


def _changed(raw: bytes, change: Change, *, quote: str) -> bytes | None:
    """A value after `change`, ready to stand between the quotes it stood in; None where nothing changed."""
    value = _decoded(raw)
    changed = change(value)
    if changed == value:
        return None
    changed = changed.replace("&", "&amp;").replace(_LITERAL, "&")
    for character in quote or " \t\n\f\r\"'=<>":
        changed = changed.replace(character, f"&#{ord(character)};")
    return changed.encode("latin-1", "xmlcharrefreplace")


def _decoded(raw: bytes) -> str:
    """Bytes as the characters of the same numbers, so that any encoding survives; references to ASCII are resolved.

    Other references stay as they are, their ampersand marked, so that they are not escaped once more.
    """
    text = raw.decode("latin-1")
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    decimal, hexadecimal, name = reference.groups()
    if name:
        character = html5.get(name, "")
    else:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        character = chr(number) if 0 < number < 128 else ""
    return character if len(character) == 1 and character.isascii() else _LITERAL + reference[0][1:]
