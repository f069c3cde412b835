"""What a reader believes: each way to deceive one, on `accept` with what it remembers in and out.

Everything is put to the second reader, too, which has to come to the same verdict.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightkeeper.bundles import issuing, signatures
from lightkeeper.bundles.heads import Head, read_head
from lightkeeper.bundles.lists import digest
from lightkeeper.bundles.roots import Certificate, Keys, Root, publication_id, read_keys
from lightkeeper.bundles.states import DAY
from lightkeeper.bundles.trust import Accepted, Trust, anchor, fingerprint_of, open_list, pin
from lightkeeper.bundles.trust import accept as accept_ours
from lightkeeper.errors import BadBundle, Refused

from .desk import PUBLICATION, ROOTS, keys, secret
from .reader import layout
from .reader.belief import Last, Memory, Unbelievable

NOW = 1_790_000_000
KEYS = keys(NOW)
ONLINE = secret("online 1")
LIST = b"a list"
NAME = "fa-latest"


def head(told: Keys = KEYS, online: bytes = ONLINE, **changes: object) -> bytes:
    """A head that is right in everything but what is said."""
    given: dict[str, object] = {
        "key": signatures.key_id(signatures.public(online)),
        "publication": told.certificate.publication,
        "name": NAME,
        "sequence": NOW,
        "issued": NOW,
        "expires": NOW + 14 * DAY,
        "size": len(LIST),
        "digest": digest(LIST),
        "objects": 0,
        "wire": 0,
        "base": NOW,
        **changes,
    }
    return Head(**given).sign(online)  # type: ignore[arg-type]


def trusting(told: Keys = KEYS) -> Trust:
    return pin(told.write())


def believed(trust: Trust, told: Keys = KEYS, name: str = NAME, now: int = NOW, **changes: object) -> Accepted:
    return accept(trust, told.write(), head(told, **changes), name, now)  # type: ignore[arg-type]


def accept(trust: Trust, told: bytes, data: bytes, name: str, now: int) -> Accepted:
    """Our own verdict, once the second reader has come to the same."""
    memory = remembering(trust)
    try:
        accepted = accept_ours(trust, told, data, name, now)
    except (BadBundle, Refused):
        with pytest.raises((layout.Malformed, Unbelievable)):
            memory.accept(told, data, name, now)
        assert remembered(memory) == remembered(remembering(trust))
        raise
    verdict = memory.accept(told, data, name, now)
    ours = (accepted.head.sequence, accepted.expired, accepted.age, accepted.recovered)
    assert (verdict.head.sequence, verdict.expired, verdict.age, verdict.forgotten) == ours
    assert remembered(memory) == remembered(remembering(accepted.trust))
    return accepted


def remembering(trust: Trust) -> Memory:
    """The second reader with the memory of the first."""
    root = trust.root
    by_id = {signatures.key_id(key): key for key in root.keys}
    memory = Memory(layout.Root(root.signed, root.version, root.floor, root.publication, by_id, []))
    memory.last = {
        name: Last(known.sequence, known.issued, known.digest, known.serial, known.root_key)
        for name, known in trust.known.items()
    }
    return memory


def remembered(memory: Memory) -> tuple[bytes, dict[str, Last]]:
    return memory.root.signed, memory.last


def reason(trust: Trust, keys_: bytes, head_: bytes, name: str = NAME) -> str:
    with pytest.raises(Refused) as refused:
        accept(trust, keys_, head_, name, NOW)
    return refused.value.reason


def test_what_is_right_is_believed_and_remembered() -> None:
    """The head is read, and the reader knows its number from then on."""
    told = believed(trusting())
    assert (told.head.sequence, told.expired, told.age) == (NOW, False, 0)
    assert told.trust.known[NAME].sequence == NOW


def test_rollback_is_refused() -> None:
    """A lower number, or the same one of an earlier time, is an old state."""
    trust = believed(trusting(), sequence=NOW + 5, base=NOW + 5, issued=NOW + 5).trust
    assert reason(trust, KEYS.write(), head(sequence=NOW + 4, base=NOW + 4, issued=NOW + 9)) == "rollback"
    assert reason(trust, KEYS.write(), head(sequence=NOW + 5, base=NOW + 5, issued=NOW + 4)) == "rollback"


def test_the_same_state_is_believed_again_and_renewed() -> None:
    """Nothing new is no rollback; the same list with a later time is a renewal."""
    trust = believed(trusting()).trust
    assert believed(trust).head.issued == NOW
    renewed = believed(trust, issued=NOW + DAY, expires=NOW + 15 * DAY)
    assert renewed.trust.known[NAME].issued == NOW + DAY


def test_two_lists_of_one_number_are_refused() -> None:
    """Whoever was shown one state cannot be shown another of the same number."""
    trust = believed(trusting()).trust
    assert reason(trust, KEYS.write(), head(digest=digest(b"another list"))) == "fork"


def test_freeze_shows_its_age() -> None:
    """A mirror that stands still is read, and the reader is told how old it is."""
    told = believed(trusting(), now=NOW + 30 * DAY)
    assert told.expired
    assert told.age == 30 * DAY


def test_mix_and_match_is_refused() -> None:
    """The head of another bundle, or the list of another state, is no part of this one."""
    assert reason(trusting(), KEYS.write(), head(), name="fa-latest-20") == "other-bundle"
    with pytest.raises(Refused):
        open_list(read_head(head()), b"b list")


def test_foreign_publication_is_refused() -> None:
    """Another publication's keys, or its head under our keys, are not believed."""
    foreign = issuing.first("https://other.example", ROOTS, ONLINE, NOW)
    assert reason(trusting(), foreign.write(), head(foreign)) == "foreign"
    assert reason(trusting(), KEYS.write(), head(publication=publication_id("https://other.example"))) == "foreign"
    stranger = issuing.first(PUBLICATION, (secret("x"), secret("y")), ONLINE, NOW)
    assert reason(trusting(), stranger.write(), head(stranger)) == "foreign"


