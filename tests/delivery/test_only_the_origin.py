"""Nothing of ours connects to any host but the origin, whatever its pages, feeds and answers name."""

from __future__ import annotations

from pathlib import Path

from ..servers import Line, Request, origin
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Site, page, service
from .test_watch import stored, until

# In each place where a page, a feed or a sitemap may name another host.
HEAD = """
<link rel="stylesheet" href="{other}/a.css">
<link rel="alternate" type="application/rss+xml" href="{other}/feed.xml"><link rel="icon" href="{other}/icon.png">
<link rel="preload" as="image" href="{other}/lead.jpg"><link rel="amphtml" href="{other}/amp">
<link rel="https://api.w.org/" href="{other}/wp-json/"><link rel="next" href="{other}/2">
<meta property="og:image" content="{other}/og.jpg">
"""
# A page that says it belongs elsewhere has no Light edition here.
MOVED = """
<base href="{other}/"><link rel="canonical" href="{other}/canonical"><meta property="og:url" content="{other}/og">
<meta http-equiv="refresh" content="900; url={other}/refresh">
"""
BODY = """
<figure><img src="{other}/1.jpg" srcset="{other}/2.jpg 2x" alt=""><figcaption>The mole.</figcaption></figure>
<picture><source srcset="{other}/3.avif"><img src="{other}/3.jpg" alt=""></picture>
<video src="{other}/film.mp4" poster="{other}/poster.jpg"></video><audio src="{other}/sound.mp3"></audio>
<iframe src="{other}/frame"></iframe><embed src="{other}/embed"><script src="{other}/s.js"></script>
<p>A <a href="{other}/story">story elsewhere</a>, and a <a href="/s/1">story here</a>.</p>
"""
FEED = """<rss version="2.0"><channel><title>P</title><link>{other}/</link><image><url>{other}/logo.png</url></image>
<item><link>{public}/s/1</link><enclosure url="{other}/1.mp3" type="audio/mpeg" length="1"/></item>
<item><link>{other}/s/2</link></item><item><link>{public}/s/5</link></item></channel></rss>"""
SITEMAP = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{other}/map.xml</loc></sitemap>
<sitemap><loc>{public}/news.xml</loc></sitemap></sitemapindex>"""
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>{public}/s/3</loc><image:image><image:loc>{other}/3.jpg</image:loc></image:image></url>
<url><loc>{other}/s/4</loc></url></urlset>"""


def publish(site: Site, other: str) -> None:
    def told(text: str) -> str:
        return text.format(other=other, public=PUBLIC)

    site.put("/s/5", page("Elsewhere", head=told(HEAD + MOVED), extra=told(BODY)))
    for path in ("/s/1", "/s/3"):
        site.put(path, page(f"Story {path}", head=told(HEAD), extra=told(BODY)), Link=f'<{other}/l>; rel="preload"')
    site.put("/feed.xml", told(FEED).encode(), Content_Type="application/rss+xml")
    site.put("/sitemap.xml", told(SITEMAP).encode(), Content_Type="application/xml")
    site.put("/news.xml", told(NEWS).encode(), Content_Type="application/xml")
    site.put("/robots.txt", f"Sitemap: {other}/robots-map.xml\n".encode(), Content_Type="text/plain")
    site.put("/gone", b"", 302, Location=f"{other}/gone")


def test_only_the_origin_is_connected_to(tmp_path: Path) -> None:
    """Stories are read in advance, served in full and in Light; the other host hears of none of it."""

    def answer(request: Request, line: Line) -> None:
        line.ok(page("Elsewhere"), b"Content-Type: text/html")

    site = Site()
    with origin(answer) as elsewhere:
        publish(site, elsewhere.url)
        with service(tmp_path, site=site, feeds="/feed.xml /sitemap.xml", poll="1", pace="200") as running:
            assert until(lambda: {"/s/1", "/s/3"} <= set(stored(tmp_path)) and running.asked("/s/5") != [])
            for path in ("/s/1", "/light/s/3", "/s/5", "/light/s/5", "/gone", "/light/gone"):
                for headers in (NAVIGATION, SAVE_DATA):
                    assert running.reader.get(path, headers).status in (200, 302, 404)
            again = len(running.asked("/feed.xml"))
            assert until(lambda: len(running.asked("/feed.xml")) > again)
        assert elsewhere.connections == 0
