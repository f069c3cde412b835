"""Pictures and embeds as links: which address a lazy picture really has, what is only decoration or a tracker."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from .addresses import clean
from .model import Element
from .tree import Source, names, squash, terms

EMBEDS = frozenset({"iframe", "video", "audio", "embed", "object"})
_LAZY = terms(
    "data-src data-original data-lazy-src data-lazy data-url data-hi-res-src data-full-src data-image data- "
    "img-src data-default-src data-echo data-delayed-url data-original-src data-src-medium data-high-res-src "
    "data-normal"
)
_LAZY_SETS = ["data-srcset", "data-lazy-srcset", "data-original-set", "srcset"]
_PLACEHOLDER = re.compile(
    r"(?:^data:|^about:|^javascript:|/(?:blank|spacer|pixel|transparent|placeholder|lazy|loading|1x1|clear|grey"
    r"|gray|empty)"
    r"[\w.-]*\.(?:gif|png|svg|jpe?g|webp)(?:$|\?)|lazy-?load|placeholder|blur|[/_,?&=-]w[_=]?\d{1,2}(?=[/_,&.-]|$))",
    re.IGNORECASE,
)
_DECORATION = re.compile(
    r"(?:^|[\s_-])(?:avatar|gravatar|emoji|icons?|logo|spinner|loader|sprite|badge|smiley)(?:$|[\s_-])"
)
_TRACKER = re.compile(
    r"(?:/pixel\b|/track(?:ing)?\b|/beacon\b|/impression|[?&]pixel|doubleclick|scorecardresearch|/ads?/|/banners?/|/adv/)",
    re.I,
)
_EMBED = re.compile(
    r"(?:embed|player|video|vimeo|youtu|map|chart|document|viewer|playlist|podcast|audio|widget|graphic)"
)
_NOT_EMBED = re.compile(
    r"(?:doubleclick|googlesyndication|/ads?[/.?]|adserver|googletagmanager|recaptcha|newsletter|signup|like\.php"
    r"|share)"
)
_OPENING = re.compile(
    r"(?:^|[\s_-])(?:hero|lead|featured|wp-post-image|post-image|main-image|article-image|cover)(?:$|[\s_-])"
)
_SIZE = re.compile(
    r"(?:[-_]?\d{2,4}x\d{2,4}|[-_]\d{2,4}|(?<=\D)\d{3,4})?(?:[-_](?:s|m|l|xl|small|big|large|thumb|thumbnail|full))?$"
)
_PERSON = re.compile(r"(?:^|[\s_-])(?:by-?lines?|authors?|avatars?|bio|columnists?|writers?)(?:$|[\s_-])")
_SITE = re.compile(
    r"(?:^|[_.-])(?:logos?|icons?|fb-?ico|favicon|placeholder|fallback|ogp|og-?(?:image|default)|default(?:-?image)?"
    r"|(?:social|facebook|twitter|fb)?-?shar(?:e|ing)|socialshare|social|no-?image|header|masthead)(?:$|[_.-]|\d)"
)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?&#])", re.IGNORECASE)


def address(image: HtmlElement, source: Source) -> str:
    """The absolute address of a picture, or "" where it shows nothing to a reader."""
    if _is_speck(image):
        return ""
    for candidate in _candidates(image):
        url = source.absolute(candidate)
        if url and not _TRACKER.search(url):
            return url
    return ""


def _candidates(image: HtmlElement) -> list[str]:
    plain = (image.get("src") or "").strip()
    lazy = [value for name in _LAZY if (value := (image.get(name) or "").strip()) and " " not in value]
    sets = [best for name in _LAZY_SETS if (best := widest(image.get(name) or ""))]
    holder = next(image.iterancestors("picture"), None)  # libxml2 puts what follows an unclosed source inside of it
    if holder is not None:
        for element in holder.iter("source"):
            sets += [best for name in ("srcset", "data-srcset") if (best := widest(element.get(name) or ""))]
    real = [plain] if plain and not _PLACEHOLDER.search(plain) else []
    if real and lazy and _path(plain).endswith(".gif"):  # what stands there until the picture is loaded
        real = []
    wider = next((best for best in sets if real and _path(best) == _path(plain)), "")
    if wider:
        real = [wider]
    if not lazy and not sets and not real:
        lazy = [
            value.strip()
            for name, value in image.items()
            if name.startswith("data-") and _PICTURE_FILE.search(value) and " " not in value.strip()
        ]
    return real + [value for value in lazy if not value.startswith(("data:", "{"))] + sets


def _path(address: str) -> str:
    """What stands before the query of an address as the page wrote it, which may be none at all."""
    return re.split(r"[?#]", address, maxsplit=1)[0].rsplit("//", 1)[-1]


def widest(srcset: str) -> str:
    """The candidate of a srcset with the largest width or density up to 1,600 pixels."""
    best, width = "", -1.0
    for part in re.split(r",\s+|,(?=https?:|/)", srcset.strip()):
        pieces = part.split()
        if not pieces or pieces[0].startswith("data:"):
            continue
        size = _number(pieces[1][:-1]) if len(pieces) > 1 else 1.0
        if size > width and size <= 1600:
            best, width = pieces[0], size
    return best.rstrip(",")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _is_speck(image: HtmlElement) -> bool:
    """A tracking pixel, or a decoration so small that it says nothing."""
    width, height = (_number((image.get(name) or "").rstrip("px")) for name in ("width", "height"))
    if 0 < width <= 2 or 0 < height <= 2:
        return True
    return bool(_DECORATION.search(names(image))) and not (width > 100 or height > 100)


def stem(url: str) -> str:
    """What stays of a picture's file name when sizes are taken off: `a-300x200.jpg`, `a.jpg?w=100` -> `a`."""
    name = urlsplit(url).path.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    return _SIZE.sub("", name)


