"""Lets one inline script, and one inline style, through a Content Security Policy without weakening or breaking it.

Policies are handled as text: what is not changed stays as it was written. The rules are those of CSP level 3:
a hash or nonce switches 'unsafe-inline' off, so a hash is added only where inline is forbidden already.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

_SCRIPT = ("script-src-elem", "script-src", "default-src")
_STYLE = ("style-src-elem", "style-src", "default-src")
# With one of these in a list, 'unsafe-inline' has no effect.
_STRICT = re.compile(r"'(?:nonce-[^']+|sha(?:256|384|512)-[^']+|strict-dynamic)'", re.IGNORECASE)
_BLANK = " \t\n\f\r"


def source(text: bytes) -> str:
    """The hash of an inline script or style, as it stands in a policy: `'sha256-…'`."""
    return f"'sha256-{b64encode(sha256(text).digest()).decode()}'"


def bars_injection(policies: Sequence[str]) -> bool:
    """Whether a page under these header values must be left alone: sandboxed, or under Trusted Types."""
    return any(
        name in ("sandbox", "require-trusted-types-for")
        for value in policies
        for policy in value.split(",")
        for name in _directives(policy)
    )


def allows(kind: Literal["img-src", "connect-src", "script-src"], policies: Sequence[str], site: str = "") -> bool:
    """Whether a page at `site` (scheme and host) may ask its own host for that kind under all of these header values.

    No source is ever added for it: that would let in more than what is ours.
    """
    scheme, _, host = site.partition("://")
    fitting = {"'self'", "*", "http:", f"{scheme}:", host, site}
    names = _SCRIPT if kind == "script-src" else (kind, "default-src")
    return all(
        fitting & (given := set(sources.lower().split())) and "'strict-dynamic'" not in given
        for value in policies
        for policy in value.split(",")
        if (sources := _first(_directives(policy), names)) is not None
    )


def amend(value: str, *, script: str = "", style: str = "") -> str:
    """A header's value (one policy or several, joined by commas) under which `script` and `style` (sources) may run.

    >>> amend("default-src 'self'", script="'sha256-x'")
    "default-src 'self'; script-src 'self' 'sha256-x'"
    >>> amend("script-src 'self' 'unsafe-inline'", script="'sha256-x'")
    "script-src 'self' 'unsafe-inline'"
    """
    return ",".join(amend_policy(policy, script=script, style=style) for policy in value.split(","))


def amend_policy(policy: str, *, script: str = "", style: str = "") -> str:
    """The same for a single policy, such as that of a <meta>."""
    if script:
        policy = _allowed(policy, _SCRIPT, script)
    return _allowed(policy, _STYLE, style) if style else policy


def _allowed(policy: str, names: tuple[str, str, str], hashed: str) -> str:
    directives = _directives(policy)
    name = next((name for name in names if name in directives), None)
    if name is None or _permits(directives[name], hashed):
        return policy
    sources = [source for source in directives[name].split() if source.lower() != "'none'"]
    amended = " ".join((*sources, hashed))
    if name == "default-src":  # a directive of its own, so that pictures and frames stay under the default
        return f"{policy.rstrip(_BLANK + ';')}; {names[1]} {amended}"
    return _replaced(policy, name, amended)


def _first(directives: dict[str, str], names: Sequence[str]) -> str | None:
    """The sources of that directive which rules."""
    return next((directives[name] for name in names if name in directives), None)


def _permits(sources: str, hashed: str) -> bool:
    return hashed in sources.split() or ("'unsafe-inline'" in sources.lower().split() and not _STRICT.search(sources))


def _directives(policy: str) -> dict[str, str]:
    """Names in lower case; of several of one name, browsers take the first."""
    found: dict[str, str] = {}
    for directive in policy.split(";"):
        name, _, sources = directive.strip(_BLANK).replace("\t", " ").partition(" ")
        if name:
            found.setdefault(name.lower(), sources)
    return found


def _replaced(policy: str, name: str, sources: str) -> str:
    """The policy with the first directive of that name given other sources."""
    directives = policy.split(";")
    for index, directive in enumerate(directives):
        words = directive.split(maxsplit=1)
        if words and words[0].lower() == name:
            before = directive[: len(directive) - len(directive.lstrip(_BLANK))]
            directives[index] = f"{before}{words[0]} {sources}"
            break
    return ";".join(directives)
