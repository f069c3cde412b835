"""When a page's text could be read, as its server saw it."""

from __future__ import annotations

from lightkeeper.sensing import Loading

SHEETS = {"/a.css": "style", "/b.css": "style"}
PAGE = SHEETS | {"/a.js": "script", "/f.woff2": "font"}


def loaded(awaited: dict[str, str], *names: str, began: float = 10.0, every: float = 1.0) -> Loading:
    """A page of which these were asked for at once, and came one after the other."""
    loading = Loading(awaited, began)
    for name in names:
        loading.asked(name)
    for number, name in enumerate(names, 1):
        loading.arrived(name, began + number * every)
    return loading


def test_text_is_there_with_the_last_that_it_waits_for() -> None:
    """Pictures, late scripts and fonts do not count."""
    loading = loaded(PAGE, "/a.css", "/a.js", "/b.css", "/late.js", "/f.woff2")
    assert loading.text == 3.0
    assert loading.scripts


def test_what_is_still_under_way_is_waited_for() -> None:
    loading = loaded(PAGE, "/a.css", "/b.css")
    loading.asked("/a.js")
    assert loading.text is None


def test_a_browser_may_have_what_it_does_not_ask_for() -> None:
    """Then the time that is left says nothing of the next page."""
    assert loaded(PAGE, "/a.css", "/a.js").text is None
    assert loaded(PAGE).text is None


def test_who_asks_for_sheets_alone_runs_no_scripts() -> None:
    loading = loaded(PAGE, "/a.css", "/b.css")
    assert not loading.scripts
    assert loading.text == 2.0


def test_a_page_without_scripts_says_nothing_of_its_reader() -> None:
    assert loaded(SHEETS, "/a.css", "/b.css").scripts
    assert loaded(PAGE, "/a.css").scripts


def test_what_other_hosts_serve_cannot_be_seen() -> None:
    elsewhere = PAGE | {"https://cdn.example/x.js": "script"}
    assert loaded(elsewhere, "/a.css", "/b.css", "/a.js").text is None


def test_what_text_waits_for_may_be_learnt_later() -> None:
    """A page's head is read to its end while the first of its parts are asked for."""
    awaited: dict[str, str] = {}
    loading = loaded(awaited, "/a.css", "/b.css", "/a.js")
    assert loading.text is None
    awaited.update(PAGE)
    assert loading.text == 3.0


def test_what_was_not_asked_for_never_arrives_and_room_is_bounded() -> None:
    loading = Loading({f"/{number}.css": "style" for number in range(100)}, 0.0)
    loading.arrived("/0.css", 1.0)
    for number in range(100):
        loading.asked(f"/{number}.css")
        loading.arrived(f"/{number}.css", 1.0)
    assert loading.text is None


def test_a_page_that_brought_its_parts_shows_what_the_link_carries() -> None:
    """Of those that text waits for, and the page itself; what is learnt later to be one of them counts, too."""
    awaited: dict[str, str] = {}
    loading = loaded(awaited, "/a.css", "/b.css", "/a.js", "/late.js")
    for name, size in (("", 20_000), ("/a.css", 4_000), ("/a.js", 30_000), ("/late.js", 90_000), ("/hero.jpg", 70_000)):
        loading.carried(name, size)
    assert loading.loaded is None
    awaited.update(PAGE)
    assert loading.loaded == (3.0, 54_000)


def test_a_page_that_found_its_parts_there_shows_nothing_of_it() -> None:
    loading = loaded(PAGE, "/a.css", "/b.css", "/a.js")
    loading.carried("", 20_000)
    assert loading.text == 3.0
    assert loading.loaded is None
