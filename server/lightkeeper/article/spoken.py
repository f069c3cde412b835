"""Dates as people read them on a page: `27 يونيو 2026`, `03.09.2008 | 14:25`, `2009年6月18日 08:42`, `۲۱ اسفند ۱۴۰۴`.

Reads no clock. The Solar Hijri calendar of Iran and Ethiopia's are counted exactly, and so are the years of Buddhist,
Japanese and Republic eras; the lunar calendar is not read, for its months begin where the moon is seen.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache

import jdatetime
from babel import Locale, UnknownLocaleError

from .dates import digits

_TIME = r"(?:\D{0,8}(?<!\d)(\d{1,2})\s?[:.時시hч点點]\s?(\d{2})(?!\d))?"
_YEAR = r"((?:1[34]|19|20|25)\d\d)"
_NAME = r"([^\W\d_][^\s\d.,،/|:()]{1,15})"
_YEAR_FIRST = re.compile(rf"(?<!\d){_YEAR}\s*[-/.年년]\s*(\d{{1,2}})\s*[-/.月월]\s*(\d{{1,2}})(?!\d)[日일]?" + _TIME)
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}})[-/.]\s?(\d{{1,2}})[-/.]\s?{_YEAR}(?!\d)" + _TIME)
_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\.|er|º|ª|°|-?го|st|nd|rd|th|ی)?(?:\s+|-)(?:de\s+|of\s+|-?\s*)?{_NAME}"
    rf"(?:\s+(?:الثاني|الأول|الاول|دووەم|یەکەم|\d{{1,2}}(?=\D)))?[./]?(?:/\S{{2,12}})?\s*(?:del?\s+"
    rf"|năm\s+)?[,،၊]?\s*{_YEAR}(?!\d)" + _TIME
)
_NAME_FIRST = re.compile(rf"{_NAME}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:[,၊፣]|\s+ቀን)?\s+{_YEAR}(?!\d)" + _TIME)
_YEAR_THEN_NAME = re.compile(rf"(?<!\d){_YEAR}(?:\.|\s+m\.)?\s+{_NAME}\s+(\d{{1,2}})(?!\d)\.?" + _TIME)
_VIETNAMESE = re.compile(rf"(\d{{1,2}})\s+tháng\s+(\d{{1,2}}),?\s+(?:năm\s+)?{_YEAR}(?!\d)" + _TIME, re.IGNORECASE)
_ERA = re.compile(r"(令和|平成|民國|民国)\s*(\d{1,3}|元)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日" + _TIME)
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_MONTH_FIRST = frozenset({"en-US"})
_LATEST = 2050
_SOLAR_LANGUAGES = frozenset({"fa", "prs", "ps", "ckb", "lrc", "mzn", "glk", "bal"})
_SOLAR = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    *("حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"),
)
_ETHIOPIC = {
    name: month
    for month, names in enumerate(
        (
            *("መስከረም", "ጥቅምት", "ኅዳር ህዳር ሕዳር", "ታኅሣሥ ታህሳስ ታህሣሥ", "ጥር ጥሪ", "የካቲት", "መጋቢት"),
            *("ሚያዝያ ሚያዚያ", "ግንቦት", "ሰኔ", "ሐምሌ ሃምሌ", "ነሐሴ ነሃሴ", "ጳጉሜን ጳጉሜ"),
        ),
        1,
    )
    for name in names.split()
}
_ETHIOPIC_START = date(8, 8, 27).toordinal()  # the first day of its year 1: 29 August 8, Julian
# What is written beside the names that CLDR has: in the Levant and the Maghreb, in Iran, and with a joined preposition.
_MORE = {
    "ar": (
        "كانون شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين",
        (0, 2, 3, 4, 5, 6, 7, 8, 9, 0),
        "جانفي فيفري أفريل ماي جوان جويلية أوت",
        (1, 2, 4, 5, 6, 7, 8),
        "ابريل إبريل اغسطس اكتوبر",
        (4, 4, 8, 10),
    ),
    "fa": (
        "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه جولای اوت آگوست سپتامبر اکتبر نوامبر دسامبر",
        (1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 9, 10, 11, 12),
    ),
    "ckb": (
        "شوبات ئازار نیسان ئایار حوزەیران تەمموز ئاب ئەیلوول",
        (2, 3, 4, 5, 6, 7, 8, 9),
    ),
}
_TWO = {("كانون", "الثاني"): 1, ("كانون", "الأول"): 12, ("تشرين", "الأول"): 10, ("تشرين", "الثاني"): 11}
_TWO |= {("کانوونی", "دووەم"): 1, ("کانوونی", "یەکەم"): 12, ("تشرینی", "یەکەم"): 10, ("تشرینی", "دووەم"): 11}
_PAIR = re.compile(r"(\S+)\s+(الثاني|الأول|الاول|دووەم|یەکەم)")


def date_in(text: str, language: str) -> datetime | None:
    """The first date in a short text, with its time of day where one stands beside it. No zone: people say none."""
    text = digits(text)
    if found := _ERA.search(text):
        year = _ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))
        return _moment(language, str(year), found[3], found[4], found[5], found[6])
    if found := _YEAR_FIRST.search(text):
        return _moment(language, found[1], found[2], found[3], found[4], found[5])
    if found := _DAY_FIRST.search(text):
        day, month = (found[2], found[1]) if language in _MONTH_FIRST else (found[1], found[2])
        return _moment(language, found[3], month, day, found[4], found[5])
    if found := _VIETNAMESE.search(text):
        return _moment(language, found[3], found[2], found[1], found[4], found[5])
    return _by_name(text, language.split("-")[0])


def _by_name(text: str, language: str) -> datetime | None:
    if day := _ethiopic(text):
        return day
    for found in _NAMED.finditer(text):
        if month := _month(found[2], found[0], found[3], language):
            return _moment(language, found[3], month, found[1], found[4], found[5])
    for found in _NAME_FIRST.finditer(text):
        if month := _month(found[1], found[0], found[3], language):
            return _moment(language, found[3], month, found[2], found[4], found[5])
    last = _YEAR_THEN_NAME.search(text)
    if last and (month := _month(last[2], last[0], last[1], language)):
        return _moment(language, last[1], month, last[3], last[4], last[5])
    return None


def _ethiopic(text: str) -> datetime | None:
    """`ግንቦት 25 ቀን 2018`: twelve months of thirty days and a short one; each fourth year has one day more."""
    found = _NAME_FIRST.search(text)
    month = _ETHIOPIC.get(found[1], 0) if found else 0
    if not found or not month:
        return None
    year, day = int(found[3]), int(found[2])
    days = 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1
    return datetime.fromordinal(_ETHIOPIC_START + days) if 1 <= day <= 30 else None


def _month(name: str, around: str, year: str, language: str) -> int:
    """The number of a month by its name; of the solar year where the year is one of those."""
    if _is_solar(int(year)):
        return _SOLAR.index(name) % 12 + 1 if name in _SOLAR else 0
    pair = _PAIR.search(around)
    if pair and (month := _TWO.get((pair[1], pair[2].replace("الاول", "الأول")), 0)):
        return month
    months = _months(language)
    name = name.lower()
    joined = name[1:] if language == "he" and name.startswith("ב") else name.removesuffix("ی")
    return months.get(name, 0) or months.get(joined, 0)


def _is_solar(year: int) -> bool:
    return 1300 <= year < 1500


def _moment(
    language: str, year: str, month: str | int, day: str, hour: str | None, minute: str | None
) -> datetime | None:
    try:
        whole = int(year)
        if language.startswith("ne") and whole > _LATEST:
            return None  # a year of the Nepali calendar, whose months are as long as a table says
        if _is_solar(whole):
            if language.split("-")[0] not in _SOLAR_LANGUAGES:
                return None  # a year of the lunar calendar
            found = jdatetime.date(whole, int(month), int(day)).togregorian()
            return datetime(found.year, found.month, found.day, int(hour or 0), int(minute or 0))
        return datetime(whole - 543 if whole >= 2500 else whole, int(month), int(day), int(hour or 0), int(minute or 0))
    except ValueError:
        return None


@cache
def _months(language: str) -> dict[str, int]:
    """Month names of a language and of English -> their number, as written alone, in a date, and short."""
    found: dict[str, int] = {}
    for tag in ("en", language):
        try:
            months = Locale.parse(tag).months
        except (UnknownLocaleError, ValueError, TypeError):
            continue
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                names = months[context][width].items()
                found |= {name.lower().strip("."): number for number, name in names if not name.isdigit()}
    more = _MORE.get(language, ())
    for said, numbers in zip(more[::2], more[1::2], strict=True):
        found |= dict(zip(str(said).split(), map(int, numbers), strict=True))
    return found
