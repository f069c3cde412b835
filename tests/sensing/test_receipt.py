"""The receipt's state machine: every sequence of up to six events, against what a person would say of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.sensing import receipt
from lightkeeper.sensing.receipt import (
    LIFE,
    Arrived,
    Fresh,
    Idle,
    Light,
    Pending,
    Seen,
    State,
    Verdict,
    age,
    judge,
    mint,
    read_arrived,
    read_state,
    receive,
    sent_copy,
    sent_full,
    sent_light,
    tell,
    write,
    write_arrived,
)
from lightkeeper.sensing.timing import Timing

LIMIT = 5.0
START = 1_800_000_000.0
FRESH = Fresh()
UNSEEN = Seen()


@dataclass(frozen=True, slots=True)
class World:
    """A browser with its two cookies, and the tabs of which it may still load the end."""

    now: float = START
    state: State = FRESH
    arrived: Arrived | None = None
    last: str = ""  # the id in the page that was sent last
    before: str = ""  # and in the one before that
    count: int = 0
    served: tuple[str, ...] = ()  # editions, in order
    findings: tuple[str, ...] = ()
    shown: int = 0  # Light pages for what the connection showed
    seen: Seen = UNSEEN  # by the server, of the full page that pends

    def navigate(
        self, *, ahead: bool = False, copy: bool = False, referrer: str | None = None, slow: bool = False
    ) -> World:
        """`slow`: the flow of the last page shows a slow link, which is Light by prediction."""
        verdict = judge(self.state, self.arrived, now=self.now, limit=LIMIT, referrer=referrer, seen=self.seen)
        edition = "light" if slow or verdict.finding in ("slow", "failed", "held", "shown") else "full"
        findings = (*self.findings, verdict.finding)
        seen = replace(self, served=(*self.served, edition), findings=findings, shown=self.shown + slow)
        if ahead:
            return seen
        seen = replace(seen, seen=UNSEEN)
        if edition == "light":
            state = sent_light(verdict, slow=slow)
            if state is None:
                assert slow
                return seen
            return replace(seen, state=state, arrived=None)
        assert sent_light(verdict) is None
        if copy:
            return replace(seen, state=sent_copy(verdict), arrived=None)
        id_ = mint(self.now, self.count * 7919 + 1)
        state = sent_full(verdict, id_, f"/{self.count}")
        return replace(seen, state=state, arrived=None, last=id_, before=self.last, count=self.count + 1)

    def after(self, seconds: float) -> World:
        return replace(self, now=self.now + seconds)

    def picture(self, id_: str) -> World:
        found = receive(self.state, self.arrived, id_, now=self.now, limit=LIMIT) if id_ else None
        return self if found is None else replace(self, arrived=found)

    def told(self, paint: float) -> World:
        """The page that was sent last says when it painted, on a connection that took 0.1 s."""
        timing = Timing(connect=0.1, first=0.3, last=0.4, paint=0.3 + paint, size=20_000)
        found = tell(self.state, self.arrived, self.last, timing, limit=LIMIT)
        return self if found is None else replace(self, arrived=found)


Event = Callable[[World], World]

EVENTS: dict[str, Event] = {
    "full page, fast": lambda world: _loaded(world, 1.0),
    "full page, slow": lambda world: _loaded(world, 8.0),
    "full page, never whole": lambda world: world.navigate().after(30),
    "full page, told fast": lambda world: _loaded(world, 1.0, paint=0.5),
    "full page, told slow": lambda world: _loaded(world, 1.0, paint=6.0),
    "Light page on a connection that shows itself slow": lambda world: world.navigate(slow=True).after(30),
    "full page, slow, its text seen in time": lambda world: _loaded(world, 8.0, text=2.0),
    "full page, fast, its text seen late": lambda world: _loaded(world, 1.0, text=6.0),
    "full page, whole without its picture": lambda world: _whole(world),
    "early click": lambda world: _loaded(world.navigate().after(2), 1.0),
    "click on a page without pictures": lambda world: _clicked(world),
    "prefetch": lambda world: world.navigate(ahead=True).after(1),
    "copy confirmed": lambda world: world.navigate(copy=True).picture(world.last).after(6),
    "old tab's picture": lambda world: world.picture(world.before).after(1),
    "same picture again": lambda world: world.after(60).picture(world.last),
    "cookies cleared": lambda world: replace(world, state=Fresh(), arrived=None),
}


def _loaded(world: World, seconds: float, paint: float | None = None, text: float | None = None) -> World:
    """A navigation whose page arrives whole after `seconds`, where it is a full one, and may tell how it loaded.

    The server saw that it could be read after `text`.
    """
    sent = world.navigate()
    if sent.served[-1] == "light":
        return sent.after(seconds + 30)
    there = sent.after(seconds).picture(sent.last)
    return replace(there if paint is None else there.told(paint), seen=Seen(text, True)).after(30)


def _whole(world: World) -> World:
    """All of a full page is there in good time, but its picture is not asked for."""
    sent = world.navigate().after(30)
    return sent if sent.served[-1] == "light" else replace(sent, seen=Seen(2.0, True))


def _clicked(world: World) -> World:
    """A full page is shown, its pictures are blocked, and a link in it leads on to a page that arrives."""
    sent = world.navigate().after(20)
    if sent.served[-1] == "light":
        return sent
    return _load_from(sent, f"/{sent.count - 1}")


def _load_from(world: World, referrer: str) -> World:
    sent = world.navigate(referrer=referrer)
    return sent.after(1).picture(sent.last).after(30)


def _consistent(world: World) -> None:
    """What holds in every state that can be reached."""
    state = world.state
    assert read_state(write(state)) == state
    assert 0 <= receipt.life(state, world.now) <= LIFE
    if isinstance(state, Light):
        assert 2 <= state.strikes <= 4
        assert state.left < {2: 1, 3: 3, 4: 7}[state.strikes]
        assert receipt.life(state, world.now) > 0
    if isinstance(state, Pending | Idle):
        assert 0 <= state.strikes <= 4
    if world.arrived is not None:
        assert isinstance(state, Pending)
        assert world.arrived.id == state.id
        assert read_arrived(write_arrived(world.arrived)) == world.arrived


def test_every_sequence_of_six_events_keeps_the_rules() -> None:
    """Three million of them: sequences that lead to the same are followed once (below: that this loses nothing).

    Light is only ever entered behind a page that failed or was slow, and lasts for at most seven pages.
    """
    frontier = [World()]
    for _ in range(6):
        reached = {_essence(after): after for world in frontier for after in _checked(world)}
        frontier = list(reached.values())
    assert len(frontier) > 70


def test_sequences_that_lead_to_the_same_may_be_followed_once() -> None:
    """All twenty thousand sequences of four, one by one, reach what they reach when they are merged on the way."""
    merged = single = [World()]
    for _ in range(4):
        merged = list({_essence(after): after for world in merged for after in _checked(world)}.values())
        single = [after for world in single for after in _checked(world)]
    assert {_essence(world) for world in single} == {_essence(world) for world in merged}


def _checked(world: World) -> Iterator[World]:
    """What each event makes of a world."""
    for event in EVENTS.values():
        after = event(world)
        _consistent(after)
        _entered_for_a_reason(world, after)
        yield after


def _essence(world: World) -> tuple[object, ...]:
    """All that can make a difference later: ids are equal or not, times are early or late, Light pages are counted."""
    state = world.state
    kind: tuple[object, ...]
    if isinstance(state, Pending):
        passed = age(state.id, world.now)
        arrived = world.arrived.pace if world.arrived else ""
        ids = state.id == world.last, state.id == world.before
        kind = ("pending", state.strikes, passed < LIMIT, arrived, world.seen, *ids)
    else:
        kind = (
            type(state).__name__,
            *(getattr(state, name) for name in ("strikes", "left", "slow") if hasattr(state, name)),
        )
    return (*kind, bool(world.last), bool(world.before), _run(world.served))


def _run(served: tuple[str, ...]) -> int:
    """How many Light pages there were in a row."""
    return next((turn for turn, edition in enumerate(reversed(served)) if edition == "full"), len(served))


def _entered_for_a_reason(before: World, after: World) -> None:
    fresh = after.findings[len(before.findings) :]
    assert _run(after.served) <= 8 or set(fresh) <= {"held", "shown"} or after.shown > before.shown
    for found in fresh[:1]:
        if found in ("failed", "slow"):
            assert isinstance(before.state, Pending)
            late = age(before.state.id, before.now) >= LIMIT and not before.seen.whole
            assert late if before.arrived is None else _slow(before)
        if found in ("held", "shown", "trial"):
            assert isinstance(before.state, Light)


def _slow(world: World) -> bool:
    text = world.seen.text
    return text > LIMIT if text and world.seen.whole else world.arrived is not None and world.arrived.pace == "slow"


SHOWN = "Light page on a connection that shows itself slow"
LATE = "full page, fast, its text seen late"
BAD = (SHOWN, "full page, slow", "full page, told slow", "full page, never whole", LATE)
GOOD = tuple(name for name in EVENTS if name not in BAD)


@pytest.mark.parametrize("length", range(1, 7))
def test_no_false_alarm(length: int) -> None:
    """Whatever a reader on a good link does, in any order, Light is never served."""
    frontier = {World()}
    for _ in range(length):
        reached = {_essence(after): after for world in frontier for after in (EVENTS[name](world) for name in GOOD)}
        assert {edition for world in reached.values() for edition in world.served} <= {"full"}
        frontier = set(reached.values())


def test_one_failure_is_enough_and_the_next_page_is_light() -> None:
    """A link that breaks: Light at the next navigation; one that is slow: likewise."""
    for name in set(BAD) - {SHOWN}:
        world = EVENTS[name](EVENTS["full page, fast"](World())).navigate()
        assert world.served == ("full", "full", "light")


def test_a_link_that_becomes_good_gets_the_full_page_back_within_two_navigations() -> None:
    """Behind one failure there is one Light page; then a full page is tried, and stays."""
    world = EVENTS["full page, never whole"](World())
    for _ in range(4):
        world = EVENTS["full page, fast"](world)
    assert world.served == ("full", "light", "full", "full", "full")
    assert world.findings[1:4] == ("failed", "trial", "fast")


def test_a_bad_link_is_tried_less_and_less() -> None:
    """One Light page, then seven between two full ones."""
    world = World()
    for _ in range(22):
        world = EVENTS["full page, never whole"](world)
    assert _shape(world) == "F L F LLLLLLL F LLLLLLL F LLL".replace(" ", "")


def test_a_changing_link_does_not_flip_page_by_page() -> None:
    """Good and bad full pages in turn: a failure weighs twice what a good page does."""
    world, good = World(), False
    for _ in range(24):
        found = judge(world.state, world.arrived, now=world.now, limit=LIMIT).finding
        tried = found not in ("held", "shown", "slow", "failed")
        world = EVENTS["full page, fast" if good else "full page, never whole"](world)
        good = good != tried
    assert _shape(world).count("L") > 16
    assert "LFLFL" not in _shape(world)[4:]


def _shape(world: World) -> str:
    return "".join(edition[0].upper() for edition in world.served)


def test_light_lasts_for_a_day_at_most() -> None:
    """However often it is renewed, and counted from the page that failed."""
    for hour in range(0, 24, 5):
        world = replace(World(), now=START + hour * 3600, state=Idle(3)).navigate()
        sent = world.now
        world = world.after(20 * 3600).navigate()
        assert isinstance(world.state, Light)
        for _ in range(3):
            assert world.now + receipt.life(world.state, world.now) <= sent + LIFE
            world = world.after(1000).navigate()


def test_the_pace_is_a_share_of_the_limit() -> None:
    """2.5 s of 5 is fast, 3.3 s is slow; with another limit they move along."""
    for limit, took, pace in (
        (5.0, 2.4, "fast"),
        (5.0, 2.9, "between"),
        (5.0, 3.4, "slow"),
        (10.0, 4.9, "fast"),
        (10.0, 6.7, "slow"),
    ):
        id_ = mint(START, 1)
        assert receive(Pending(id_, 0, 0), None, id_, now=START + took, limit=limit) == Arrived(id_, pace)  # type: ignore[arg-type]


def test_what_lies_between_changes_nothing() -> None:
    """Neither good nor bad: strikes stay, and the next page is full."""
    id_ = mint(START, 1)
    found = judge(Pending(id_, 3, 0), Arrived(id_, "between"), now=START + 60, limit=LIMIT)
    assert found == Verdict("unknown", 3)


def test_replicas_whose_clocks_differ() -> None:
    """A page sent by one that is ahead is just sent, not three days old."""
    assert age(mint(START + 2, 5), START) == 0
    assert age(mint(START, 5), START + 100.5) == pytest.approx(100.5)


def test_the_cookies_hold_fewer_than_eight_bits_besides_the_id() -> None:
    """All values that can be written, counted: pending with arrived, and Light, which has no id."""
    paces, pending = 3, sum(read_state(f"{'0' * 14}.{a}{b:x}") != Fresh() for a in range(10) for b in range(16))
    light = sum(read_state(f"light.{number:03}") != Fresh() for number in range(1000))
    assert pending * paces < 2**8
    assert 2 * light < 2**8


def test_an_id_says_nothing_but_its_time() -> None:
    """Two pages sent in the same millisecond have different ids; chance fills the rest."""
    assert mint(START, 1) != mint(START, 2)
    assert all(receipt.is_id(mint(START + turn, turn**5)) for turn in range(100))


@given(st.text(), st.text(), st.text())
def test_any_cookie_is_survived(pending: str, arrived: str, id_: str) -> None:
    """Hostile values give a state, a verdict, and a life within a day."""
    state, told = read_state(pending), read_arrived(arrived)
    verdict = judge(state, told, now=START, limit=LIMIT, referrer=id_)
    assert 0 <= verdict.strikes <= 4
    assert receive(Fresh(), told, id_, now=START, limit=LIMIT) is None
    assert 0 <= receipt.life(state, START) <= LIFE


@given(st.from_regex(receipt._PENDING, fullmatch=True) | st.from_regex(receipt._LIGHT, fullmatch=True))
def test_what_is_read_is_written_again(text: str) -> None:
    """One value, one state."""
    state = read_state(text)
    assert state == Fresh() or write(state) == text


def test_what_a_connection_showed_outlives_it_by_one_light_page() -> None:
    """On trial, a Light page's flow says slow: Light. A new connection knows nothing: one more, then the trial."""
    world = EVENTS["full page, never whole"](World()).navigate().after(30)
    assert world.state == Light(2, 0, world.state.since if isinstance(world.state, Light) else 0)
    shown = world.navigate(slow=True).after(120)
    assert isinstance(shown.state, Light)
    assert shown.state.slow
    again = shown.navigate().after(30)
    tried = EVENTS["full page, fast"](again)
    assert tried.findings == ("unknown", "failed", "trial", "shown", "trial")
    assert tried.served == ("full", "light", "light", "light", "full")


def test_a_link_that_becomes_good_on_a_new_connection_is_full_within_two_navigations() -> None:
    """Whatever was shown before: the first of them is Light at most, the second is full."""
    worlds = [World()]
    for _ in range(4):
        worlds = list({_essence(after): after for world in worlds for after in _checked(world)}.values())
    for world in worlds:
        if isinstance(world.state, Light) and world.state.strikes == 2:
            assert "full" in world.navigate().after(30).navigate().served[-2:]
