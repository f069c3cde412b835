"""`/light/<path>`: the Light edition's own address, the same for everybody."""

from __future__ import annotations

from urllib.parse import urljoin

from starlette.types import Receive, Scope, Send

from ..errors import OriginError
from ..gather.intake import REFUSALS
from ..source.storable import public_address
from .faults import report
from .headers import is_sendable
from .judging import Judging
from .library import Library
from .light_answers import LightAnswers
from .lists import Lists
from .navigation import cookies, read_address
from .paths import is_plain
from .ready import Ready

# The reader has to deal with the publisher before there is anything to read: the full page says how.
_ASKS = frozenset({401, 402, 403})


class LightRoute:
    """The ASGI application under the Light prefix."""

    def __init__(self, library: Library, answers: LightAnswers, lists: Lists, judging: Judging) -> None:
        self._library, self._answers, self._lists, self._site = library, answers, lists, library.site
        self._judging = judging

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method not in ("GET", "HEAD"):
            await _short(send, 405, ("allow", "GET, HEAD"))
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        self._judging.leave(cookies(headers.get("cookie", "")), headers)
        raw = scope["raw_path"].decode("latin-1").removeprefix(self._site.prefix)
        path = read_address(raw or "/", scope["query_string"].decode("latin-1")).target
        if not raw:
            await _short(send, 301, ("location", self._site.light(path)))
        elif not is_plain(raw):
            # `//other.example/` here would make a redirect that leads away
            await self._answers.missing(send, 404, headers, method)
        elif not public_address(path):
            await _short(send, 303, ("location", path))
        else:
            await self._answer(path, scope, receive, send, headers)

    async def _answer(self, path: str, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        method = scope["method"]
        try:
            light = await self._library.get(path)
        except OriginError as error:
            if not await self._lists.section(scope, receive, send, path):
                await self._answers.unreachable(send, error, headers, method)
            return
        except Exception as error:
            report("a Light page failed", error)
            await _short(send, 303, ("location", path))
            return
        if isinstance(light, Ready):
            self._library.tally.count(path, "light", method, headers)
            await self._answers.explicit(send, light, headers, method, indexed=False)
        elif light.reason == "moved" and is_sendable(light.location):
            await _short(send, light.status, ("location", self._moved(path, light.location)))
        elif light.status == 404 and path == "/connection":  # the site has no such page
            await _short(send, 303, ("location", self._site.connection))
        elif light.status == 404 and await self._lists.section(scope, receive, send, path):
            return
        elif light.status in REFUSALS - _ASKS:
            await self._answers.missing(send, light.status, headers, method)
        elif light.status in _ASKS or light.reason in ("not-html", "download", "private", "untouched"):
            await _short(send, 303, ("location", path))
        else:
            await self._answers.no_light(send, path, headers, method)

    def _moved(self, path: str, location: str) -> str:
        """Where the origin's redirect leads, in Light where it stays on the site."""
        target = urljoin(self._site.url + path, self._library.map_url(location))
        inside = self._site.path(target)
        return target if inside is None else self._site.light(inside)


async def _short(send: Send, status: int, header: tuple[str, str]) -> None:
    """An answer without a body."""
    name, value = header
    headers = [(name.encode(), value.encode("latin-1")), (b"content-length", b"0"), (b"cache-control", b"no-cache")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
