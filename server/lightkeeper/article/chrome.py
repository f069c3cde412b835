"""What on a page is not the story: navigation, share bars, newsletter boxes, related links, hidden text.

Judges elements by their role, tag and names, never by site. Knows nothing of metadata or of the vocabulary.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from . import vernacular
from .scripts import extent
from .tree import drop, elements, names, terms

# Never content, whatever is inside.
_GONE = frozenset(
    terms(
        "script style link meta base template button input select textarea option optgroup datalist keygen output "
        "progress meter canvas map area applet dialog menu nav svg frame frameset noframes param track title head"
    )
)
_ROLES = frozenset(
    terms(
        "navigation search menu menubar dialog alertdialog banner complementary contentinfo toolbar tablist "
        "tooltip alert status form button combobox"
    )
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_NAMES = frozenset(
    terms(
        "sr-only screen-reader screen-reader-text screen-reader-only visually-hidden visuallyhidden u-hidden "
        "is-hidden"
        " hidden hide invisible noprint no-print printonly print-only assistive offscreen off-screen a11y-hidden"
    )
)

# Words in a class or id that no part of a story is named by, whatever else the name says.
_STRONG = re.compile(
    rf"(?:^|[-_])(?:{vernacular.STRONG}|"
    r"shar(?:e|es|ing|er|ers|ebar|ethis|etools|elinks|ebuttons?)|addthis|addtoany|a2a|sharedaddy|social(?:s|media"
    r"|bar|links?|icons?)?|follow(?:us)?"
    r"|newsletters?|subscri(?:be|ptions?|bers?)|signup|optin|donat(?:e|ions?)|paywall|regwall"
    r"|related(?:s|content|posts?|articles?|links?|stories|news)?|recirc(?:ulation)?|recommend(?:ed|ations?|s)?"
    r"|readmore|readnext|readalso|seealso"
    r"|(?:read|see|more)[-_](?:more|next|also|stories|news|from|on|like|articles|posts|about|in)|morefrom"
    r"|also[-_]?(?:read|like)"
    r"|most[-_]?(?:read|popular|viewed|shared|commented)|popular|trending|you[-_]?may|might[-_]?like|up[-_]?next"
    r"|outbrain|taboola|zergnet"
    r"|jp-relatedposts|yarpp|crosslinks?|promos?|promobox|upsell|(?:next|prev|previous)[-_](?:article|story"
    r"|post)s?|prevnext|nextprev"
    r"|adv|adverts?|advertisements?|advertising|advertorial|ad[-_]?(?:slot|box|unit|container|wrap|wrapper|label"
    r"|block|zone|banner|placeholder)"
    r"|gutter|line-?no(?:s|number)?|line-?numbers?|adsbygoogle|adsense|doubleclick|dfp|sponsor(?:s|ed|ship)?|affiliates?"
    r"|comments?|commentlist|respond|disqus|livefyre|polls?|survey|reactions?|likes?|votes?|voting"
    r"|breadcrumbs?|crumbs?|pagination|pager|paging|paginator|post-?nav(?:igation)?|navbar|navbox|navigation"
    r"|menus?|submenu|toolbar|toolbox"
    r"|skiplinks?|back-?to-?top|cookies?|consent|gdpr|modals?|popups?|pop-up|tooltip|interstitial"
    r"|by-?lines?|authors?|authorbox|bio|biography|contributors?|timestamp|pub(?:lish)?-?date|read(?:ing)?-?time"
    r"|taglist|tagcloud|tags|topics"
    r"|mw-editsection|editsection|catlinks|sistersitebox|metadata|permalink|trackback|pingback|copyright"
    r"|disclaimer|print-?button"
    r")(?:$|[-_])"
)
# Words that name chrome only where the same name does not also speak of the story or of the page's layout.
_WEAK = re.compile(
    rf"(?:^|[-_])(?:{vernacular.WEAK}|ads?|banner|sidebar|side|rail|nav|footer|masthead|topbar|search|filter|login|register"
    r"|membership|donation"
    r"|widgets?|tools?|actions?|utility|utilities|share|feedback|rating|ratings|reply|replies|discussion|overlay"
    r"|notification"
    r"|meta|info|dates?|time|published|updated|tag|keywords?|categor(?:y|ies)|labels?|kicker|eyebrow|print|email"
    r"|mail|legal|terms|teasers?"
    r"|promotion|promoted|commercial|shopping|buy|poll|quiz|emoji|credits?|icons?|buttons?|btn|cta|callout"
    r"|control|controls)(?:$|[-_])"
)
_STORY_WORDS = re.compile(
    rf"(?:^|[-_])(?:{vernacular.STORY_WORDS}|content|article|story|main|body|text|entry|post|page|layout|wrapper|wrp|wrap|container|grid"
    r"|row|col(?:umn)?s?"
    r"|has|no|not|with|without|is|image|photo|caption|figure|video|gallery|field|view|section|block|inline"
    r"|infobox|live)(?:$|[-_])"
)
_NEGATED = re.compile(
    r"embed|tweet|instagram|video|player|(?:^|[-_])(?:has|no|not|with|without|is|can|hide|enable|disable)[-_]"
)
_CAMEL = re.compile(r"([a-z])([A-Z])")
_STORY = re.compile(
    rf"(?:^|[\s_-])(?:{vernacular.STORY}|article-?(?:body|content|text)|story-?(?:body|content|text)|entry-?content|post-?(?:body"
    r"|content|text)"
    r"|main-?(?:content|text)|body-?(?:content|text|copy)|rich-?text|content-?body|text-?content)(?:$|[\s_-])"
)
_HEADINGS = frozenset(terms("h1 h2 h3 h4 h5 h6"))
_SAFE = frozenset(terms("html body main article figure figcaption blockquote pre code tbody tr td th"))


def looks_like_chrome(element: HtmlElement) -> bool:
    """Whether an element's names say that it is not story text. A hint only: the caller weighs it with the text."""
    if element.tag in _SAFE:
        return False
    said = element.get("class") or ""
    name = element.get("id") or ""
    if not said and not name:
        return False
    if name and _is_headed(element):  # made of the heading's words: `Foreign_relations`, `cookies-and-milk`
        name = ""
    return _is_chrome_name(f"{said} {name}")


