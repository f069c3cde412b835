"""A service whose site fails in every way, and what its readers get for it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lightkeeper.app import create_app
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Line, Received, Request, Script, origin, serving
from .service import NAVIGATION, PUBLIC, Service, Site, page

SHORT = {"connect_timeout": 0.4, "answer_timeout": 0.4, "breaker_failures": 1000}


class Moody(Site):
    """A site that does as `fault` says, where one is set."""

    fault: Script | None = None

    def __call__(self, request: Request, line: Line) -> None:
        if self.fault is None:
            super().__call__(request, line)
        else:
            self.fault(request, line)


class Paper(Service):
    site: Moody
    stop: Callable[[], None]


@contextlib.contextmanager
def failing(folder: Path, **settings: Any) -> Iterator[Paper]:
    """A service whose site has a story that is known, and one that is not."""
    site, tls = Moody(), settings.pop("tls", None)
    for path in ("/story", "/other"):
        site.put(path, page())
    with contextlib.ExitStack() as stack:
        scripted = stack.enter_context(contextlib.ExitStack())
        running = scripted.enter_context(origin(site, tls=tls))
        url = running.url.replace("http:", "https:") if tls else running.url
        values = {"public_url": PUBLIC, "publication": "The Paper", "fronts": "", "fresh": "0", "revalidate_wait": "5"}
        ready = load(**{"origin": url, "data": str(folder), **values, **settings})
        migrate(ready.data)
        paper = Paper(stack.enter_context(serving(create_app(ready))), site, running)
        paper.stop = scripted.close
        assert 200 == paper.reader.get("/light/story", NAVIGATION).status
        yield paper


def is_saved_copy(answer: Received) -> bool:
    """The Light edition, saying that it is a copy and of which day."""
    said = re.search(r"copy saved on.{0,200}?20\d\d", answer.body.decode(), re.DOTALL)
    return answer.status == 200 and said is not None and b"first boats went out" in answer.body


def is_notice(answer: Received, *statuses: int) -> bool:
    """The small page: honest status, when to try again, not kept by anybody."""
    return (
        answer.status in statuses
        and b"not answering" in answer.body
        and int(answer.header("retry-after") or 0) > 0
        and answer.header("cache-control") == "no-store"
        and (answer.header("content-type") or "").startswith("text/html")
        and len(answer.body) < 8_000
    )
