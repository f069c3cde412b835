"""What a page's markup becomes in the closed vocabulary."""

from __future__ import annotations

import pytest

from lightkeeper.article import extract, fragment

from .pages import PROSE, SENTENCE, URL, page


def body(markup: str, **options: str) -> str:
    """The inner HTML of the story that has `markup` between paragraphs of prose."""
    return fragment.inner(extract(page(PROSE + markup + PROSE.replace("crossing", "return"), **options), URL).body)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h2>On <i>board</i></h2>", "<h2>On <em>board</em></h2>"),
        ("<h5>Small</h5>", "<h4>Small</h4>"),
        (
            "<ul><li>One<ul><li>Inner</li></ul></li><li>Two</li></ul>",
            "<ul><li>One<ul><li>Inner</li></ul></li><li>Two</li></ul>",
        ),
        ('<ol start="3"><li>Three</li></ol>', '<ol start="3"><li>Three</li></ol>'),
        ("<dl><dt>Knot</dt><dd>A mile in an hour.</dd></dl>", "<dl><dt>Knot</dt><dd>A mile in an hour.</dd></dl>"),
        ("<blockquote>She said so, and went.</blockquote>", "<blockquote><p>She said so, and went.</p></blockquote>"),
        ("<p>Roses are red,<br>violets are blue and late.</p>", "<p>Roses are red,<br/>violets are blue and late.</p>"),
        ("<pre>a  = 1\n  b</pre>", "<pre>a  = 1\n  b</pre>"),
        (
            "<p>Water is H<sub>2</sub>O, <b>always</b> and everywhere, they say.</p>",
            "H<sub>2</sub>O, <strong>always</strong>",
        ),
        (
            '<p>See <a href="/x?utm_source=a&amp;id=2">the list of the boats</a> for it all, in full.</p>',
            'href="https://post.example/x?id=2"',
        ),
        (
            '<figure><img data-src="/p.jpg" src="data:image/gif;base64,R0" alt="A"><figcaption>At sea</figcaption></figure>',  # noqa: E501
            '<figure><a class="picture" href="https://post.example/p.jpg">A</a><figcaption>At sea</figcaption></figure>',  # noqa: E501
        ),
        (
            '<img src="/blank.gif" class="lazy"><noscript><img src="/q.jpg" alt="Quay"></noscript>',
            '<a class="picture" href="https://post.example/q.jpg">Quay</a>',
        ),
        (
            '<picture><source srcset="/a.webp 400w, /b.webp 800w"><img alt="Pier"></picture>',
            'href="https://post.example/b.webp">Pier',
        ),
        (
            '<iframe src="https://video.example/embed/1" title="The crossing"></iframe>',
            '<a class="embed" href="https://video.example/embed/1">The crossing</a>',
        ),
        (
            "<table><tr><th>Day</th><th>Boats</th></tr><tr><td>Monday</td><td>4</td></tr></table>",
            "<table><tbody><tr><th>Day</th><th>Boats</th></tr><tr><td>Monday</td><td>4</td></tr></tbody></table>",
        ),
        (
            '<p>Noted<a href="#fn1">1</a> at the time by all of them.</p><p id="fn1">A note on what was noted then.</p>',  # noqa: E501
            '<a href="#n-fn1">1</a>',
        ),
    ],
)
def test_markup_keeps_its_meaning(markup: str, expected: str) -> None:
    """Structure comes out as it went in, in the vocabulary's own words."""
    assert expected in body(markup)


