"""A page taken apart and put together again is the page, byte for byte; what an object says of its story is right."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lightkeeper.article.model import Article, Element, Link, Picture
from lightkeeper.bundles import stories
from lightkeeper.bundles.stories import About, about, compose, shell_of, take_apart
from lightkeeper.delivery.rendering import Renderer
from lightkeeper.delivery.shelf import Shelf
from lightkeeper.editions.light import LightContext, render_article
from lightkeeper.editions.site import Site
from lightkeeper.errors import BadBundle
from lightkeeper.publishing.folder import Folder
from lightkeeper.publishing.making import Maker
from lightkeeper.publishing.state import State
from lightkeeper.source.pool import Pool

from .desk import PUBLICATION, article, desk, story

CONTEXT = LightContext(
    Site("The Lantern", PUBLICATION), "en", datetime(2026, 1, 1, tzinfo=UTC), offline_url="/light/-/o"
)
P = Element("p", (), ("text",))

ODD = [
    article(1),
    article(1, language="fa", title="گزارشِ «روز»؛ ۱۲ نفر"),
    article(1, language="zh-Hant", title="渡輪"),
    article(1, language="", title="No language"),
    article(1, title='"><main> </main> <footer> & <style>'),
    article(1, title="\x01\x02\x0e\x1f\0 controls", deck="\x03"),
    article(1, title="The Lantern"),  # the publication's own name: no suffix
    article(1, body=(Element("p", (), ("</p></article> \x01 <link rel=canonical href=",)),)),
    article(1, related=(Link(f"{PUBLICATION}/b", "More"), Link("https://x.example/", "Else")), access="paywalled"),
    article(1, lead=Picture(f"{PUBLICATION}/a.png", "Alt", "Caption", "Credit"), bylines=("A", "B", "C")),
    article(1, url=f"{PUBLICATION}/a?x=%D8%A2&y=\"<>'"),
    article(1, correction="Wrong before.", tags=("a", "b"), section="News"),
    article(1, body=(), deck="", published=None),
]


@pytest.mark.parametrize("given", ODD, ids=range(len(ODD)))
def test_page_comes_back_byte_for_byte(given: Article) -> None:
    """Also where texts look like the marks and the markup by which pages are cut."""
    address = CONTEXT.site.path(given.url) or ""
    parts = take_apart(given, address, CONTEXT)
    assert compose(parts.shell_object, parts.story_object) == render_article(given, CONTEXT).encode()
    told = about(parts.shell_object, parts.story_object)
    assert (told.address, told.shell) == (address, parts.shell)
    assert shell_of(parts.shell_object) == shell_of(parts.story_object) == parts.shell


@pytest.mark.parametrize("language", ["en", "fa", "ru"])
def test_one_shell_serves_all_stories_of_a_language(language: str) -> None:
    """So a story brings only what is its own."""
    given = [
        replace(each, language=language, direction="ltr")
        for each in ODD
        if each.direction == "ltr" and each.language == "en"
    ]
    shells = {take_apart(each, CONTEXT.site.path(each.url) or "", CONTEXT).shell_object for each in given}
    assert len(shells) == 1


def test_object_says_what_its_story_is() -> None:
    """Enough for a list of what is kept."""
    parts = take_apart(article(3, section="Isles"), "/news/story-3", CONTEXT)
    expected = About("en.ltr", "/news/story-3", "Story number 3", "Isles", "2026-11-20T08:03+00:00")
    assert about(parts.shell_object, parts.story_object) == expected


def test_page_of_a_foreign_address_is_kept_under_its_own() -> None:
    """Where the publisher names another site as the story's home, its links still lead to the page that was kept."""
    parts = take_apart(article(1, url="https://elsewhere.example/x"), "/here", CONTEXT)
    assert b"https://elsewhere.example" not in parts.story_object
    assert b"to=/here" in compose(parts.shell_object, parts.story_object)


@pytest.mark.parametrize("data", [b"", b"2\0en.ltr\0/a\0t\0\0", b"1\0en.ltr", b"1\0en.ltr\0\xff\0\0\0"])
def test_what_is_no_story_is_refused(data: bytes) -> None:
    """Another form, too few fields, no text."""
    shell = take_apart(article(1), "/news/story-1", CONTEXT).shell_object
    with pytest.raises(BadBundle):
        about(shell, data)


def test_screen_says_its_language() -> None:
    """The page of saved stories travels with the bundle, in its language."""
    form, language, direction, page = stories.screen("fa", CONTEXT).decode().split("\0")
    assert (form, language, direction) == ("1", "fa", "rtl")
    assert "<!--story-->" in page


def test_screen_brings_the_late_notes_one_script_in_a_form_that_can_be_hashed() -> None:
    """The worker allows a script by the hash of what stands between its tags, up to the next `<`."""
    page = stories.screen("en", CONTEXT).decode().split("\0")[3]
    late = page.partition("<!--late-->")[2].partition("<!--/late-->")[0]
    assert late.count("<p role=note aria-live=polite hidden") == 2
    assert late.endswith("</script>")
    (script,) = re.findall("<script>([^<]*)</script>", page)
    assert f"<script>{script}</script>" in late


@pytest.mark.parametrize("offline", ["ask", "auto"])
async def test_kept_page_is_the_page_that_the_server_sends(tmp_path: Path, offline: str) -> None:
    """The context of a kept story is the server's own, where there is no other story to list."""
    async with desk(tmp_path, offline=offline, operator_note="<b>Give</b>") as work:
        await work.save(story(1, language="fa"))
        settings, site = work.settings, Site("The Lantern", PUBLICATION)
        pool = Pool(1, 1)
        renderer = Renderer(settings, site, Shelf(work.store), pool)
        served = await renderer.context("fa", now=CONTEXT.now, besides="/news/story-1")
        await pool.close()
        folder = Folder(settings.data / "bundles")
        folder.prepare()
        state = State(folder.path / "state")
        kept = Maker(settings, folder, state).context("fa")
        state.close()
        given = article(1, language="fa")
        assert render_article(given, kept) == render_article(given, served)
