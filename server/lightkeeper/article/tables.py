"""Tables: which hold data and stay tables, which only lay out a page and are unwrapped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from .inline import Inline, compact, flatten, is_blank, tidy
from .model import Element

if TYPE_CHECKING:
    from .structure import Builder

_GROUPS = ("thead", "tbody", "tfoot")
_COLUMNS = 40  # the widest span that is kept


def build(table: HtmlElement, builder: Builder) -> list[Element]:
    """A table of data as `table`, any other as the blocks in its cells."""
    rows = _rows(table)
    if not rows or not is_data(table, rows):
        return [block for row in rows for cell in _cells(row) for block in builder.blocks(cell)]
    groups: dict[str, list[Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for row in rows:
        if builder.judge.skips(row):
            continue
        cells = [_cell(cell, builder) for cell in _cells(row)]
        if cells and not all(is_blank(cell.children) for cell in cells):
            parent = row.getparent()
            group = parent.tag if parent is not None and parent.tag in _GROUPS else "tbody"
            groups[group].append(Element("tr", (), tuple(cells)))
    children = [
        *_caption(table, builder),
        *(Element(name, (), tuple(groups[name])) for name in _GROUPS if groups[name]),
    ]
    return [Element("table", (), tuple(children))] if any(groups.values()) else []


def is_data(table: HtmlElement, rows: list[HtmlElement]) -> bool:
    """Whether a table shows data, by what authors and editors write; the order is from certain to likely."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return False
    widths = [len(_cells(row)) for row in rows]
    if max(widths) < 2 or (len(rows) == 1 and next(table.iter("th"), None) is None):
        return False
    if table.get("summary") or next(table.iter("caption", "th", "thead", "tfoot", "colgroup"), None) is not None:
        return True
    if any(len(cell.text_content()) > 600 for row in rows for cell in _cells(row)):
        return False
    return len(rows) >= 2


def _rows(table: HtmlElement) -> list[HtmlElement]:
    """The rows of this table; a row that broken markup has put into a cell of it is that cell's."""
    return [row for row in table.iter("tr") if next(row.iterancestors("table", "tr"), None) is table]


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _cell(cell: HtmlElement, builder: Builder) -> Element:
    children: tuple[Inline, ...] = compact(builder.blocks(cell))
    found = {name: value for name in ("colspan", "rowspan") if (value := _span(cell.get(name)))}
    if cell.tag == "th" and cell.get("scope") in ("row", "col", "rowgroup", "colgroup"):
        found["scope"] = cell.get("scope", "")
    return Element(str(cell.tag), tuple(sorted(found.items())), children)


def _span(value: str | None) -> str:
    value = (value or "").strip()
    return value if re.fullmatch(r"[1-9][0-9]?", value) and 1 < int(value) <= _COLUMNS else ""


def _caption(table: HtmlElement, builder: Builder) -> list[Element]:
    for caption in table.iterchildren("caption"):
        words = tidy(flatten(builder.blocks(caption)))
        return [Element("caption", (), words)] if not is_blank(words) else []
    return []
