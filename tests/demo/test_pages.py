"""The paper as a site: pages, feeds, metadata, forms, log-in, downloads, conditional answers."""

from __future__ import annotations

import gzip
import json

import feedparser
import httpx
import pytest
from lxml import etree, html

from lightkeeper.demo.origin import PASSWORD, create_origin
from lightkeeper.demo.publication import LANGUAGES, Language, Publication, home
from lightkeeper.resources import demo

MODEL = "/environment/harbour-wall-vote"
PERSIAN = "/fa/news/ferry-returns"


async def _tree(client: httpx.AsyncClient, path: str) -> html.HtmlElement:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return html.fromstring(answer.content, base_url=str(answer.url))


async def test_every_page_that_the_paper_links_to_is_there(client: httpx.AsyncClient, paper: Publication) -> None:
    """Homes, sections, authors, topics and stories answer 200 in their language and direction."""
    links: set[str] = set()
    for language in LANGUAGES:
        for path in [home(language), *(story.path for story in paper.of(language))]:
            tree = await _tree(client, path)
            assert tree.get("lang") == language
            assert tree.get("dir") == {"en": "ltr", "fa": "rtl"}[language]
            links |= {link.partition("#")[0] for link in tree.xpath("//a/@href[starts-with(., '/')]")}
    answers = {path: (await client.get(path)).status_code for path in sorted(links - {"/admin/login"}) if path}
    assert len(answers) > 80
    assert set(answers.values()) == {200}, [path for path, status in answers.items() if status != 200]


async def test_the_model_story_has_the_shape_of_its_model(client: httpx.AsyncClient) -> None:
    """Section, headline, date, author, reading time, lead picture with caption, numbered heads, quotes, more, next."""
    tree = await _tree(client, MODEL)
    for path in (
        "//header[@class='opening']/p[@class='kicker']/a",
        "//h1",
        "//time[@class='published']/@datetime",
        "//a[@rel='author']",
        "//span[@class='reading-time']",
        "//figure[@class='lead-picture']/figcaption/span[@class='caption']",
        "//div[@class='story-body']/blockquote",
        "//aside[@class='pull-quote']",
        "//section[@class='next']//h3/a",
    ):
        assert tree.xpath(path), path
    heads = [head.text_content()[:2] for head in tree.xpath("//div[@class='story-body']/h2")]
    assert heads == ["1.", "2.", "3.", "4."]
    assert len(tree.xpath("//section[@class='more']//a")) >= 3


