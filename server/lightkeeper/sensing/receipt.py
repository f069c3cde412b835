"""The receipt: whether the last full page arrived, told by two short cookies. A pure state machine; it must not know
HTTP, and time and chance are handed in.

A full page carries a picture at its very end, under an id of its own. The page's head sets the cookie *pending*; the
picture's answer sets *arrived*. The next navigation compares the two. What is carried from page to page is a `State`:

    STATE                               cookie `lk-p`
    ------------------------------------------------------------
    Fresh                               none
    Pending(id, strikes, mark)          id.strikes,mark   a full page went out under this id
    Idle(strikes)                       full.strikes      a full page went out that will tell nothing
    Light(strikes, left, since, slow)   light.…           Light was served; `left` more before a full page is tried.
                                                          `slow`: meanwhile the connection showed a slow link

    A NAVIGATION, seen from             finding   edition   strikes
    ------------------------------------------------------------
    Fresh, Idle                         unknown   -         same
    Pending, arrived, fast              fast      full      -1
    Pending, arrived, between           unknown   -         same
    Pending, arrived, slow              slow      Light     +2
    Pending, not arrived, too early     unknown   -         same    a click before any page could have arrived
    Pending, not arrived, seen in time  unknown   -         same    all of it is there; its picture waits behind others
    Pending, not arrived, from itself   unknown   -         same    its link was clicked, so it was on screen
    Pending, not arrived, else          failed    Light     +2
    Light, left > 0                     held      Light     same
    Light, left = 0, slow               shown     Light     same    this page measures the link again; full where the
                                                                    browser says that it is good
    Light, left = 0                     trial     full      same

    WHAT IS SENT THEN                   next state
    ------------------------------------------------------------
    a full page with its picture        Pending(new id, strikes)
    a full page confirmed by 304        Idle(strikes): the copy has an old id, whose picture counts for nothing
    Light, after slow or failed         Light(strikes, 0, 2 or 6 left: for 2, 3, 4 strikes)
    Light, while held                   Light(strikes, left - 1), slow where the connection shows it
    Light on a trial, by the connection Light(strikes, 0), slow
    anything else, or to a prefetch     same state: what looks ahead is no reading

    THE PICTURE IS ASKED FOR            arrived
    ------------------------------------------------------------
    under the pending id, first time    set, with the pace
    again, under another id, ahead      same: reloads from a cache, other tabs and prefetches overwrite nothing

    THE PAGE TELLS ITS TIMING           arrived
    ------------------------------------------------------------
    under the pending id                set, with the worse pace of picture and page; slow, then fast: between
    under another id, ahead             same

    WHEN TEXT COULD BE READ, if the server saw it: what an arrived one counts as
    ------------------------------------------------------------
    in good time                        fast: text waits for no picture, and the receipt's stands behind others
    later, within the limit             between; slow stays
    behind the limit                    slow

    A CHOICE, or LIFE over              Fresh

Rule 1. Entering Light takes one failure (+2); two good pages undo it (-1 each). A link that keeps changing gathers
strikes and stays in Light for longer: 1, 3 or 7 pages; what a connection showed adds one page, whose own flow then
decides. Rule 2. Nothing outlives LIFE: a Light state ends a day
after it began, however often it is renewed. Rule 3. Besides the id, the cookies hold fewer than 8 bits: at most 5
strikes x 16 marks x 3 paces, or 11 Light states x 8 times of day x slow or not.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from .timing import Timing

Pace = Literal["fast", "between", "slow"]
Finding = Literal["unknown", "fast", "slow", "failed", "held", "shown", "trial"]

LIFE = 24 * 3600
_BLOCK = LIFE // 8
_MOST = 4
_QUOTA = {2: 1, 3: 3, 4: 7}  # Light pages in a row, by strikes
# Shares of the limit on the time to text. Measured for 5 s: a receipt after 2.5 s or less always meant text in time,
# after 3.3 s or more never.
_FAST, _SLOW = 0.5, 0.66
# Text that was there by then was in good time: the rest is for what the server cannot see.
_IN_TIME = 0.8
_WORSE: tuple[Pace, ...] = ("fast", "between", "slow")
_ID = re.compile(r"[0-9a-f]{14}")
_PENDING = re.compile(r"([0-9a-f]{14})\.([0-4])([0-9a-f])")
_IDLE = re.compile(r"full\.([1-4])")
_LIGHT = re.compile(r"light\.([2-4])([0-6])([0-7])(s?)")
_ARRIVED = re.compile(r"([0-9a-f]{14})\.(fast|between|slow)")
_CLOCK = 1 << 28  # milliseconds, in seven hexadecimal digits: a little over three days


@dataclass(frozen=True, slots=True)
class Fresh:
    """Nothing is known."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A full page went out. `mark` is four bits of its address, mixed with the id."""

    id: str
    strikes: int
    mark: int