def _is_headed(element: HtmlElement) -> bool:
    """Whether an element is a heading, or a part of one."""
    parent = element.getparent()
    return element.tag in _HEADINGS or (parent is not None and parent.tag in _HEADINGS)


@lru_cache(maxsize=20_000)
def _is_chrome_name(said: str) -> bool:
    for name in _CAMEL.sub(r"\1-\2", said).lower().split():
        if _STORY.search(name):
            return False
        if _NEGATED.search(name):
            continue
        if _STRONG.search(name) or (_WEAK.search(name) and not _STORY_WORDS.search(name)):
            return True
    return False


_BOXES = re.compile(
    rf"(?:^|[-_])(?:{vernacular.BOXES}|newsletters?|subscri(?:be|ption)s?|sign-?up|related|recirc|recommended|outbrain|taboola"
    r"|comments?|share|social-?share|rollover"
    r"|most-?(?:read|popular)|trending|promo|advert(?:isement)?|sponsored|cta|author-?bio|cookie"
    r"|(?:mw-)?editsection)(?:$|[-_])"
)


def is_boxed(element: HtmlElement) -> bool:
    """Whether an element's names say for certain that it is a box beside the story, whatever its text reads like."""
    said = element.get("class")
    return bool(said) and element.tag not in _SAFE and _is_box_name(said or "")


@lru_cache(maxsize=20_000)
def _is_box_name(said: str) -> bool:
    names_said = _CAMEL.sub(r"\1-\2", said).lower().split()
    return any(_BOXES.search(name) and not _NEGATED.search(name) for name in names_said)


