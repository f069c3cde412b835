"""Every error that Lightkeeper raises on purpose, each with an HTTP status and a sentence for who sees it.

LightkeeperError
├── SettingsError          a setting is missing or wrong (command line: exit code 2)
│   └── NewerStore         the data folder was written by a newer Lightkeeper
├── StoreError             the data folder cannot be read or written (command line: exit code 2)
├── ReaderLeft             the reader closed the connection: there is nobody to answer
├── BadRequest             a reader's request that no origin should see
│   ├── Unsupported        something that we refuse on purpose (WebSocket)
│   └── RequestLoop        the request already came through Lightkeeper: the origin points back at it
├── LinkHopeless           a part of a page that its text had better not wait for on this link
├── OriginError            the publisher's site did not give a usable answer
│   ├── OriginUnreachable  no connection, TLS failure, broken answer
│   ├── OriginTimeout      no answer in time
│   │   └── OriginUnended  an answer that began, and did not end in time
│   ├── OriginBusy         it asked to come back later; `after` says in how many seconds, where it said so
│   ├── OriginCutShort     its answer broke off after the head had arrived
│   └── OriginGarbled      its body is in a content coding that cannot be undone
├── BundleError            a bundle, or the keys to it
│   ├── BadBundle          bytes that are not in the format of bundles
│   ├── Refused            in the format, but not to be believed; `reason` says why in one word
│   └── KeyFileError       keys that are missing, unreadable or in the wrong place (command line: exit code 2)
└── ArticleError           a page did not become an article
    ├── NotAnArticle       the page is something else; `reason` says what was seen
    ├── PageTooLarge       over the size, depth or count limits
    └── ExtractionTimeout  its process was killed at the time limit
"""


class LightkeeperError(Exception):
    """Base of the tree. `str(error)` is the sentence that a person reads."""

    status = 500


class SettingsError(LightkeeperError):
    pass


class NewerStore(SettingsError):
    pass


class StoreError(LightkeeperError):
    pass


class ReaderLeft(LightkeeperError):
    status = 499


class BadRequest(LightkeeperError):
    status = 400


class Unsupported(BadRequest):
    status = 501


class RequestLoop(BadRequest):
    status = 508


class LinkHopeless(LightkeeperError):
    status = 504


class OriginError(LightkeeperError):
    status = 502


class OriginUnreachable(OriginError):
    pass


class OriginTimeout(OriginError):
    status = 504


class OriginUnended(OriginTimeout):
    pass


class OriginBusy(OriginError):
    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


class OriginCutShort(OriginError):
    """Seen while a body streams: where the head was sent on already, only breaking the connection tells the reader."""


class OriginGarbled(OriginError):
    pass


class BundleError(LightkeeperError):
    pass


class BadBundle(BundleError):
    pass


class Refused(BundleError):
    """`reason` is a short code such as `rollback`, `altered`, `foreign`, `revoked`."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason, sentence)
        self.reason = reason
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class KeyFileError(BundleError):
    pass


class ArticleError(LightkeeperError):
    status = 422


class NotAnArticle(ArticleError):
    """`reason` is a short code such as `front`, `empty`, `too-short`, `opted-out`, `not-html`."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason, sentence)  # both in args, so that it survives pickling between processes
        self.reason = reason
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class PageTooLarge(ArticleError):
    status = 413


class ExtractionTimeout(ArticleError):
    status = 504