@pytest.mark.parametrize(
    "markup",
    [
        '<script>alert("Planted")</script>',
        '<div style="display:none">Planted words that no reader sees on the page.</div>',
        '<div class="newsletter-signup"><p>Planted: get our best stories every morning, in your inbox.</p></div>',
        '<ul class="share-bar"><li><a href="https://social.example/s">Planted</a></li></ul>',
        '<aside class="related-articles"><a href="/other">Planted: another story about another boat</a></aside>',
        '<p>Read more: <a href="/other">Planted: another story about another boat</a></p>',
        '<p>You may also like...</p><p><a href="/other">Planted: another story about another boat</a></p>',
        '<p><a href="/a">Planted: how one boat was lost</a> [VIDEO]<br><a href="/b">Planted: another</a> [INSIGHT]</p>',
        "<p>https://post.example/planted/story-of-another-boat</p>",
        '<img src="/pixel.gif" width="1" height="1" alt="Planted">',
        '<a href="javascript:planted()"></a>',
        "<!-- Planted -->",
        '<div class="cookie-consent"><p>Planted: we use cookies to improve your stay on this page.</p></div>',
    ],
)
def test_what_is_not_the_story_goes(markup: str) -> None:
    """Scripts, hidden text, boxes and trackers leave nothing behind in the body."""
    assert "lanted" not in body(markup)


def test_links_to_other_stories_are_kept_apart() -> None:
    """What stood in a box of related stories is told as related links, not as text."""
    markup = '<div class="related"><ul><li><a href="/b?utm_medium=x">How the second ferry was built</a></li></ul></div>'
    article = extract(page(PROSE + markup + PROSE.replace("crossing", "return")), URL)
    assert [("https://post.example/b", "How the second ferry was built")] == [(r.url, r.title) for r in article.related]


def test_the_headline_is_not_repeated_in_the_body() -> None:
    """The title is a field; the body begins with the text."""
    assert body("").startswith(f"<p>{SENTENCE}")


def test_a_picture_above_the_text_is_the_lead() -> None:
    """Caption and credit are told apart."""
    figure = (
        '<figure><img src="/lead.jpg" alt="The ferry"><figcaption>Leaving at dawn. '
        '<span class="credit">Photo: Ann Lee</span></figcaption></figure>'
    )
    lead = extract(page(figure + PROSE), URL).lead
    assert lead is not None
    assert ("https://post.example/lead.jpg", "The ferry", "Leaving at dawn.", "Ann Lee") == (
        *(lead.url, lead.alt, lead.caption, lead.credit),
    )


def test_a_line_against_the_story_s_direction_is_marked() -> None:
    """An English line in a Persian story is set from left to right."""
    persian = "".join(f"<p>قایق سپیده‌دم از بندر رفت و هیچ‌کس گمان نمی‌کرد که پیش از ظهر برگردد، {n}.</p>" for n in "۱۲۳")
    article = extract(page(persian + "<p>All hands on deck, please!</p>" + persian, lang="fa", title="قایق رفت"), URL)
    assert "rtl" == article.direction
    assert '<p dir="ltr">All hands on deck, please!</p>' in fragment.inner(article.body)
    assert "سپیده\u200cدم" in article.body[0].text()


def test_a_card_in_a_figure_is_no_picture_of_the_story() -> None:
    """Where picture and words lead to one other page it is a way there, and comes apart from the text."""
    card = '<figure><a href="/gallery"><img src="/g.jpg"></a><figcaption><a href="/gallery">The boats of the year</a>'
    found = extract(page(PROSE + card + "</figcaption></figure>" + PROSE.replace("crossing", "return")), URL)
    assert all(block.tag == "p" for block in found.body)
    assert ["https://post.example/gallery"] == [link.url for link in found.related]


def test_a_show_of_slides_within_a_story_goes() -> None:
    """Counted slides with headings of their own are another story."""
    slides = "".join(f"<li><h3>{n}/4 Boat of the year</h3><p>It is white.</p></li>" for n in range(1, 5))
    show = f'<div class="full-gallery"><h2>In pictures</h2><ul>{slides}</ul></div>'
    assert "In pictures" not in body(PROSE * 6 + show)


