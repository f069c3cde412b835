"""Heads, lists, differences, packs, alphabets, sheets: what is written is read again, and what is not so is refused."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.bundles import differences, packs, sheets, states
from lightkeeper.bundles.alphabets import alphabet, decode, encode
from lightkeeper.bundles.heads import read_head, split_manifest
from lightkeeper.bundles.lists import Entry, Listing, digest, read_list
from lightkeeper.bundles.states import DAY, HOUR
from lightkeeper.errors import BadBundle, KeyFileError

from .desk import secret
from .test_trust import head

ENTRIES = st.builds(lambda kind, data: Entry(kind, len(data), digest(data)), st.integers(1, 3), st.binary(max_size=9))
LISTS = st.builds(
    Listing,
    st.lists(ENTRIES, max_size=12, unique_by=lambda entry: entry.digest).map(tuple),
    st.sets(st.binary(min_size=16, max_size=16), max_size=5).map(lambda found: tuple(sorted(found))),
    st.lists(st.text(max_size=20), max_size=3).map(tuple),
    st.binary(min_size=32, max_size=32),
)


@given(LISTS)
def test_list_is_read_as_written(listing: Listing) -> None:
    """Every list that can be made."""
    assert read_list(listing.write()) == listing


@given(LISTS, LISTS)
def test_difference_leads_from_any_list_to_any_other(old: Listing, new: Listing) -> None:
    """A difference applied to the old list makes the new one, byte for byte."""
    change = differences.difference(old.pieces(), new.pieces())
    assert differences.apply(old.write(), change) == new.write()


def test_difference_of_one_entry_in_two_hundred_is_small() -> None:
    """What returns is copied: a change costs its own bytes and little more."""
    entries = tuple(Entry(1, 1, digest(bytes([number]))) for number in range(200))
    old, new = Listing(entries), Listing((Entry(1, 1, digest(b"new")), *entries[:-1]))
    assert len(differences.difference(old.pieces(), new.pieces())) < 110


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_what_is_cut_short_is_refused(cut: int) -> None:
    """No structure is read from a part of it."""
    listing = Listing((Entry(1, 3, digest(b"abc")),), (bytes(16),), ("https://mirror.example",))
    for data, read in ((head(), read_head), (listing.write(), read_list)):
        with pytest.raises(BadBundle):
            read(data[:cut])
        with pytest.raises(BadBundle):
            read(data + b"\0")


@pytest.mark.parametrize(
    "listing",
    [
        Listing((Entry(1, 3, bytes(32)), Entry(2, 3, bytes(32)))),  # twice
        Listing((), (bytes(16), bytes(16))),
        Listing((), (b"b" * 16, b"a" * 16)),
        Listing((Entry(1, 5_000_000, bytes(32)),)),
        Listing((Entry(0, 1, bytes(32)),)),
    ],
)
def test_list_out_of_order_is_refused(listing: Listing) -> None:
    """One state has one list: nothing twice, tombstones in order, nothing enormous."""
    with pytest.raises(BadBundle):
        read_list(listing.write())


def test_manifest_is_a_head_with_a_list_behind_it() -> None:
    """The two come apart again."""
    assert split_manifest(head() + b"anything") == (head(), b"anything")


@pytest.mark.parametrize("size", [1, 2, 5, 7, 4096])
def test_pack_is_read_in_pieces_of_any_size(size: int) -> None:
    """Records come out as they become whole, the same however the bytes arrive."""
    objects = {digest(data): data for data in (b"first", b"second" * 50, b"")}
    listing = Listing(tuple(Entry(1, len(data), name) for name, data in objects.items()))
    data = b"".join(packs.records(None, listing, lambda entry: objects[entry.digest]))
    unpacker = packs.Unpacker()
    found: list[tuple[int, bytes]] = []
    for at in range(0, len(data), size):
        found += unpacker.feed(data[at : at + size])
    assert unpacker.between
    assert differences.apply(b"", found[0][1]) == listing.write()
    assert [payload for _, payload in found[1:]] == list(objects.values())


def test_offsets_follow_from_the_sizes() -> None:
    """Where a record begins is known from the list: what a range request after a cut needs."""
    objects = {digest(bytes([n]) * n): bytes([n]) * n for n in (3, 70, 11)}
    listing = Listing(tuple(Entry(1, len(data), name) for name, data in objects.items()))
    data = b"".join(packs.records(None, listing, lambda entry: objects[entry.digest]))
    at = 4 + 5 + len(differences.difference((), listing.pieces()))
    for entry in listing.entries:
        assert data[at + 5 : at + 5 + entry.size] == objects[entry.digest]
        at += 5 + entry.size
    assert at == len(data)


@pytest.mark.parametrize("data", [b"LKp2", b"x", b"LKp1\1\xff\xff\xff\xff"])
def test_what_is_no_pack_is_refused_at_once(data: bytes) -> None:
    """Before anything is waited for, and without keeping an endless record in memory."""
    with pytest.raises(BadBundle):
        list(packs.Unpacker().feed(data))


@given(st.text(), st.sampled_from(["fa", "ru", "he", "el", "en", "zh", "ar-EG", ""]))
def test_text_survives_its_alphabet(text: str, language: str) -> None:
    """Also what no alphabet has."""
    letters = alphabet(language)
    assert decode(encode(text, letters), letters) == text
    assert len(letters) == len(set(letters)) <= 127


def test_persian_letters_take_one_byte() -> None:
    """Every letter, digit and half-space of ordinary Persian is in the alphabet."""
    text = "گزارش روز: «می‌گویند پژوهشگر، چهره‌ی ۱۲۳۴؟» — آب و هوا؛ مسئلهٔ"
    assert len(encode(text, alphabet("fa"))) == len(text)


@pytest.mark.parametrize("data", [b"\xff", b"\xff\0\0", b"\xff\x11\0\0", b"\xff\0\xd8\0", b"\xfe"])
def test_bytes_that_mean_no_letter_are_refused(data: bytes) -> None:
    """Cut short, beyond Unicode, half a pair, or behind the end of the alphabet."""
    with pytest.raises(BadBundle):
        decode(data, alphabet("fa"))


@given(st.binary(min_size=32, max_size=32))
def test_sheet_brings_the_key_back(key: bytes) -> None:
    """Also in lower case, with O for 0, and with other lines around it."""
    written = "\n".join(["Root key", *sheets.rows(key), "1 of 2"])
    assert sheets.read(written) == key
    assert sheets.read(written.lower().replace("0", "o")) == key


@settings(max_examples=60)
@given(st.integers(0, 3), st.integers(0, 15), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_mistake_on_a_sheet_names_its_row(row: int, place: int, letter: str) -> None:
    """A wrong letter is found, and where it is."""
    rows = list(sheets.rows(secret("paper")))
    at = [index for index, character in enumerate(rows[row]) if index > 2 and character != " "][place]
    if rows[row][at] == letter:
        return
    rows[row] = rows[row][:at] + letter + rows[row][at + 1 :]
    with pytest.raises(KeyFileError, match=f"row {row + 1}"):
        sheets.read("\n".join(rows))


@pytest.mark.parametrize("text", ["", "1: AAAA", "nonsense", "1: !!!! !!!! !!!! !!!!"])
def test_what_is_no_sheet_says_what_a_row_is(text: str) -> None:
    """A person can mend it."""
    with pytest.raises(KeyFileError, match="four groups of four"):
        sheets.read(text)


def test_rows_swapped_are_found() -> None:
    """Each row's check knows which row it is."""
    rows = [row.partition(": ")[2] for row in sheets.rows(secret("paper"))]
    swapped = [f"{place}: {row}" for place, row in enumerate([rows[1], rows[0], rows[2], rows[3]], 1)]
    with pytest.raises(KeyFileError, match="row 1"):
        sheets.read("\n".join(swapped))