_RELATED = re.compile(
    rf"(?:^|[\s_-])(?:{vernacular.RELATED}|related\w*|recirc\w*|recommended|read-?(?:more|also|next)|see-?also|more-?(?:on|from|stories|news))(?:$|[\s_-])"
)


def is_related(element: HtmlElement) -> bool:
    """Whether an element's names say that it leads to other stories on the subject."""
    return bool(_RELATED.search(names(element)))


def looks_like_story(element: HtmlElement) -> bool:
    return element.get("itemprop") == "articleBody" or bool(_STORY.search(names(element)))


def is_hidden(element: HtmlElement) -> bool:
    """Whether browsers show nothing of this element, or show it only to one kind of reader."""
    if element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" and element.tag not in ("img", "span", "i", "figure", "picture"):
        return True
    style = element.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return True
    said = element.get("class")
    return bool(said) and not _HIDDEN_NAMES.isdisjoint((said or "").lower().split())


def sweep(root: HtmlElement) -> None:
    """Drop from the tree what can hold no story text at all."""
    _plain_amp(root)
    settle_noscript(root)
    total = max(1, _prose(root))
    _drop_slide_shows(root, total)
    for element in list(elements(root)):
        if element.tag in _GONE or ((_is_control(element) or is_hidden(element)) and _prose(element) < 0.3 * total):
            drop(element)


def _is_control(element: HtmlElement) -> bool:
    """Whether an element is there to be used; a figure that can be pressed to be seen larger is there to be seen."""
    role = element.get("role")
    return role in _ROLES and not (role == "button" and next(element.iter("figure", "picture"), None) is not None)


_SLIDES = re.compile(r"(?:^|[\s_-])(?:gallery|slide-?show|slider|carousel)(?:$|[\s_-])")
_COUNTED = re.compile(r"\s*\d{1,3}\s*/\s*\d{1,3}\s*")


def _drop_slide_shows(root: HtmlElement, total: int) -> None:
    """A show of counted slides with headings of their own is another story; it goes where there is one beside it."""
    for element in list(root.iter("div", "section", "aside")):
        if element.getparent() is None or not _SLIDES.search(names(element)):
            continue
        headings = [heading.text_content() for heading in element.iter("h2", "h3", "h4")]
        if sum(bool(_COUNTED.match(text)) for text in headings) >= 3 and total - _prose(element) > 1_000:
            drop(element)


def _prose(element: HtmlElement) -> int:
    """Characters in paragraphs that are long enough to be running text."""
    sizes = (extent(paragraph.text_content()) for paragraph in element.iter("p"))
    return sum(size for size in sizes if size > 60)


_AMP = {"amp-img": "img", "amp-anim": "img", "amp-iframe": "iframe", "amp-video": "video", "amp-audio": "audio"}


def _plain_amp(root: HtmlElement) -> None:
    """AMP's elements are HTML's under other names."""
    for element in root.iter(*_AMP):
        element.tag = _AMP[str(element.tag)]


def settle_noscript(root: HtmlElement) -> None:
    """Unwrap the picture that a noscript offers in place of a lazy one beside it; drop every other noscript."""
    for element in list(root.iter("noscript")):
        image = next(element.iter("img"), None)
        holder = element.getparent()
        if image is None or holder is None or holder.tag == "img" or len((element.text_content() or "").strip()) > 200:
            drop(element)
            continue
        for lazy in [found for found in holder.iter("img") if found is not image]:
            if lazy.getparent() is not None and _same_place(lazy, element):
                drop(lazy)
        element.drop_tag()


def _same_place(lazy: HtmlElement, noscript: HtmlElement) -> bool:
    """Whether a picture stands right before or after the noscript, alone with it in their holder or next to it."""
    if any(found is noscript for found in lazy.iterancestors()):
        return False
    holder = noscript.getparent()
    return holder is not None and len(list(holder.iter("noscript"))) == 1 and len(list(holder.iter("img"))) <= 3