@pytest.mark.parametrize("path", [MODEL, PERSIAN])
async def test_a_story_describes_itself(client: httpx.AsyncClient, paper: Publication, path: str) -> None:
    """JSON-LD NewsArticle, Open Graph and canonical say the same as the page."""
    tree = await _tree(client, path)
    (story,) = [story for story in paper.stories if story.path == path]
    article, crumbs = (json.loads(script.text) for script in tree.xpath("//script[@type='application/ld+json']"))
    address = str(client.base_url).rstrip("/") + path
    assert (article["@type"], crumbs["@type"]) == ("NewsArticle", "BreadcrumbList")
    assert article["headline"] == story.title == tree.xpath("string(//h1)")
    assert article["datePublished"] == story.published.isoformat()
    assert [author["name"] for author in article["author"]] == [
        paper.author(slug).names[story.language] for slug in story.authors
    ]
    assert article["mainEntityOfPage"]["@id"] == address
    assert tree.xpath("//link[@rel='canonical']/@href") == [address]
    graph = dict(zip(tree.xpath("//meta/@property"), tree.xpath("//meta[@property]/@content"), strict=True))
    assert (graph["og:title"], graph["og:type"], graph["og:url"]) == (story.title, "article", address)
    assert (await client.get(graph["og:image"])).headers["content-type"] == "image/png"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_feeds_parse_and_carry_everything(
    client: httpx.AsyncClient, paper: Publication, language: Language
) -> None:
    """Title, address, time, authors, section, topics, picture and the whole text of every story."""
    answer = await client.get(f"{home(language)}feed.xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.language == language
    stories = paper.of(language)
    assert [entry.title for entry in feed.entries] == [story.title for story in stories]
    for entry, story in zip(feed.entries, stories, strict=True):
        assert entry.link == entry.id == str(client.base_url).rstrip("/") + story.path
        assert entry.published_parsed[:5] == story.published.utctimetuple()[:5]
        names = [paper.author(slug).names[language] for slug in story.authors]
        assert [author["name"] for author in entry.authors] == names
        assert [tag.term for tag in entry.tags][1:] == list(story.tags)
        assert entry.media_content[0]["type"] == "image/png"
        assert "-here" not in entry.content[0].value


async def test_the_news_sitemap_lists_every_story(client: httpx.AsyncClient, paper: Publication) -> None:
    """robots.txt leads to it."""
    robots = (await client.get("/robots.txt")).text
    (address,) = [line.split()[1] for line in robots.splitlines() if line.startswith("Sitemap:")]
    tree = etree.fromstring((await client.get(address)).content)
    found = tree.findall(".//{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    site = str(client.base_url).rstrip("/")
    assert [location.text for location in found] == [site + story.path for story in paper.stories]


async def test_search_finds_words_of_the_text(client: httpx.AsyncClient) -> None:
    """In either language; what is searched for is never markup."""
    tree = await _tree(client, "/search?q=barley+leeks")
    assert tree.xpath("//div[@class='story-column']//h3/a/@href") == ["/life/mackerel-and-barley"]
    assert (await _tree(client, "/fa/search?q=کشتی")).xpath("//div[@class='story-column']//h3/a")
    page = (await client.get("/search", params={"q": "<script>x</script>"})).text
    assert "<script>x" not in page
    assert "Nothing was found" in page


async def test_a_comment_leads_back_to_its_story(client: httpx.AsyncClient) -> None:
    """303 to the story, which thanks; never to another site."""
    letter = {"story": MODEL, "name": "N", "text": "Dear editor"}
    answer = await client.post("/comment", data=letter)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{MODEL}?comment=received#comments")
    assert (await _tree(client, f"{MODEL}?comment=received")).xpath("//p[@role='status']")
    elsewhere = await client.post("/comment", data={**letter, "story": "https://evil.example/"})
    assert elsewhere.headers["location"] == "/"
    assert (await client.post("/comment", data={**letter, "text": " "})).status_code == 400


async def test_an_editor_signs_in_and_sees_pages_of_their_own(client: httpx.AsyncClient) -> None:
    """A session cookie; pages with the editor's bar are private."""
    assert (await client.get("/admin/")).headers["location"] == "/admin/login"
    assert (await client.post("/admin/login", data={"password": "wrong"})).status_code == 403
    answer = await client.post("/admin/login", data={"name": "n", "password": PASSWORD})
    assert answer.status_code == 303
    assert "sessionid=" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    page = await client.get(MODEL)
    assert "editor-bar" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    await client.get("/admin/logout")
    assert "editor-bar" not in (await client.get(MODEL)).text


async def test_what_is_not_there_is_404(client: httpx.AsyncClient) -> None:
    """A page of the paper, in the language of the address."""
    for path, language in (("/news/no-such-story", "en"), ("/fa/nothing", "fa"), ("/tags/none", "en")):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert html.fromstring(answer.content).get("lang") == language
    for path in ("/pictures/sea-1-161.png", "/assets/../publication.toml", "/assets/none.css", "/fonts/x.woff"):
        assert (await client.get(path)).status_code == 404, path


async def test_moved_pages_name_the_public_address(client: httpx.AsyncClient) -> None:
    """As a CMS does that knows its own address."""
    answer = await client.get("/news/", headers={"Host": "paper.example"})
    assert (answer.status_code, answer.headers["location"]) == (301, "http://paper.example/news")
    assert (await client.get("/en/")).headers["location"] == "/"


async def test_the_report_downloads_whole_and_in_parts(client: httpx.AsyncClient) -> None:
    """A PDF with ranges, conditional ones too."""
    whole = await client.get("/files/report.pdf")
    assert whole.headers["content-type"] == "application/pdf"
    assert whole.content.startswith(b"%PDF-1.4")
    assert whole.content.endswith(b"%%EOF\n")
    for asked, expected in (
        ("bytes=0-9", whole.content[:10]),
        ("bytes=-6", b"%%EOF\n"),
        ("bytes=600-", whole.content[600:]),
    ):
        part = await client.get("/files/report.pdf", headers={"Range": asked, "If-Range": whole.headers["etag"]})
        assert (part.status_code, part.content) == (206, expected)
    assert (await client.get("/files/report.pdf", headers={"Range": "bytes=9999-"})).status_code == 416
    stale = await client.get("/files/report.pdf", headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert (stale.status_code, stale.content) == (200, whole.content)


async def test_conditional_requests_are_answered_304(client: httpx.AsyncClient) -> None:
    """By tag and by time; the tag of the packed answer is another one."""
    first = await client.get(MODEL, headers={"Accept-Encoding": "identity"})
    packed = await client.get(MODEL, headers={"Accept-Encoding": "gzip"})
    assert first.headers["etag"] != packed.headers["etag"]
    for headers in (
        {"If-None-Match": f'"x", {first.headers["etag"]}'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = await client.get(MODEL, headers={**headers, "Accept-Encoding": "identity"})
        assert (again.status_code, again.content) == (304, b"")
    other = await client.get(
        MODEL, headers={"If-None-Match": '"x"', "If-Modified-Since": first.headers["last-modified"]}
    )
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip", "gzip"), ("br;q=1, GZIP ; q=0.3", "gzip"), ("gzip;q=0", None), ("gzip;q=0.000", None), ("", None)],
)
async def test_gzip_only_when_asked(client: httpx.AsyncClient, accepted: str, coding: str | None) -> None:
    """The same page either way."""
    async with client.stream("GET", MODEL, headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == coding
    assert (gzip.decompress(body) if coding else body).endswith(b"</html>\n")
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_head_has_no_body(client: httpx.AsyncClient) -> None:
    """The headers are those of GET."""
    head = await client.head(MODEL, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 50_000


async def test_pages_name_the_address_that_they_are_told() -> None:
    """A configured address wins over the Host that is asked for."""
    app = create_origin(demo(), base_url="https://paper.example/", widget_url="http://w.example:81")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:9") as client:
        page = (await client.get(MODEL)).text
        widget = await client.get("/embed/map", headers={"Host": "w.example:81"})
    assert "http://127.0.0.1" not in page
    assert f'<link rel="canonical" href="https://paper.example{MODEL}">' in page
    assert 'src="http://w.example:81/promo/1?lang=en"' in page
    assert "<img" in widget.text
