"""The newspaper as data: its names, sections, authors and stories, read from files. Knows nothing of HTML pages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

Language = Literal["en", "fa"]
LANGUAGES: tuple[Language, ...] = ("en", "fa")

_TEXT_ATTRIBUTE = re.compile(r'\b(?:alt|caption|title)="[^"]*"')
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to be drawn from `seed`; `kind` names the scene (see `pictures.py`)."""

    seed: int
    kind: str = "landscape"
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Author:
    slug: str
    names: dict[str, str]
    roles: dict[str, str]
    bios: dict[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """`body` is HTML with our placeholder elements; `words` counts the words a reader reads in the body."""

    language: Language
    slug: str
    title: str
    deck: str
    section: str
    authors: tuple[str, ...]
    published: datetime
    modified: datetime | None
    tags: tuple[str, ...]
    lead: Photo
    related: tuple[str, ...]
    correction: str
    body: str
    words: int

    @property
    def path(self) -> str:
        return f"{home(self.language)}{self.section}/{quote(self.slug)}"

    @property
    def changed(self) -> datetime:
        return self.modified or self.published

    @property
    def minutes(self) -> int:
        """Reading time at 220 words a minute."""
        return max(1, round(self.words / 220))


@dataclass(frozen=True, slots=True)
class Publication:
    """`stories` newest first, both languages."""

    names: dict[str, str]
    taglines: dict[str, str]
    descriptions: dict[str, str]
    founded: int
    theme: str
    sections: tuple[Section, ...]
    authors: dict[str, Author]
    stories: tuple[Story, ...]

    def of(self, language: Language) -> tuple[Story, ...]:
        return tuple(story for story in self.stories if story.language == language)

    def sections_of(self, language: Language) -> tuple[Section, ...]:
        """The sections that have stories in this language, in the newspaper's order."""
        used = {story.section for story in self.of(language)}
        return tuple(section for section in self.sections if section.slug in used)

    def section(self, slug: str) -> Section:
        known = {section.slug: section for section in self.sections}
        return known.get(slug) or Section(slug, dict.fromkeys(LANGUAGES, _spelled(slug)))

    def author(self, slug: str) -> Author:
        nothing: dict[str, str] = dict.fromkeys(LANGUAGES, "")
        return self.authors.get(slug) or Author(slug, dict.fromkeys(LANGUAGES, _spelled(slug)), nothing, nothing)

    def related(self, story: Story) -> tuple[Story, ...]:
        """What the story names, in its order; names that lead nowhere are left out."""
        own = {other.slug: other for other in self.of(story.language)}
        return tuple(own[slug] for slug in story.related if slug in own and slug != story.slug)

    def others(self, story: Story) -> tuple[Story, ...]:
        """The rest of the paper, beginning with the story that follows this one in time, and then from the newest."""
        own = self.of(story.language)
        place = own.index(story)
        return own[place + 1 :] + own[:place]


def home(language: Language) -> str:
    return "/fa/" if language == "fa" else "/"


def load(files: Path) -> Publication:
    """Read `publication.toml` and `stories/<language>/*.html` below `files`."""
    facts = tomllib.loads((files / "publication.toml").read_text(encoding="utf-8"))
    stories = [
        read_story(path, language)
        for language in LANGUAGES
        for path in sorted((files / "stories" / language).glob("*.html"))
    ]
    return Publication(
        names=facts["name"],
        taglines=facts["tagline"],
        descriptions=facts["description"],
        founded=facts["founded"],
        theme=facts["theme"],
        sections=tuple(Section(row["slug"], {"en": row["en"], "fa": row["fa"]}) for row in facts["sections"]),
        authors={row["slug"]: Author(row["slug"], row["name"], row["role"], row["bio"]) for row in facts["authors"]},
        stories=tuple(_newest_first(stories)),
    )


def read_story(path: Path, language: Language) -> Story:
    """One story file: TOML between two lines `+++`, then the body. Raises `ValueError` with the file's name."""
    parts = re.split(r"^\+\+\+\s*$", path.read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3:
        raise ValueError(f"{path}: a story begins with a header between two lines +++")
    try:
        return _story(tomllib.loads(parts[1]), parts[2].strip(), path.stem, language)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error!r} in the header") from error


def _story(header: dict[str, Any], body: str, slug: str, language: Language) -> Story:
    modified = header.get("modified")
    return Story(
        language=language,
        slug=slug,
        title=header["title"],
        deck=header["deck"],
        section=header["section"],
        authors=tuple(header["authors"]),
        published=_moment(header["published"]),
        modified=_moment(modified) if modified else None,
        tags=tuple(header.get("tags", ())),
        lead=Photo(**header["lead"]),
        related=tuple(header.get("related", ())),
        correction=header.get("correction", ""),
        body=body,
        words=count_words(body),
    )


def _moment(value: str | datetime) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value}: a time without a zone")
    return moment


def count_words(body: str) -> int:
    """Words of the running text, as `wc -w` counts them once the tags are gone; captions and attributes not counted."""
    return len(unescape(_TAG.sub(" ", _TEXT_ATTRIBUTE.sub("", body))).split())


def _newest_first(stories: Iterable[Story]) -> list[Story]:
    return sorted(stories, key=lambda story: (-story.published.timestamp(), story.language, story.slug))


def _spelled(slug: str) -> str:
    return slug.replace("-", " ").title()
