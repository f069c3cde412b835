"""How well text and structure match a reference: shingles of four words, elements counted by what they say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from statistics import mean

_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SHINGLE = 4


@dataclass(frozen=True, slots=True)
class Match:
    """Shares of what was found rightly, found wrongly and missed; they add up to 1 unless both sides are empty."""

    right: float
    wrong: float
    missed: float

    @property
    def precision(self) -> float:
        if self.right + self.wrong == 0:
            return 1.0 if self.missed == 0 else 0.0
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True, slots=True)
class Total:
    precision: float
    recall: float
    f1: float
    accuracy: float


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words with its count; a shorter text is one shingle.

    Chinese, Japanese, Thai and Khmer write no spaces: each of their characters is a word.
    """
    words = _WORD.findall(text)
    if not words:
        return Counter()
    size = min(_SHINGLE, len(words))
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def compare(expected: Counter[Hashable], found: Counter[Hashable]) -> Match:
    right, wrong, missed = (sum(c.values()) for c in (expected & found, found - expected, expected - found))
    whole = (right + wrong + missed) or 1
    return Match(right / whole, wrong / whole, missed / whole)


def match_text(expected: str, found: str) -> Match:
    return compare(Counter(shingles(expected)), Counter(shingles(found)))


def total(matches: Iterable[Match]) -> Total:
    """Each page counts the same. Accuracy is the share of pages without any difference."""
    rows = list(matches)
    precision, recall = mean(row.precision for row in rows), mean(row.recall for row in rows)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Total(precision, recall, f1, mean(float(row.wrong == row.missed == 0) for row in rows))


@dataclass(slots=True)
class Tally:
    """Elements of one kind over all pages."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, expected: Counter[str], found: Counter[str]) -> None:
        self.right += (expected & found).total()
        self.wrong += (found - expected).total()
        self.missed += (expected - found).total()

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0