def test_every_entry_of_a_live_blog_keeps_its_time_and_the_key_points_stay() -> None:
    """The last entry is one as well; what stands in short above them is the story's, too."""
    entries = "".join(
        f'<article class="update"><time datetime="2026-03-01T0{n}:00">{n}.00</time>{PROSE}' for n in "123"
    )
    entries = entries.replace("<article", "</article><article").removeprefix("</article>") + "</article>"
    markup = page("").replace(
        '<div class="article-body"></div>',
        f'<div class="key-points"><ul><li>No boat sails tonight.</li></ul></div><div class="stream">{entries}</div>',
    )
    found = extract(markup, URL)
    assert ["ul", "section", "section", "section"] == [block.tag for block in found.body]


def test_the_wider_candidate_of_the_same_file_is_taken() -> None:
    """A picture's link leads to the one that is worth a look; what stands in its place at first does not count."""
    wide = '<figure><img src="/a.jpg?w=400" srcset="/a.jpg?w=400 400w, /a.jpg?w=1200 1200w" alt="A"></figure>'
    lazy = '<figure><img src="/px.gif" data-src="/b.jpg" alt="B"></figure>'
    assert 'href="https://post.example/a.jpg?w=1200"' in body(wide)
    assert 'href="https://post.example/b.jpg"' in body(lazy)


def test_sources_under_their_heading_stay_and_links_to_the_own_site_go() -> None:
    """The list of what a story was made from is part of it; a list of other stories in its place is none."""
    out, own = "elsewhere.example", "news.example"
    for hosts, kept in ((out, out), True), ((out, own, out), True), ((own, own), False):
        links = "".join(
            f'<li><a href="https://{host}/{n}">The report of {2024 + n}</a></li>' for n, host in enumerate(hosts)
        )
        found = extract(page(PROSE + f"<h3>Sources &amp; links</h3><ul>{links}</ul>"), "https://news.example/s")
        assert kept == ("report of 2025" in fragment.inner(found.body)), hosts


def test_a_heading_whose_id_reads_like_chrome_stays() -> None:
    """An id that was made of the heading's own words says nothing of what it is."""
    middle = '<h2><span class="headline" id="Foreign_relations">Foreign relations</span></h2>'
    found = extract(page(PROSE + middle + PROSE), URL)
    assert "<h2>Foreign relations</h2>" in fragment.inner(found.body)


def test_the_last_sentence_before_a_list_of_stories_is_no_heading_over_it() -> None:
    """Short, but it ends as sentences end in its script."""
    said = "渡船清晨离开码头,岸上的人都没有想到它会在中午以前回来,这已经是今年的第三次了,也没有人知道原因。"
    links = (
        '<ul><li><a href="/b">第二艘渡船是怎样造出来的</a></li><li><a href="/c">灯塔守望者的最后一个冬天</a></li></ul>'
    )
    text = f"<p>{said}</p><p>{said[::-1]}。</p><p>渡船明天停航。</p>"
    shown = fragment.inner(extract(page(text + links, lang="zh", title="渡船清晨离开"), URL).body)
    assert "渡船明天停航。" in shown
    assert "灯塔" not in shown


def test_who_wrote_and_what_readers_wrote_ends_the_story() -> None:
    """Whatever its boxes are called: the line over it says so, and an early one does not cost the text."""
    behind = "<div><b>About the author</b><br>Ann Lee lives in Hull, and writes of boats and bridges.</div>"
    asked = "<p>About the author</p>"
    shown = fragment.inner(extract(page(asked + PROSE * 2 + behind + "<p>Very good, thank you all.</p>"), URL).body)
    assert 6 == shown.count(SENTENCE)
    assert "Hull" not in shown
    assert "thank you" not in shown


def test_a_name_with_a_box_that_pops_up_over_it_stays_in_its_sentence() -> None:
    """The box goes, with what it says of other stories; the name is not the box."""
    box = '<span class="rollover-box"><a href="/n/1">Ann Lee</a> <a href="/n/2">What she said of the bridge</a></span>'
    name = f'<span class="rollover"><a class="rollover-link" href="/ann">Ann Lee</a>{box}</span>'
    shown = body(f"<p>On the quay stood {name} with her brother and waited for the boat.</p>")
    assert 'On the quay stood <a href="https://post.example/ann">Ann Lee</a> with her brother' in shown
    assert "bridge" not in shown


