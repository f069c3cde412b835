"""What is known about a story beside its text. Where sources differ, the order is written at each field:

title    JSON-LD headline, Open Graph, h1 (each checked against the page's title element), title element less site name
bylines  JSON-LD author, meta author, microdata, rel=author, names and classes that mean byline
dates    JSON-LD, article:published_time and its relatives, microdata, time elements
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from . import linked, pictures
from .bylines import bylines
from .dates import moment
from .languages import language
from .linked import Node, several, words
from .model import Access
from .paywall import is_paid
from .spoken import date_in
from .titles import overlap, site_name, title
from .tree import Source, names, squash, terms, text_of

_PUBLISHED = terms(
    "article:published_time og:article:published_time og:published_time datepublished parsely-pub-date "
    "sailthru:date dc:date:issued dcterms:created dcterms:issued dc:date:created date:created pubdate "
    "publishdate publish-date publication_date article_date_original originalpublicationdate dc:date "
    "dcterms:date date weibo:article:create_at cxenseparse:recs:publishtime article:published "
    "published_time_telegram ptime"
)
_MODIFIED = terms(
    "article:modified_time og:article:modified_time og:updated_time og:modified_time datemodified "
    "dcterms:modified dc:date:modified last-modified lastmod article:updated revised weibo:article:update_at"
)
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc:description")
_DATED = re.compile(
    r"date|time|publi|posted|tarih|fecha|datum|data-?(?:ora|pub|art)|datetime|zeit|heure|tanggal|ngay"
    r"|erstellt|veroeffentlicht|tarix|xronos|hizuke|riqi|shijian"
)
_TRAIL = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|crumbs?|trail|path|topic-?path|pankuzu|fil-?(?:d-?)?ariane|ariane|migas"
    r"|migalhas|briciole|brotkrum\w+|okruszki)(?:$|[\s_-])"
)
_OFF = frozenset({"off", "no", "none"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says about its story; the fields mean what they mean in `Article`."""

    title: str
    headings: tuple[str, ...]
    deck: str
    bylines: tuple[str, ...]
    section: str
    tags: tuple[str, ...]
    published: datetime | None
    modified: datetime | None
    language: str
    site_name: str
    access: Access
    picture: str
    picture_alt: str
    article_body: str
    kind: str
    canonical: str
    directions: tuple[str, ...]


def is_opted_out(metas: dict[str, list[str]]) -> bool:
    return any(value.lower() in _OFF for value in metas.get("lightkeeper", []))


def gather(source: Source, metas: dict[str, list[str]]) -> Facts:
    node = linked.story(source)
    micro = linked.microdata(source)
    text = "".join(paragraph.text_content() for paragraph in source.root.iter("p")) or source.root.text_content()
    site = site_name(source, metas, node)
    headings = _headings(source, metas, node)
    tongue = language(_languages(source.root, metas, node), text)
    published = _first_moment([*_said(node, "datePublished", "dateCreated"), *_of(metas, _PUBLISHED)])
    modified = _first_moment([*_said(node, "dateModified"), *_of(metas, _MODIFIED), *micro.get("datemodified", [])])
    return Facts(
        title=title(source, metas, node, site),
        headings=headings,
        deck=next(
            (value for value in [words(node.get("alternativeHeadline")), *_of(metas, _DESCRIPTIONS)] if value), ""
        ),
        bylines=bylines(source, metas, node, micro, site),
        section=_section(node, metas)
        or next(iter(micro.get("articlesection", [])), "")
        or _category(source.root)
        or _crumb(source, headings),
        tags=_tags(node, metas) or _shown_tags(source.root),
        published=published
        or _first_moment(micro.get("datepublished", []))
        or _time_element(source.root)
        or _shown_date(source.root, tongue),
        modified=modified,
        language=tongue,
        site_name=site,
        access=_access(source, node, metas),
        picture=_picture(node, metas),
        picture_alt=next(iter(metas.get("og:image:alt", metas.get("twitter:image:alt", []))), ""),
        article_body=words(node.get("articleBody")),
        directions=_directions(source.root),
        canonical=canonical(source, metas),
        kind=next(iter(metas.get("og:type", [])), "").lower(),
    )


def _of(metas: dict[str, list[str]], names: list[str] | tuple[str, ...]) -> list[str]:
    return [value for name in names for value in metas.get(name, [])]


def _said(node: Node, *names: str) -> list[str]:
    return [value for name in names if (value := words(node.get(name)))]


def _first_moment(values: list[str]) -> datetime | None:
    return next((found for value in values if (found := moment(value))), None)


def _time_element(root: HtmlElement) -> datetime | None:
    times = [
        element for element in root.iter("time", "abbr", "span") if element.tag == "time" or element.get("datetime")
    ]
    marked = [
        element for element in times if element.get("pubdate") is not None or "publish" in (element.get("class") or "")
    ]
    for element in [*marked, *times]:
        if found := moment(element.get("datetime") or element.get("content") or ""):
            return found
    return None