@dataclass(frozen=True, slots=True)
class Idle:
    strikes: int


@dataclass(frozen=True, slots=True)
class Light:
    """`since` is the eighth of the day in which Light began."""

    strikes: int
    left: int
    since: int
    slow: bool = False


State = Fresh | Pending | Idle | Light


@dataclass(frozen=True, slots=True)
class Arrived:
    id: str
    pace: Pace


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a navigation finds. `strikes` are those after it; `left` and `since` count where Light is served next."""

    finding: Finding = "unknown"
    strikes: int = 0
    left: int = 0
    since: int = 0


def mint(now: float, chance: int) -> str:
    """An id for one page view: the time of sending (`now`, Unix time in seconds), then 28 bits of `chance`."""
    return f"{int(now * 1000) % _CLOCK:07x}{chance % _CLOCK:07x}"


def is_id(text: str) -> bool:
    return bool(_ID.fullmatch(text))


def age(id_: str, now: float) -> float:
    """Seconds since an id was minted. Clocks of replicas may differ a little: then 0."""
    passed = (int(now * 1000) - int(id_[:7], 16)) % _CLOCK
    return 0.0 if passed > _CLOCK * 15 // 16 else passed / 1000


def mark(id_: str, address: str) -> int:
    """Four bits that tell whether a click came from the page at `address` (path and query)."""
    return hashlib.sha256(f"{id_} {address}".encode("utf-8", "replace")).digest()[0] % 16


@dataclass(frozen=True, slots=True)
class Seen:
    """What the server saw of the page that pends: after how many seconds its text could be read, which None is not
    known; whether it is there to its end."""

    text: float | None = None
    whole: bool = False


def judge(
    state: State,
    arrived: Arrived | None,
    *,
    now: float,
    limit: float,
    referrer: str | None = None,
    seen: Seen = Seen(),
) -> Verdict:
    """What the next navigation finds. `referrer`: path and query of the page that was left; `limit` as for `decide`."""
    if isinstance(state, Light):
        finding: Finding = "held" if state.left else "shown" if state.slow else "trial"
        return Verdict(finding, state.strikes, max(0, state.left - 1), state.since)
    if isinstance(state, Idle):
        return Verdict(strikes=state.strikes)
    if isinstance(state, Fresh):
        return Verdict()
    if arrived is not None and arrived.id == state.id:
        return _arrived(state, _with_text(arrived.pace, seen.text, limit), now)
    passed = age(state.id, now)
    clicked = referrer is not None and mark(state.id, referrer) == state.mark
    in_time = seen.whole and seen.text is not None and seen.text <= _IN_TIME * limit
    if passed < limit or clicked or in_time:
        return Verdict(strikes=state.strikes)
    return _struck("failed", state, now)


def _arrived(page: Pending, pace: Pace, now: float) -> Verdict:
    if pace == "fast":
        return Verdict("fast", max(0, page.strikes - 1))
    return _struck("slow", page, now) if pace == "slow" else Verdict(strikes=page.strikes)


def _with_text(pace: Pace, text: float | None, limit: float) -> Pace:
    if text is None:
        return pace
    if text <= _IN_TIME * limit:
        return "fast"
    return max(pace, "between" if text <= limit else "slow", key=_WORSE.index)


def _struck(finding: Finding, page: Pending, now: float) -> Verdict:
    """Light begins, and its day is counted from the page that failed."""
    strikes = min(_MOST, page.strikes + 2)
    return Verdict(finding, strikes, _QUOTA[strikes] - 1, int((now - age(page.id, now)) // _BLOCK) % 8)


def sent_full(verdict: Verdict, id_: str, address: str) -> Pending:
    return Pending(id_, verdict.strikes, mark(id_, address))


def sent_copy(verdict: Verdict) -> State:
    return Idle(verdict.strikes) if verdict.strikes else Fresh()


def sent_light(verdict: Verdict, *, slow: bool = False) -> State | None:
    """`slow`: the last page's own flow shows a slow link. None: Light for another reason leaves the state as it is."""
    entered, held = verdict.finding in ("slow", "failed"), verdict.finding in ("held", "shown")
    if not (entered or held or (slow and verdict.finding == "trial")):
        return None
    return Light(verdict.strikes, verdict.left, verdict.since, slow and not entered)


