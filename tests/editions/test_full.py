"""The full edition: which pages are touched, what is added, what the headers say afterwards."""

from __future__ import annotations

import brotli
import pytest

from lightkeeper import resources
from lightkeeper.editions import watchdog
from lightkeeper.editions.full import FullContext, FullPage, prepare
from lightkeeper.editions.words import languages

CONTEXT = FullContext("The Lantern", "https://news.example/light/story")
HTML = ("Content-Type", "text/html")
PAGE = b'<!doctype html><html lang="en"><head><title>Story</title></head><body><p>Text</p></body></html>'


def prepared(page: bytes = PAGE, *headers: tuple[str, str], context: FullContext | None = CONTEXT) -> FullPage | None:
    return prepare(headers or (HTML,), page, inject=context, map_url=None)


def whole(page: bytes = PAGE, *headers: tuple[str, str], context: FullContext = CONTEXT) -> bytes:
    full = prepared(page, *headers, context=context)
    assert full is not None
    return full.stream.feed(page) + full.stream.finish()


def content_type(page: bytes, value: str = "text/html") -> str | None:
    full = prepared(page, ("Content-Type", value))
    return None if full is None else dict(full.headers)["Content-Type"]


@pytest.mark.parametrize("language", sorted(languages()))
def test_what_is_added_is_ascii_and_small(language: str) -> None:
    """No encoding can garble it, and head, body and tail stay within 1,500 bytes of brotli."""
    parts = watchdog.parts(CONTEXT, language)
    added = parts.head + parts.body + parts.tail
    assert added.isascii()
    assert len(brotli.compress(added)) <= 1500


def test_in_a_page_it_costs_less_than_fifteen_hundred_bytes() -> None:
    """Measured as it is sent, at brotli's quality 5, in a page of ordinary markup."""
    story = b"".join(b"<p class='text-%d'>Paragraph %d of the story goes on and on.</p>" % (n, n) for n in range(200))
    page = PAGE.replace(b"<p>Text</p>", story)
    cost = len(brotli.compress(whole(page), quality=5)) - len(brotli.compress(page, quality=5))
    assert 0 < cost <= 1500


def test_where_a_request_crawled_in_the_watchdog_waits_for_less_time() -> None:
    """Told by an attribute: the script's text, and so its hash, stays the same."""
    usual, soon = (watchdog.parts(FullContext("A", "/light/x", soon=soon), "en").head for soon in (False, True))
    assert b"data-t" not in usual.partition(b">")[0]
    assert b' data-t="8"' in soon
    assert soon.replace(b' data-t="8"', b"") == usual


def test_one_hash_serves_all_pages() -> None:
    """Names, words and addresses stand in attributes; the script's text never changes."""
    for language in languages():
        head = watchdog.parts(FullContext("A & <B>", "/light/x?a=1&b=2", language), "").head
        assert head.endswith(b">%b</script>" % watchdog.SCRIPT)
    assert b"</script" not in watchdog.SCRIPT.lower()
    assert b"<!--" not in watchdog.SCRIPT


def test_the_banner_speaks_the_models_words() -> None:
    """Word for word, with the publication's name, and the last sentence holds a plain link."""
    page = whole()
    assert b"Switch to The Lantern Light?" in page
    assert b"<span role=alert>It looks like you're having trouble loading the content on this page.</span>" in page
    assert b"'>Switch to The Lantern Light instead.</a>" in page
    assert b"href='https://news.example/light/story'" in page


def test_it_speaks_the_pages_language() -> None:
    """That of <html lang>, in its direction; where the page has none, the publication's."""
    persian = "نسخهٔ".encode("ascii", "xmlcharrefreplace")
    assert persian in whole(PAGE.replace(b'"en"', b'"fa-IR"'))
    assert b"<p id=lk-end dir=rtl " in whole(PAGE.replace(b'"en"', b'"fa"'))
    assert b"<p id=lk-end lang=fa dir=rtl " in whole(PAGE.replace(b'"en"', b'"fa-IR"'))
    assert persian in whole(PAGE.replace(b' lang="en"', b""), context=FullContext("P", "/light/", "fa"))


