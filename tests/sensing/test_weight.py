"""What pages weigh, learnt from what passes through."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.sensing.weight import TYPICAL, Weights

NAMES = st.sampled_from([f"/{letter}.css" for letter in "abcdef"])


def test_nothing_known_is_a_typical_page() -> None:
    assert Weights().critical("/story") == TYPICAL
    assert Weights(typical=90_000).critical("/story") == 90_000


def test_a_page_is_its_html_and_what_it_waits_for() -> None:
    """Whatever order it is learnt in; a size that changes counts as it is now."""
    weights = Weights()
    weights.page("/story", 10_000, {"/a.css": "style", "/b.js": "script"})
    weights.asset("/a.css", 40_000)
    weights.asset("/b.js", 5_000)
    weights.asset("/later.js", 900_000)
    assert weights.critical("/story") == 55_000
    weights.asset("/a.css", 20_000)
    assert weights.critical("/story") == 35_000


def test_scripts_weigh_nothing_where_none_run() -> None:
    """Of a page that is known, and of the site's others."""
    weights = Weights()
    weights.asset("/a.css", 40_000)
    weights.asset("/b.js", 90_000)
    for number in range(3):
        weights.page(f"/{number}", 10_000, {"/a.css": "style", "/b.js": "script"})
    assert weights.critical("/0", scripts=False) == 50_000
    assert weights.critical("/new", scripts=False) == weights.bare == 50_000
    assert weights.critical("/new") == weights.typical == 140_000
    assert weights.awaited("/0") == {"/a.css": "style", "/b.js": "script"}
    assert weights.awaited("/new") == {}


def test_fonts_that_a_sheet_asked_for_count_once() -> None:
    weights = Weights()
    weights.asset("/a.css", 40_000)
    weights.font("/f.woff2", 20_000, "/a.css")
    weights.font("/f.woff2", 20_000, "/a.css")
    weights.page("/story", 10_000, {"/a.css": "style", "/f.woff2": "font"})
    assert weights.critical("/story") == 70_000


def test_what_never_passed_has_a_size_all_the_same() -> None:
    """A sheet of another host weighs something."""
    weights = Weights()
    weights.page("/story", 10_000, {"https://cdn.example/a.css": "style"})
    assert 20_000 < weights.critical("/story") < 100_000


def test_pages_of_a_site_say_what_the_next_one_weighs() -> None:
    """The median of the latest; two pages are not enough to know a site by."""
    weights = Weights()
    for number, size in enumerate((8_000, 9_000)):
        weights.page(f"/{number}", size, {})
    assert weights.critical("/new") == TYPICAL
    weights.page("/2", 600_000, {})
    assert weights.critical("/new") == weights.typical == 9_000


@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 10**7), st.lists(NAMES)), max_size=30), st.data())
def test_memory_and_weights_stay_bounded(pages: list[tuple[int, int, list[str]]], data: st.DataObject) -> None:
    """No page weighs less than its HTML, or more than everything that passed and what is assumed of the rest."""
    weights = Weights()
    for name in data.draw(st.lists(NAMES)):
        weights.asset(name, 1_000)
    for number, html, names in pages:
        weights.page(f"/{number}", html, dict.fromkeys(names, "style"))
        assert html <= weights.critical(f"/{number}") <= html + 30_000 * len(names)


def test_a_site_without_end_takes_no_more_room() -> None:
    """The oldest pages are forgotten."""
    weights = Weights()
    for number in range(2_100):
        weights.page(f"/{number}", 1_000 + number, {})
    assert not weights.knows("/0")
    assert weights.knows("/2099")
