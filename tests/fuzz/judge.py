"""What must hold for every input: our own errors only, the vocabulary only, a fragment that reads back and that the
sanitiser leaves alone, in time."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from lightkeeper.article import extract, fragment
from lightkeeper.article.model import Article
from lightkeeper.article.vocabulary import ATTRIBUTES
from lightkeeper.errors import ArticleError

from .inputs import Input, made

LATEST = 3.0  # seconds of processor time for one input; a page of this size takes some milliseconds
_NAME = re.compile(r"<([A-Za-z!?][^\s/>]*)")
_KNOWN = frozenset({*ATTRIBUTES, *fragment.FRAME})


@dataclass(slots=True)
class Report:
    """`faults` are sentences that name the seed; `outcomes` counts articles and refusals by input and reason."""

    count: int = 0
    slowest: tuple[float, int] = (0.0, -1)
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def judge(self, seed: int) -> None:
        given = made(seed)
        started = time.process_time()
        try:
            outcome = _outcome(given)
        except Exception as error:  # whatever it is, it is the finding
            self.faults.append(f"{seed} ({given.kind}): {type(error).__name__}: {str(error)[:200]}")
            outcome = "fault"
        taken = time.process_time() - started
        if taken > LATEST:
            self.faults.append(f"{seed} ({given.kind}): took {taken:.1f} s")
        self.count += 1
        self.slowest = max(self.slowest, (taken, seed))
        self.outcomes[f"{given.kind}: {outcome}"] += 1


def _outcome(given: Input) -> str:
    try:
        article = extract(given.page, "https://a.example/story", content_type=given.content_type)
    except ArticleError as error:
        reason = getattr(error, "reason", type(error).__name__)
        if reason == "unsafe":  # what we make of a page is ours to mend: the gate's refusal is a fault
            raise
        return str(reason)
    check(article)
    return "article"


def check(article: Article) -> None:
    """Raises where the article leaves the vocabulary, or its fragment is no XML or does not read back."""
    text = fragment.render(article)
    strangers = {name.removeprefix("/") for name in _NAME.findall(text)} - _KNOWN
    if strangers:
        raise ValueError(f"elements outside the vocabulary: {sorted(strangers)}")
    etree.fromstring(text.encode("utf-8"))
    if fragment.parse(text) != article:
        raise ValueError("the fragment reads back as another article")
    if fragment.parse(fragment.sanitised(text)) != article:
        raise ValueError("the sanitiser makes another article of the fragment")
