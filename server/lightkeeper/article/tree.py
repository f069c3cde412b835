"""Text to an lxml tree within bounds, and the plain questions that everybody asks of one. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ..errors import NotAnArticle, PageTooLarge
from .addresses import has_host


def terms(text: str) -> tuple[str, ...]:
    """The words of a string: a long list of names as one readable paragraph."""
    return tuple(text.split())


LIMIT = 2_000_000  # bytes of text once scripts, styles and comments are gone
ELEMENTS = 60_000
DEPTH = 200
LONGEST = 4_000  # characters of an address; what is longer carries data, and a Light page must fit one flight

BLOCKS = frozenset(
    terms(
        "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary "
        "table tbody td tfoot th thead tr ul"
    )
)
_HEAD = frozenset(terms("base basefont bgsound link meta noframes noscript script style template title"))
_OPENERS = re.compile(r"<(?:!--|(script|style|svg|template)(?=[\s/>]))", re.IGNORECASE | re.ASCII)
_CLOSERS = {
    name: re.compile(f"</{name}" if name else "-->", re.IGNORECASE | re.ASCII)
    for name in ("", "script", "style", "svg", "template")
}
_LINKED = re.compile(r"""\btype\s*=\s*["']?\s*application/ld\+json""", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,6})(?![0-9a-fA-F])|0*([0-9]{1,7})(?![0-9]));?", re.ASCII)
_SPACE = re.compile(r"[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+")  # not the single space, which is most of them


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed page. `linked` holds the raw text of its JSON-LD scripts; `cut` says that its HTML ends too early;

    `held` keeps every element's Python side alive while the page is worked on.
    """

    root: HtmlElement
    url: str
    base: str
    linked: tuple[str, ...] = ()
    cut: bool = False
    held: tuple[HtmlElement, ...] = ()

    def absolute(self, href: str | None) -> str:
        """The http(s) address that `href` means on this page, or "" for anything else."""
        try:
            url = urljoin(self.base, (href or "").strip())
            parts = urlsplit(url)
        except ValueError:
            return ""
        if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc or len(url) > LONGEST:
            return ""
        url = _UNFIT.sub(_percent, url) if url.isprintable() else "".join(map(_percent_unseen, url))
        return url if has_host(url.split("/", 3)[2].partition("?")[0].partition("#")[0]) else ""


_UNFIT = re.compile(r"""[ "<>\\`{}]""")


def _percent(found: re.Match[str]) -> str:
    return quote(found[0])


def _percent_unseen(character: str) -> str:
    """As browsers write what nobody sees in an address; the white space of its source means nothing."""
    if character in "\t\r\n":
        return ""
    return character if character.isprintable() and not _UNFIT.match(character) else quote(character)