def _shown_date(root: HtmlElement, tongue: str) -> datetime | None:
    """The date that readers see: a short text that is marked as a date, else one that stands after the headline."""
    after = False
    plain: datetime | None = None
    for element in root.iter("h1", "h2", "time", "span", "div", "p", "td", "font", "li", "small", "b"):
        after = after or element.tag in ("h1", "h2")
        marked = element.tag == "time" or bool(_DATED.search(names(element)))
        if (marked or (after and plain is None)) and len(element) < 8:
            text = text_of(element)
            if 5 < len(text) < (160 if marked else 80) and (found := date_in(text, tongue)):
                if marked:
                    return found
                plain = found
    return plain


def _headings(source: Source, metas: dict[str, list[str]], node: Node) -> tuple[str, ...]:
    """Every wording of the headline that the page uses: where the text repeats one, it is no part of the body."""
    heads = [text_of(element) for element in source.root.iter("h1")]
    element = next(source.root.iter("title"), None)
    whole = text_of(element) if element is not None else ""
    said = [words(node.get("headline")), *_of(metas, ("og:title", "twitter:title")), whole]
    several = heads if len(heads) <= 2 else heads[:1]  # some pages write every heading as h1
    shared = [head for head in several if any(overlap(head, value) for value in said if value)]
    return tuple(dict.fromkeys(value for value in [*shared, *said] if value))


def _section(node: Node, metas: dict[str, list[str]]) -> str:
    named = several(node.get("articleSection"))
    return next(
        iter([*named, *_of(metas, ("article:section", "og:article:section", "section", "parsely-section"))]), ""
    )


def _crumb(source: Source, headings: tuple[str, ...]) -> str:
    """The last step of the page's trail that is not the story itself; the first step is the home page."""
    for node in linked.nodes(source):
        if "BreadcrumbList" in linked.types(node):
            steps = node.get("itemListElement")
            found = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
            names = [words(step.get("name")) or words(step.get("item")) for step in found]
            return next((name for name in reversed(names[1:]) if name and name not in headings), "")
    for element in source.root.iter("nav", "div", "ul", "ol", "p"):
        said = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('aria-label') or ''}"
        if _TRAIL.search(said.lower()):
            names = [text_of(link) for link in element.iter("a")]
            return next((name for name in reversed(names[1:]) if 1 < len(name) < 40 and name not in headings), "")
    return ""


def _category(root: HtmlElement) -> str:
    """What the page links as the story's category."""
    found = (text_of(link) for link in root.iter("a") if "category" in (link.get("rel") or "").split())
    return next((name for name in found if 1 < len(name) < 40), "")


def _shown_tags(root: HtmlElement) -> tuple[str, ...]:
    rels = ((link, (link.get("rel") or "").split()) for link in root.iter("a"))
    found = (text_of(link).lstrip("#") for link, rel in rels if "tag" in rel and "category" not in rel)
    return tuple(dict.fromkeys(tag for tag in found if 1 < len(tag) < 60))[:20]


def _tags(node: Node, metas: dict[str, list[str]]) -> tuple[str, ...]:
    said = (
        metas.get("article:tag", [])
        or several(node.get("keywords"))
        or _of(metas, ("news_keywords", "keywords", "parsely-tags"))
    )
    parts = [squash(part) for value in said for part in re.split(r"[,;،、؛|]", value)]
    return tuple(dict.fromkeys(part for part in parts if 1 < len(part) < 60))[:20]


def _languages(root: HtmlElement, metas: dict[str, list[str]], node: Node) -> list[str]:
    http = [
        element.get("content") or ""
        for element in root.iter("meta")
        if (element.get("http-equiv") or "").lower() == "content-language"
    ]
    body = next(root.iter("body"), None)
    elements = [root.get("lang") or root.get("xml:lang") or "", (body.get("lang") or "") if body is not None else ""]
    articles = [element.get("lang") or "" for element in root.iter("article")]
    return [
        *elements,
        *articles[:1],
        *http,
        words(node.get("inLanguage")),
        *_of(metas, ("og:locale", "language", "dc:language", "content-language")),
    ]


def _directions(root: HtmlElement) -> tuple[str, ...]:
    """The values of `dir` on the document and its body."""
    return tuple(
        (element.get("dir") or "").strip().lower() for element in root.iter("html", "body") if element.get("dir")
    )


def canonical(source: Source, metas: dict[str, list[str]]) -> str:
    """The address that the page gives for itself, for a page that comes from a file."""
    said = [link.get("href") for link in source.root.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    return next((url for value in [*said, *metas.get("og:url", [])] if (url := source.absolute(value))), "")


def _access(source: Source, node: Node, metas: dict[str, list[str]]) -> Access:
    tier = " ".join(metas.get("article:content_tier", [])).lower()
    if is_paid(node) or tier in ("locked", "metered"):
        return "paywalled"
    return "truncated" if source.cut else "open"


def _picture(node: Node, metas: dict[str, list[str]]) -> str:
    said = (
        metas.get("og:image", [])
        or metas.get("og:image:url", [])
        or metas.get("twitter:image", [])
        or metas.get("twitter:image:src", [])
    )
    if said:
        return next((url for url in said if not pictures.is_of_site(url)), "")
    image = node.get("image")
    image = image[0] if isinstance(image, list) and image else image
    image = image.get("url") if isinstance(image, dict) else image
    return image if isinstance(image, str) and not pictures.is_of_site(image) else ""
