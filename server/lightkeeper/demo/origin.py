"""The demo origin as an ASGI application: the paper's own host and its widgets' host, told apart by the Host header."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, quote, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Host, Route, Router
from starlette.types import ASGIApp

from . import faults, feeds, fronts, widgets
from .answers import Broken, Hang, answer
from .assets import Assets
from .layout import Site
from .publication import LANGUAGES, Language, Story, home, load
from .story_page import story_page

HTML = "text/html; charset=utf-8"
_FRESH, _LASTING, _PRIVATE = "public, max-age=60", "public, max-age=86400", "private, no-store"
SESSION_COOKIE, SESSION = "sessionid", "demo-editor-session"
PASSWORD = "lantern"  # noqa: S105 (the log-in page says it)

Endpoint = Callable[[Request], Awaitable[Response]]


def create_origin(files: Path, *, base_url: str = "", widget_url: str) -> ASGIApp:
    """The newspaper below `files`.

    `base_url` is the public address that the pages name as their own (empty: what the request's Host says);
    `widget_url` is where the widgets live: a second host name of this same server.
    """
    paper = _Paper(files, base_url.rstrip("/"), widget_url.rstrip("/"))
    host = urlsplit(widget_url).hostname or "widgets.localhost"
    return Starlette(routes=[Host(host, Router(_widget_routes(paper))), *_paper_routes(paper)])


def _paper_routes(paper: _Paper) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        Route("/robots.txt", paper.robots),
        Route("/news-sitemap.xml", paper.sitemap),
        Route("/sitemap.xml", paper.sitemap),
        Route("/comment", paper.comment, methods=["POST"]),
        Route("/admin/login", paper.sign_in, methods=["GET", "POST"]),
        Route("/admin/logout", paper.sign_out),
        Route("/admin/", paper.desk),
        Route("/en", _to("/")),
        Route("/en/", _to("/")),
        Route("/fa", _to("/fa/")),
        Route("/favicon.ico", _to("/assets/logo.svg")),
        *_fault_routes(paper),
        *(Route(f"/{folder}/{{name}}", paper.asset) for folder in ("assets", "fonts", "pictures", "files")),
    ]
    for language in reversed(LANGUAGES):  # the longer prefix first
        routes += _language_routes(paper, language)
    return [*routes, Route("/{path:path}", paper.missing)]


def _language_routes(paper: _Paper, language: Language) -> list[BaseRoute]:
    start = home(language)
    return [
        Route(start, paper.in_language(language, paper.home)),
        Route(f"{start}feed.xml", paper.in_language(language, paper.feed)),
        Route(f"{start}search", paper.in_language(language, paper.search)),
        Route(f"{start}newsletter", paper.in_language(language, paper.newsletter), methods=["POST"]),
        Route(f"{start}authors/{{slug}}", paper.in_language(language, paper.author)),
        Route(f"{start}tags/{{tag}}", paper.in_language(language, paper.tag)),
        Route(f"{start}{{section}}", paper.in_language(language, paper.section)),
        Route(f"{start}{{section}}/{{slug}}", paper.in_language(language, paper.story)),
    ]


def _widget_routes(paper: _Paper) -> list[BaseRoute]:
    return [
        *_fault_routes(paper),
        Route("/embed/{kind}", paper.embed),
        Route("/promo/{index:int}", paper.promo),
        Route("/pictures/{name}", paper.asset),
        Route("/widget.css", paper.widget_sheet),
        Route("/pixel.png", paper.pixel),
        Route("/{name}.js", paper.widget_script),
    ]


def _fault_routes(paper: _Paper) -> list[BaseRoute]:
    return [
        Route("/_demo/hang/{path:path}", Hang()),
        Route("/_demo/fail/{path:path}", _fail),
        Route("/_demo/", paper.fault_list),
        Route("/_demo/slow/{folder}/{name}", paper.slow),
        Route("/_demo/broken/{path:path}", _broken_script),
    ]


class _Paper:
    """The endpoints, over one loaded publication."""

    def __init__(self, files: Path, base: str, widget_url: str) -> None:
        self._publication, self._assets = load(files), Assets(files)
        self._base, self._widget_url = base, widget_url
        self._newest = max(story.changed for story in self._publication.stories)

    def in_language(self, language: Language, endpoint: Callable[[Request, Language], Awaitable[Response]]) -> Endpoint:
        async def answered(request: Request) -> Response:
            return await endpoint(request, language)

        return answered

    async def home(self, request: Request, language: Language) -> Response:
        return self._html(request, fronts.home_page(self._site(request), language))

    async def section(self, request: Request, language: Language) -> Response:
        slug = request.path_params["section"]
        if all(section.slug != slug for section in self._publication.sections_of(language)):
            return await self.missing(request)
        return self._html(request, fronts.section_page(self._site(request), language, self._publication.section(slug)))

    async def author(self, request: Request, language: Language) -> Response:
        author = self._publication.authors.get(request.path_params["slug"])
        if author is None:
            return await self.missing(request)
        return self._html(request, fronts.author_page(self._site(request), language, author))

    async def tag(self, request: Request, language: Language) -> Response:
        tag = request.path_params["tag"]
        stories = tuple(story for story in self._publication.of(language) if tag in story.tags)
        if not stories:
            return await self.missing(request)
        return self._html(request, fronts.tag_page(self._site(request), language, tag, stories))

    async def story(self, request: Request, language: Language) -> Response:
        story = self._find(language, request.path_params["section"], request.path_params["slug"])
        if story is None:
            return await self.missing(request)
        site, fault = self._site(request), request.query_params.get("fault", "")
        html = faults.spoil(story_page(site, story, request.query_params.get("comment", "")), fault, site.widgets)
        if fault in faults.BODY_FAULTS:
            return cast(Response, Broken(html.encode(), fault))
        return self._html(request, html, story)

    async def search(self, request: Request, language: Language) -> Response:
        query = request.query_params.get("q", "").strip()[:200]
        return self._html(request, fronts.search_page(self._site(request), language, query), cache=_PRIVATE)

    async def feed(self, request: Request, language: Language) -> Response:
        return self._text(request, feeds.rss(self._site(request), language), "application/rss+xml; charset=utf-8")

    async def newsletter(self, request: Request, language: Language) -> Response:
        return RedirectResponse(home(language), 303)

    async def missing(self, request: Request) -> Response:
        if request.url.path.endswith("/"):  # as CMSs do, with the address that they were configured with
            return RedirectResponse(self._site(request).base + quote(request.url.path.rstrip("/")), 301)
        language: Language = "fa" if request.url.path.startswith("/fa/") else "en"
        html = fronts.missing_page(self._site(request), language, quote(request.url.path))
        return Response(html, 404, {"Cache-Control": "public, max-age=10"}, HTML)

    async def robots(self, request: Request) -> Response:
        return self._text(request, feeds.robots(self._site(request)), "text/plain; charset=utf-8")

    async def sitemap(self, request: Request) -> Response:
        return self._text(request, feeds.news_sitemap(self._site(request)), "application/xml; charset=utf-8")

    async def comment(self, request: Request) -> Response:
        """Takes a letter and throws it away: the demo keeps nothing. Back to the story, if it is one of ours."""
        given = await _form(request)
        if not given.get("text", "").strip():
            return PlainTextResponse("A letter needs words.", 400)
        known = {story.path for story in self._publication.stories}
        path = given.get("story", "")
        return RedirectResponse(f"{path}?comment=received#comments" if path in known else "/", 303)

    async def sign_in(self, request: Request) -> Response:
        wrong = ""
        if request.method == "POST":
            if (await _form(request)).get("password") == PASSWORD:
                signed_in = RedirectResponse("/admin/", 303)
                signed_in.set_cookie(SESSION_COOKIE, SESSION, httponly=True, samesite="lax")
                return signed_in
            wrong = '<p role="alert">That is not the password.</p>'
        return _admin("Sign in", f"{wrong}{_SIGN_IN}", 403 if wrong else 200)

    async def sign_out(self, request: Request) -> Response:
        signed_out = RedirectResponse("/", 303)
        signed_out.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
        return signed_out

    async def desk(self, request: Request) -> Response:
        if not self._is_editor(request):
            return RedirectResponse("/admin/login", 303)
        rows = "".join(
            f'<li><a href="{story.path}">{escape(story.title)}</a></li>' for story in self._publication.stories
        )
        return _admin("The desk", f'<p>Signed in. <a href="/admin/logout">Sign out</a></p><ul>{rows}</ul>')

    async def asset(self, request: Request) -> Response:
        return await self._asset(request, request.url.path)

    async def slow(self, request: Request) -> Response:
        await asyncio.sleep(faults.SLOW)
        return await self._asset(request, "/{folder}/{name}".format(**request.path_params))

    async def fault_list(self, request: Request) -> Response:
        """Every fault as a link, to try by hand."""
        path = self._publication.of("en")[1].path
        rows = "".join(f'<li><a href="{path}?fault={fault}">{fault}</a></li>' for fault in faults.FAULTS)
        return _admin("What can go wrong with a page", f"<p>One story, broken in every way:</p><ul>{rows}</ul>")

    async def embed(self, request: Request) -> Response:
        return self._widget(request, widgets.embed(request.path_params["kind"]), HTML)

    async def promo(self, request: Request) -> Response:
        html = widgets.promo(request.path_params["index"], request.query_params.get("lang", "en"))
        return self._widget(request, html, HTML)

    async def widget_sheet(self, request: Request) -> Response:
        return self._widget(request, widgets.sheet(), "text/css; charset=utf-8")

    async def widget_script(self, request: Request) -> Response:
        script = widgets.script(f"{request.path_params['name']}.js")
        return self._widget(request, script, "text/javascript; charset=utf-8")

    async def pixel(self, request: Request) -> Response:
        return answer(request, widgets.pixel(), "image/png", self._newest, "no-cache")

    def _widget(self, request: Request, text: str | None, media_type: str) -> Response:
        if text is None:
            return PlainTextResponse("There is no such widget.", 404)
        return answer(request, text.encode(), media_type, self._newest, _LASTING)

    async def _asset(self, request: Request, path: str) -> Response:
        asset = await asyncio.to_thread(self._assets.find, path)
        if asset is None:
            return PlainTextResponse("There is no such file.", 404)
        return answer(request, asset.body, asset.media_type, self._newest, _LASTING)

    def _find(self, language: Language, section: str, slug: str) -> Story | None:
        for story in self._publication.of(language):
            if (story.section, story.slug) == (section, slug):
                return story
        return None

    def _site(self, request: Request) -> Site:
        base = self._base or f"{request.url.scheme}://{request.url.netloc}"
        return Site(self._publication, escape(base), self._widget_url, self._is_editor(request))

    def _is_editor(self, request: Request) -> bool:
        return request.cookies.get(SESSION_COOKIE) == SESSION

    def _html(self, request: Request, html: str, story: Story | None = None, cache: str = _FRESH) -> Response:
        modified = story.changed if story else self._newest
        return answer(request, html.encode(), HTML, modified, _PRIVATE if self._is_editor(request) else cache)

    def _text(self, request: Request, text: str, media_type: str) -> Response:
        return answer(request, text.encode(), media_type, self._newest, _FRESH)


_SIGN_IN = (
    '<form method="post" action="/admin/login"><label>Name <input name="name" autocomplete="username"></label>'
    '<label>Password <input name="password" type="password" autocomplete="current-password"></label>'
    f"<button>Sign in</button></form><p>This is a demo: the password is <code>{PASSWORD}</code>.</p>"
)


def _admin(title: str, main: str, status: int = 200) -> Response:
    html = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:10vh auto;padding:0 1rem}"
        f"label{{display:block;margin:1rem 0}}</style></head><body><h1>{title}</h1>{main}</body></html>\n"
    )
    return Response(html, status, {"Cache-Control": _PRIVATE}, HTML)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a posted form, at most 100 kB of it."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 100_000:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


async def _fail(request: Request) -> Response:
    return PlainTextResponse("The demo was asked to fail here.", 503, {"Cache-Control": "no-store"})


async def _broken_script(request: Request) -> Response:
    return Response(faults.BROKEN_SCRIPT, 200, {"Cache-Control": "no-store"}, "text/javascript; charset=utf-8")


def _to(path: str) -> Endpoint:
    async def moved(request: Request) -> Response:
        return RedirectResponse(path, 301)

    return moved