def test_altered_bytes_are_refused() -> None:
    """Each single byte of a head, turned over, is refused in one of two ways."""
    data = head()
    for place in range(len(data)):
        changed = bytes(byte ^ (1 if at == place else 0) for at, byte in enumerate(data))
        with pytest.raises((Refused, BadBundle)):
            accept(trusting(), KEYS.write(), changed, NAME, NOW)


def test_altered_keys_are_refused_or_change_nothing() -> None:
    """Each single byte of the keys, turned over: never another root, key or floor."""
    data = KEYS.write()
    for place in range(len(data)):
        changed = bytes(byte ^ (1 if at == place else 0) for at, byte in enumerate(data))
        try:
            told = accept(trusting(), changed, head(), NAME, NOW)
        except (Refused, BadBundle):
            continue
        assert told.trust.root == trusting().root  # the pinned root's own signatures need not hold


def test_head_of_another_key_is_refused() -> None:
    """A key without a certificate signs nothing."""
    assert reason(trusting(), KEYS.write(), head(online=secret("thief"))) == "other-key"


def test_forged_certificate_is_refused() -> None:
    """A certificate that names a root key and is not signed by it."""
    key = signatures.public(secret("thief"))
    root_key = signatures.key_id(KEYS.root.keys[0])
    forged = Certificate(publication_id(PUBLICATION), 9, NOW - 9, NOW + 9, key, root_key, bytes([1]) * 64)
    told = Keys(KEYS.roots, forged)
    assert reason(trusting(), told.write(), head(told, secret("thief"))) == "altered"


def test_certificate_of_another_publication_is_refused() -> None:
    """One custodian's key may serve two publications; their certificates are not mixed up."""
    other = issuing.first("https://other.example", ROOTS, ONLINE, NOW)
    told = Keys(KEYS.roots, other.certificate)
    assert reason(trusting(), told.write(), head(told)) == "foreign"


