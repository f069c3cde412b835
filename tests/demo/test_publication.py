"""The stories themselves: how many, how long, how varied, and whether everything they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from lightkeeper.demo.body import render
from lightkeeper.demo.pictures import SCENES
from lightkeeper.demo.publication import LANGUAGES, Language, Publication, Story, read_story
from lightkeeper.resources import demo

HEADER = """+++
title = "T"
deck = "D"
section = "news"
authors = ["mara-ellwood"]
published = "2026-11-01T10:00:00+02:00"
lead = { seed = 1 }
"""


def _tree(story: Story) -> html.HtmlElement:
    return html.fromstring(f"<div>{render(story.body, 'http://widgets.example')}</div>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_least_twelve_stories_in_each_language(paper: Publication, language: Language) -> None:
    """A reader of either language finds a newspaper, not a sample."""
    assert len(paper.of(language)) >= 12


def test_stories_are_as_long_as_news_is(paper: Publication) -> None:
    """Between 300 and 2,500 words of running text, captions and embeds not counted."""
    for story in paper.stories:
        tree = _tree(story)
        for aside in tree.xpath("//figure|//blockquote[contains(@class,'social-post')]"):
            aside.drop_tree()
        words = len(" ".join(tree.itertext()).split())
        assert 300 <= words <= 2500, story.path
        assert abs(words - story.words) <= 2, story.path


def test_newest_first(paper: Publication) -> None:
    """Fronts and feeds rely on the order."""
    times = [story.published for story in paper.stories]
    assert times == sorted(times, reverse=True)


def test_everything_a_story_names_exists(paper: Publication) -> None:
    """Sections, authors, related stories and kinds of pictures are known; links in the text lead to stories."""
    sections, paths = {section.slug for section in paper.sections}, {story.path for story in paper.stories}
    for story in paper.stories:
        assert story.section in sections, story.path
        assert set(story.authors) <= set(paper.authors), story.path
        assert len(paper.related(story)) == len(story.related) > 0, story.path
        kinds = {story.lead.kind, *re.findall(r'<picture-here[^>]*kind="([a-z]+)"', story.body)}
        assert kinds <= set(SCENES), story.path
        for link in _tree(story).xpath("//a/@href[starts-with(., '/')]"):
            assert link in paths, story.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stories_are_varied(paper: Publication, language: Language) -> None:
    """Each language has verse, tables, lists, quotes, figures, embeds, interviews and a live report."""
    bodies = [_tree(story) for story in paper.of(language)]
    for path in (
        "//p[@class='verse']/br",
        "//table//th",
        "//ol/li",
        "//ul/li",
        "//blockquote/p",
        "//aside[@class='pull-quote']",
        "//figure[@class='inline-picture']/figcaption",
        "//figure[starts-with(@class,'embed')]/iframe",
        "//section//time",
    ):
        assert any(body.xpath(path) for body in bodies), path
    assert any(len(body.xpath("//p[count(node())=1]/strong")) >= 5 for body in bodies), "an interview"


def test_names_exist_in_both_languages(paper: Publication) -> None:
    """Sections, authors and the paper itself have an English and a Persian name."""
    for names in (paper.names, paper.taglines, *(section.names for section in paper.sections)):
        assert set(names) == set(LANGUAGES)
    for author in paper.authors.values():
        assert all(author.names[language] and author.bios[language] for language in LANGUAGES)


def test_the_repository_carries_little(paper: Publication) -> None:
    """What is heavy is made, not kept."""
    assert sum(path.stat().st_size for path in demo().rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<p>No header</p>", "begins with a header"),
        (HEADER.replace('title = "T"\n', "") + "+++\n<p>x</p>", "title"),
        (HEADER.replace("+02:00", "") + "+++\n<p>x</p>", "without a zone"),
        (HEADER.replace("seed = 1", "sed = 1") + "+++\n<p>x</p>", "sed"),
    ],
)
def test_a_broken_story_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    """One sentence with the file's name and what is wrong."""
    path = tmp_path / "broken.html"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=complaint) as error:
        read_story(path, "en")
    assert "broken.html" in str(error.value)