def parse(text: str, url: str) -> Source:
    """Parse a page. Raises `NotAnArticle` where there is no HTML, `PageTooLarge` beyond the bounds above."""
    text, linked = _without_code(_REFERENCE.sub(_legal, _ILLEGAL.sub("", text)))
    if len(text) > LIMIT:
        raise PageTooLarge(f"The page has more than {LIMIT:,} characters.")
    if "<" not in text:
        raise NotAnArticle("not-html", "The page holds no HTML.")
    try:
        root = document_fromstring(text, parser=HTMLParser(encoding=None, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NotAnArticle("empty", "The page is empty.") from error
    _end_head(root)
    for element in list(root.iter("embed", "track")):
        _release(element)
    held = _bound(root)
    tail = text[-2000:].lower()
    return Source(root, url, base_of(root, url), tuple(linked), "</body" not in tail and "</html" not in tail, held)


def _end_head(root: HtmlElement) -> None:
    """End the head where browsers do, at the first element that none holds: libxml2 knows none of HTML 5's.

    Pages whose optional tags were taken out to save bytes have nothing else to say so.
    """
    head = next(root.iterchildren("head"), None)
    children = [] if head is None else list(head)
    first = next(
        (at for at, child in enumerate(children) if isinstance(child.tag, str) and child.tag not in _HEAD), None
    )
    if first is None:
        return
    body = next(root.iterchildren("body"), None)
    if body is None:
        body = root.makeelement("body")
        root.append(body)
    for at, child in enumerate(children[first:]):
        body.insert(at, child)
    children[-1].tail, body.text = (children[-1].tail or "") + (body.text or ""), None


def _legal(reference: re.Match[str]) -> str:
    """A numeric reference, or a space, which joins no new one, where a tree cannot hold what it stands for."""
    point = int(reference[1], 16) if reference[1] else int(reference[2])
    return " " if point and point < 0x110000 and _ILLEGAL.match(chr(point)) else reference[0]


def _release(element: HtmlElement) -> None:
    """Put back beside a void element what libxml2, which does not know it as void, has read as its content."""
    parent = element.getparent()
    if parent is None or not (len(element) or element.text):
        return
    children, tail, at = list(element), element.tail or "", parent.index(element) + 1
    element.tail, element.text = element.text, None
    for offset, child in enumerate(children):
        parent.insert(at + offset, child)
    last = children[-1] if children else element
    last.tail = (last.tail or "") + tail


def _without_code(text: str) -> tuple[str, list[str]]:
    """Drop comments, scripts, styles, SVG and templates in one linear scan; hand out the JSON-LD among them."""
    kept: list[str] = []
    linked: list[str] = []
    missing: set[str] = set()
    at = 0
    while found := _OPENERS.search(text, at):
        name = (found[1] or "").lower()
        kept.append(text[at : found.start()])
        if not name and text.startswith((">", "->"), found.end()):  # "<!-->" is a whole comment
            at = _tag_end(text, found.end())
            continue
        closer = None if name in missing else _CLOSERS[name].search(text, found.end())
        end = closer.start() if closer else -1
        if end < 0 and name in ("svg", "template"):
            missing.add(name)
            at = _tag_end(text, found.end())
            continue
        if end < 0:  # to a browser, too, the rest of the document is part of it
            return "".join(kept), linked
        if name == "script" and _LINKED.search(text, found.end(), _tag_end(text, found.end())):
            linked.append(text[_tag_end(text, found.end()) : end])
        at = _tag_end(text, end) if name else end + 3
    kept.append(text[at:])
    return "".join(kept), linked


def _tag_end(text: str, start: int) -> int:
    end = text.find(">", start)
    return len(text) if end < 0 else end + 1


def _bound(root: HtmlElement) -> tuple[HtmlElement, ...]:
    """Every element within bounds. Who holds them keeps lxml from making their Python side anew at each visit."""
    depths: dict[HtmlElement, int] = {}
    for element in root.iter():
        parent = element.getparent()
        depth = depths[element] = depths.get(parent, 0) + 1 if parent is not None else 1
        if depth > DEPTH:
            raise PageTooLarge(f"The page nests more than {DEPTH} elements deep.")
        if len(depths) > ELEMENTS:
            raise PageTooLarge(f"The page has more than {ELEMENTS:,} elements.")
    return tuple(depths)


def base_of(root: HtmlElement, url: str) -> str:
    href = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    try:
        return urljoin(url, href.strip()) if href else url
    except ValueError:
        return url


def squash(text: str) -> str:
    """One line: runs of ASCII white space become one space. No-break and half-spaces stay, they mean something."""
    return _SPACE.sub(" ", text).strip()


def text_of(element: HtmlElement) -> str:
    """The text of an element on one line; where one block ends and another begins there is a space."""
    parts: list[str] = []
    _gather(element, parts)
    return squash("".join(parts))


def _gather(element: HtmlElement, parts: list[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            block = child.tag in BLOCKS or child.tag == "br"
            if block:
                parts.append(" ")
            _gather(child, parts)
            if block:
                parts.append(" ")
        parts.append(child.tail or "")


def elements(root: HtmlElement) -> Iterator[HtmlElement]:
    """Every element, without comments and processing instructions, in document order."""
    yield from root.iter(etree.Element)


def drop(element: HtmlElement) -> None:
    """Take an element out of the tree; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def names(element: HtmlElement) -> str:
    """Class and id in one lower-case string, for the patterns that read them."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()
