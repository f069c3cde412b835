"""The fragment: an article's canonical HTML, valid as HTML and as XML, in the closed vocabulary and nothing else.

`parse(render(article)) == article` for every article in canonical form (`canonical` brings one there).
Knows nothing of pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

import nh3
from lxml import etree
from lxml import html as lxml_html

from .inline import join
from .model import Access, Article, Direction, Element, Link, Picture
from .vocabulary import ATTRIBUTES, LINK_CLASSES, VOID

# Around the body a fragment also uses these, each with a class that names the field it carries.
FRAME: dict[str, frozenset[str]] = {
    "article": frozenset({"dir", "lang"}),
    "header": frozenset(),
    "h1": frozenset(),
    "div": frozenset({"class"}),
    "footer": frozenset(),
}
_CLASSED = {tag: ATTRIBUTES.get(tag, frozenset()) | {"class"} for tag in ("p", "figure", "ul", "a")}
ALLOWED: dict[str, set[str]] = {tag: set(names) for tag, names in {**ATTRIBUTES, **FRAME, **_CLASSED}.items()}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_HREF = re.compile(r"(?:https?://[^\s<>\"]+|mailto:[^\s<>\"]+|tel:[^\s<>\"]+|#[^\s<>\"]+)", re.IGNORECASE)
# With the two overrides of direction a text shows other letters than it has: no language needs them.
_ILLEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\u202c\u202f-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_LINES = ("section", "deck", "correction", "access", "site-name")


class BadFragment(ValueError):
    """A text that is no fragment; the sentence says what was met."""


def render(article: Article) -> str:
    """The fragment of an article. Raises `BadFragment` where its body leaves the vocabulary."""
    parts = [f'<article dir="{article.direction}"{_attribute("lang", article.language)}>', "<header>"]
    parts += _line("section", article.section)
    parts.append(f"<h1>{_text(article.title)}</h1>")
    parts += _line("deck", article.deck)
    parts += [line for name in article.bylines for line in _line("byline", name)]
    parts += _moment("published", article.published) + _moment("modified", article.modified)
    parts += _line("correction", article.correction)
    parts += _lead(article.lead)
    parts += ["</header>", '<div class="body">', inner(article.body), "</div>", "<footer>"]
    parts += _links("related", article.related) + _items("tags", article.tags)
    parts += [f'<p class="source"><a href="{_address(article.url)}">{_text(article.url)}</a></p>']
    parts += _line("site-name", article.site_name) + _line("access", article.access)
    return "".join([*parts, "</footer>", "</article>"])


def inner(blocks: Iterable[Element | str]) -> str:
    """Body elements alone as canonical HTML. Raises `BadFragment` for a tag or attribute outside the vocabulary."""
    out: list[str] = []
    for block in blocks:
        _write(block, out)
    return "".join(out)


def _write(node: Element | str, out: list[str]) -> None:
    if isinstance(node, str):
        out.append(_text(node))
        return
    allowed = ATTRIBUTES.get(node.tag)
    if allowed is None:
        raise BadFragment(f"There is no <{node.tag}> in the vocabulary.")
    out.append(f"<{node.tag}")
    for name, value in node.attributes:
        _permit(node.tag, name, value, allowed)
        out.append(f' {name}="{_quoted(value)}"')
    if node.tag in VOID:
        out.append("/>")
        return
    out.append(">")
    for child in node.children:
        _write(child, out)
    out.append(f"</{node.tag}>")


def _permit(tag: str, name: str, value: str, allowed: frozenset[str]) -> None:
    if name not in allowed:
        raise BadFragment(f"There is no attribute {name} on <{tag}>.")
    if name == "href":
        _address(value)
    if name == "class" and value not in LINK_CLASSES:
        raise BadFragment("A link has a class that is not in the vocabulary.")


def _address(url: str) -> str:
    if not _HREF.fullmatch(url):
        raise BadFragment("A link leads neither to http(s), mailto, tel nor to an anchor.")
    return _quoted(url)


def clean_text(text: str) -> str:
    """`text` less the characters that HTML or XML cannot carry as they are."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(text: str) -> str:
    return clean_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return _text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def _attribute(name: str, value: str) -> str:
    return f' {name}="{_quoted(value)}"' if value else ""


def _line(name: str, text: str) -> list[str]:
    return [f'<p class="{name}">{_text(text)}</p>'] if text else []


def _moment(name: str, moment: datetime | None) -> list[str]:
    if moment is None:
        return []
    stamp = moment.isoformat()
    return [f'<p class="{name}"><time datetime="{stamp}">{stamp}</time></p>']


def _lead(picture: Picture | None) -> list[str]:
    if picture is None:
        return []
    link = f'<a class="picture" href="{_address(picture.url)}">{_text(picture.alt)}</a>'
    if not (picture.caption or picture.credit):
        return [f'<p class="lead">{link}</p>']
    credit = f"<cite>{_text(picture.credit)}</cite>" if picture.credit else ""
    return [f'<figure class="lead">{link}<figcaption>{_text(picture.caption)}{credit}</figcaption></figure>']


def _links(name: str, links: tuple[Link, ...]) -> list[str]:
    rows = [f'<li><a href="{_address(link.url)}">{_text(link.title)}</a></li>' for link in links]
    return [f'<ul class="{name}">', *rows, "</ul>"] if rows else []


def _items(name: str, items: tuple[str, ...]) -> list[str]:
    return [f'<ul class="{name}">', *(f"<li>{_text(item)}</li>" for item in items), "</ul>"] if items else []


# Back again


