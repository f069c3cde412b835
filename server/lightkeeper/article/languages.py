"""The language of a story and the direction of its script, from what the page says and from the letters it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .model import Direction
from .tree import terms

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][a-z]{3})?(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?![A-Za-z])")
_RTL = frozenset(terms("ar fa he iw ur ps sd ckb ku-arab dv yi ug arc syr nqo az-arab pnb azb lrc mzn glk bal prs"))
_PERSIAN_ONLY = frozenset("پچژگ")
_SCRIPTS = {
    "he": re.compile("[\u05d0-\u05ea]"),
    "ar": re.compile("[\u0620-\u064a\u066e-\u06d5\u06ee-\u06ff\ufb50-\ufdff]"),
    "cyrl": re.compile("[\u0400-\u04ff]"),
    "han": re.compile("[\u4e00-\u9fff]"),
    "kana": re.compile("[\u3041-\u30ff]"),
    "hang": re.compile("[\uac00-\ud7af]"),
    "other": re.compile("[\u0370-\u03ff\u0530-\u058f\u0900-\u10ff\u1200-\u137f\u1780-\u17ff]"),
}


def normal(tag: str) -> str:
    """A BCP 47 tag in its usual spelling (`FA_ir` -> `fa-IR`), or "" where it is none."""
    found = _TAG.match(tag.strip())
    if not found or found[1].lower() in ("und", "mul", "zxx", "xx"):
        return ""
    parts = [found[1].lower()]
    if found[2]:
        parts.append(found[2].title())
    if found[3]:
        parts.append(found[3].upper())
    return "-".join(parts)


def is_rtl(language: str) -> bool:
    parts = language.lower().split("-")
    if len(parts) > 1 and len(parts[1]) == 4:
        return parts[1] in ("arab", "hebr", "thaa", "syrc", "nkoo", "adlm")
    return parts[0] in _RTL


_RTL_LETTERS = re.compile(
    "[\u0590-\u05ff\u0600-\u065f\u066a-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_LETTERS = re.compile(r"[^\W\d_]")


def rtl_share(text: str) -> float | None:
    """The share of right-to-left letters among the letters of a text; None where it has no letters."""
    letters = len(_LETTERS.findall(text))
    if not letters:
        return None
    return 0.0 if text.isascii() else min(1.0, len(_RTL_LETTERS.findall(text)) / letters)


def has_rtl(text: str) -> bool:
    return not text.isascii() and bool(_RTL_LETTERS.search(text))


def direction(text: str, language: str, said: Iterable[str] = ()) -> Direction:
    """The direction that the letters show; a page that says `rtl` is believed, for it had to be said on purpose."""
    if "rtl" in said:
        return "rtl"
    share = rtl_share(text[:4000])
    if share is None:
        return "rtl" if is_rtl(language) else "ltr"
    return "rtl" if share > (0.3 if is_rtl(language) else 0.5) else "ltr"


def language(said: list[str], text: str) -> str:
    """The first tag said by the page that its script does not contradict, else what the script alone tells."""
    script = _script(text)
    for tag in said:
        found = normal(tag)
        if found and _agrees(found, script):
            return found
    return _by_letters(text, script)


def _script(text: str) -> str:
    text = text[:3000]
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    counts["latn"] = len(_LETTERS.findall(text)) - sum(counts.values())
    if counts["kana"] > counts["han"] * 0.1:
        counts["kana"] += counts["han"]
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > 20 else ""


def _agrees(tag: str, script: str) -> bool:
    main = tag.split("-")[0]
    if script == "ar":
        return (main in _RTL and main not in ("he", "iw", "yi", "dv")) or main in (
            "ku",
            "az",
            "ks",
            "pa",
            "ha",
            "ms",
            "uz",
            "tk",
        )
    if script == "he":
        return main in ("he", "iw", "yi", "arc", "lad")
    if script == "han":
        return main in ("zh", "yue", "ja", "wuu", "lzh", "cmn", "ko")
    if script == "kana":
        return main == "ja"
    if script == "hang":
        return main == "ko"
    if script == "latn":
        return main not in ("he", "ru", "uk", "ar", "fa", "ur", "zh", "ja", "ko", "el", "hi", "th", "bg", "be", "ps")
    return True


def _by_letters(text: str, script: str) -> str:
    if script == "ar":
        letters = set(text[:4000])
        if "ێ" in letters or "ڵ" in letters:
            return "ckb"
        if "ٹ" in letters or "ے" in letters or "ڈ" in letters:
            return "ur"
        return "fa" if _PERSIAN_ONLY & letters else "ar"
    if script == "cyrl":
        letters = set(text[:4000].lower())
        return "uk" if letters & set("їєґ") else "be" if "ў" in letters else "ru" if letters & set("ыэ") else ""
    return {"he": "he", "kana": "ja", "hang": "ko", "han": "zh"}.get(script, "")