def test_links_are_the_sites_own_by_either_of_its_addresses() -> None:
    """By the address that a page gives for itself, and by the one under which it was found."""
    links = (
        '<ul><li><a href="/b">How the second ferry was built</a></li><li><a href="/c">Who lit the light</a></li></ul>'
    )
    head = '<link rel="canonical" href="https://harbour.example/news/ferry">'
    shown = fragment.inner(extract(page(PROSE + links, head), URL).body)
    assert "second ferry" not in shown


def test_lines_of_links_and_of_tools_above_the_text_go() -> None:
    """Whatever table or box they stand in: the site's name, the rubric, `Print` and the number of views."""
    above = '<table><tr><td><a href="/">Harbour</a></td></tr></table><div>#129 <a href="/p">Print</a> 234 views</div>'
    shown = fragment.inner(extract(page(above + PROSE), URL).body)
    assert shown.startswith(f"<p>{SENTENCE}")


def test_the_picture_between_headline_and_article_is_the_lead() -> None:
    """Also where the article element holds the text alone."""
    figure = '<figure><img src="/a.jpg" width="800" height="500"><figcaption>The pier.</figcaption></figure>'
    html = (
        f"<title>A ferry</title><main><div><h1>A ferry</h1></div><div>{figure}<article>{PROSE}</article></div></main>"
    )
    lead = extract(html, URL).lead
    assert lead is not None
    assert ("https://post.example/a.jpg", "The pier.") == (lead.url, lead.caption)


@pytest.mark.parametrize("name", ["subtitle", "article-vorspann", "standfirst", "sapo"])
def test_a_line_named_as_deck_under_the_headline_is_the_deck(name: str) -> None:
    """Though no description of the page says the same; elsewhere the same name says nothing."""
    deck = f'<div class="{name}">Nobody had expected it to come back at all</div>'
    found = extract(page().replace("</h1>", f"</h1>{deck}"), URL)
    assert "Nobody had expected it to come back at all" == found.deck
    assert "at all" not in fragment.inner(found.body)
    assert "" == extract(page(PROSE + deck + PROSE), URL).deck


@pytest.mark.parametrize(
    "markup",
    [
        '<p>Write to <a href="mailto:">the editors</a> or <a href="tel: ">call them</a> at any time of the day.</p>',
        "<p>A <ruby>word<rt>reading<rp>(</rp><rt>of it</rt></rt></ruby> that nobody on the quay could read aloud.</p>",
    ],
)
def test_broken_markup_does_not_cost_a_page_its_edition(markup: str) -> None:
    """Links to nobody and readings within readings are text, and the sanitiser agrees."""
    assert "any time of the day" in body(markup) or "of it" in body(markup)


@pytest.mark.parametrize(
    ("outer", "inner", "close"),
    [
        ("<table><tr><td>", "<font><tr><td>", "</td></tr></font>"),
        ("<dl><dd>", "<div><dd>", "</dd></div>"),
        ("<ul><li>", "<div><li>", "</li></div>"),
    ],
)
def test_parts_within_parts_of_the_same_whole_are_told_once(outer: str, inner: str, close: str) -> None:
    """As broken markup has them: each would double what stands in it, and ten of them make a thousand."""
    markup = f"{outer}One boat lies here.{inner * 12}The other lies there.{close * 12}"
    assert 1 == body(markup).count("The other lies there.")


def test_a_figure_that_can_be_pressed_keeps_picture_and_caption() -> None:
    """A zoom button around a figure is no control; the caption may stand beside it in a paragraph."""
    zoom = '<div role="button"><figure><img src="/a.jpg" width="600" height="400"></figure></div>'
    found = extract(page(PROSE + zoom + "<p><figcaption>The pier.</figcaption></p>" + PROSE), URL)
    assert "<figcaption>The pier.</figcaption></figure>" in fragment.inner(found.body)
