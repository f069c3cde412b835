"""From a stored story to its objects in the folder. Owns what "unchanged" means: the same text in the same form."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from .. import __version__, editions
from ..article import fragment
from ..bundles import states, stories
from ..bundles.lists import SCREEN, Entry, address_hash
from ..editions.light import LightContext
from ..editions.site import Site
from ..errors import BadBundle
from ..resources import client
from ..settings import Settings
from ..store import Story
from .folder import Folder
from .state import Made, State

# What only an archive holds comes in its pack; by itself it is seldom asked for, and there are thousands of it.
_BEST, _ARCHIVED = 11, 9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Maker:
    """`form` names everything besides the story that its objects depend on."""

    def __init__(self, settings: Settings, folder: Folder, state: State) -> None:
        self._settings, self._folder, self._state = settings, folder, state
        self._site = Site(settings.name, settings.site, settings.light_prefix)
        self._shells: dict[str, bytes] = {}
        self.form = _form(settings)

    def known(self, address: str, digest: str) -> Made | None:
        """What was made of this text already, if it is still there."""
        made = self._state.made(address)
        if made is None or (made.digest, made.form) != (digest, self.form):
            return None
        return made if self._folder.has(made.story) and self._folder.has(made.shell) else None

    def make(self, story: Story, *, durable: bool, archived: bool = False) -> Made:
        """Raises `BadFragment`, `BadBundle` for a story that cannot be kept."""
        quality = _ARCHIVED if archived else _BEST
        article = fragment.parse(story.fragment)
        parts = stories.take_apart(article, story.address, self.context(article.language))
        self._same_shell(parts)
        made = Made(
            address=story.address,
            hash=address_hash(story.address),
            digest=story.digest,
            form=self.form,
            tag=story.language,
            month=story.published.astimezone(UTC).strftime("%Y-%m"),
            story=self._folder.keep_object(parts.story_object, durable=durable, quality=quality),
            size=len(parts.story_object),
            shell=self._folder.keep_object(parts.shell_object, durable=durable),
            shell_size=len(parts.shell_object),
        )
        self._state.remember(made)
        return made

    def screen(self, language: str) -> Entry:
        data = stories.screen(language, self.context(language))
        return Entry(SCREEN, len(data), self._folder.keep_object(data))

    def context(self, language: str) -> LightContext:
        """What surrounds a kept story: as on the server's page, less the lists of other stories. Has no time in it."""
        settings = self._settings
        offline = f"{self._site.prefix}/-/offline" + (f"?language={quote(language)}" if language else "")
        return LightContext(
            site=self._site,
            language=language,
            now=_EPOCH,
            note=settings.operator_note,
            offline_url=offline,
            keep=settings.offline == "auto",
        )

    def _same_shell(self, parts: stories.Parts) -> None:
        if self._shells.setdefault(parts.shell, parts.shell_object) != parts.shell_object:
            raise BadBundle("This page stands in a shell of its own.")


def _form(settings: Settings) -> str:
    """A hash over the code, words and styles of pages, and the settings that show in them."""
    package = Path(editions.__file__).parent
    files = [*sorted(package.rglob("*.py")), *sorted(package.rglob("*.toml")), *sorted((client() / "styles").iterdir())]
    found = hashlib.sha256(__version__.encode() + str(states.LATEST).encode() + Path(stories.__file__).read_bytes())
    for path in files:
        found.update(path.read_bytes())
    for value in (settings.site, settings.name, settings.light_prefix, settings.offline, settings.operator_note):
        found.update(value.encode() + b"\0")
    return found.hexdigest()[:16]
