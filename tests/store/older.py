"""Data folders as older commits wrote them: `python -m tests.store.older COMMIT …` makes one with each one's own code.

They are kept beside this module as `schemas/SCHEMA.sqlite3.gz`, made once for each schema; no later code may touch
them. Of the first schema 9ca1c73 was taken, of the second bf74987.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lightkeeper.store import Story  # at run time that of the older commit

FOLDER = Path(__file__).parent / "schemas"
NAME = "lightkeeper.sqlite3"
TEHRAN = timezone(timedelta(hours=3, minutes=30))
BEGIN = datetime(2026, 3, 1, 22, tzinfo=UTC)


def unpack(schema: str, folder: Path) -> None:
    """Put the database of a schema into `folder`."""
    (folder / NAME).write_bytes(gzip.decompress((FOLDER / f"{schema}.sqlite3.gz").read_bytes()))


def make(commit: str) -> Path:
    """Run `fill` below on the code of `commit`; the file that holds what it stored."""
    with tempfile.TemporaryDirectory(prefix="lightkeeper-older-") as name:
        code, data = Path(name) / "code", Path(name) / "data"
        code.mkdir()
        archive = subprocess.run(["git", "archive", commit, "server"], stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(code)], input=archive, check=True)
        run = [sys.executable, __file__, "--fill", str(data)]
        subprocess.run(run, env={**os.environ, "PYTHONPATH": str(code / "server")}, check=True)
        with closing(sqlite3.connect(data / NAME)) as database:
            schema = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        FOLDER.mkdir(exist_ok=True)
        kept = FOLDER / f"{schema}.sqlite3.gz"
        with (data / NAME).open("rb") as file, gzip.GzipFile(kept, "wb", mtime=0) as packed:
            shutil.copyfileobj(file, packed)
        return kept


async def fill(folder: Path) -> None:
    """Stories in two languages and zones, a correction, a front, removals; and what later schemas have besides."""
    from lightkeeper import store as older

    older.migrate(folder)
    store = older.Store(folder)
    for number in range(12):
        await store.save(story(number))
    await store.save(story(5, "The fifth, corrected"))
    await store.save_front(older.StoredFront("/", '{"url": "/", "title": "Paper", "headlines": []}', BEGIN, '"f"'))
    for seen in (BEGIN, BEGIN + timedelta(minutes=1)):
        await store.remove("/s/10", seen)
    await store.remove("/s/11", BEGIN)
    if hasattr(store, "withdraw"):
        await store.withdraw("/s/9", BEGIN)
        await store.add_views([older.Views("2026-03-02", f"/s/{number}", "light", 20 + number) for number in range(4)])
    await store.close()


def story(number: int, title: str = "") -> Story:
    from lightkeeper.article import fragment
    from lightkeeper.article.model import Article, Element
    from lightkeeper.store import Story

    persian = number % 2
    title = title or (f"باران {number}" if persian else f"Low water {number}")
    published = (BEGIN + timedelta(minutes=number)).astimezone(TEHRAN if persian else UTC)
    article = Article(
        url=f"https://paper.example/s/{number}",
        title=title,
        body=(Element("p", (), (f"{title}: the words of story {number}.",)),),
        bylines=("مریم کاظمی" if persian else "Ann Lee",),
        section="جهان" if persian else "World",
        tags=("Sea & Sky",),
        published=published,
        language="fa" if persian else "en",
        direction="rtl" if persian else "ltr",
    )
    text, language = fragment.render(article), article.language
    return Story(f"/s/{number}", text, title, "", article.section, language, published, BEGIN, f'"{number}"')


if __name__ == "__main__":
    if sys.argv[1] == "--fill":
        asyncio.run(fill(Path(sys.argv[2])))
    else:
        for commit in sys.argv[1:]:
            made = make(commit)
            print(f"{made} {made.stat().st_size} bytes")