def test_head_outside_its_certificate_is_refused() -> None:
    """An old key that is found later cannot sign for today."""
    late = NOW + 400 * DAY
    assert reason(trusting(), KEYS.write(), head(issued=late, expires=late + 1)) == "out-of-time"
    early = NOW - 2 * DAY
    assert reason(trusting(), KEYS.write(), head(issued=early, expires=NOW)) == "out-of-time"


def test_expired_certificate_shows_its_age() -> None:
    """A head may not outlive its key."""
    told = believed(trusting(), now=NOW + 370 * DAY, expires=NOW + 1000 * DAY)
    assert told.expired


@pytest.mark.parametrize("years", [-30, -5, 5, 30])
def test_clock_that_is_wrong_by_years(years: int) -> None:
    """It makes nothing unreadable: too late shows an age, too early counts as the time of issue."""
    told = believed(trusting(), now=max(0, NOW + years * 365 * DAY))
    assert told.expired == (years > 0)
    assert told.age == max(0, years * 365 * DAY)


def test_rotation_is_followed() -> None:
    """A new online key is believed on a root key's word, also where the other custodian gave it."""
    trust = believed(trusting()).trust
    rotated = issuing.rotate(KEYS, ROOTS[1], secret("online 2"), NOW + DAY)
    told = believed(trust, rotated, online=secret("online 2"), sequence=NOW + 1, base=1, issued=NOW + DAY)
    assert not told.recovered
    assert told.trust.root == trust.root


def test_old_key_still_counts_after_rotation() -> None:
    """A mirror that lags behind a rotation can be read."""
    rotated = issuing.rotate(KEYS, ROOTS[0], secret("online 2"), NOW)
    trust = accept(trusting(), rotated.write(), head(rotated, secret("online 2"), name="en-latest"), "en-latest", NOW)
    assert believed(trust.trust).head.name == NAME


def test_revoked_key_is_refused_by_who_heard_of_it() -> None:
    """After a revocation neither the old keys nor the old certificate under the new root are believed."""
    revoked = issuing.revoke(KEYS, ROOTS[0], secret("online 2"), NOW)
    trust = believed(trusting(), revoked, online=secret("online 2")).trust
    assert reason(trust, KEYS.write(), head(sequence=NOW + 9, base=1)) == "old-keys"
    mixed = Keys(revoked.roots, KEYS.certificate)
    assert reason(trust, mixed.write(), head(sequence=NOW + 9, base=1)) == "revoked"


def test_reader_recovers_from_a_stolen_key_that_ran_ahead() -> None:
    """A thief's enormous number does not lock the publisher out: it is forgotten with the thief's certificate."""
    far = NOW + 10**9
    trust = believed(trusting(), sequence=far, base=far).trust
    revoked = issuing.revoke(KEYS, ROOTS[1], secret("online 2"), NOW)
    told = believed(trust, revoked, online=secret("online 2"))
    assert told.recovered
    assert told.trust.known[NAME].sequence == NOW


def test_reader_recovers_from_a_stolen_root_key() -> None:
    """Certificates of a replaced root key are forgotten, however high their serials."""
    stolen = Certificate(
        publication_id(PUBLICATION), 2**32 - 1, NOW - DAY, NOW + DAY, signatures.public(secret("thief"))
    ).sign(ROOTS[1])
    theirs = Keys(KEYS.roots, stolen)
    trust = believed(trusting(), theirs, online=secret("thief"), sequence=NOW + 99, base=1).trust
    ours = issuing.replace_root(KEYS, ROOTS[0], secret("root c"), secret("online 2"), NOW)
    told = believed(trust, ours, online=secret("online 2"))
    assert told.recovered
    assert reason(told.trust, Keys(ours.roots, stolen).write(), head(theirs, secret("thief"))) == "revoked"


