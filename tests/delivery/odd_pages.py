"""Two hundred pages as publishers really send them: odd, broken, hostile, huge. Every one is an answer of an origin."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from .service import page

TEXT = page().decode()
PERSIAN = "بندر پیش از سپیده باز شد و قایق‌ها با آب پس‌رونده به دریا رفتند. " * 20
ARABIC = "فتح رئيس الميناء البوابات قبل الفجر وخرجت القوارب الأولى مع الجزر. " * 20
RUSSIAN = "Начальник порта открыл ворота до рассвета, и первые лодки вышли в море. " * 20
HEBREW = "מנהל הנמל פתח את השערים לפני עלות השחר, והסירות הראשונות יצאו. " * 20
CHINESE = "港务长在黎明前打开了大门，第一批船只随着退潮出海。" * 30


@dataclass(frozen=True, slots=True)
class Odd:
    """`headers` besides Content-Type; `kind` is the Content-Type."""

    name: str
    body: bytes
    kind: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)


def odd_pages() -> list[Odd]:
    """All of them; the same on every call."""
    return [*_structure(), *_charsets(), *_policies(), *_noise(), *_depth(), *_sizes(), *_frames(), *_tails()]


def _structure() -> Iterator[Odd]:
    story = TEXT.partition("<body>")[2].partition("</body>")[0]
    pages = {
        "empty": "",
        "blank": "\n \t\r\n",
        "one-letter": "x",
        "no-markup": "just words, no element at all " * 50,
        "no-head": f"<!doctype html><html><body>{story}</body></html>",
        "no-html": f"<!doctype html><title>x</title>{story}",
        "no-doctype": f"<html><head><title>x</title></head><body>{story}</body></html>",
        "only-body": f"<body>{story}",
        "fragment": f"<p>{story}",
        "late-doctype": f"<p>x</p><!doctype html>{story}",
        "two-heads": f"<!doctype html><html><head></head><head><title>x</title></head><body>{story}",
        "two-bodies": f"<!doctype html><html><body class=a><body class=b>{story}",
        "two-documents": TEXT + TEXT,
        "unclosed-tags": TEXT.replace("</p>", "").replace("</article>", "").replace("</body></html>", ""),
        "wrong-nesting": f"<!doctype html><b><p><i>{story}</b></p></i>",
        "upper-case": TEXT.replace("<head>", "<HEAD>").replace("<body>", "<BODY>").replace("</body>", "</BODY>"),
        "head-with-attributes": TEXT.replace("<head>", '<head prefix="og: http://ogp.me/ns#" data-x=">">'),
        "html-with-many-attributes": TEXT.replace("<html", "<html " + " ".join(f"data-{n}='{n}'" for n in range(300))),
        "comment-before-doctype": f"<!-- built by hand -->{TEXT}",
        "conditional-comments": f"<!--[if IE]><html class=ie><![endif]-->{TEXT}",
        "comment-with-tags": TEXT.replace("<body>", "<body><!-- </body></html><script>alert(1)</script> -->"),
        "unclosed-comment": TEXT + "<!-- and so on",
        "odd-comments": TEXT.replace("<body>", "<body><!--><!---><!-- a --!><!-- <!-- b -->"),
        "cdata": TEXT.replace("<body>", "<body><![CDATA[ <p>x</p> ]]>"),
        "processing-instruction": f"<?xml version='1.0'?>{TEXT}",
        "xhtml": f'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">{TEXT[15:]}',
        "body-end-in-script": TEXT.replace("<body>", "<body><script>var a = '</body></html>';</script>"),
        "head-end-in-script": TEXT.replace("<head>", "<head><script>document.write('</head><body>')</script>"),
        "head-in-comment": TEXT.replace("<head>", "<!-- <head> --><head>"),
        "script-escapes": TEXT.replace("<body>", "<body><script><!-- <script> </script> --></script>"),
        "textarea": TEXT.replace("<body>", "<body><textarea></body><script></textarea>"),
        "title-with-tags": TEXT.replace("<title>Low water", "<title><b>Low</b> </head> water"),
        "template": TEXT.replace("<body>", "<body><template><template><p></body></template></template>"),
        "svg": TEXT.replace("<body>", "<body><svg><title><p></title><style><p></style><script>1</script></svg>"),
        "math": TEXT.replace("<body>", "<body><math><annotation-xml encoding='text/html'><p>x</annotation-xml></math>"),
        "noscript": TEXT.replace("<head>", "<head><noscript><style>*{display:none}</style></noscript>"),
        "plaintext": TEXT.replace("<body>", "<body><plaintext>"),
        "xmp": TEXT.replace("<body>", "<body><xmp></body><p></xmp>"),
        "select": TEXT.replace("<body>", "<body><select><option><p><table></select>"),
        "table-soup": TEXT.replace("<body>", "<body><table><p>x<tr><div>y<td><table>z"),
        "base": TEXT.replace("<head>", '<head><base href="https://elsewhere.example/" target="_top">'),
        "refresh": TEXT.replace("<head>", '<head><meta http-equiv="refresh" content="0; url=/elsewhere">'),
        "quotes": TEXT.replace("<body>", "<body><a href='/x\"y' title=\"a'b>c\" data-x=a\"b'c>link</a>"),
        "unclosed-attribute": TEXT.replace("<body>", '<body><a href="/x>link</a>'),
        "attribute-soup": TEXT.replace("<body>", "<body><a =x ==y 'z' \"w\" href href=/x / class=/ >link</a>"),
        "slashes": TEXT.replace("<body>", "<body/><br/><p/>x</ p></><//><>"),
        "entities": TEXT.replace("<body>", "<body>&amp;&lt;&#0;&#x110000;&notanentity;&#xD800;&;&#;&amp"),
        "less-than": TEXT.replace("<body>", "<body>1 < 2 << 3 <3 <- a<b"),
    }
    yield from (Odd(name, text.encode()) for name, text in pages.items())


def _charsets() -> Iterator[Odd]:
    texts = {
        "windows-1256": ARABIC,
        "iso-8859-6": ARABIC,
        "windows-1251": RUSSIAN,
        "koi8-r": RUSSIAN,
        "iso-8859-5": RUSSIAN,
        "windows-1255": HEBREW,
        "gb18030": CHINESE,
        "big5": CHINESE.replace("务", "務")
        .replace("开", "開")
        .replace("门", "門")
        .replace("随", "隨")
        .replace("黎明", "早晨"),
        "utf-8": PERSIAN,
    }
    for name, text in texts.items():
        body = f"<html><head>%s<title>{text[:20]}</title></head><body><article><p>{text}</p></article></body></html>"
        for place in ("header", "meta", "nowhere", "late-meta"):
            meta = {"meta": f"<meta charset={name}>", "late-meta": f"{'<!-- -->' * 90}<meta charset={name}>"}.get(
                place, ""
            )
            kind = f"text/html; charset={name}" if place == "header" else "text/html"
            yield Odd(f"charset-{name}-{place}", (body % meta).encode(name, "replace"), kind)
    for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-7"):
        yield Odd(f"charset-{name}-header", TEXT.encode(name), f"text/html; charset={name}")
    yield Odd("utf-16-bom", TEXT.encode("utf-16"))
    yield Odd("utf-8-bom", b"\xef\xbb\xbf" + PERSIAN.join(("<p>", "</p>")).encode())
    yield Odd("lying-header", TEXT.replace("utf-8", "windows-1252").encode(), "text/html; charset=utf-8")
    yield Odd("lying-meta", TEXT.replace("utf-8", "utf-16").encode())
    yield Odd("broken-utf-8", TEXT.encode().replace(b"the", b"th\xff\xc3"))
    yield Odd("overlong-utf-8", TEXT.encode().replace(b"<body>", b"<body>\xc0\xbcscript\xc0\xbe"))
    yield Odd("surrogates", TEXT.encode().replace(b"<body>", b"<body>\xed\xa0\x80"))
    labels = ("unknown-8bit", 'utf-8"', "", "x-user-defined", "iso-2022-jp", "hz-gb-2312", "\xc3\xa9")
    for number, label in enumerate(labels):
        yield Odd(f"charset-label-{number}", TEXT.encode(), f"text/html; charset={label}")


def _policies() -> Iterator[Odd]:
    policies = (
        "default-src 'none'",
        "default-src 'self'; sandbox",
        "script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'",
        "require-trusted-types-for 'script'",
        "default-src 'self' 'unsafe-inline'",
        "script-src 'none'; style-src 'none'",
        ";;; ,,, default-src",
        "script-src-elem 'self', script-src 'sha256-AAAA'",
    )
    for number, policy in enumerate(policies):
        yield Odd(f"csp-header-{number}", TEXT.encode(), headers={"Content-Security-Policy": policy})
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        yield Odd(f"csp-meta-{number}", TEXT.replace("<head>", f"<head>{meta}").encode())


def _noise() -> Iterator[Odd]:
    chance = random.Random(1)
    yield Odd("png-as-html", b"\x89PNG\r\n\x1a\n" + chance.randbytes(5000))
    yield Odd("gzip-as-html", gzip.compress(TEXT.encode()))
    yield Odd("pdf-as-html", b"%PDF-1.7\n" + chance.randbytes(5000))
    yield Odd("json-as-html", b'{"html": "<p>x</p>"}')
    yield Odd("nulls", TEXT.replace("<body>", "<body>\0\0<p>a\0b</p>").encode())
    yield Odd("controls", TEXT.replace("<body>", "<body>" + "".join(map(chr, range(1, 32)))).encode())
    for number in range(20):
        yield Odd(f"random-bytes-{number}", chance.randbytes(chance.randrange(1, 3000)))
    for number in range(20):
        body = bytearray(TEXT.encode())
        for _ in range(40):
            body[chance.randrange(len(body))] = chance.choice(b"<>\"'=&/!-\0 x\xff")
        yield Odd(f"mutated-{number}", bytes(body))
    for number in range(20):
        yield Odd(f"cut-{number}", TEXT.encode()[: chance.randrange(len(TEXT))])


def _depth() -> Iterator[Odd]:
    for element in ("div", "span", "blockquote", "table", "b", "ul"):
        yield Odd(f"deep-{element}", (f"<{element}>" * 20_000 + "x").encode())
    yield Odd("many-siblings", ("<p>x</p>" * 100_000).encode())
    yield Odd("many-links", ("<a href=/x>x</a> " * 30_000).encode())
    yield Odd("many-attributes", ("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x").encode())


def _sizes() -> Iterator[Odd]:
    yield Odd("long-attribute", TEXT.replace("<body>", f'<body data-x="{"y" * 1_000_000}">').encode())
    yield Odd("long-word", f"<p>{'x' * 3_000_000}</p>".encode())
    yield Odd("long-script", TEXT.replace("<body>", f"<body><script>{'var x;' * 500_000}</script>").encode())
    yield Odd("long-comment", TEXT.replace("<body>", f"<body><!--{'x' * 3_000_000}-->").encode())
    yield Odd("five-megabytes", TEXT.replace("</article>", "<p>A line of text.</p>" * 250_000).encode())
    yield Odd("open-tag-to-the-end", TEXT.replace("<body>", "<body><a href=").encode() + b"x" * 500_000)


def _frames() -> Iterator[Odd]:
    yield Odd(
        "frameset", b"<html><head><title>x</title></head><frameset cols='50%,*'><frame src=/a><frame src=/b></frameset>"
    )
    yield Odd(
        "iframe", TEXT.replace("<body>", "<body><iframe src='/x'></iframe><iframe srcdoc='<p>x'></iframe>").encode()
    )
    yield Odd("object", TEXT.replace("<body>", "<body><object data=/x></object><embed src=/y>").encode())


def _tails() -> Iterator[Odd]:
    for name, tail in {
        "script": "<script>var x = 1;",
        "style": "<style>p {",
        "textarea": "<textarea>",
        "title": "<title>",
        "comment": "<!--",
        "tag": "<p class='x",
        "bare-less-than": "<",
        "end-tag": "</bod",
        "svg": "<svg><g>",
        "template": "<template>",
        "select": "<select>",
        "table": "<table><tr>",
        "noscript": "<noscript>",
        "after-html": "</body></html><p>more</p>",
    }.items():
        yield Odd(f"ends-in-{name}", (TEXT + tail).encode())
