"""A newspaper's one story, known by its address; and which of its editions an answer is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ..servers import Received
from .service import Service, page, service


@contextlib.contextmanager
def printing(folder: Path) -> Iterator[Service]:
    with service(folder) as running:
        running.site.put("/story", page(), ETag='"v1"', Cache_Control="max-age=600", Vary="Accept-Language")
        yield running


def is_light(answer: Received) -> bool:
    return b"<nav><a href" not in answer.body and b"first boats went out" in answer.body and b"<style>" in answer.body


def is_injected(answer: Received) -> bool:
    return b"first boats went out" in answer.body and b"The Paper" in answer.body and b"/light/story" in answer.body
