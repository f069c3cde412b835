"""Extraction against the golden pages: no score falls below its floor, and no field that was right becomes wrong."""

from __future__ import annotations

from functools import cache

import pytest

from lightkeeper.article.vocabulary import ATTRIBUTES

from . import golden

_SLUGS = golden.slugs()
_FLOORS = golden.floors()
_LANGUAGES = {"fa", "ar", "he", "ckb", "ur", "tr", "az", "zh", "ru", "en"}
_MORE = {"de", "es", "fr", "hi", "ja", "ko", "uk", "vi"}  # with chrome named and worded in each
_LEAST_TEXT = 0.9


@cache
def _score(slug: str) -> golden.Score:
    page = golden.load(slug)
    return golden.score(page, golden.extracted(page))


@pytest.mark.parametrize("slug", _SLUGS)
def test_the_text_is_no_worse_than_it_was(slug: str) -> None:
    """The F1 of runs of four words."""
    assert _score(slug).text >= _FLOORS[slug].text


@pytest.mark.parametrize("slug", _SLUGS)
def test_the_structure_is_no_worse_than_it_was(slug: str) -> None:
    """Precision and recall of headings, items, quotes, links, pictures, cells, times and what else is no paragraph."""
    assert _score(slug).precision >= _FLOORS[slug].precision
    assert _score(slug).recall >= _FLOORS[slug].recall


@pytest.mark.parametrize("slug", _SLUGS)
def test_the_metadata_is_no_worse_than_it_was(slug: str) -> None:
    """Each field is right, or is named in the floors as not reached yet."""
    assert set(_score(slug).wrong) <= set(_FLOORS[slug].wrong)


def test_every_page_has_a_floor_and_a_low_one_has_a_reason() -> None:
    """A text floor below .9 is allowed only beside a comment that begins with the page's name."""
    assert set(_FLOORS) == set(_SLUGS)
    low = {slug for slug, floor in _FLOORS.items() if floor.text < _LEAST_TEXT}
    notes = (line for line in golden.FLOORS.read_text("utf-8").splitlines() if line.startswith("#"))
    assert low == {line.strip("# ").split(":")[0] for line in notes} & set(_SLUGS)


def test_the_pages_cover_the_languages_and_the_vocabulary() -> None:
    """At least 39 pages in eighteen languages, and in what is expected of them every element that publishers write."""
    assert len(_SLUGS) >= 39
    assert {slug.split("-")[0] for slug in _SLUGS} == _LANGUAGES | _MORE
    used = {tag for slug in _SLUGS for block in golden.load(slug).body for tag in golden.tags(block)}
    assert used <= set(ATTRIBUTES)
    assert set(ATTRIBUTES) - used <= {"tfoot", "s", "ins", "mark"}


def test_a_worse_extraction_would_be_seen() -> None:
    """Dropping one block of a page lowers its scores: the comparison can fail."""
    page = golden.load("en-magazine-interview-dl")
    whole = golden.score(page, golden.expected_article(page))
    assert (whole.text, whole.precision, whole.recall, whole.wrong) == (1.0, 1.0, 1.0, ())
    less = golden.score(page, golden.expected_article(page, without=1))
    assert less.text < 1.0
    assert less.recall < 1.0
