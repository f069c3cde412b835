"""Dates and numbers as readers of a language write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.editions.dates import format_moment, format_names, format_number, format_short, format_update

TEHRAN = timezone(timedelta(hours=3, minutes=30))
MOMENT = datetime(2024, 3, 5, 14, 30, tzinfo=TEHRAN)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fa", "۱۵ اسفند ۱۴۰۲، ساعت ۱۴:۳۰"),
        ("fa-AF", "۱۵ حوت ۱۴۰۲، ساعت ۱۴:۳۰"),
        ("prs", "۱۵ حوت ۱۴۰۲، ساعت ۱۴:۳۰"),
        ("en-GB", "5 March 2024, 14:30"),
        ("de", "5. März 2024, 14:30"),
        ("fr-FR", "5 mars 2024, 14:30"),
        ("ar-EG", "٥ مارس ٢٠٢٤، ٢:٣٠ م"),
        ("zh-Hans", "2024年3月5日 14:30"),
        ("tr", "5 Mart 2024 14:30"),
    ],
)
def test_a_moment_is_written_in_the_languages_calendar_digits_and_order(language: str, expected: str) -> None:
    assert format_moment(MOMENT, language) == expected


def test_nowruz_is_the_first_day_of_the_persian_year() -> None:
    assert format_moment(datetime(2024, 3, 20), "fa") == "۱ فروردین ۱۴۰۳"
    assert format_moment(datetime(2024, 3, 19), "fa") == "۲۹ اسفند ۱۴۰۲"
    assert format_moment(datetime(2025, 3, 20), "fa") == "۳۰ اسفند ۱۴۰۳"


def test_the_zone_of_the_moment_is_kept() -> None:
    """An evening in Tehran is not moved to an afternoon somewhere else, nor to another day."""
    late = datetime(2024, 3, 5, 23, 45, tzinfo=TEHRAN)
    assert format_moment(late, "en-GB") == "5 March 2024, 23:45"


def test_a_time_in_utc_says_so() -> None:
    assert format_moment(datetime(2024, 3, 5, 11, 0, tzinfo=UTC), "de") == "5. März 2024, 11:00 UTC"


def test_a_midnight_without_a_zone_is_a_date() -> None:
    assert format_moment(datetime(2024, 3, 5), "en-GB") == "5 March 2024"
    assert format_moment(datetime(2024, 3, 5, tzinfo=TEHRAN), "en-GB") == "5 March 2024, 00:00"


def test_an_update_on_the_same_day_is_a_time() -> None:
    later = MOMENT.replace(hour=16)
    assert format_update(later, "fa", MOMENT) == "۱۶:۳۰"
    assert format_update(later + timedelta(days=1), "en-GB", MOMENT) == "6 March 2024, 16:30"
    assert format_update(later, "en-GB", None) == "5 March 2024, 16:30"


def test_another_zone_is_not_the_same_day() -> None:
    assert format_update(MOMENT.astimezone(UTC), "en-GB", MOMENT) == "5 March 2024, 11:00 UTC"


def test_a_headline_says_the_time_on_its_first_day_and_the_year_only_when_needed() -> None:
    assert format_short(MOMENT, "en-GB", MOMENT + timedelta(hours=2)) == "5 March 2024, 14:30"
    assert format_short(MOMENT, "en-GB", MOMENT + timedelta(days=40)) == "5 March"
    assert format_short(MOMENT, "fa", MOMENT + timedelta(days=40)) == "۱۵ اسفند"
    assert format_short(MOMENT, "en-GB", MOMENT + timedelta(days=400)) == "5 March 2024"
    assert format_short(MOMENT, "en-GB", MOMENT - timedelta(days=2)) == "5 March"


@pytest.mark.parametrize("language", ["", "x", "12", "xx-YY", "en_US.UTF-8", "../..", "fa-" + "a" * 200])
def test_an_unknown_language_is_written_somehow(language: str) -> None:
    assert "24" in format_moment(MOMENT, language) or "۱۴۰۲" in format_moment(MOMENT, language)


@given(st.datetimes(timezones=st.none() | st.just(UTC) | st.just(TEHRAN)), st.sampled_from(["fa", "prs", "ar", "he"]))
def test_any_moment_can_be_written(moment: datetime, language: str) -> None:
    """From the year 1 to 9999: pages give dates that are wrong in every way."""
    assert format_moment(moment, language)
    assert format_short(moment, language, datetime(2024, 1, 1, tzinfo=UTC))


def test_names_and_numbers_follow_the_language() -> None:
    assert format_names(("A", "B", "C"), "de") == "A, B und C"
    assert format_names(("الف", "ب"), "fa") == "الف و ب"
    assert format_number(12, "fa") == "۱۲"
    assert format_number(12, "en") == "12"
