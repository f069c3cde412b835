"""What people do at the WordPress of the tests: log in, write, publish, upload, comment; and what we keep of it."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from ..servers import Received
from .doors import opened
from .stories import SECRET
from .visitor import Visitor, form
from .wordpress import WordPress

SITE = "http://www.paper.example"
SENTENCE = "first boats went out on a falling tide"
# A secret of each embed, a proposed password, the clock.
RANDOM = r'data-secret=\\?"\w+|secret=\w+|data-pw="[^"]*"|"time":"\d+"|\d\d:\d\d:\d\d|wp-settings-time-1=\d+'
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def log_in(visitor: Visitor, press: WordPress, password: str = "") -> Received:
    visitor.open("/wp-login.php")
    fields = {"log": press.user, "pwd": password or press.password, "wp-submit": "Log In", "testcookie": "1"}
    return visitor.submit("/wp-login.php", fields | {"redirect_to": f"{SITE}/wp-admin/"})


def names(answer: Received) -> list[str]:
    """The cookies that an answer sets, less their values and the second they end in: names, lives, paths, flags."""
    return [re.sub(r"^([^=]*)=[^;]*|; expires=[^;]*", r"\1", line) for line in answer.all("set-cookie")]


def nonce(editor: Visitor) -> dict[str, str]:
    answer = editor.open("/wp-admin/admin-ajax.php?action=rest-nonce")
    assert re.fullmatch(rb"[0-9a-f]{10}", answer.body)
    return {"X-WP-Nonce": answer.body.decode()}


def rest(editor: Visitor, method: str, path: str, values: Mapping[str, object]) -> Received:
    body = json.dumps(values).encode()
    return editor.ask(method, f"/wp-json/wp/v2{path}", body=body, headers=JSON | nonce(editor))


def published(editor: Visitor, title: str, status: str = "publish", **values: object) -> tuple[int, str]:
    """A new post by the REST interface, its number and its path.

    What is published carries the minute before: a preview's own date is the second it is asked in, and what came out
    in that second stands before it or not.
    """
    if status == "publish":
        values["date_gmt"] = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")
    content = (
        f"<p>{SENTENCE}. {SECRET} " + "The tide comes in again, slowly, over the sand and the mole. " * 40 + "</p>"
    )
    answer = rest(editor, "POST", "/posts", {"title": title, "content": content, "status": status, **values})
    assert answer.status == 201, answer.body[:300]
    made = json.loads(answer.body)
    return made["id"], made["link"].removeprefix(SITE)


def fields_of_editor(page: bytes) -> dict[str, str]:
    """The hidden form beside the block editor, which carries the post's number and nonces."""
    found = re.search(rb'<form class="metabox-base-form">(.*?)</form>', page, re.DOTALL)
    assert found
    pairs = re.findall(r"<input[^>]*?name=['\"]([^'\"]+)['\"][^>]*?value=['\"]([^'\"]*)['\"]", found[1].decode())
    return dict(pairs)


def packed(size: int) -> bytes:
    """A ZIP file with one file of `size` bytes: the media library looks at what a file begins with."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("tides.bin", random.Random(20).randbytes(size))
    return out.getvalue()


def comment(visitor: Visitor, words: str, *, consent: bool) -> Received:
    page = opened(visitor.open("/low-water/"))
    fields = {
        key: value for key, value in form(page, "commentform").items() if not key.startswith("wp-comment-cookies")
    }
    fields |= {"comment": words, "author": "A reader", "email": "reader@paper.example", "url": ""}
    if consent:
        fields["wp-comment-cookies-consent"] = "yes"
    return visitor.submit("/wp-comments-post.php", fields)


def kept(data: Path, words: str) -> bool:
    """Whether the store has these words anywhere: in an address, a text, a link, a title or a list."""
    with closing(sqlite3.connect(f"file:{data / 'lightkeeper.sqlite3'}?mode=ro", uri=True)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'")
        rows = [row for (name,) in tables.fetchall() for row in database.execute(f'SELECT * FROM "{name}"')]
    return any(words in str(value) for row in rows for value in row)


def stored(data: Path, path: str) -> bool:
    """Whether there is a stored story of this address; that another story links to it is no copy of it."""
    with closing(sqlite3.connect(f"file:{data / 'lightkeeper.sqlite3'}?mode=ro", uri=True)) as database:
        return database.execute("SELECT 1 FROM stories WHERE address = ?", (path,)).fetchone() is not None
