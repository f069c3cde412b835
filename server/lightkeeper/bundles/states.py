"""Which bundles there are, which states of one are kept to update from, and when a full pack is made anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .heads import NAME

HOUR, DAY = 3600, 86_400
# (name's ending, how many stories); the middle one is what a reader gets who does not choose.
LATEST = (("latest-20", 20), ("latest", 50), ("latest-200", 200))
MOST_IN_MONTH = 20_000
MOST_TOMBSTONES = 200
_AGES = (HOUR, 6 * HOUR, DAY, 3 * DAY, 8 * DAY)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One bundle: the latest `limit` stories of a language (its first subtag), or those of a month (`2026-11`)."""

    name: str
    language: str
    limit: int
    month: str = ""


def latest(language: str) -> tuple[Bundle, ...]:
    tag = subtag(language)
    return tuple(Bundle(f"{tag}-{ending}", tag, limit) for ending, limit in LATEST)


def archive(language: str, month: str) -> Bundle:
    tag = subtag(language)
    return Bundle(f"{tag}-{month}", tag, MOST_IN_MONTH, month)


def subtag(language: str) -> str:
    """The first subtag, in which bundles are cut; `und` for what is none."""
    first = language.lower().partition("-")[0]
    return first if re.fullmatch("[a-z]{2,8}", first) else "und"


def is_name(text: str) -> bool:
    return bool(NAME.fullmatch(text))


def kept(states: Iterable[tuple[int, int]], now: int) -> tuple[int, ...]:
    """Of earlier states (sequence, time of publication), those that readers can update from, newest first.

    The one before, and the oldest of each age: few, so that the step which a reader names tells little of them.
    """
    ordered = sorted(states)
    chosen = {ordered[-1][0]} if ordered else set()
    younger = -1
    for age in _AGES:
        chosen |= {sequence for sequence, time in [s for s in ordered if younger < max(0, now - s[1]) <= age][:1]}
        younger = age
    return tuple(sorted(chosen, reverse=True))


def due(full: int, since: int) -> bool:
    """Whether the full pack (its bytes) is to be made anew, given the bytes that a first sync brings on top of it."""
    return since * 8 > full


def next_sequence(last: int, now: int) -> int:
    """The clock's seconds, or one more than the last: a publisher who lost everything still goes forward."""
    return max(last + 1, now)
