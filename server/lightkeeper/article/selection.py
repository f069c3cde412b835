"""Which part of a tree is the story: finds the element that holds its text, and judges what is in that element.

Two opinions meet here: our own reading of density, names and roles, and trafilatura's selection.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from .addresses import clean, host_of
from .chrome import is_boxed, is_related, looks_like_chrome
from .labels import is_service, leads_on
from .model import Link
from .opinion import Opinion, letters
from .scripts import extent
from .tree import BLOCKS, Source, squash, terms, text_of
from .weights import LONG, Scales

_HOLDS = 0.92  # share of the story's weight that the chosen element must hold
_HOLDS_ALONE = 0.75  # the same where there is no second opinion, and more noise
_MAJOR = 0.3  # share of the story above which an element is no chrome, whatever its name
_SURE = 1_000  # letters from which the second opinion, where it is sure, counts against a long list
_WHOLE = frozenset(terms("p li ul ol dl pre"))  # never searched for a story inside of them
_CONTAINERS = BLOCKS - frozenset(terms("p li h1 h2 h3 h4 h5 h6 td th tr dd dt figcaption"))


class Judge:
    """Weighs a swept tree once; then answers for each element. `opinion` may be empty: then we decide alone.

    `host` is the site's own, to tell links to its other pages from links elsewhere.
    """

    def __init__(self, root: HtmlElement, opinion: Opinion, host: str = "") -> None:
        self.opinion = opinion
        self._host = host
        self._scales = Scales(root, opinion)
        self.weights = self._scales.weights
        self.root = self._widen(self._choose(root))
        self._kin = self._find_kin()

    def _choose(self, root: HtmlElement) -> HtmlElement:
        """The deepest element that still holds nearly all of the prose."""
        best = root
        enough = self.weights[root].prose * (_HOLDS if self.opinion.size else _HOLDS_ALONE)
        while True:
            inside = [child for child in best if child in self.weights and self.weights[child].prose >= enough]
            if not inside or inside[0].tag not in BLOCKS or inside[0].tag in _WHOLE:
                return best
            best = inside[0]

    def _widen(self, best: HtmlElement) -> HtmlElement:
        """Where a story is cut into sections of one kind, the second opinion may know only one: take their holder."""
        parent = best.getparent()
        if parent is None or best.tag in ("body", "main", "article") or parent.tag in ("html", "body"):
            return best
        alike = [found for found in parent if found.tag == best.tag and found.get("class") == best.get("class")]
        whole = sum(self.weights[found].plain for found in alike if found in self.weights)
        return parent if whole > 1.5 * self.weights[best].plain > 0 else best

    def _find_kin(self) -> set[str]:
        """Prose that the second opinion leaves out though it stands among, and is dressed as, what it keeps."""
        homes: dict[tuple[HtmlElement | None, str, str], int] = {}
        for run in self._scales.runs:
            if run.kept and extent(run.text) > LONG:
                homes[_home(run.element)] = homes.get(_home(run.element), 0) + 1
        left_out = (run for run in self._scales.runs if not run.kept and run.is_prose)
        return {letters(run.text) for run in left_out if homes.get(_home(run.element), 0) > 1}

    def keeps(self, text: str) -> bool:
        """Whether a run of text is in the story by the second opinion, or by its neighbours."""
        return self.opinion.keeps(text) or letters(text) in self._kin

    def is_mixed(self, element: HtmlElement) -> bool:
        """Whether an element holds blocks, whatever its own tag says."""
        return element in self._scales.mixed

    def skips(self, element: HtmlElement) -> bool:
        """Whether an element inside of the story is not part of it."""
        weight = self.weights.get(element)
        if weight is None or element is self.root:
            return False
        if weight.text == 0:
            return looks_like_chrome(element) and element.tag not in ("img", "figure", "picture", "iframe")
        if element.tag in ("ul", "ol") and self._is_stream(element):
            return True
        if weight.prose > _MAJOR * self.weights[self.root].prose:
            return False
        if is_boxed(element):
            parent = element.getparent() if element.tag == "a" else None
            return not _wraps_box(element if parent is None else parent)
        if self._is_run(element):
            return False
        if element.tag in _CONTAINERS and weight.text > 20 and _is_cards(element):
            return True
        if weight.kept_share >= 0.5:
            return weight.link_share > 0.3 and element.tag in ("div", "section", "ul") and looks_like_chrome(element)
        if looks_like_chrome(element) or element.tag in ("aside", "footer", "form", "nav", "label"):
            return True
        if element.tag not in _CONTAINERS or weight.text <= 20:
            return False
        return weight.link_share > 0.6 and self._leads_on(element)

    def _is_stream(self, element: HtmlElement) -> bool:
        """A list of other stories with their first lines, however long, beside one that the second opinion holds."""
        items = list(element.iterchildren("li"))
        if len(items) < 3 or self.opinion.size < _SURE or self.weights[element].kept_share > 0.2:
            return False
        return sum(map(self._is_headline, items)) >= 0.7 * len(items)

    def _is_headline(self, item: HtmlElement) -> bool:
        """Whether an item of a list is headed by a link to another page of this site."""
        heading = next(item.iter(*_HEADINGS), None)
        if heading is None:
            return False
        links = [*heading.iter("a"), *heading.iterancestors("a")]
        hrefs = [href for link in links[:1] if (href := link.get("href") or "") and not href.startswith("#")]
        return any(not href.startswith(("http", "//")) or host_of(href) == self._host for href in hrefs)

    def _leads_on(self, element: HtmlElement) -> bool:
        """Whether a cluster of links leads to other pages of this site: not to places on this page, nor elsewhere."""
        parent = element.getparent()
        if parent is not None and parent.tag in ("li", "td", "dd"):
            return False
        found = [link.get("href") or "" for link in element.iter("a")]
        if found and all(href.startswith("#") for href in found):
            return False
        away = sum(href.startswith(("http", "//")) and host_of(href) != self._host for href in found)
        return 2 * away <= len(found)

    def stories(self, element: HtmlElement, source: Source) -> list[Link]:
        """The links to other stories of this site in a box that is no part of the text."""
        if not (is_related(element) or _is_cards(element) or self._is_pointer(element)):
            return []
        found: dict[str, str] = {}
        for link in element.iter("a"):
            url, title = clean(source.absolute(link.get("href"))), text_of(next(link.iter(*_HEADINGS), link))
            if (
                not is_service(url)
                and host_of(url) == (self._host or host_of(source.url))
                and 16 <= extent(title) <= 200
            ):
                found.setdefault(url, title)
        return [Link(url, title) for url, title in found.items()]

    def _is_pointer(self, element: HtmlElement) -> bool:
        """A small box that leads to one or two stories and says so: by a label, or by a headline in the link."""
        weight = self.weights.get(element)
        if weight is None or weight.text > 250 or not weight.linked:
            return False
        links = [link for link in element.iter("a") if link.get("href")]
        text = text_of(element)
        if not 0 < len(links) <= 2:
            return False
        headed = element.tag == "aside" and next(links[0].iter(*_HEADINGS), None) is not None
        return leads_on(text) or headed or (element.tag == "figure" and text == text_of(links[-1]))

    def directions(self) -> list[str]:
        """What the story's element and those around it say in `dir`."""
        return [(element.get("dir") or "").strip().lower() for element in (self.root, *self.root.iterancestors())]

    def before(self) -> Iterator[HtmlElement]:
        """What stands before the story within its article, from the top down.

        The headline of an article that holds only the text stands outside of it, and what goes with the headline, too.
        """
        chain: list[HtmlElement] = []
        element: HtmlElement | None = self.root
        if self.root.tag == "article" and next(self.root.iter("h1"), None) is None and _is_headed(self.root):
            chain, element = [self.root], self.root.getparent()
        while element is not None and element.tag not in ("body", "main", "article") and len(chain) < 5:
            chain.append(element)
            element = element.getparent()
        for inner in reversed(chain):
            yield from (found for found in reversed(list(inner.itersiblings(preceding=True))) if found in self.weights)

    def _is_run(self, element: HtmlElement) -> bool:
        """An inline element in the middle of a text: its names say how it looks, not what it is."""
        if element.tag in BLOCKS or self.is_mixed(element):
            return False
        parent = element.getparent()
        return parent is not None and self.weights[parent].text > 2 * self.weights[element].text


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _is_cards(element: HtmlElement) -> bool:
    """A row of other stories: most children are short, with a linked heading or a linked picture and line."""
    children = [child for child in element if isinstance(child.tag, str) and child.tag != "br"]
    if len(children) < 3:
        return False
    return sum(map(_is_card, children)) >= 0.7 * len(children)