def is_file(href: str) -> bool:
    """Whether an address is a picture's own rather than a page's."""
    return bool(_PICTURE_FILE.search(href))


def is_of_person(image: HtmlElement) -> bool:
    """Whether a picture stands in what names say is about the author: it shows who wrote, not what is told."""
    around = [image, *list(image.iterancestors())[:3]]
    return any(element.tag not in ("body", "article", "main") and _PERSON.search(names(element)) for element in around)


def is_of_site(url: str) -> bool:
    """Whether the name of a picture for sharing says that it shows the site rather than what the story tells."""
    return bool(_SITE.search(_path(url).rsplit("/", 1)[-1].lower()))


def behind(image: HtmlElement, source: Source) -> str:
    """The same picture in full, where the page links a small one to it: a file of the same name in the same folder."""
    link = next((found for found in image.iterancestors("a")), None)
    if link is None or not _PICTURE_FILE.search(link.get("href") or ""):
        return ""
    full, small = source.absolute(link.get("href")), source.absolute(image.get("src"))
    alike = full.rsplit("/", 1)[0] == small.rsplit("/", 1)[0] and stem(full) == stem(small)
    return full if alike else ""


def is_large(image: HtmlElement) -> bool:
    """Whether a picture outside of any figure is one that a story opens with, rather than a face or an icon."""
    width, height = (_number((image.get(name) or "").rstrip("px")) for name in ("width", "height"))
    if width and height:
        return width >= 300 and height >= 150
    return bool(_OPENING.search(names(image))) or width >= 400


def described(figure: HtmlElement, source: Source) -> str:
    """The picture that a figure names in its microdata, where a script would put it on screen."""
    for element in (figure, *figure.iter("link", "meta")):
        said = element.get("itemprop") or ""
        value = element.get("itemid") if element is figure else element.get("content") or element.get("href")
        if value and _PICTURE_FILE.search(value) and (element is figure or said in ("url", "contentUrl", "image")):
            return source.absolute(value)
    return ""


def alternative(image: HtmlElement) -> str:
    return squash(image.get("alt") or "")


def embed(element: HtmlElement, source: Source) -> tuple[str, str] | None:
    """Address and name of what an iframe, video, audio or object shows; None where it is no part of a story."""
    names_of_address = ("src", "data-src", "data-lazy-src", "data-url", "data")
    given = [element.get(name) for name in names_of_address]
    given += [child.get("src") for child in element.iter("source")]
    url = next((found for value in given if value and (found := source.absolute(value))), "")
    if not url:
        return None
    if element.tag in ("iframe", "embed", "object"):
        if _NOT_EMBED.search(url.lower()) or not _EMBED.search(f"{url} {element.get('title') or ''}".lower()):
            return None
        if _number(element.get("width") or "9") < 5 or _number(element.get("height") or "9") < 5:
            return None
    name = squash(element.get("title") or element.get("aria-label") or "")
    return url, name or (urlsplit(url).hostname or url).removeprefix("www.")


def link_to(url: str, kind: str, words: str) -> Element:
    """A picture or an embed as the vocabulary has it: a link with its class."""
    return Element("a", (("class", kind), ("href", clean(url))), (words,) if words else ())
