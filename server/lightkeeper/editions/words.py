"""The words on screen, by language. Reads the translations beside it; knows nothing of articles or HTML.

Every value is plain text; `{publication}` and its like are filled in by whoever shows the words.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..article.model import Direction

_FOLDER = Path(__file__).parent / "translations"
DEFAULT = "en"
# Tags whose readers are served by another language's words.
_ALIASES = {"iw": "he", "prs": "fa", "pes": "fa", "arb": "ar", "azj": "az", "cmn": "zh"}
_RTL_SCRIPTS = frozenset({"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"})
_RTL_LANGUAGES = frozenset(
    "ar arb arc ary arz azb bal ckb dv fa glk he iw ks lrc mzn nqo pes pnb prs ps sd sdh syr ug ur yi".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Words:
    """All strings of one language. `language` is the tag of the translation that was found."""

    language: str
    # the Light page
    light: str
    by: str
    updated: str
    reading: str
    picture: str
    picture_of: str
    embed: str
    correction: str
    paywalled: str
    truncated: str
    stale: str
    more: str
    next: str
    latest: str
    full: str
    always: str
    automatic: str
    keep: str
    empty: str
    search: str
    nothing: str
    newer: str
    older: str
    # notices
    retry: str
    unreachable_title: str
    unreachable_text: str
    missing_title: str
    missing_text: str
    no_light_title: str
    no_light_text: str
    # the full page
    banner_title: str
    banner_text: str
    banner_loading: str
    banner_link: str
    banner_close: str
    footer_switch: str
    # saved reading
    offline_lead: str
    offline_none: str
    offline_kept: str
    offline_offer: str
    offline_read: str
    offline_stay: str
    offline_stay_text: str
    offline_remove: str
    offline_removed: str
    offline_working: str
    offline_interrupted: str
    offline_full: str
    offline_refused: str
    offline_failed: str
    offline_unsupported: str
    offline_script: str
    offline_what: str
    offline_what_text: str
    offline_size: str
    offline_size_text: str
    offline_how: str
    offline_how_text: str
    offline_saved: str
    offline_checked: str
    offline_missing: str
    offline_loading: str
    offline_wait: str
    offline_come: str
    offline_manage: str
    # the page about the connection
    connection: str
    connection_private: str
    connection_full: str
    connection_light: str
    why_choice: str
    why_save_data: str
    why_failed: str
    why_slow: str
    why_held: str
    why_trial: str
    why_receipt: str
    why_predicted: str
    why_unknown: str
    why_first: str
    why_measured: str
    seen: str
    seen_arrival: str
    seen_saving: str
    seen_distance: str
    seen_speed: str
    seen_nothing: str
    choose: str
    choose_text: str


@lru_cache
def languages() -> frozenset[str]:
    """The tags that have a translation."""
    return frozenset(path.stem for path in _FOLDER.glob("*.toml"))


@lru_cache(maxsize=256)
def words(*tags: str) -> Words:
    """The words of the first BCP 47 tag that has a translation, by prefix (`fa-AF` is served by `fa`), else English.

    >>> words("fa-AF").language
    'fa'
    """
    return _read(next((found for tag in tags if (found := _translation(tag))), DEFAULT))


def direction(language: str) -> Direction:
    """The direction in which a BCP 47 tag is written: by its script subtag, else by its language."""
    first, *rest = language.lower().replace("_", "-").split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    rtl = scripts[0] in _RTL_SCRIPTS if scripts else first in _RTL_LANGUAGES
    return "rtl" if rtl else "ltr"


def _translation(tag: str) -> str:
    parts = tag.lower().replace("_", "-").split("-")
    parts[0] = _ALIASES.get(parts[0], parts[0])
    prefixes = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    found = next((prefix for prefix in prefixes if prefix in languages()), "")
    # az-Arab is not served by Latin script
    return found if found and direction(found) == direction(tag) else ""


@lru_cache
def _read(language: str) -> Words:
    path = _FOLDER / f"{language}.toml"
    return Words(language=language, **tomllib.loads(path.read_text(encoding="utf-8")))
