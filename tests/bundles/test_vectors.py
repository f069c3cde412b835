"""The document's vectors are what the code makes, and what the other reader reads."""

from __future__ import annotations

import pytest

from lightkeeper.bundles import reading, signatures
from lightkeeper.bundles.lists import read_list
from lightkeeper.bundles.trust import fingerprint_of

from . import vectors
from .desk import ROOTS
from .reader import layout
from .reader.belief import Unbelievable, told
from .reader.shelf import Shelf
from .vectors import NAME, NOW

ROOT_A = fingerprint_of(signatures.public(ROOTS[0]))


def test_document_holds_the_vectors_of_today() -> None:
    """A change of the format that is not written down fails here."""
    assert vectors.document() == vectors.DOCUMENT.read_text(encoding="utf-8")
    assert vectors.read_back() == vectors.files()


def test_other_reader_gets_the_page_from_the_document_alone() -> None:
    """From the printed bytes: keys, head, packs, story, page."""
    found = vectors.read_back()
    served = {
        "b/keys": found["keys"],
        f"b/{NAME}/head": found[f"b/{NAME}/head, after"],
        f"b/{NAME}/manifest": found[f"b/{NAME}/head, after"] + found["list, after"],
        **{name: data for name, data in found.items() if name.endswith(".pack")},
    }
    shelf = Shelf(told(found["keys"], ROOT_A), NAME, served.get)
    verdict = shelf.sync(NOW + 60)
    assert (verdict.expired, verdict.age, verdict.head.steps) == (False, 0, [NOW, NOW - 3600])
    assert [story.page.encode() for story in shelf.stories()] == [found["page of the story, after"]]
    assert "بسیار 水" in shelf.stories()[0].page
    assert shelf.list == found["list, after"]


def test_rotations_of_the_document_are_followed() -> None:
    """Whoever began with the first keys accepts the second and third; the head of the first key dies with the third."""
    found = vectors.read_back()
    memory = told(found["keys"], ROOT_A)
    head = found[f"b/{NAME}/head, after"]
    for name in ("keys, after a new online key (by root b)", "keys, after root b was replaced by root c (by root a)"):
        assert layout.keys(found[name])[0][0].signed == memory.root.signed
        with pytest.raises(Unbelievable):
            memory.accept(found[name], head, NAME, NOW + 60)


def test_packs_of_the_document_are_what_the_code_reads() -> None:
    """The same bytes, our own reader."""
    found = vectors.read_back()
    base, _ = reading.unpack(found[f"b/{NAME}/0-{NOW}.pack"], b"")
    after, sent = reading.unpack(found[f"b/{NAME}/{NOW}-{NOW + 60}.pack"], base)
    assert (base, after) == (found["list, before"], found["list, after"])
    assert list(sent.values()) == [found["story, after"]]
    assert read_list(found["list, after"]).mirrors == ("https://mirror.example",)