def parse(text: str) -> Article:
    """The article of a fragment, also of one in HTML's own spelling. Raises `BadFragment` for anything else."""
    root = _element(_tree(text))
    if root.tag != "article" or [child.tag for child in _parts(root)] != ["header", "div", "footer"]:
        raise BadFragment("This is no fragment: it is not an article with header, body and footer.")
    header, body, footer = _parts(root)
    found: dict[str, Any] = {**_read(header), **_read(footer)}
    found["body"] = tuple(_parts(body))
    found["direction"] = cast(Direction, root.get("dir"))
    found["language"] = root.get("lang")
    inner(found["body"])  # raises for what the vocabulary does not know
    known = {field.name for field in fields(Article)}
    missing = {"url", "title"} - set(found)
    if missing or set(found) - known or found["direction"] not in ("ltr", "rtl"):
        raise BadFragment("This is no fragment: it lacks an address, a title or a direction.")
    return Article(**found)


def _tree(text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=False, huge_tree=False)
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        pass
    try:
        return lxml_html.fragment_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise BadFragment("This is no fragment: it is neither XML nor one HTML element.") from error


def _element(node: etree._Element) -> Element:
    if not isinstance(node.tag, str):
        raise BadFragment("A fragment holds elements and text, no comments or instructions.")
    children: list[Element | str] = [node.text or ""]
    for child in node:
        children += [_element(child), child.tail or ""]
    return Element(node.tag, tuple(sorted((str(k), str(v)) for k, v in node.items())), tuple(join(children)))


def _parts(element: Element) -> list[Element]:
    if any(isinstance(child, str) for child in element.children):
        raise BadFragment(f"There is text where <{element.tag}> holds only elements.")
    return [child for child in element.children if isinstance(child, Element)]


def _read(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in _parts(element):
        name = "title" if part.tag == "h1" else part.get("class").replace("-", "_")
        if name == "byline":
            found["bylines"] = (*found.get("bylines", ()), part.text())
        elif name in ("published", "modified"):
            found[name] = _when(part.text())
        elif name == "lead":
            found[name] = _picture(part)
        elif name == "related":
            found[name] = tuple(Link(link.get("href"), link.text()) for link in part.iter() if link.tag == "a")
        elif name == "tags":
            found[name] = tuple(item.text() for item in _parts(part))
        elif name == "source":
            found["url"] = part.text()
        elif name == "access":
            found[name] = _access(part.text())
        else:
            found[name] = part.text()
    return found


def _when(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadFragment("A fragment's date is not in ISO 8601.") from error


def _access(text: str) -> Access:
    if text not in ("open", "paywalled", "truncated"):
        raise BadFragment("A fragment's access is open, paywalled or truncated.")
    return cast(Access, text)


def _picture(figure: Element) -> Picture:
    link = next((element for element in figure.iter() if element.get("class") == "picture"), Element("a"))
    caption = next((element for element in figure.iter() if element.tag == "figcaption"), Element("figcaption"))
    words = "".join(child for child in caption.children if isinstance(child, str))
    credit = "".join(child.text() for child in caption.children if isinstance(child, Element))
    return Picture(link.get("href"), link.text(), words, credit)


# The last gate


def sanitised(text: str) -> str:
    """What nh3, a sanitiser of repute, leaves of a fragment, in its own spelling."""
    return nh3.clean(
        text,
        tags=set(ALLOWED),
        attributes=ALLOWED,
        url_schemes=set(SCHEMES),
        link_rel=None,
        generic_attribute_prefixes=set(),
        clean_content_tags=set(),
    )


def gate(article: Article) -> Article:
    """The article, if the sanitiser leaves it as it is; else `BadFragment`. Nothing else may be stored."""
    text = render(article)
    if parse(sanitised(text)) != article:
        raise BadFragment("The sanitiser reads this fragment differently: it is refused.")
    return article


def canonical(article: Article) -> Article:
    """The article in the one form that survives `render` and `parse`."""
    values: dict[str, Any] = {}
    for field in fields(Article):
        value = getattr(article, field.name)
        if isinstance(value, str) and field.name not in ("direction", "access"):
            values[field.name] = _one_line(value)
    values["bylines"] = tuple(name for name in map(_one_line, article.bylines) if name)
    values["tags"] = tuple(name for name in map(_one_line, article.tags) if name)
    values["url"] = _value("href", article.url)
    values["related"] = tuple(Link(_value("href", link.url), _one_line(link.title)) for link in article.related)
    if article.lead:
        lead = article.lead
        values["lead"] = Picture(_value("href", lead.url), *map(_one_line, (lead.alt, lead.caption, lead.credit)))
    values["body"] = tuple(_canonical(block) for block in article.body)
    return replace(article, **values)


def _one_line(text: str) -> str:
    return re.sub(r"[ \t\n]+", " ", clean_text(text)).strip()


def _canonical(element: Element) -> Element:
    children = join(clean_text(child) if isinstance(child, str) else _canonical(child) for child in element.children)
    if element.tag == "pre" and children and isinstance(children[0], str):
        children = join([children[0].lstrip("\n"), *children[1:]])  # HTML drops the first line break of a pre
    attributes = tuple(sorted((name, _value(name, value)) for name, value in element.attributes))
    return Element(element.tag, attributes, tuple(children))


def _value(name: str, text: str) -> str:
    """An attribute is one line, for XML reads its line breaks as spaces; an address has no white space at all."""
    text = re.sub(r"[ \t\n]+", " ", clean_text(text))
    return re.sub(r"\s", lambda space: quote(space[0]), text.strip()) if name == "href" else text
