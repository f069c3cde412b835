"""The process that reads pages and compresses: one job at a time from standard input, one answer on standard output.

Run as `python -m lightkeeper.source.worker`. It may be killed at any moment, and dies with its parent. Frames
are a length in four bytes and a pickle; `pool` reads the answers with an unpickler that knows only our values.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

MEMORY = 1_500_000_000  # bytes of address space, several times what the largest page within bounds takes
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve jobs until the input ends."""
    _bind_to_parent()
    answers, jobs = os.fdopen(os.dup(1), "wb"), sys.stdin.buffer
    os.dup2(2, 1)  # whatever a library prints can never be taken for an answer
    work = _work()
    write(answers, ("ready", None))
    while (job := read(jobs)) is not None:
        kind, arguments = job
        write(answers, _answer(work[kind], arguments))


def _bind_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work() -> dict[str, Callable[..., Any]]:
    """The kinds of jobs. Imported here, once, so that `ready` means that everything is loaded."""
    import brotli
    import trafilatura  # noqa: F401

    from ..article import extract, front
    from ..article import read as either

    def page(job: Callable[..., Any]) -> Callable[..., Any]:
        return lambda body, url, content_type: job(body, url, content_type=content_type)

    def compress(data: bytes) -> bytes:
        return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=11))

    def listing(body: bytes, url: str, content_type: str) -> Any:
        from .discovery import read as listed  # here: most processes never see a feed

        return listed(body, url, content_type=content_type)

    return {
        "listing": listing,
        "read": page(either),
        "extract": page(extract),
        "front": page(front),
        "compress": compress,
    }


def _answer(job: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    from ..errors import ArticleError

    try:
        return "done", job(*arguments)
    except ArticleError as error:
        return type(error).__name__, error.args
    except MemoryError:
        return "PageTooLarge", ("The page needs more memory than a page may.",)
    except Exception as error:  # a page that breaks us breaks only itself; the log tells which line
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return "NotAnArticle", ("failed", "The page could not be read.")


def read(stream: BinaryIO) -> Any:
    """The next frame's value, None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    body = stream.read(struct.unpack("!I", head)[0])
    return pickle.loads(body)  # noqa: S301 (written by our own parent)


def write(stream: BinaryIO, value: object) -> None:
    stream.write(frame(value))
    stream.flush()


def frame(value: object) -> bytes:
    body = pickle.dumps(value, protocol=5)
    return struct.pack("!I", len(body)) + body


if __name__ == "__main__":
    main()
