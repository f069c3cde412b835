"""A front as JSON and back, for the store's one column."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from ..article.model import Front, Headline


def dump(front: Front) -> str:
    return json.dumps(asdict(front), ensure_ascii=False, default=datetime.isoformat, separators=(",", ":"))


def load(text: str) -> Front:
    """The inverse of `dump`."""
    fields = json.loads(text)
    headlines = tuple(_headline(item) for item in fields.pop("headlines"))
    return Front(**fields, headlines=headlines)


def _headline(item: dict[str, str | None]) -> Headline:
    published = item.pop("published")
    time = datetime.fromisoformat(published) if published else None
    return Headline(**{name: value or "" for name, value in item.items()}, published=time)