def test_the_switch_stays_in_the_footer() -> None:
    """A plain link at the end of every page, which is also the mark that the page came whole."""
    end = b"<p id=lk-end dir=ltr align=center><a href='https://news.example/light/story'>"
    assert whole().endswith(end + b"Read the text-only edition</a></p>")


def test_hostile_names_are_only_text() -> None:
    """A publication's name cannot leave its attribute or element."""
    page = whole(context=FullContext("\"'><script>alert(1)</script>&amp;", '/light/"><script>'))
    assert page.count(b"<script") == 1
    assert b"<script>alert" not in page
    assert b'"><script>' not in page


@pytest.mark.parametrize(
    ("page", "sent", "expected"),
    [
        (PAGE, "text/html; charset=windows-1251", "text/html; charset=windows-1251"),
        (
            PAGE.replace(b"<title>", b"<meta charset=windows-1251><title>"),
            "text/html",
            "text/html; charset=windows-1251",
        ),
        (PAGE.replace(b"<title>", b"<meta charset='UTF-8'><title>"), "text/html;", "text/html; charset=utf-8"),
        (
            PAGE.replace(b"<title>", b"<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'><title>"),
            "text/html",
            "text/html; charset=shift_jis",
        ),
        (PAGE.replace(b"<title>", b"<!-- <meta charset=koi8-r> --><title>"), "text/html", "text/html"),
        (b"\xef\xbb\xbf" + PAGE, "text/html", "text/html; charset=utf-8"),
        (b"\xef\xbb\xbf" + PAGE, "text/html; charset=latin1", "text/html; charset=latin1"),
        (PAGE.replace(b"<title>", b"<meta charset=utf-16><title>"), "text/html", "text/html; charset=utf-8"),
        (PAGE.replace(b"Text", "متن".encode()), "text/html", "text/html; charset=utf-8"),
        (PAGE.replace(b"Text", "متن".encode()[:-1])[:-30], "text/html", "text/html"),
        (PAGE.replace(b"Text", b"caf\xe9"), "text/html", "text/html"),
        (PAGE, "text/html", "text/html"),
        (b'<?xml version="1.0" encoding="utf-8"?>' + PAGE + "é".encode(), "text/html", "text/html"),
    ],
)
def test_the_charset_is_stated_before_ours_pushes_it_down(page: bytes, sent: str, expected: str) -> None:
    """As a browser detects it: mark, header, <meta>; what nobody declares stays unsaid, unless it can only be UTF-8."""
    assert content_type(page, sent) == expected


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        (PAGE.decode().encode("utf-16"), "text/html"),
        (PAGE.decode().encode("utf-16-le"), "text/html"),
        (PAGE.decode().encode("utf-16-be"), "text/html"),
        (PAGE.decode().encode("utf-32"), "text/html"),
        (PAGE, "text/html; charset=utf-16"),
        (PAGE, "text/html; charset=utf-7"),
        (PAGE, "text/html; charset=iso-2022-jp"),
        (PAGE, "text/html; charset=x-user-defined"),
        (PAGE.replace(b"<title>", b"<meta charset=martian><title>"), "text/html"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "text/html"),
        (b"", "text/html"),
        (b'{"a": 1}', "text/html"),
        (PAGE.replace(b"<title>", b"<meta name=lightkeeper content=off><title>"), "text/html"),
    ],
)
def test_what_cannot_be_read_safely_passes_untouched(page: bytes, sent: str) -> None:
    """UTF-16 and its kin, unknown encodings, binaries, pages that opt out."""
    assert content_type(page, sent) is None


def test_a_page_may_opt_out_by_header() -> None:
    assert prepared(PAGE, HTML, ("lightkeeper", "Off")) is None


