"""Content codings: choosing, decoding what may be hostile, encoding so that every chunk moves on."""

from __future__ import annotations

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.delivery.compression import Coding, Decoder, Encoder, choose, decodable, understood
from lightkeeper.errors import OriginGarbled, PageTooLarge

TEXT = ("<p>Der Fluß — رود — 河.</p>\n" * 3000).encode()


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP ": gzip.compress,
    "deflate": zlib.compress,
    "deflate, identity": raw_deflate,
    "br": brotli.compress,
    "gzip, br": lambda data: bytes(brotli.compress(gzip.compress(data))),
    "br, gzip": lambda data: gzip.compress(brotli.compress(data)),
}


def decode(coding: str, data: bytes, step: int = 1000, limit: int | None = None) -> bytes:
    decoder = Decoder(coding, limit)
    return b"".join(piece for start in range(0, len(data), step) for piece in decoder.feed(data[start : start + step]))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("br;q=0, gzip;q=0.000", ""),
        ("gzip;q=1.0, br;q=0.9", "gzip"),
        ("br ; q=0.5 , gzip;q=0.5", "br"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("gzip, *;q=0", "gzip"),
        ("identity", ""),
        ("identity, gzip;q=0.5", ""),
        ("gzip;q=nonsense", ""),
        ("gzip;q=inf", ""),
        ("notgzip, brx", ""),
        (",,;q=1,", ""),
    ],
)
def test_the_readers_weights_decide(header: str, expected: str) -> None:
    """RFC 9110 12.5.3: zero refuses, `*` stands for what is not named, brotli where all is equal."""
    assert expected == choose(header)


@given(st.text())
def test_no_header_breaks_the_choice(header: str) -> None:
    """Whatever a reader sends, there is a coding to answer in."""
    assert choose(header) in ("br", "gzip", "")


@pytest.mark.parametrize("coding", CODERS)
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_decoding_gives_back_what_was_coded(coding: str, step: int) -> None:
    """In pieces of any size, one coding or several, `deflate` in both of its readings."""
    data = TEXT[:20_000]
    coded = CODERS[coding](data)
    assert data == decode(coding, coded, step)
    decoder = Decoder(coding)
    assert [] == list(decoder.feed(b""))
    assert b"".join(decoder.feed(coded)) == data
    assert decoder.complete


def test_gzip_may_have_several_members_and_rubbish_behind() -> None:
    """RFC 1952 2.2; zero padding and other extras are ignored, as browsers do."""
    members = gzip.compress(b"one ") + gzip.compress(b"two")
    for step in (1, 1000):
        assert b"one two" == decode("gzip", members + b"\x00\x00rubbish", step)
    assert b"x" == decode("deflate", zlib.compress(b"x") + b"rubbish")


def test_a_cut_body_is_known_to_be_incomplete() -> None:
    """What has arrived is there nevertheless."""
    for coding in ("gzip", "deflate", "br"):
        decoder = Decoder(coding)
        data = CODERS[coding](TEXT)
        got = b"".join(decoder.feed(data[:-3]))
        assert TEXT.startswith(got)
        assert not decoder.complete
    assert Decoder("").complete


@pytest.mark.parametrize("coding", ["zstd", "compress", "gzip, zstd", "gzip, gzip, gzip, gzip", "aes128gcm", "br;q=1"])
def test_a_coding_that_nobody_asked_for_is_garbled(coding: str) -> None:
    """`decodable` tells beforehand, so that such an answer can pass untouched."""
    assert not decodable(coding)
    with pytest.raises(OriginGarbled):
        Decoder(coding)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "br", "gzip, br"]))
def test_rubbish_is_garbled_at_worst(data: bytes, coding: str) -> None:
    """No other exception comes out."""
    with contextlib.suppress(OriginGarbled):
        decode(coding, data, 10)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, br", "gzip, gzip"])
def test_a_bomb_is_decoded_in_small_pieces(coding: str) -> None:
    """Pieces of 64 KiB at most, made when asked for: 100 MB of zeros never stand in memory at once."""
    bomb = bytes(100_000_000)
    for name in coding.split(", "):
        bomb = CODERS[name](bomb) if name != "br" else brotli.compress(bomb, quality=1)
    tracemalloc.start()
    total = 0
    decoder = Decoder(coding)
    try:
        for piece in decoder.feed(bomb):
            assert len(piece) <= 65536
            total += len(piece)
    except OriginGarbled:
        assert total > 16_000_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_a_bomb_beyond_all_measure_is_refused() -> None:
    """More than gzip can expand, past 16 MiB: no page is like that."""
    bomb = brotli.compress(bytes(200_000_000), quality=9, lgwin=24)
    with pytest.raises(OriginGarbled, match="beyond all measure"):
        decode("br", bomb)


def test_the_limit_counts_decoded_bytes() -> None:
    """`PageTooLarge`, before the rest is decoded."""
    with pytest.raises(PageTooLarge):
        decode("gzip", gzip.compress(bytes(10_000_000)), 10_000_000, limit=1_000_000)
    assert 1_000_000 == len(decode("gzip", gzip.compress(bytes(1_000_000)), limit=1_000_000))


@pytest.mark.parametrize("coding", ["br", "gzip", ""])
def test_everything_fed_can_be_read_after_a_flush(coding: Coding) -> None:
    """A chunk that the origin sent is not held back in the compressor."""
    encoder, decoder = Encoder(coding), Decoder(coding)
    for part in (b"<html>", b"<p>first</p>", TEXT[:5000]):
        coded = encoder.feed(part) + encoder.flush()
        assert part == b"".join(decoder.feed(coded))
    assert b"" == b"".join(decoder.feed(encoder.finish()))
    assert decoder.complete


@pytest.mark.parametrize(("coding", "limit"), [("br", 0.02), ("gzip", 0.02), ("", 1.0)])
def test_encoding_makes_pages_smaller(coding: Coding, limit: float) -> None:
    """In one piece, and readable by the libraries themselves."""
    encoder = Encoder(coding)
    coded = encoder.feed(TEXT) + encoder.finish()
    assert TEXT == {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](coded)
    assert len(coded) <= limit * len(TEXT)


def test_quality_can_be_chosen() -> None:
    """For bytes that are made once and sent often."""
    sizes = [len((encoder := Encoder("br", quality)).feed(TEXT) + encoder.finish()) for quality in (1, 11)]
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize(
    ("accepted", "asked"),
    [
        ("gzip, deflate, br, zstd", "gzip, deflate, br"),
        ("br;q=0.3 , *;q=0.1", "br;q=0.3"),
        ("GZIP;q=0", "GZIP;q=0"),
        ("zstd", "identity"),
        ("", "identity"),
    ],
)
def test_the_origin_may_use_any_coding_that_reader_and_service_understand(accepted: str, asked: str) -> None:
    """What passes untouched comes as small as it does directly; what we amend can be opened."""
    assert asked == understood(accepted)