def _is_card(element: HtmlElement) -> bool:
    if element.tag in ("p", "figure", "h2", "h3", "table") or len(element.text_content()) > 600:
        return False
    inside = [link for link in element.iter("a") if link.get("href") and not (link.get("href") or "").startswith("#")]
    if not inside or next(element.iter("figcaption"), None) is not None:
        return False
    for link in inside:
        heading = next(link.iter(*_HEADINGS), None) is not None
        if heading or any(
            above.tag in _HEADINGS for above in link.iterancestors() if above in (element, *element.iter())
        ):
            return True
    pictured = any(next(link.iter("img"), None) is not None for link in inside)
    return pictured and any(extent(squash(link.text_content())) > 15 for link in inside)


def _wraps_box(element: HtmlElement) -> bool:
    """Whether a run of a text holds a box that says more than itself, a pop-up for the name before it."""
    if element.tag in BLOCKS:
        return False
    boxes = [child for child in element if child.tag != "a" and is_boxed(child)]
    inside = sum(len(letters(box.text_content())) for box in boxes)
    return inside < len(letters(element.text_content())) < 2 * inside


def _is_headed(article: HtmlElement) -> bool:
    """Whether the headline stands somewhere before an article, in one of the next few elements around it."""
    around = list(article.iterancestors())[:4]
    return any(next(found.iter("h1"), None) is not None for found in around if found.tag not in ("html", "body"))


def _home(element: HtmlElement) -> tuple[HtmlElement | None, str, str]:
    return element.getparent(), str(element.tag), element.get("class") or ""
