"""What the site itself shows: whether it answers, what stands in front of it, and what Lightkeeper can do with it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import brotli

from ..article.model import Article, Front
from ..editions.full import FullContext, prepare
from ..editions.light import LightContext, render_article
from ..editions.site import Site
from ..errors import ArticleError, LightkeeperError
from ..sensing.link import ROUND_TRIPS
from ..settings import Settings
from ..source.mapping import UrlMap
from ..source.origin import Origin
from ..source.page import Page
from ..source.pool import Pool
from ..source.storable import why_not
from .finding import Finding, fail, ok, warn
from .weight import Weight, weigh

STORIES = 5
# Round trip in seconds, bits per second: the links of the tests' laboratory.
LINKS = {
    "good mobile": (0.17, 9_000_000),
    "3G": (0.27, 700_000),
    "satellite": (0.6, 1_000_000),
    "2G": (1.4, 70_000),
    "throttled": (0.08, 50_000),
}
_CACHES = ("age", "x-cache", "cf-cache-status", "x-varnish", "x-served-by", "via", "x-cache-hits", "cdn-cache")
_WORKERS = ("/sw.js", "/service-worker.js", "/serviceworker.js", "/OneSignalSDKWorker.js")
_REGISTERS = re.compile(rb"serviceWorker\s*\.\s*register\s*\(")


async def reach(origin: Origin, settings: Settings) -> tuple[Page | None, list[Finding]]:
    """The front, and how it was reached."""
    front = settings.fronts[0] if settings.fronts else "/"
    try:
        page = await origin.fetch(front)
    except LightkeeperError as error:
        cause = f" ({error.__cause__})" if error.__cause__ and str(error.__cause__) else ""
        advice = "See that the site runs, that `origin` is where it listens, and that this machine may connect."
        return None, [fail("origin", f"{settings.origin}{front}: {error}{cause}", advice)]
    took = (datetime.now(UTC) - page.fetched).total_seconds()
    seen = f"{settings.origin}{front} answered {page.status} to the Host of {settings.site}"
    if page.status == 508 or (settings.edition_header and page.header(settings.edition_header.lower())):
        advice = "Set origin to where the site itself listens, not to the address that readers use."
        return None, [fail("origin", f"{seen}: that is a Lightkeeper, so requests would go in a circle", advice)]
    if 300 <= page.status < 400:
        advice = "Set public_url to the address that readers use; the site sends them there."
        return None, [fail("origin", f"{seen}: it redirects to {page.header('location')}", advice)]
    if page.status != 200:
        return None, [fail("origin", seen, "See that the site knows this Host, and lets this machine in.")]
    return page, [ok("origin", seen if took < 2 else f"{seen}, slowly")]


def caches(page: Page) -> Finding:
    """Whether a cache stands between Lightkeeper and the site."""
    found = [f"{name}: {page.header(name)}" for name in _CACHES if page.header(name)]
    if not found:
        return ok("caches", "none seen between Lightkeeper and the site")
    advice = "Let `origin` lead past it, or see that it keeps no page longer than a correction may take to appear."
    return warn("caches", f"one answers for the site ({'; '.join(found)})", advice)


async def workers(origin: Origin, settings: Settings, page: Page) -> AsyncIterator[Finding]:
    """Whether the site has a worker of its own, or uses addresses that Lightkeeper needs."""
    own = [path for path in _WORKERS if await _serves(origin, path, "javascript")]
    if own or _REGISTERS.search(page.body):
        seen = f"the site has one of its own ({', '.join(own) or 'the front registers one'})"
        advice = 'It is never replaced, so its readers cannot save stories; offline = "off" hides the offer.'
        yield warn("worker", seen, advice)
    else:
        yield ok("worker", "the site has none, so readers can save stories")
    if await _serves(origin, f"{settings.light_prefix}/", "html"):
        advice = "Set light_prefix to a name that the site does not use."
        yield warn("paths", f"the site has pages at {settings.light_prefix}/ itself", advice)
    else:
        yield ok("paths", f"{settings.light_prefix}/ and /_lk/ are free")


async def _serves(origin: Origin, path: str, kind: str) -> bool:
    try:
        page = await origin.fetch(path)
    except LightkeeperError:
        return False
    return page.status == 200 and kind in page.header("content-type")


def policy(settings: Settings, page: Page) -> Finding:
    """Whether the watchdog may go into the site's pages."""
    header = page.header("content-security-policy")
    prepared = prepare(page.headers, page.body[:4096], inject=FullContext(settings.name, "/light/"), map_url=None)
    if prepared is None or not prepared.injected:
        advice = (
            "Readers have no watchdog there. Sandboxes, Trusted Types and opted-out pages are left alone on purpose."
        )
        return warn("policy", "pages pass untouched", advice)
    seen = "the site's policy is amended by one hash" if header else "no policy: the watchdog runs"
    return ok("policy", seen)


