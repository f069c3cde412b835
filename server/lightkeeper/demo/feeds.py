"""What machines read of the paper: RSS per language, the news sitemap, robots.txt."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape

from .body import picture_url, render
from .layout import Site
from .publication import LANGUAGES, Language, Story, home

_NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
)


def rss(site: Site, language: Language) -> str:
    paper, stories = site.publication, site.publication.of(language)
    items = "".join(_item(site, story) for story in stories)
    built = f"<lastBuildDate>{_http(stories[0])}</lastBuildDate>\n" if stories else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {_NAMESPACES}>\n<channel>\n'
        f"<title>{escape(paper.names[language])}</title>\n<link>{site.base}{home(language)}</link>\n"
        f"<description>{escape(paper.descriptions[language])}</description>\n<language>{language}</language>\n{built}"
        f'<atom:link href="{site.base}{home(language)}feed.xml" rel="self" type="application/rss+xml"/>\n'
        f"<image><url>{site.base}/assets/logo.svg</url><title>{escape(paper.names[language])}</title>"
        f"<link>{site.base}{home(language)}</link></image>\n{items}</channel>\n</rss>\n"
    )


def _item(site: Site, story: Story) -> str:
    paper, language = site.publication, story.language
    authors = "".join(
        f"<dc:creator>{escape(paper.author(slug).names[language])}</dc:creator>\n" for slug in story.authors
    )
    section = paper.section(story.section).names[language]
    topics = "".join(f"<category>{escape(name)}</category>\n" for name in (section, *story.tags))
    whole = render(story.body, site.widgets).replace("]]>", "]]&gt;").replace('src="/', f'src="{site.base}/')
    picture, address = site.base + picture_url(story.lead, 1280), site.base + story.path
    return (
        f"<item>\n<title>{escape(story.title)}</title>\n<link>{address}</link>\n"
        f'<guid isPermaLink="true">{address}</guid>\n<pubDate>{format_datetime(story.published)}</pubDate>\n'
        f"<atom:updated>{story.changed.isoformat()}</atom:updated>\n{authors}{topics}"
        f"<description>{escape(story.deck)}</description>\n<content:encoded><![CDATA[{whole}]]></content:encoded>\n"
        f'<media:content url="{escape(picture)}" medium="image" type="image/png" width="1280" height="853">'
        f"<media:description>{escape(story.lead.caption or story.lead.alt)}</media:description>"
        f"<media:credit>{escape(story.lead.credit)}</media:credit></media:content>\n</item>\n"
    )


def news_sitemap(site: Site) -> str:
    rows = "".join(
        f"<url><loc>{site.base}{story.path}</loc><lastmod>{story.changed.isoformat()}</lastmod><news:news>"
        f"<news:publication><news:name>{escape(site.publication.names[story.language])}</news:name>"
        f"<news:language>{story.language}</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.title)}</news:title></news:news></url>\n"
        for story in site.publication.stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{rows}</urlset>\n'
    )


def robots(site: Site) -> str:
    feeds = "".join(f"# {site.base}{home(language)}feed.xml\n" for language in LANGUAGES)
    return f"User-agent: *\nDisallow: /admin/\nDisallow: /search\n\nSitemap: {site.base}/news-sitemap.xml\n{feeds}"


def _http(story: Story) -> str:
    return format_datetime(story.changed)
