"""The rewriter: our bytes in the right places, the origin's addresses mapped, everything else as it was."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.editions.stream import Rewriter
from lightkeeper.editions.tokens import LIMIT

HEAD, BODY, TAIL = b"<script>H</script>", b"<noscript>B</noscript>", b'<p id="lk-end">T</p>'


def public(url: str) -> str:
    return url.replace("http://origin:8080", "https://news.example", 1) if url.startswith("http://origin:8080") else url


def rewritten(page: bytes, *, split: tuple[int, ...] = ()) -> bytes:
    """`page` with everything added and mapped, fed in pieces that end at `split`."""
    stream = Rewriter(head=HEAD, body=BODY, tail=TAIL, map_url=public, amend=str.upper)
    cuts = (0, *sorted(min(cut, len(page)) for cut in split), len(page))
    pieces = (page[start:end] for start, end in pairwise(cuts))
    return b"".join(stream.feed(piece) for piece in pieces) + stream.finish()


def mapped(page: bytes) -> bytes:
    stream = Rewriter(map_url=public)
    return stream.feed(page) + stream.finish()


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            b"<!doctype html><html lang=en><head><title>x</title>",
            b"<!doctype html><html lang=en><head>|<title>x</title>",
        ),
        (b"<!doctype html>\n<html>\n<title>x</title>", b"<!doctype html>\n<html>\n|<title>x</title>"),
        (b"<!doctype html><p>x", b"<!doctype html>|<p>x"),
        (b"<!-- a --><!doctype html><!--[if IE]><html><![endif]--><head >x", None),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "a" "b"><html><head><meta charset=utf-8>', None),
        (b"\xef\xbb\xbf<!doctype html><head>x", b"\xef\xbb\xbf<!doctype html><head>|x"),
        (b"plain text <b>x</b>", b"|plain text <b>x</b>"),
        (b"  < 3 hearts", b"  |< 3 hearts"),
        (b"</p><html><head>x", b"|</p><html><head>x"),
        (b"<head><head>x", b"<head>|<head>x"),
        (b"<!doctype html>", b"<!doctype html>|"),
        (b"", b"|"),
    ],
)
def test_the_head_comes_first_but_behind_what_must_precede_it(page: bytes, expected: bytes | None) -> None:
    """Doctype, comments, <html> and <head> stay in front, so no page falls into quirks mode."""
    stream = Rewriter(head=b"|")
    expected = expected or page.replace(b"<head >", b"<head >|").replace(b"<head><meta", b"<head>|<meta")
    assert stream.feed(page) + stream.finish() == expected


@pytest.mark.parametrize(
    ("page", "closing"),
    [
        (b"<p>a</p></body></html>", b""),
        (b"<script>'</body>'</script>", b""),
        (b"<p>a <", b""),
        (b"<p>a<!-- b", b"-->"),
        (b"<p>a<!--", b"-->"),
        (b"<p>a<!-", b">"),
        (b"<p>a<!doctype", b">"),
        (b"<textarea>a", b"</textarea>"),
        (b"<TITLE>a</titl", b"</title>"),
        (b"<style>a{", b"</style>"),
        (b"<iframe>a", b"</iframe>"),
        (b"<svg><![CDATA[ <p> ", b"]]>"),
        (b"<select><option>a", b"</select>"),
        (b"<template><template><p>a", b"</template></template>"),
        (b"<noscript><p>a", b"</noscript>"),
    ],
)
def test_the_tail_stands_at_the_end_of_the_stream(page: bytes, closing: bytes) -> None:
    """Never at a </body>, which a script may contain; an element that would swallow it is closed first."""
    stream = Rewriter(tail=TAIL)
    assert stream.feed(page) + stream.finish() == page + closing + TAIL


@pytest.mark.parametrize(
    "page",
    [
        b"<p>a<div cla",
        b'<p>a<img alt="b>',
        b"<p>a</di",
        b"<p>a</",
        b"<script>var a",
        b"<script><!-- <script> </script>",
        b"<plaintext>a",
        b"<frameset><frame src=a></frameset>",
        b"<p " + b"x" * LIMIT * 2,
    ],
)
def test_a_stream_that_ends_within_a_tag_or_script_gets_no_tail(page: bytes) -> None:
    """Such a page was cut, or can show nothing more; so the watchdog will say so."""
    stream = Rewriter(tail=TAIL)
    assert stream.feed(page) + stream.finish() == page


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<head></head><body class=a><p>", b"<head></head><body class=a>|<p>"),
        (b"<template><body></template><body>", b"<template><body></template><body>|"),
        (b"<script>'<body>'</script><!--<body>--><p>", b"<script>'<body>'</script><!--<body>--><p>"),
    ],
)
def test_the_body_part_follows_the_body_tag(page: bytes, expected: bytes) -> None:
    """The banner without JavaScript needs an element in the body; a page that writes no <body> goes without."""
    stream = Rewriter(body=b"|")
    assert stream.feed(page) + stream.finish() == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b'<a href="http://origin:8080/a?b=1&amp;c=2">', b'<a href="https://news.example/a?b=1&amp;c=2">'),
        (b"<a href='http://origin:8080/it&#39;s'>", b"<a href='https://news.example/it&#39;s'>"),
        (b"<A HREF=http://origin:8080/a>", b"<A HREF=https://news.example/a>"),
        (b'<a href=" http://origin:8080/ ">', b'<a href=" https://news.example/ ">'),
        (b'<a href="http&#58;&#x2F;&sol;origin:8080/&eacute;">', b'<a href="https://news.example/&eacute;">'),
        (b'<a href="http://origin:8080/\xd8\xb3">', b'<a href="https://news.example/\xd8\xb3">'),
        (b'<img srcset="http://origin:8080/a 1x, http://origin:8080/b 2x">', None),
        (b'<link imagesrcset="http://origin:8080/a 1x,/b 2x">', None),
        (b'<form action="http://origin:8080/"><button formaction="http://origin:8080/b">', None),
        (b'<video poster="http://origin:8080/p"><object data="http://origin:8080/o">', None),
        (b'<q cite="http://origin:8080/"><a ping="http://origin:8080/1 http://origin:8080/2">', None),
        (b'<html manifest="http://origin:8080/m"><base href="http://origin:8080/">', None),
        (b'<meta property="og:url" content="http://origin:8080/a">', None),
        (b"<meta http-equiv=refresh content='5; url=http://origin:8080/a'>", None),
        (b'<svg><use xlink:href="http://origin:8080/i#a"/></svg>', None),
        (b'<noscript><img src="http://origin:8080/a"></noscript>', None),
    ],
)
def test_addresses_in_url_attributes_are_mapped(tag: bytes, expected: bytes | None) -> None:
    """In every attribute that holds an address, escaped or not; the rest of the value keeps its bytes."""
    assert mapped(tag) == (expected or tag.replace(b"http://origin:8080", b"https://news.example"))


@pytest.mark.parametrize(
    "page",
    [
        b"<script>a = \"<a href='http://origin:8080/'>\"</script>",
        b'<script type=application/ld+json>{"u": "http://origin:8080/"}</script>',
        b"<script><!-- <script> </script> <a href='http://origin:8080/'> --></script>",
        b"<style>a{background:url(http://origin:8080/)}</style>",
        b"<!-- <a href='http://origin:8080/'> -->",
        b"<p>http://origin:8080/ <b title='http://origin:8080/'>",
        b"<textarea><a href='http://origin:8080/'></textarea>",
        b"<meta name=description content='Read http://origin:8080/ today'>",
        b"<a href='http://origin:80801/' data-href='http://origin:8080/'>".replace(b"80801", b"9090"),
        b"<a href='/a?u=http://origin:8080/'>",
        b"<a title=\"<a href='http://origin:8080/'>\">",
        b"<img alt=" + b"x" * LIMIT + b" src='http://origin:8080/'>",
        b"<a href= x='1' =b ' \"c / href>\0</a\n><!doctype><?php?></><//x>",
    ],
)
def test_everything_else_passes_byte_for_byte(page: bytes) -> None:
    """Scripts, styles, comments, text, other attributes, other hosts and giant tags are not touched."""
    assert mapped(page) == page


def test_a_policy_in_a_meta_goes_through_the_callers_hands() -> None:
    """Only that of Content-Security-Policy itself, not of its report-only sister."""
    page = b"<meta http-equiv=Content-Security-Policy content=\"img-src 'self'\"><meta http-equiv=x content=y>"
    stream = Rewriter(amend=lambda policy: policy + "; a")
    assert stream.feed(page) + stream.finish() == page.replace(b"'self'", b"'self'; a")


_PIECES = st.sampled_from(
    b"<!doctype html>|<html lang=en>|<head>|<body a='>'>|<title>|</title>|<script>|</script>|<!--|-->|--!>|<!->|<style>"
    b"|</style>|<a href='http://origin:8080/a'>|<img srcset=http://origin:8080/a src=\"http://origin:8080/&amp;b\"/>|<svg>"
    b"|</svg>|<script/>|<![CDATA[|]]>|<textarea>|</textarea |<|</|>|/>|\"|'|=| |x|&|\0|\xff|-|!|<select>|<template>"
    b"|</template>|<meta http-equiv=content-security-policy content=abc>|<plaintext>|<frameset>|\xef\xbb\xbf|<p/"
    b"|<iframe>|</iframe>".split(b"|")
)


@given(st.lists(_PIECES, max_size=24).map(b"".join), st.lists(st.integers(0, 400), max_size=12))
def test_every_split_gives_the_same_bytes(page: bytes, cuts: list[int]) -> None:
    """How the network cuts a page into pieces has no influence on what is made of it."""
    assert rewritten(page, split=tuple(cuts)) == rewritten(page) == rewritten(page, split=tuple(range(len(page))))


@given(st.lists(_PIECES, max_size=24).map(b"".join))
def test_nothing_to_do_changes_nothing(page: bytes) -> None:
    """With no address to map and nothing to add, what comes out is what went in."""
    assert mapped(page.replace(b"origin", b"elsewhere")) == page.replace(b"origin", b"elsewhere")


@pytest.mark.parametrize("attribute", [b"'", b'"', b""])
@pytest.mark.parametrize("step", [1000, 65_521])
def test_a_giant_tag_passes_in_bounded_memory(attribute: bytes, step: int) -> None:
    """A megabyte in one attribute is not held back, nor is what follows it lost."""
    page = b"<p a=b c=%b%b%b data-x><a href='http://origin:8080/'>y" % (attribute, b"x=1/" * 250_000, attribute)
    stream, out, held = Rewriter(head=HEAD, tail=TAIL, map_url=public), b"", 0
    for start in range(0, len(page), step):
        out += stream.feed(page[start : start + step])
        held = max(held, start + step - len(out))
    assert out + stream.finish() == HEAD + page.replace(b"http://origin:8080", b"https://news.example") + TAIL
    assert held <= LIMIT + step


def odd_pages() -> list[bytes]:
    """Two hundred pages that a browser shows and a parser stumbles over: each oddity at many places of a page."""
    whole = (
        b"<!doctype html><html><head><title>t</title></head><body><h1>H</h1><p>One <b>two</b></p>"
        b"<ul><li>a<li>b</ul><table><tr><td>c</table></body></html>"
    )
    oddities = (
        b"",
        b"<script>document.write('</body></html>')</script>",
        b"<template><template><p>x</template></template>",
        b"<svg><title>x</title><style>a{}</style><path d='M0/'/></svg>",
        b"<p>\0null\0</p>",
        bytes(range(1, 128)),
        b"<table><p>a<tr><td>b</table>",
        b"<!-- unclosed > <p>x</p> --!> <p>y</p>",
        b"<div a='1' a=\"2\" b=c/d e=>z</div>",
        b"</p></div></body></html><p>after</p>",
        b"<select><option>a<p>b",
        b"<math><mi><script/>x",
    )
    return [whole[:cut] + oddity + whole[cut:] for oddity in oddities for cut in range(0, len(whole), 7)]


def test_odd_pages_keep_every_byte_of_theirs() -> None:
    """Whatever is wrong with a page, its own bytes come out in order, with our head once."""
    for page in odd_pages():
        assert mapped(page) == page
        out = rewritten(page)
        assert out.count(HEAD) == 1
        assert out.replace(HEAD, b"", 1).replace(BODY, b"", 1).removesuffix(TAIL).startswith(page)


def test_a_megabyte_takes_a_fraction_of_a_second() -> None:
    """Fast enough to stand in every page's way; the bound allows for a loaded machine."""
    page = b"<div class='a b'><a href='http://origin:8080/x'>text</a> and more of it, as it comes</div>\n" * 11_000
    started = time.process_time()
    rewritten(page)
    assert time.process_time() - started < 0.5