def receive(state: State, before: Arrived | None, id_: str, *, now: float, limit: float) -> Arrived | None:
    """The picture was asked for under `id_`. None: nothing is learnt."""
    if not isinstance(state, Pending) or state.id != id_ or (before is not None and before.id == id_):
        return None
    return Arrived(id_, _pace(age(id_, now), _FAST * limit, _SLOW * limit))


def tell(state: State, before: Arrived | None, id_: str, timing: Timing, *, limit: float) -> Arrived | None:
    """The page under `id_` told how it loaded. None: nothing is learnt.

    A paint need not be text, so it proves nothing fast by itself where the HTML was slow; but a page that the site
    sends bit by bit, painted early, is none that fails.
    """
    if not isinstance(state, Pending) or state.id != id_:
        return None
    pace = _pace(timing.took, _FAST * limit, limit if timing.painted else _SLOW * limit)
    seen = before.pace if before is not None and before.id == id_ else pace
    if (seen, pace) == ("slow", "fast"):
        return Arrived(id_, "between")
    return Arrived(id_, max(seen, pace, key=_WORSE.index))


def _pace(took: float, fast: float, slow: float) -> Pace:
    return "fast" if took <= fast else "slow" if took >= slow else "between"


def life(state: State, now: float) -> int:
    """Seconds for which the cookie of `state` may live; 0: none."""
    if isinstance(state, Fresh):
        return 0
    if isinstance(state, Light):
        return LIFE - (int(now // _BLOCK) - state.since) % 8 * _BLOCK - int(now % _BLOCK)
    return LIFE


def write(state: State) -> str:
    if isinstance(state, Pending):
        return f"{state.id}.{state.strikes}{state.mark:x}"
    if isinstance(state, Light):
        return f"light.{state.strikes}{state.left}{state.since}{'s' * state.slow}"
    return f"full.{state.strikes}" if isinstance(state, Idle) else ""


def read_state(text: str) -> State:
    """The inverse of `write`; anything else is Fresh."""
    if found := _PENDING.fullmatch(text):
        return Pending(found[1], int(found[2]), int(found[3], 16))
    if found := _IDLE.fullmatch(text):
        return Idle(int(found[1]))
    if (found := _LIGHT.fullmatch(text)) and int(found[2]) < _QUOTA[int(found[1])]:
        return Light(int(found[1]), int(found[2]), int(found[3]), found[4] == "s")
    return Fresh()


def write_arrived(arrived: Arrived) -> str:
    return f"{arrived.id}.{arrived.pace}"


def read_arrived(text: str) -> Arrived | None:
    found = _ARRIVED.fullmatch(text)
    if not found:
        return None
    return Arrived(found[1], "fast" if found[2] == "fast" else "slow" if found[2] == "slow" else "between")
