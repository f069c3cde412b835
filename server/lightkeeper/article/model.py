"""The values that an article and a front are made of. Knows nothing of HTML parsing, the network or rendering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Direction = Literal["ltr", "rtl"]
Access = Literal["open", "paywalled", "truncated"]


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the closed vocabulary (`vocabulary.py`): a tag, sorted attributes, children in order."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Element | str, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return dict(self.attributes).get(name, default)

    def iter(self) -> Iterator[Element]:
        """This element and every element below it, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.iter()

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the reader may ask for. `url` is absolute; the other fields are plain text."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Article:
    """One story. `url` is absolute; `body` holds blocks of the closed vocabulary; `language` is a BCP 47 tag or "";

    `published` and `modified` carry a zone where the page gives one. `access` is `paywalled` where the body is
    only the teaser that the publisher shows to everybody, `truncated` where the page itself was cut.
    """

    url: str
    title: str
    body: tuple[Element, ...]
    deck: str = ""
    bylines: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str = ""
    direction: Direction = "ltr"
    lead: Picture | None = None
    related: tuple[Link, ...] = ()
    correction: str = ""
    site_name: str = ""
    access: Access = "open"


@dataclass(frozen=True, slots=True)
class Headline:
    """A story as a list shows it. `url` is absolute; everything but `url` and `title` may be missing."""

    url: str
    title: str
    deck: str = ""
    section: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Front:
    """A list of stories: home, section, author, tag. `headlines` in the page's own order, each address once."""

    url: str
    title: str
    headlines: tuple[Headline, ...]
    language: str = ""
    direction: Direction = "ltr"
    site_name: str = ""
