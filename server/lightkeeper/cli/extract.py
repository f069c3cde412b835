"""`lightkeeper extract`: pages from files or addresses to articles, as JSON, text or HTML."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from .. import article as articles
from ..article import fragment, plain
from ..article.model import Article, Element, Picture
from ..errors import ArticleError, LightkeeperError, OriginError, OriginTimeout, OriginUnreachable, PageTooLarge

LARGEST = 50_000_000  # bytes of a page, unpacked
SECONDS = 30.0


class Format(StrEnum):
    json = "json"
    text = "text"
    html = "html"


class Unreadable(LightkeeperError):
    """A file that cannot be read."""


def extract(
    pages: Annotated[list[str], typer.Argument(metavar="FILE|URL…", help="HTML files (.gz too) or http(s) addresses.")],
    url: Annotated[str, typer.Option("--url", help="The page's own address, where it is read from a file.")] = "",
    format: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.json,
) -> None:
    """Extract the article of a page: JSON lines with its fields, its plain text, or its HTML."""
    if len(pages) > 1:
        raise typer.Exit(_lines(pages, url, format))
    try:
        typer.echo(_shown(pages[0], _article(pages[0], url), format))
    except (LightkeeperError, OSError) as error:
        typer.echo(f"{pages[0]}: {error}", err=True)
        raise typer.Exit(1 if isinstance(error, (ArticleError, OriginError)) else 2) from None


def _lines(pages: list[str], url: str, format: Format) -> int:
    """One line for each page; one that fails says so in its own line and the rest go on."""
    code = 0
    for name in pages:
        try:
            line = _shown(name, _article(name, url), format)
        except (LightkeeperError, OSError) as error:
            line = json.dumps({"file": name, "error": str(error)}, ensure_ascii=False)
            code = 1
        typer.echo(line)
        sys.stdout.flush()
    return code


def _article(name: str, url: str) -> Article:
    if name.startswith(("http://", "https://")):
        body, content_type, where = fetch(name)
        return articles.extract(body, url or where, content_type=content_type, whole=True)
    return articles.extract(_file(Path(name)), url, whole=True)


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            body = stream.read(LARGEST + 1)
        if body.startswith(b"\x1f\x8b"):
            with gzip.open(path) as stream:
                body = stream.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return _within(body)


def _within(body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise PageTooLarge(f"The page has more than {LARGEST:,} bytes.")
    return body


def fetch(url: str) -> tuple[bytes, str, str]:
    """Body, content type and final address of a page. Raises `OriginError` where there is no usable answer."""
    headers = {"User-Agent": "Lightkeeper", "Accept": "text/html,application/xhtml+xml"}
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=True, max_redirects=5, trust_env=False) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            if answer.status_code != 200:
                raise OriginError(f"the site answered {answer.status_code}")
            body = b"".join(_bounded(answer.iter_bytes()))
            return body, answer.headers.get("content-type", ""), str(answer.url)
    except httpx.TimeoutException as error:
        raise OriginTimeout(f"no answer within {SECONDS:g} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OriginUnreachable(f"cannot be fetched: {error}") from error


def _bounded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST:
            raise PageTooLarge(f"The page has more than {LARGEST:,} bytes.")
        yield chunk


def _shown(name: str, article: Article, format: Format) -> str:
    if format is Format.text:
        return plain.text(article)
    if format is Format.html:
        return html(article)
    return json.dumps(record(name, article), ensure_ascii=False)


def record(name: str, article: Article) -> dict[str, Any]:
    """The fields of an article as JSON knows them. `text` is plain; `html` is the lead picture, then the body."""
    return {
        "file": name,
        "url": article.url,
        "title": article.title,
        "deck": article.deck,
        "byline": ", ".join(article.bylines),
        "published": article.published.isoformat() if article.published else None,
        "modified": article.modified.isoformat() if article.modified else None,
        "section": article.section,
        "language": article.language,
        "direction": article.direction,
        "access": article.access,
        "lead": _lead(article.lead),
        "related": [{"url": link.url, "title": link.title} for link in article.related],
        "text": plain.text(article),
        "html": html(article),
    }


def html(article: Article) -> str:
    """The story in the closed vocabulary: its lead picture, where the page says what it shows, then its body."""
    lead = article.lead
    if lead is None or not (lead.alt or lead.caption or lead.credit):
        return fragment.inner(article.body)
    parts = [Element("a", (("class", "picture"), ("href", lead.url)), (lead.alt,) if lead.alt else ())]
    words: list[Element | str] = [lead.caption] if lead.caption else []
    if lead.credit:
        words += [" " if words else "", Element("cite", (), (lead.credit,))]
    if words:
        parts.append(Element("figcaption", (), tuple(words)))
    return fragment.inner([Element("figure", (), tuple(parts)), *article.body])


def _lead(picture: Picture | None) -> dict[str, str] | None:
    if picture is None:
        return None
    return {"url": picture.url, "alt": picture.alt, "caption": picture.caption, "credit": picture.credit}
