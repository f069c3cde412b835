"""What this service did, counted for Prometheus. No label holds an address or anything else about a reader.

With several server processes each writes its numbers into files of one folder, named by PROMETHEUS_MULTIPROC_DIR before
this module is imported, and whichever is asked adds them up.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..article.model import Article, Front
from ..errors import LightkeeperError, NotAnArticle, ReaderLeft
from ..sensing import Decision
from ..settings import Settings
from ..source.circuit import State
from ..source.origin import Answer, Header, Origin
from ..source.page import Page
from ..source.pool import Pool

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# Codes of ours; what comes from a process that read a hostile page must not become a thousand labels.
_CODE = re.compile(r"[a-z-]{1,20}")


class Metrics:
    """One per application. `mode` and `data` are the settings of those names."""

    def __init__(self, mode: str, data: Path) -> None:
        self._mode = mode
        self.registry = CollectorRegistry()
        self._decisions = self._counter("navigations", "Navigations, by decision.", "edition reason mode")
        self._answers = self._counter("answers", "Answers, by address and class of status.", "kind status")
        self._refused = self._counter("refused_assets", "Parts of pages that slow links went without.")
        self._copies = self._counter("saved_copies", "Answers from the store while the site was failing or slow.")
        self._reading = self._histogram("extraction_seconds", "Time to read a page.")
        self._unread = self._counter("extraction_failures", "Pages without a Light edition, and why.", "reason")
        self._asking = self._histogram("origin_seconds", "Time to the head of the site's answer.")
        self._origin = self._counter("origin_failures", "Requests that the site did not answer.", "error")
        self._circuit = Gauge(
            "lightkeeper_circuit_open",
            "1 while the site counts as down.",
            registry=self.registry,
            multiprocess_mode="livemax",
        )
        # `labels` takes a lock and looks at each label again.
        self._decision = cache(lambda edition, reason: self._decisions.labels(edition, reason, mode))
        self._answer = cache(lambda kind, status: self._answers.labels(kind, f"{status // 100}xx"))
        self._store = _StoreSize(data)
        self.registry.register(self._store)

    def _counter(self, name: str, said: str, labels: str = "") -> Counter:
        return Counter(f"lightkeeper_{name}", said, labels.split(), registry=self.registry)

    def _histogram(self, name: str, said: str) -> Histogram:
        return Histogram(f"lightkeeper_{name}", said, buckets=_SECONDS, registry=self.registry)

    def decided(self, decision: Decision) -> None:
        edition, reason, _ = decision
        self._decision(edition, reason).inc()
        if edition == "light" and reason.startswith("origin-"):
            self._copies.inc()

    def failed(self) -> None:
        """The site failed, and no edition of the page was at hand."""
        self._decisions.labels("none", "origin-failed", self._mode).inc()

    def refused(self) -> None:
        """A part of a page, on a link that is too slow for it."""
        self._refused.inc()

    def answered(self, kind: str, status: int) -> None:
        self._answer(kind, status).inc()

    def circuit(self, is_open: bool) -> None:
        self._circuit.set(is_open)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """One question to the site, until the head of its answer is there. A reader who leaves is no failure."""
        began = time.perf_counter()
        try:
            yield
        except ReaderLeft:
            raise
        except LightkeeperError as error:
            self._origin.labels(type(error).__name__).inc()
            raise
        self._asking.observe(time.perf_counter() - began)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One page on its way to being an article."""
        began = time.perf_counter()
        try:
            yield
        except LightkeeperError as error:
            code = error.reason if isinstance(error, NotAnArticle) else ""
            self._unread.labels(code if _CODE.fullmatch(code) else type(error).__name__).inc()
            raise
        finally:
            self._reading.observe(time.perf_counter() - began)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format; of all server processes, where there are several."""
        folder = os.environ.get(FOLDER)
        if not folder:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=folder)  # type: ignore[no-untyped-call]
        together.register(self._store)
        return generate_latest(together)


class _StoreSize(Collector):
    """Read when asked for: it is the same for all processes."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def collect(self) -> Iterator[Metric]:
        sizes = (path.stat().st_size for path in self._data.glob("lightkeeper.sqlite3*"))
        yield GaugeMetricFamily("lightkeeper_store_bytes", "Size of what is stored.", value=sum(sizes))


class Answered:
    """ASGI middleware: counts every answer as its head goes out."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, light_prefix: str) -> None:
        self._app, self._metrics, self._light = app, metrics, light_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(self._kind(scope["path"]), message["status"])
            await send(message)

        await self._app(scope, receive, counted if scope["type"] == "http" else send)

    def _kind(self, path: str) -> str:
        if path == self._light or path.startswith(f"{self._light}/"):
            return "light"
        return "own" if path.startswith("/_lk/") else "site"


class MeasuredOrigin(Origin):
    """The origin, with its seconds and failures counted."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        super().__init__(settings)
        self._metrics = metrics

    async def ask(
        self,
        method: str,
        target: bytes,
        headers: Iterable[Header],
        body: AsyncIterator[bytes] | None = None,
        **options: Any,
    ) -> Answer:
        try:
            with self._metrics.asking():
                return await super().ask(method, target, headers, body, **options)
        finally:
            self._metrics.circuit(self._circuit.state is not State.CLOSED)


class MeasuredPool(Pool):
    """The pool, with its seconds and failures counted."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        super().__init__(settings.extract_processes, settings.extract_timeout)
        self._metrics = metrics

    async def read(self, page: Page) -> Article | Front:
        with self._metrics.reading():
            return await super().read(page)