@pytest.mark.parametrize(
    "headers",
    [
        [("content-security-policy", "sandbox allow-scripts")],
        [("content-security-policy", "img-src *"), ("Content-Security-Policy", "require-trusted-types-for 'script'")],
    ],
)
def test_sandboxes_and_trusted_types_get_no_injection_but_are_mapped(headers: list[tuple[str, str]]) -> None:
    """Our script could not work there; the origin's address is mapped all the same."""
    assert prepared(PAGE, HTML, *headers) is None
    full = prepare([HTML, *headers], PAGE, inject=CONTEXT, map_url=str.upper)
    assert full is not None
    assert not full.injected
    page = b"<a href='http://a/'>"
    assert full.stream.feed(page) + full.stream.finish() == b"<a href='HTTP://A/'>"
    assert list(full.headers) == [HTML, *headers]


@pytest.mark.parametrize(
    "page",
    [
        b"<html><frameset><frame src=a></frameset></html>",
        b"<meta http-equiv=Content-Security-Policy content=\"require-trusted-types-for 'script'\"><p>x",
    ],
)
def test_frames_and_trusted_types_by_meta_get_no_injection(page: bytes) -> None:
    assert prepared(page) is None


def test_headers_stay_true() -> None:
    """Lengths, digests and ranges were those of other bytes."""
    kept = [HTML, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("ETag", '"x"')]
    gone = [
        ("Content-Length", "5"),
        ("content-md5", "x"),
        ("Digest", "x"),
        ("Repr-Digest", "x"),
        ("Content-Digest", "x"),
        ("Accept-Ranges", "bytes"),
    ]
    full = prepared(PAGE, *kept, *gone)
    assert full is not None
    assert list(full.headers) == kept


def test_every_enforced_policy_is_amended_and_reports_are_left() -> None:
    """Both hashes go into each header; a report-only policy blocks nothing."""
    full = prepared(
        PAGE,
        HTML,
        ("Content-Security-Policy", "script-src 'self'; style-src 'unsafe-inline'"),
        ("content-security-policy", "default-src 'none'"),
        ("Content-Security-Policy-Report-Only", "script-src 'self'"),
    )
    assert full is not None
    script, style = watchdog.SCRIPT_SOURCE, watchdog.STYLE_SOURCE
    assert [value for name, value in full.headers if "security" in name.lower()] == [
        f"script-src 'self' {script}; style-src 'unsafe-inline'",
        f"default-src 'none'; script-src {script}; style-src {style}",
        "script-src 'self'",
    ]


def test_a_policy_by_meta_is_amended_for_what_comes_behind_it() -> None:
    """Our script stands before it; the banner's style comes into the page when the script shows it."""
    page = PAGE.replace(b"<title>", b"<meta http-equiv=content-security-policy content=\"style-src 'self'\"><title>")
    out = whole(page)
    assert (
        out.index(b"<script data-h") < out.index(b"http-equiv") < out.index(b"<dialog id=lk-slow", out.index(b"<body"))
    )
    assert b"style-src 'self' %b\"" % watchdog.STYLE_SOURCE.encode() in out
    assert b"script-src" not in out


def test_the_tail_needs_neither_script_nor_style() -> None:
    tail = watchdog.parts(CONTEXT, "en").tail
    assert b"<script" not in tail
    assert b"style" not in tail


def test_automatic_switching_is_said_in_an_attribute() -> None:
    """The script is the same; only data-a tells it not to ask."""
    ask, auto = whole(), whole(context=FullContext("The Lantern", "https://news.example/light/story", switch="auto"))
    assert auto.replace(b' data-a="https://news.example/light/story"', b"") == ask


def test_the_script_is_compacted_without_changing_its_strings() -> None:
    """Comments, indentation and blanks go; names that begin with $ become letters, each its own."""
    source = (
        "// note\nconst $first = 'a b', $second = $first;\n/** @type {x} */\nif ($first) {\n  run($second, '$');\n}\n"
    )
    assert watchdog.compact(source) == "const a='a b',b=a;if(a){run(b,'$')}"


@pytest.mark.parametrize("name", ["watchdog.js", "upgrade.js"])
def test_source_files_keep_the_habits_that_compacting_relies_on(name: str) -> None:
    """Every statement ends in ; or a brace, so that lines can be joined; the file is ASCII."""
    text = (resources.client() / "page" / name).read_text(encoding="ascii")
    code = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith(("//", "/*"))]
    assert all(line.endswith((";", "{", "}", ",", "(", "=>")) for line in code)