async def stories(
    pool: Pool, origin: Origin, site: Site, urls: UrlMap, settings: Settings, front: Page
) -> tuple[list[tuple[Page, Article]], list[Finding]]:
    """The newest stories that the front lists, read; and what did not become one."""
    listed = await _read(pool, front)
    if not isinstance(listed, Front):
        said = listed if isinstance(listed, str) else "it reads as a story"
        advice = "Set fronts to the paths of your lists of stories: they are kept ready for readers."
        return [], [warn("fronts", f"no list of stories at {site.path(front.url)}: {said}", advice)]
    paths = [path for path in (site.path(urls(line.url)) for line in listed.headlines) if path][:STORIES]
    found, refused = [], []
    for path in paths:
        try:
            page = await origin.fetch(path)
            article = why_not(page) or await _read(pool, page)
        except LightkeeperError as error:
            article = str(error)
        if isinstance(article, Article):
            found.append((page, article))
        else:
            refused.append(f"{path}: {article if isinstance(article, str) else 'a list of stories'}")
    return found, [
        ok("fronts", f"{len(listed.headlines)} stories listed at {site.path(front.url)}"),
        _read_well(found, refused),
    ]


def _read_well(found: list[tuple[Page, Article]], refused: list[str]) -> Finding:
    seen = f"{len(found)} of the latest {len(found) + len(refused)} were read"
    if not refused:
        words = [sum(len(text.split()) for text in _texts(article)) for _, article in found]
        return ok("stories", f"{seen}, of {min(words, default=0)} to {max(words, default=0)} words")
    said = f"{seen}; {'; '.join(refused[:3])}"
    if not found:
        return fail(
            "stories", said, "Try `lightkeeper extract URL`. Until stories can be read there is no Light edition."
        )
    return warn("stories", said, "Try `lightkeeper extract URL` on them; readers get these in full only.")


def _texts(article: Article) -> Iterator[str]:
    stack: list[object] = list(article.body)
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            yield part
        else:
            stack.extend(getattr(part, "children", ()))


async def _read(pool: Pool, page: Page) -> Article | Front | str:
    try:
        return await pool.read(page)
    except ArticleError as error:
        return str(error)


async def weights(origin: Origin, site: Site, page: Page, article: Article) -> Iterator[Finding]:
    """The newest story in full against its Light edition, and what that means on five links."""
    full = await weigh(origin, site, page)
    context = LightContext(site=site, language=article.language, now=datetime.now(UTC))
    light = len(brotli.compress(render_article(article, context).encode(), quality=11))
    return iter([_weight(full, light), *_links(full, light)])


def _weight(full: Weight, light: int) -> Finding:
    others = f", and {full.foreign} files of others not counted" if full.foreign else ""
    seen = (
        f"the newest story: {full.total / 1000:.0f} kB in {full.files} files, {full.critical / 1000:.0f} kB of them "
        f"before its first text{others}; Light {light / 1000:.1f} kB in one"
    )
    if full.blocking:
        advice = f"Its text waits for other servers ({full.blocking[0]}): load these with async or defer."
        return warn("weight", seen, advice)
    return ok("weight", seen)


def _links(full: Weight, light: int) -> Iterator[Finding]:
    """The formula of `sensing.decide` for the full page; connection, request and bytes for Light."""
    for name, (rtt, rate) in LINKS.items():
        slow, fast = ROUND_TRIPS * rtt + full.critical * 8 / rate, 2 * rtt + light * 8 / rate
        link = f"{name}, {rtt * 1000:.0f} ms, {rate / 1000:,.0f} kbit/s"
        yield ok("link", f"{link:<38} text after {slow:5.1f} s, Light after {fast:4.1f} s")
