"""A bounded set of processes that turn pages into articles and compress answers. A process that overruns is killed.

Owns the processes and the time limit; knows nothing of what makes an article.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import io
import pickle
import struct
import sys
from typing import Any, ClassVar, cast

from ..article import model
from ..article.model import Article, Front
from ..errors import ExtractionTimeout, NotAnArticle, PageTooLarge
from .discovery import Found, Listing
from .page import Page
from .worker import frame

JOBS = 300  # after so many a process is replaced, so that no leak lasts
START = 60.0  # seconds in which a new process must be ready, also on a busy machine
LONGEST = 64_000_000  # bytes of an answer


class Pool:
    """`processes` at most at a time, each job at most `timeout` seconds once it is begun. Belongs to one event loop.

    Processes start when they are first needed. A caller that is cancelled costs the process that worked for it.
    """

    def __init__(self, processes: int, timeout: float) -> None:
        self._timeout = timeout
        self._turns = asyncio.Semaphore(processes)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._closed = False

    async def read(self, page: Page) -> Article | Front:
        """`article.read` on a page. Raises `NotAnArticle`, `PageTooLarge`, `ExtractionTimeout`."""
        return cast("Article | Front", await self._run("read", *_arguments(page)))

    async def extract(self, page: Page) -> Article:
        """`article.extract` on a page; raises as `read` does."""
        return cast(Article, await self._run("extract", *_arguments(page)))

    async def listing(self, page: Page) -> Listing:
        """`discovery.read` on a page: the stories that a feed or a sitemap lists. Raises as `read` does."""
        return cast(Listing, await self._run("listing", *_arguments(page)))

    async def compress(self, data: bytes) -> bytes:
        """`data` as brotli of the highest quality. Raises `ExtractionTimeout`."""
        return cast(bytes, await self._run("compress", data))

    async def warm(self) -> None:
        """Start one process ahead of its first job."""
        async with self._turns:
            if not self._idle:
                self._idle.append(await self._start())

    async def close(self) -> None:
        """Kill every process. Jobs that wait or run end with `ExtractionTimeout`."""
        self._closed = True
        workers, self._idle = list(self._all), []
        await asyncio.gather(*(self._end(worker) for worker in workers))

    async def _run(self, kind: str, *arguments: object) -> object:
        async with self._turns:
            while True:
                if self._closed:
                    raise ExtractionTimeout("The server is stopping.")
                worker = await self._free()
                try:
                    return _value(await self._answer(worker, (kind, arguments)))
                except (asyncio.IncompleteReadError, ConnectionError) as error:
                    if worker.jobs == 1 or self._closed:
                        raise self._died() from error
                    # It had worked before, so it may have been killed between two jobs: a new one will tell.

    async def _answer(self, worker: _Worker, job: tuple[str, tuple[object, ...]]) -> tuple[str, Any]:
        try:
            async with asyncio.timeout(self._timeout):
                return await worker.ask(job)
        except TimeoutError as error:
            raise ExtractionTimeout(f"The page took longer than {self._timeout:g} seconds to read.") from error
        finally:
            if worker.busy or worker.jobs >= JOBS or self._closed:
                await asyncio.shield(self._end(worker))
            else:
                self._idle.append(worker)

    def _died(self) -> Exception:
        if self._closed:
            return ExtractionTimeout("The server is stopping.")
        return NotAnArticle("failed", "The page could not be read: its process ended.")

    async def _free(self) -> _Worker:
        """An idle process, one that was killed meanwhile not among them, else a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await self._end(worker)
        return await self._start()

    async def _start(self) -> _Worker:
        try:
            return await self._started()
        except OSError as error:
            raise ExtractionTimeout("No process could be started to read the page.") from error

    async def _started(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "lightkeeper.source.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        worker = _Worker(process)
        self._all.add(worker)
        try:
            async with asyncio.timeout(START):
                await worker.answer()
        except BaseException as error:
            await asyncio.shield(self._end(worker))
            if isinstance(error, (TimeoutError, asyncio.IncompleteReadError, ConnectionError)):
                raise ExtractionTimeout("No process could be started to read the page.") from error
            raise
        return worker

    async def _end(self, worker: _Worker) -> None:
        self._all.discard(worker)
        await worker.kill()


class _Worker:
    """One process and the pipes to it. `busy` while an answer is owed: only a process that owes none may be reused."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.busy = False
        self.jobs = 0

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, job: tuple[str, tuple[object, ...]]) -> tuple[str, Any]:
        assert self._process.stdin is not None
        self.busy = True
        self.jobs += 1
        self._process.stdin.write(frame(job))
        await self._process.stdin.drain()
        answer = await self.answer()
        self.busy = False
        return answer

    async def answer(self) -> tuple[str, Any]:
        assert self._process.stdout is not None
        size = struct.unpack("!I", await self._process.stdout.readexactly(4))[0]
        if size > LONGEST:
            raise ConnectionError("an answer beyond all bounds")
        return cast("tuple[str, Any]", _Values(io.BytesIO(await self._process.stdout.readexactly(size))).load())

    async def kill(self) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


class _Values(pickle.Unpickler):
    """Reads answers. The process that wrote them read hostile pages: nothing but our own values is let in."""

    _known: ClassVar = {
        (kind.__module__, kind.__name__): kind
        for kind in (
            *(model.Article, model.Element, model.Front, model.Headline, model.Link, model.Picture),
            *(Found, Listing),
            *(datetime.datetime, datetime.timezone, datetime.timedelta),
        )
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._known[module, name]
        except KeyError:
            raise ConnectionError("an answer with a value that is not ours") from None


def _arguments(page: Page) -> tuple[object, ...]:
    return page.body, page.url, page.header("content-type")


def _value(answer: tuple[str, Any]) -> object:
    kind, value = answer
    if kind == "done":
        return value
    if kind == "PageTooLarge":
        raise PageTooLarge(*value)
    raise NotAnArticle(*value)
