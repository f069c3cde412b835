"""The words on screen: complete in every language, found by prefix, and written in the language's own script."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from lightkeeper.editions import words as module
from lightkeeper.editions.words import Words, direction, languages, words

FOLDER = Path(module.__file__).parent / "translations"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))
SCRIPTS = {
    "ar": "ARABIC",
    "ckb": "ARABIC",
    "fa": "ARABIC",
    "ur": "ARABIC",
    "he": "HEBREW",
    "ru": "CYRILLIC",
    "zh": "CJK",
}


def read(language: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def placeholders(value: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", value)))


def test_the_promised_languages_are_there() -> None:
    assert {"en", "fa", "ar", "he", "ckb", "ur", "tr", "az", "ru", "zh", "es", "fr", "de"} <= languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_key_and_no_other(language: str) -> None:
    """A missing or unknown key is an error of the translation, not a surprise for a reader."""
    assert read(language).keys() == {field.name for field in dataclasses.fields(Words)} - {"language"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_fills_in_the_same_things(language: str) -> None:
    english = read("en")
    assert {key: placeholders(value) for key, value in read(language).items()} == {
        key: placeholders(value) for key, value in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_is_empty_or_markup(language: str) -> None:
    assert all(value.strip() == value and value and not set(value) & set("<>&\n") for value in read(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_belong_to_the_language(language: str) -> None:
    """A letter of a neighbouring script, slipped in while typing, is invisible to most eyes."""
    script = SCRIPTS.get(language, "LATIN")
    for key, value in read(language).items():
        own = re.sub(r"\{\w+\}|Light|JavaScript", "", value)
        strange = [letter for letter in own if letter.isalpha() and not unicodedata.name(letter).startswith(script)]
        assert strange == [], key


def test_the_banner_speaks_in_the_models_words() -> None:
    said = words("en")
    assert said.banner_title == "Switch to {publication} Light?"
    assert said.banner_text == "It looks like you're having trouble loading the content on this page."
    assert said.banner_link == "Switch to {publication} Light instead."
    assert said.banner_close == "Close"


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (("fa",), "fa"),
        (("fa-AF",), "fa"),
        (("fa_IR",), "fa"),
        (("FA",), "fa"),
        (("zh-Hant-TW",), "zh"),
        (("prs",), "fa"),
        (("iw",), "he"),
        (("sw", "fr-CA"), "fr"),
        (("sw",), "en"),
        (("az-Arab",), "en"),
        (("",), "en"),
        ((), "en"),
        (("../en",), "en"),
    ],
)
def test_a_tag_is_served_by_its_prefix_or_else_by_english(tags: tuple[str, ...], found: str) -> None:
    assert words(*tags).language == found


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("fa", "rtl"),
        ("ckb", "rtl"),
        ("ur-PK", "rtl"),
        ("he", "rtl"),
        ("en-GB", "ltr"),
        ("az", "ltr"),
        ("az-Arab", "rtl"),
        ("ks-Deva", "ltr"),
        ("ku-Latn", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_direction_comes_from_the_script_or_else_from_the_language(tag: str, expected: str) -> None:
    assert direction(tag) == expected