def test_new_root_is_followed_over_several_versions() -> None:
    """A reader that slept through three roots follows them one by one, and goes back to none."""
    second = issuing.replace_root(KEYS, ROOTS[0], secret("root c"), secret("online 2"), NOW)
    third = issuing.replace_root(second, secret("root c"), secret("root d"), secret("online 3"), NOW)
    told = believed(trusting(), third, online=secret("online 3"))
    assert told.trust.root.version == 3
    assert set(told.trust.root.keys) == {signatures.public(secret("root c")), signatures.public(secret("root d"))}
    assert reason(told.trust, second.write(), head(second, secret("online 2"))) == "old-keys"


def _with_root(root: Root, online: bytes = ONLINE, by: bytes = ROOTS[0]) -> Keys:
    key = signatures.public(online)
    certificate = Certificate(publication_id(PUBLICATION), 5, NOW - DAY, NOW + DAY, key).sign(by)
    return Keys((*KEYS.roots, root), certificate)


@pytest.mark.parametrize(
    ("changes", "signers"),
    [
        ({}, ("thief",)),  # not by its predecessor
        ({"keys": (signatures.public(secret("thief")),)}, ("root a",)),  # not by a key of its own
        ({"publication": "https://other.example"}, ("root a",)),
        ({"floor": 0}, ("root a",)),  # revives what was revoked
    ],
)
def test_false_successor_of_a_root_is_refused(changes: dict[str, object], signers: tuple[str, ...]) -> None:
    """A new root needs its predecessor's word and its own, and takes nothing back."""
    root = replace(KEYS.root, version=2, **changes).sign(*(secret(name) for name in signers))  # type: ignore[arg-type]
    told = _with_root(root)
    assert reason(trusting(), told.write(), head(told)) in ("foreign", "altered")


def test_gap_between_roots_is_refused() -> None:
    """Keys that do not reach back to what the reader knows, or skip a version, tell nothing."""
    second = issuing.replace_root(KEYS, ROOTS[0], secret("root c"), secret("online 2"), NOW)
    cut = Keys(second.roots[1:], second.certificate)
    assert reason(trusting(), cut.write(), head(second, secret("online 2"))) == "gap"
    third = issuing.replace_root(second, ROOTS[0], secret("root d"), secret("online 3"), NOW)
    skipping = Keys((third.roots[0], third.roots[2]), third.certificate)
    with pytest.raises(BadBundle):
        accept(trusting(), skipping.write(), head(third, secret("online 3")), NAME, NOW)


def test_root_that_nobody_signed_is_not_pinned() -> None:
    """The first install asks at least that the root's own key signed it."""
    unsigned = Keys((replace(KEYS.root, signatures=()),), KEYS.certificate)
    with pytest.raises(Refused):
        pin(unsigned.write())


def test_anchor_needs_that_very_key_s_signature() -> None:
    """A root that merely names the key whose fingerprint one was told is not its root."""
    for number in (0, 1):
        assert anchor(KEYS.write(), fingerprint_of(KEYS.root.keys[number])).root == trusting().root
    members = (KEYS.root.keys[0], signatures.public(secret("thief")))
    false = replace(KEYS.root, keys=members, signatures=()).sign(secret("thief"))
    with pytest.raises(Refused):
        anchor(Keys((false,), KEYS.certificate).write(), fingerprint_of(KEYS.root.keys[0]))


def test_refusal_leaves_what_is_remembered() -> None:
    """What goes in is a value: nothing that was refused can have changed it."""
    trust = believed(trusting()).trust
    reason(trust, KEYS.write(), head(sequence=1, base=1))
    assert trust.known[NAME].sequence == NOW
    assert believed(trust, name=NAME).head.sequence == NOW


def test_keys_survive_writing() -> None:
    """What is written is read as it was."""
    assert read_keys(KEYS.write()) == KEYS
