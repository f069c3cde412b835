"""What on a page is not the story: navigation, share bars, newsletter boxes, related links, hidden text.

Judges elements by their role, tag and names, never by site. Knows nothing of metadata or of the vocabulary.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from .tree import drop, elements, names

# Never content, whatever is inside.
_GONE = frozenset(
    [
        "script",
        "style",
        "link",
        "meta",
        "base",
        "template",
        "button",
        "input",
        "select",
        "textarea",
        "option",
        "optgroup",
        "datalist",
        "keygen",
        "output",
        "progress",
        "meter",
        "canvas",
        "map",
        "area",
        "applet",
        "dialog",
        "menu",
        "nav",
        "svg",
        "frame",
        "frameset",
        "noframes",
        "param",
        "track",
        "title",
        "head",
    ]
)
_ROLES = frozenset(
    [
        "navigation",
        "search",
        "menu",
        "menubar",
        "dialog",
        "alertdialog",
        "banner",
        "complementary",
        "contentinfo",
        "toolbar",
        "tablist",
        "tooltip",
        "alert",
        "status",
        "form",
        "button",
        "combobox",
    ]
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_NAMES = re.compile(
    r"(?:^|[\s_-])(?:sr-only|screen-?reader(?:-text)?|visually-?hidden|u-hidden|is-hidden|hidden|hide|invisible"
    r"|no-?print|print-?only|noscript|a11y-hidden|assistive|offscreen)(?:$|[\s_])"
)

_EDGE = r"(?:^|[\s_-]|\b)"
_WORDS = (
    # sharing, following, subscribing
    "share|sharing|shares|sharebar|sharethis|addthis|addtoany|a2a|sharedaddy|social|socials|socialmedia|follow(?:-?us|ing)?"
    "|newsletters?|subscri(?:be|ption|bers?)|sign-?up|signin|sign-?in|log-?in|register|registration|donat(?:e|ion)s?"
    "|membership|paywall|regwall|piano|optin|opt-in|mailing"
    # other stories
    "|related|relateds|recirc(?:ulation)?|recommend(?:ed|ation|ations|s)?|read-?(?:more|next|also)|see-?also|more-?(?:stories|news"
    "|from|on|like|articles|posts|about|in)|also-?(?:read|like)|most-?(?:read|popular|viewed|shared|commented)|popular"
    "|trending|you-?may|might-?like|up-?next|next-?(?:up|article|story|post)|prev(?:ious)?-?(?:article|story|post)"
    "|prev-?next|next-?prev|post-?nav(?:igation)?|outbrain|taboola|zergnet|jp-relatedposts|yarpp|crosslinks?|linkbox"
    "|teasers?|promos?|promo(?:tion|ted|box)s?|upsell|callout-?promo"
    # selling
    "|ads?|adv|advert(?:s|isement|isements|ising|orial)?|ad-?(?:slot|box|unit|container|wrap|wrapper|label|block|zone|banner)"
    "|dfp|gpt|adsbygoogle|adsense|doubleclick|sponsor(?:s|ed|ship)?|affiliate|commercial|shopping|buy-?now"
    # talking
    "|comments?|commentlist|comment-?(?:list|form|section|count|respond)|respond|disqus(?:_thread)?|livefyre|discussion"
    "|replies|reply|feedback|poll|polls|survey|quiz|rating|ratings|reactions?|emoji|likes?|votes?|voting"
    # moving around
    "|nav|navbar|navigation|menus?|submenu|breadcrumbs?|crumbs?|pagination|pager|paging|paginator|toolbar|toolbox|tools?"
    "|skip(?:-?link|-?to)?|jump(?:-?link|-?to)|back-?to-?top|scroll-?top|search(?:-?form|-?box)?|filter|sidebar|side-?bar|rail"
    "|aside-?(?:left|right)|masthead|site-?(?:header|footer)|footer|global-?(?:header|footer|nav)|topbar|top-?bar"
    "|copyright|disclaimer|terms|legal"
    # in the way
    "|cookies?|cookie-?(?:banner|notice|consent)|consent|gdpr|cmp|modals?|popups?|pop-?up|overlay|lightbox|toast|tooltip"
    "|interstitial|banner|notification|notice-?bar|widgets?|hidden-?print"
    # about the story, kept as metadata
    "|by-?lines?|author(?:s|-?(?:bio|box|info|card|name|meta|details|profile|block))?|bio|biography|contributors?"
    "|dateline-?meta|timestamp|post-?(?:meta|info|date|tags|cats|categories|footer)|entry-?(?:meta|footer|utility)"
    "|article-?(?:meta|info|tags|footer|tools|actions|author|share|date)|meta|metadata|byline-?wrapper|dates?|time|published"
    "|publish-?date|pub-?date|updated|read(?:ing)?-?time|tags?|tag-?(?:list|cloud|links)|taglist|topics?|keywords"
    "|categor(?:y|ies)|labels?|kicker|eyebrow|print(?:-?button)?|email(?:-?button)?|edit-?section|mw-editsection|editsection"
    "|navbox|vertical-navbox|metadata-box|catlinks|sistersitebox|mw-jump|hatnote-?nav|permalink|trackback|pingback"
)
_CHROME = re.compile(rf"(?:^|[\s_/:-])(?:{_WORDS})(?:$|[\s_/:-])")
_CAMEL = re.compile(r"([a-z])([A-Z])")
_STORY = re.compile(
    r"(?:^|[\s_-])(?:article-?(?:body|content|text)|story-?(?:body|content|text)|entry-?content|post-?(?:body|content|text)"
    r"|main-?(?:content|text)|body-?(?:content|text|copy)|rich-?text|content-?body|text-?content)(?:$|[\s_-])"
)
_SAFE = frozenset(
    [
        "html",
        "body",
        "main",
        "article",
        "figure",
        "figcaption",
        "p",
        "blockquote",
        "pre",
        "code",
        "table",
        "tbody",
        "tr",
        "td",
        "th",
        "li",
    ]
)


def looks_like_chrome(element: HtmlElement) -> bool:
    """Whether an element's names say that it is not story text. A hint only: the caller weighs it with the text."""
    if element.tag in _SAFE and element.tag not in ("p", "li", "table"):
        return False
    said = _CAMEL.sub(r"\1-\2", f"{element.get('class') or ''} {element.get('id') or ''}").lower()
    if len(said) < 2:
        return False
    return bool(_CHROME.search(said)) and not _STORY.search(said)


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
    return bool(said) and bool(_HIDDEN_NAMES.search(said.lower()))


def sweep(root: HtmlElement) -> None:
    """Drop from the tree what can hold no story text at all."""
    size = max(1, len(root.text_content()))
    for element in list(elements(root)):
        if element.tag in _GONE or element.get("role") in _ROLES:
            if element.tag not in _GONE and len(element.text_content()) > 0.5 * size:
                continue
            drop(element)
        elif is_hidden(element) and len(element.text_content()) < 0.5 * size:
            drop(element)