def test_kept_states_are_few_and_reach_back_a_week() -> None:
    """After weeks of a change every ten minutes: at most six, one of them the last, one days old."""
    held: list[tuple[int, int]] = []
    for minute in range(0, 20 * 24 * 60, 10):
        now = minute * 60
        stay = set(states.kept(held, now))
        held = [state for state in held if state[0] in stay]
        held.append((minute + 1, now))
    ages = sorted(now - time for _, time in held)
    assert len(held) <= 7
    assert ages[:2] == [0, 600]
    assert 3 * DAY < ages[-1] <= 8 * DAY
    assert all(younger < older for younger, older in pairwise(ages))


def test_states_of_a_clock_that_went_back_are_not_lost() -> None:
    """A state from the future counts as new."""
    assert states.kept([(5, 10 * HOUR)], 0) == (5,)


def test_sequence_goes_forward_without_a_memory() -> None:
    """Whoever lost everything goes on above; a burst within a second counts on; a clock that went back does not."""
    assert states.next_sequence(0, 1000) == 1000
    assert states.next_sequence(1000, 1000) == 1001
    assert states.next_sequence(5000, 1000) == 5001


def test_bundle_names_hold_what_an_address_may() -> None:
    """Whatever language a story claims, the name is one."""
    for language in ("fa", "en-GB", "zh-Hant-TW", "", "x!", "../..", "ENGLISHES" * 3, string.printable):
        for bundle in (*states.latest(language), states.archive(language, "2026-11")):
            assert states.is_name(bundle.name)
