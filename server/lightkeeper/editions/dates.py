"""Dates and numbers as a reader of a language writes them. Persian and Dari count in the Solar Hijri calendar.

A moment is shown in the zone that it carries; the machine's own zone plays no part.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import jdatetime
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list

_DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
_IRANIAN = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
_AFGHAN = ["حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"]
_ALIASES = {"prs": ["fa", "AF"], "pes": ["fa"]}
_RECENT = timedelta(hours=24)


def format_moment(moment: datetime, language: str) -> str:
    """The date in full, and the time where it says one: "5 mars 2024, 14:30", "۱۵ اسفند ۱۴۰۲، ساعت ۱۴:۳۰".

    A time in UTC says so, for it is nobody's wall clock; a midnight without a zone is taken for a date alone.
    """
    locale = _locale(language)
    day = _long(moment.date(), locale)
    if moment.tzinfo is None and (moment.hour, moment.minute) == (0, 0):
        return _localise(day, locale)
    pattern = str(locale.datetime_formats["long"])
    return _localise(pattern.replace("{1}", day).replace("{0}", _clock(moment, locale)), locale)


def format_update(moment: datetime, language: str, since: datetime | None) -> str:
    """As `format_moment`, but only the time where `since` says the day already."""
    if since is None or moment.date() != since.date() or moment.utcoffset() != since.utcoffset():
        return format_moment(moment, language)
    locale = _locale(language)
    return _localise(_clock(moment, locale), locale)


def format_short(moment: datetime, language: str, now: datetime) -> str:
    """A headline's date: the day without its year while the year is clear, with the time on the first day."""
    locale = _locale(language)
    age = _aware(now) - _aware(moment)
    if timedelta() <= age < _RECENT:
        return format_moment(moment, language)
    return _localise(_long(moment.date(), locale, year=abs(age) > timedelta(days=300)), locale)


def format_number(number: int, language: str) -> str:
    return _localise(str(number), _locale(language))


def format_names(names: tuple[str, ...], language: str) -> str:
    """ "A, B and C" in the language's own way."""
    return format_list(list(names), locale=_locale(language))


def _long(day: date, locale: Locale, year: bool = True) -> str:
    if locale.language == "fa" and 622 < day.year < 9000:
        return _solar_hijri(day, locale, year)
    if year:
        return format_date(day, "long", locale=locale)
    return format_skeleton("MMMMd", datetime(day.year, day.month, day.day), locale=locale)


def _solar_hijri(day: date, locale: Locale, year: bool) -> str:
    solar = jdatetime.date.fromgregorian(date=day)
    months = _AFGHAN if locale.territory == "AF" else _IRANIAN
    return f"{solar.day} {months[solar.month - 1]}" + (f" {solar.year}" if year else "")


def _clock(moment: datetime, locale: Locale) -> str:
    clock = format_time(moment.replace(tzinfo=None), "short", locale=locale)
    return f"{clock} UTC" if moment.tzinfo is not None and moment.tzname() == "UTC" else clock


def _localise(text: str, locale: Locale) -> str:
    digits = _DIGITS.get(locale.default_numbering_system)
    return text.translate(str.maketrans("0123456789", digits)) if digits else text


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=256)
def _locale(language: str) -> Locale:
    """The locale of a BCP 47 tag, by prefix, else English."""
    parts = language.replace("_", "-").split("-")
    parts[:1] = _ALIASES.get(parts[0].lower(), parts[:1])
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (ValueError, UnknownLocaleError, TypeError):
            continue
    return Locale("en")
