"""Our scripts with fewer bytes: no comments, no needless space, short names for what is only ever a variable.

Knows the JavaScript that our own modules are written in (statements end in semicolons, templates hold plain
expressions, a statement at the top ends with a line). Renames what the script declares: what stands at its top has a
name of its own; what is declared inside takes the same few letters in each of the top's statements, which compresses
well. Properties keep their names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from string import ascii_letters

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<template>`(?:\\.|[^`\\])*`)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<space>\s+)
    |(?P<mark>=>|.)""",
    re.DOTALL | re.VERBOSE,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])*/[a-z]*")
_VALUE = re.compile(r"\$\{([^{}`]*)\}")
_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
        as async await break case catch class const constructor continue default delete do else export extends false
        finally for function get if import in instanceof is let new null of return set static super switch this throw
        true try typeof undefined var void while yield
        """,
    )
)
_OPENS, _CLOSES = "([{", ")]}"
# After one of these, or before one of those, the end of a line ends no statement.
_GOES_ON, _CONTINUES = frozenset(";{}([,=>&|?:+-*!"), frozenset(".?:|&)}],;")


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    within: str = ""  # the bracket that it stands in
    depth: int = 0
    role: str = ""  # of a name: "property", "both" (as in `{ name }`), else it is a variable
    short: str = ""


def shorten(script: str) -> str:
    """The same program. Raises `ValueError` for what is not written as our modules are."""
    tokens = list(_tokens(script))
    _nest(tokens)
    _rename(tokens, 2 if script.startswith("(()=>{") else 0)
    return "".join(_written(tokens))


def _tokens(script: str) -> Iterator[_Token]:
    """Comments are gone; between two tokens there is one space, one line feed or nothing."""
    at, before = 0, _Token("mark", ";")
    while at < len(script):
        found = None
        if script[at] == "/" and script[at : at + 2] not in ("//", "/*") and _may_begin_value(before):
            found = _REGEX.match(script, at)
        kind = "string" if found else ""
        found = found or _TOKEN.match(script, at)
        assert found is not None
        kind, at = kind or str(found.lastgroup), found.end()
        if kind == "template":
            yield from _template(found[0])
            before = _Token("string", "`")
        elif kind == "space":
            yield _Token("space", "\n" if "\n" in found[0] else " ")
        elif kind != "comment":
            before = _Token(kind, found[0])
            yield before


def _template(text: str) -> Iterator[_Token]:
    """What stands in `${…}` is a program, too."""
    if text.count("${") != len(_VALUE.findall(text)):
        raise ValueError(f"cannot shorten {text!r}")
    at = 0
    for value in _VALUE.finditer(text):
        yield _Token("string", text[at : value.start() + 2])
        yield from _tokens(value[1])
        at = value.end() - 1
    yield _Token("string", text[at:])


def _may_begin_value(before: _Token) -> bool:
    return before.text in ("return", "=>") or (before.kind == "mark" and before.text not in ")]}")


def _nest(tokens: list[_Token]) -> None:
    stack = [""]
    for token in tokens:
        if token.kind == "mark" and token.text in _CLOSES:
            stack.pop()
        token.within, token.depth = stack[-1], len(stack) - 1
        if token.kind == "mark" and token.text in _OPENS:
            stack.append(token.text)


def _rename(tokens: list[_Token], top: int) -> None:
    solid = [token for token in tokens if token.kind != "space"]
    declared: dict[int, set[str]] = {}
    for place, token in enumerate(solid):
        found = declared.setdefault(id(token), set())
        if token.kind == "name":
            _judge(solid, place, found)
        elif token.text == "=>":
            found |= _parameters(solid, place - 1)
    used = {token.text for token in solid if token.kind == "name"} | _KEYWORDS
    letters, pairs = _free(ascii_letters, used), _free(map("".join, product(ascii_letters, repeat=2)), used)
    outer = _outer(solid, top)
    names = dict(zip(outer, pairs, strict=False))
    more = pairs[len(names) :]
    for statement in _statements(tokens, top):
        inner = set[str]().union(*(declared.get(id(token), ()) for token in statement)) - names.keys() - _KEYWORDS
        uses = Counter((token.text, token.role == "both") for token in statement if token.role != "property")
        ordered = [
            name
            for name in dict.fromkeys(token.text for token in statement)
            # Where it is mostly given over by its name, both names cost more than the one.
            if name in inner and uses[name, False] > uses[name, True]
        ]
        own = names | dict(zip(ordered, [*letters, *more], strict=False))
        for token in statement:
            token.short = own.get(token.text, "")


def _outer(solid: list[_Token], top: int) -> list[str]:
    """What is declared at the top, the most used first."""
    uses = Counter(token.text for token in solid if token.kind == "name")
    found = {
        token.text
        for place, token in enumerate(solid)
        if token.depth == top and solid[place - 1].text in ("const", "let", "function", "class")
    }
    for place, token in enumerate(solid):
        if token.depth == top and token.text in _OPENS and solid[place - 1].text in ("const", "let"):
            inside = solid[place : _matching(solid, place)]
            found |= {each.text for each in inside if each.kind == "name" and each.role != "property"}
    found -= {"const", "let", "function", "class"}
    return sorted((name for name in found if name not in _KEYWORDS), key=lambda name: (-uses[name], name))


def _statements(tokens: list[_Token], top: int) -> Iterator[list[_Token]]:
    """The statements at the top, each with all that it holds."""
    found: list[_Token] = []
    for place, token in enumerate(tokens):
        found.append(token)
        ends = token.text == ";" or (
            token.text == "}" and tokens[place + 1 : place + 2] and tokens[place + 1].text == "\n"
        )
        if token.depth == top and ends:
            yield found
            found = []
    yield found


def _free(names: Iterable[str], used: set[str]) -> list[str]:
    return [name for name in names if name not in used]


def _judge(solid: list[_Token], place: int, declared: set[str]) -> None:
    name, before, after = solid[place], solid[place - 1].text, solid[place + 1].text
    spread = before == "." and solid[place - 2].text == "."
    opened = name.within == "{" and before in ("{", ",")
    if (before == "." and not spread) or (opened and after == ":"):
        name.role = "property"
    elif opened and (after in (",", "}") or (after == "=" and (before == "," or _is_pattern(solid, place - 1)))):
        name.role = "both"
        declared.add(name.text)
    if after == "(" and name.text not in _KEYWORDS - {"constructor"}:
        end = _matching(solid, place + 1)
        if solid[end + 1].text == "{":
            declared |= _parameters(solid, end)
            if before == "function":
                declared.add(name.text)
            else:
                name.role = "property"
    if before in ("const", "let", "function", "class") or (before == "(" and solid[place - 2].text == "catch"):
        declared.add(name.text)
    if before == "[" and solid[place - 2].text in ("const", "let"):
        declared |= _parameters(solid, _matching(solid, place - 1))


def _is_pattern(solid: list[_Token], brace: int) -> bool:
    """Else a block begins there."""
    return solid[brace - 1].text in ("const", "let", "(", ",", "[", ":", "=")


def _parameters(solid: list[_Token], end: int) -> set[str]:
    """The names in the list that ends here, which may be one name. Those in braces are found as what is both."""
    if solid[end].text not in _CLOSES:
        return {solid[end].text} if solid[end].kind == "name" else set()
    begin, depth = end, 0
    while True:
        depth += (solid[begin].text in _CLOSES) - (solid[begin].text in _OPENS)
        if not depth:
            break
        begin -= 1
    inside = range(begin + 1, end)
    return {
        solid[at].text
        for at in inside
        if solid[at].kind == "name" and solid[at].within != "{" and solid[at - 1].text in ("(", "[", ",")
    }


def _matching(solid: list[_Token], begin: int) -> int:
    depth = 0
    for at in range(begin, len(solid)):
        depth += (solid[at].text in _OPENS) - (solid[at].text in _CLOSES)
        if not depth:
            return at
    raise ValueError("a bracket is not closed")


def _written(tokens: list[_Token]) -> Iterator[str]:
    last = ";"
    for place, token in enumerate(tokens):
        if token.kind == "space":
            after = tokens[place + 1].text[:1] if place + 1 < len(tokens) else ""
            if token.text == "\n" and last not in _GOES_ON and after not in _CONTINUES:
                yield "\n"
            elif _touching(last, after):
                yield " "
            continue
        text = _named(token) if token.kind == "name" else token.text
        yield text
        last = text[-1]


def _named(token: _Token) -> str:
    if token.role == "property" or not token.short:
        return token.text
    return f"{token.text}:{token.short}" if token.role == "both" else token.short


def _touching(last: str, after: str) -> bool:
    word = re.compile(r"[\w$]")
    return bool(word.match(last) and word.match(after)) or (last == after and last in "+-")
