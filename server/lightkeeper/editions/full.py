"""The full edition: the origin's page as it is, with our head and tail, ready to be streamed.

It decides what may be done to a page and amends its headers; it must not know where the bytes come from. On doubt a
page passes untouched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from . import csp
from .attributes import values
from .charset import Unsupported, detect
from .stream import Rewriter
from .tokens import Kind, Scanner
from .watchdog import SCRIPT_SOURCE, STYLE_SOURCE, FullContext, parts

__all__ = ["FullContext", "FullPage", "confirmed", "opts_out", "prepare"]

Headers = tuple[tuple[str, str], ...]

# What was true of the origin's bytes and is not of ours.
_BROKEN = frozenset(
    ("content-length", "content-md5", "digest", "content-digest", "repr-digest", "accept-ranges", "content-range")
)
_MARKUP = re.compile(rb"<[a-zA-Z!?/]")
_CHARSET = re.compile(r"\s*;\s*charset\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FullPage:
    """Feed `stream` the page from its first byte; `finish` it only if the origin's page came whole."""

    headers: Headers
    stream: Rewriter
    injected: bool
    receipt: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the beginning of a page says about itself."""

    language: str = ""
    opted_out: bool = False
    barred: bool = False  # frames, or Trusted Types by <meta>
    policies: tuple[str, ...] = ()
    base: bool = False  # a <base>, which may lead our own addresses to another host


def prepare(
    headers: Sequence[tuple[str, str]],
    start: bytes,
    *,
    inject: FullContext | None,
    map_url: Callable[[str], str] | None,
) -> FullPage | None:
    """How to pass a text/html answer on, or None: untouched, headers and all.

    `start` holds at least the first 1,024 bytes of the page, without content coding, or the whole page. `inject` is
    None where nothing may be added; `map_url` turns an absolute address of the origin's into a public one and returns
    any other as it came.
    """
    if (inject is None and map_url is None) or not _MARKUP.search(start) or _header(headers, "lightkeeper") == "off":
        return None
    try:
        label, stated = detect(_header(headers, "content-type"), start)
    except Unsupported:
        return None
    seen = _look(start)
    if seen.opted_out:
        return None
    policies = [value for name, value in headers if name.lower() == "content-security-policy"]
    if seen.barred or csp.bars_injection(policies):
        inject = None
    if inject is None and map_url is None:
        return None
    if inject is not None:
        inject = _permitted(inject, seen, (*policies, *seen.policies))
    return FullPage(
        headers=tuple(_amended(headers, "" if stated else label, inject)),
        stream=_stream(inject, seen.language, map_url),
        injected=inject is not None,
        receipt=inject is not None and inject.receipt != "",
    )


def _permitted(inject: FullContext, seen: _Seen, policies: Sequence[str]) -> FullContext:
    """With what of the receipt the page's policies let through; where a <base> leads away, with none of it."""
    if seen.base or not csp.allows("img-src", policies, inject.site):
        return replace(inject, receipt="", timing=False)
    told = all(csp.allows(kind, policies, inject.site) for kind in ("connect-src", "script-src"))
    return replace(inject, timing=inject.receipt != "" and told)


def confirmed(headers: Sequence[tuple[str, str]], site: str) -> list[tuple[str, str]]:
    """The headers of a 304 for a copy with our parts: browsers take its policies for the copy's (RFC 9111 4.3.4)."""
    policies = [value for name, value in headers if name.lower() == "content-security-policy"]
    if csp.bars_injection(policies):
        return list(headers)
    return _amended(headers, "", _permitted(FullContext("", "", receipt="-", site=site), _Seen(), policies))


def opts_out(start: bytes) -> bool:
    """Whether the page asks by <meta> to be left alone; `start` as for `prepare`."""
    return _look(start).opted_out


def _stream(inject: FullContext | None, language: str, map_url: Callable[[str], str] | None) -> Rewriter:
    if inject is None:
        return Rewriter(map_url=map_url)
    added = parts(inject, language)
    return Rewriter(
        head=added.head,
        body=added.body,
        tail=added.tail,
        map_url=map_url,
        # A policy in a <meta> rules what comes behind it: not the script before it.
        amend=lambda policy: csp.amend_policy(policy, style=STYLE_SOURCE),
    )


def _header(headers: Sequence[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "").strip().lower()


def _amended(headers: Sequence[tuple[str, str]], label: str, inject: FullContext | None) -> list[tuple[str, str]]:
    amended = []
    for name, value in headers:
        key = name.lower()
        if key in _BROKEN:
            continue
        if key == "content-type" and label:
            value = f"{_CHARSET.sub('', value).rstrip(' ;')}; charset={label}"
        elif key == "content-security-policy" and inject is not None:
            value = csp.amend(value, script=SCRIPT_SOURCE, style=STYLE_SOURCE)
        amended.append((name, value))
    return amended


def _look(start: bytes) -> _Seen:
    language, opted_out, barred, base = "", False, False, False
    policies: list[str] = []
    scanner = Scanner()
    scanner.texts = False
    for token in scanner.feed(start):
        if token.kind is not Kind.OPEN or token.match is None:
            continue
        if token.name == b"html" and not language:
            language = values(token.match).get("lang", "").strip()
        elif token.name == b"frameset":
            barred = True
        elif token.name == b"base":
            base = True
        elif token.name == b"meta":
            attributes = {name: value.strip().lower() for name, value in values(token.match).items()}
            content = attributes.get("content", "")
            opted_out = opted_out or (attributes.get("name") == "lightkeeper" and content == "off")
            if attributes.get("http-equiv") == "content-security-policy":
                policies.append(content)
                barred = barred or "require-trusted-types-for" in content
    return _Seen(language, opted_out, barred, tuple(policies), base)
