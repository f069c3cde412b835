"""Who wrote a story: names out of machine-readable data, else out of the line that the page shows."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from .linked import Node, plain, several
from .scripts import ends_sentence, extent
from .tree import Source, elements, names, squash, terms, text_of
from .vernacular import BYLINE

_BYLINE = re.compile(
    rf"byline|author|{BYLINE}|writtenby|written-by|p-author|dateline|reporter|نویسنده|(?:^|[\s_-]"
    rf"|lbl)writer(?:$|[\s_-])"
)
_NOT_BYLINE = re.compile(
    r"(?:authors|autoren|autores|auteurs)-?(?:list[ea]?|pages?|seite)|co-?authors|authority|(?:author"
    r"|autor|auteur|autore|yazar)-?(?:bio|desc(?:ription)?|about|box-?text|bild|foto|image|photo|avatar|thumb|img|social|links?|box-links)"
)
_BY = re.compile(
    r"^(?:authors?|авторы|haber|müəlliflər|نووسینی|نووسین|نووسەر|به قلم|گزارش|توسط|إعداد|تحرير|كاتب|הכתב"
    r"|(?:geschrieben|ein (?:beitrag|artikel)|text|interview) von|autor(?:in|en|a|es|e|i|zy)?|auteure?s?"
    r"|(?:écrit|rédigé|publié|signé|propos recueillis) par|(?:escrito|redactado|publicado) por|(?:reportagem|texto) de"
    r"|(?:scritto|pubblicato) da|a cura di|geschreven door|tekst|(?:napisał|opracował|przygotował)a?"
    r"|penulis|oleh(?=\s*:)|reporter"
    r"|tác giả|bài viết|συντάκτης|(?:γράφει|γράφουν|κείμενο) (?:ο|η|οι)|(?:από|του|της) (?:τον|την)|लेखक|रिपोर्टर?"
    r"|글쓴이|글|取材・文|執筆|文・|撰稿人?|(?:本报|本報)?(?:记者|記者)|通讯员|автори|авторка|підготува(?:в|ла)"
    r"|подготовил[аи]?|беседовал[аи]?|hazırlayan|haberi yazan|خبرنگار|گزارشگر|كتبت|تقرير|رپورٹ(?:ر)?|כתבה?"
    r"|撰文|লেখ(?:ক|া)?|প্রতিবেদক|ရေးသား?သူ|သတင်းထောက်|ዘጋቢ|ጸሐፊ|አዘጋጅ|ავტორი|հեղինակ|ผู้(?:เขียน|สื่อข่าว)|โดย|எழுதியவர்"
    r"|రచయిత|लेखिका|પ્રતિનિધિ|ലേഖകൻ|ਲੇਖਕ|muallif|муаллиф|mwandishi|piše|пише|írta|szerző"
    r"|(?:napsal|připravil)a?|kirjoittaja|toimittaja|της|του|των|nivîskar|لیکوال"
    r"|written by|story by|by|par|von|por|texto?:?|di|da|door|av|af|od|от|автор|текст|نویسنده|نوشته|بقلم|كتب"
    r"|کاتب|تحریر|מאת"
    r"|文|作者|記者|记者|yazar|yazan|müəllif)(?:\s*[::/፦፡՝]\s*|\s+)",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s+(?:and|und|et|y|e|ed|ve|və|och|og|en|и|і|та|و|û|dan|và|και|oraz|और|اور)\s+|\s*[,，،、;؛&]\s*|\s+ו(?=[א-ת])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://|www\.|@\w|\.com\b")
_BRACKETED = re.compile(r"\s*\((?:https?://|www\.)[^)]*\)")
_DATE = re.compile(
    r"(?:^|[\s,|·•–—-]+)(?:(?:published|updated|posted|on|last)\b.*|[^\W\d_]{3,9}\.?\s+\d{1,2},?\s+(?:19|20)\d\d.*"
    r"|\d{1,4}[./\s-].*|\d{1,2}:\d\d.*|\d{1,3}\s?(?:h|hrs?|m|min|mins?|d|w)(?: ago)?)$",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"[(（\[【]([^()（）\[\]【】]+)[)）\]】]")
_DATED_NAMES = re.compile(
    r"(?:^|[\s_-])(?:date|time|timestamp|created|updated|published|posted-?on|views?|hits)(?:$|[\s_-])"
)
_METAS = terms(
    "dc:creator dcterms:creator dcterm:creator author parsely-author sailthru:author byl article:author"
    " og:article:author"
)
_NAME = r"[^\W\d_][^\d:：|/،,;\u3000()\[\]【】<>]{1,40}"
_LABELLED = re.compile(
    r"(?:^|[\s\u3000|·])(?:author|written by|autor(?:in|a|e)?|auteure?|penulis|tác giả|συντάκτης|लेखक"
    r"|автор|авторка|текст|müəllif|hazırlayan|yazan|yazar|haber|نویسنده|نوشته|گزارش|بقلم|كاتب|إعداد"
    rf"|نووسین|نووسینی|نووسەر|تحریر|رپورٹ|خبرنگار|מאת|כתב|作者|撰文|執筆|文|글|撰稿|記者|记者|লেখ(?:ক|া)?|প্রতিবেদক|ရေးသား?သူ"
    rf"|ዘጋቢ|ጸሐፊ|ავტორი|հեղինակ|ผู้(?:เขียน|สื่อข่าว)|லேখகர்|muallif|mwandishi|piše|írta|szerző|napsala?)\s*(?:[:：፦՝]|\s[-–—](?=\s))\s*({_NAME})",
    re.IGNORECASE,
)
_CITED = re.compile(
    r"([\uac00-\ud7af]{2,4})\s?(?:기자|특파원)(?:$|[\s=|(])|(?:记者|記者)\s?([\u3400-\u9fff]{2,4})(?:$"
    r"|[\s/|(])"
)
_PLACE = re.compile(r"(?<=[\u3400-\u9fff\uac00-\ud7af])\s*[/／].*$")
_DATED = re.compile(r"((?:[^\W\d_]+[ -]){1,3}[^\W\d_]+),\s*\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\W*$")
_ROLE = re.compile(r"\s*(?:기자|특파원|記者|记者|報導|报道|報道|撰文)$")
_DENSE_NAME = re.compile("[\u3400-\u9fff]{2,4}|[\uac00-\ud7af]{2,4}|[\u3040-\u30ff\u3400-\u9fff]{2,8}")
_LINES = frozenset({"p", "div", "span", "small"})
_LONGEST = 100
_BIO = 40  # letters from which a line that ends like a sentence tells of somebody rather than who it was


def bylines(
    source: Source, metas: dict[str, list[str]], node: Node, micro: dict[str, list[str]], site: str
) -> tuple[str, ...]:
    """The names, each once, from the first source that has any, without the name of the site that they write for."""
    people = _said(source, metas, node, micro)
    return tuple(dict.fromkeys(_without_site(name, site) for name in people))


def _without_site(name: str, site: str) -> str:
    """`Ann Lee - The Post` -> `Ann Lee`."""
    before = name[: -len(site)] if site and name.lower().endswith(site.lower()) else ""
    alone = before.rstrip(" ,;|·•-–—:/(@")
    return alone if len(before) > len(alone) + 1 or " " in alone or _DENSE_NAME.fullmatch(alone) else name


def _said(source: Source, metas: dict[str, list[str]], node: Node, micro: dict[str, list[str]]) -> tuple[str, ...]:
    if people := _clean(several(node.get("author"))):
        return people
    for name in _METAS:
        if people := _clean(metas.get(name, [])):
            return people
    return (
        _clean(_split(micro.get("author", [])))
        or _clean(_split(_shown(source)))
        or _clean(several(node.get("creator")))  # often an account's name
        or _clean(_split(_labelled(source)))
    )


def _split(values: list[str]) -> list[str]:
    """Several people in one line: `Ann Lee and Bo Ek` -> `Ann Lee`, `Bo Ek`; only where each part is a full name."""
    out: list[str] = []
    for value in values:
        value = _DATE.sub("", _BY.sub("", _unwrapped(squash(value))))
        parts = [part for part in _AND.split(value) if part]
        out += parts if all(map(_is_full, parts)) else [value]
    return out


def _unwrapped(text: str) -> str:
    """`(By Ann Lee)` -> `By Ann Lee`."""
    found = _WRAPPED.fullmatch(text)
    return found[1].strip() if found else text


def _is_full(name: str) -> bool:
    """Whether this may be the whole name of a person: two to four words, in Chinese and its like as many characters."""
    return bool(_DENSE_NAME.fullmatch(name)) or 2 <= len(name.split()) <= 4


def _clean(values: list[str]) -> tuple[str, ...]:
    out: dict[str, str] = {}
    for value in values:
        name = _PLACE.sub("", _BY.sub("", _unwrapped(_BRACKETED.sub("", squash(plain(value))))))
        name = _ROLE.sub("", _DATE.sub("", name).strip(" ,;|·•-–—:/"))
        if 1 < len(name) <= _LONGEST and not _ADDRESS.search(name) and not name.isdigit():
            out.setdefault(name.lower(), name)
    return tuple(out.values())[:12]


def _shown(source: Source) -> list[str]:
    """The first short line that the page marks as byline, below the headline before one above it."""
    above: list[str] = []
    headed = False
    for element in elements(source.root):
        headed = headed or element.tag == "h1"
        if not _is_byline(element):
            continue
        text = _without_dates(element)
        if 2 < len(text) <= _LONGEST and not (extent(text) > _BIO and ends_sentence(text)) and _clean([text]):
            people = _linked(element) or [text]
            if headed:
                return people
            above = above or people
    return above


def _without_dates(element: HtmlElement) -> str:
    """The text of a byline, less what is marked as a date in it; "" where it is one itself."""
    parts: list[str] = []
    _gather(element, parts)
    return squash(" ".join(parts)).replace(" ,", ",")


def _gather(element: HtmlElement, parts: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag == "time" or _DATED_NAMES.search(names(element)):
        return
    parts.append(element.text or "")
    for child in element:
        _gather(child, parts)
        parts.append(child.tail or "")


def _labelled(source: Source) -> list[str]:
    """A name in a short line below the headline, told by a label before it or by a date right behind it."""
    headed = False
    for element in source.root.iter("h1", "h2", "p", "div", "span", "td", "i", "em", "small", "font", "b"):
        headed = headed or element.tag in ("h1", "h2")
        if not headed or len(element) > 12:
            continue
        text = text_of(element)
        if len(text) <= 160 and _LABELLED.search(text):
            text = _labelled_alone(element)
        if len(text) <= 160 and (found := _LABELLED.search(text) or _DATED.match(text) or _CITED.search(text)):
            return [next(filter(None, found.groups()))]
        if element.tag in _LINES and len(text) <= 60 and _is_signed(text):
            return [text]
    return []


def _labelled_alone(element: HtmlElement) -> str:
    """The text of the innermost element that holds both label and name."""
    while (inner := next((part for part in element if _LABELLED.search(_without_dates(part))), None)) is not None:
        element = inner
    return _without_dates(element)


def _is_signed(text: str) -> bool:
    """Whether a line is one of the words that announce a name, and behind it nothing but names."""
    label = _BY.match(text)
    if not label:
        return False
    return all(2 <= len(name.split()) <= 4 and all(map(_is_capital, name.split())) for name in _split([text]))


def _is_capital(word: str) -> bool:
    return word[0].isalpha() and not word[0].islower() and word.isalpha()


def _linked(element: HtmlElement) -> list[str]:
    """The names that a byline links to their authors' pages: without titles and places that stand beside them."""
    found = (
        link for link in element.iterdescendants("a") if "author" in f"{link.get('rel') or ''}{link.get('href') or ''}"
    )
    return [text for link in found if len(text := text_of(link)) > 2]


def _is_byline(element: HtmlElement) -> bool:
    get = element.get
    if get("rel") == "author":
        return True
    said = f"{get('class') or ''} {get('id') or ''} {get('itemprop') or ''}".lower()
    return len(said) > 4 and bool(_BYLINE.search(said)) and not _NOT_BYLINE.search(said)
