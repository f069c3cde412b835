"""The page of one story, with everything that a newsroom puts around it."""

from __future__ import annotations

from datetime import datetime
from html import escape
from urllib.parse import quote

from . import body
from .cards import card, cards, newsletter, picture, promo, ranks
from .layout import Face, Site, document, json_ld
from .publication import Author, Photo, Story, home
from .words import WORDS, clock, date, number


def story_page(site: Site, story: Story, notice: str = "") -> str:
    others = site.publication.others(story)
    main = (
        '<div class="progress" aria-hidden="true"></div>\n'
        f'<article class="story">\n{_opening(site, story)}<div class="columns">\n<div class="story-column">\n'
        f'{_share(story)}<div class="story-body">\n{_body(site, story)}\n</div>\n{_correction(story)}{_tags(story)}'
        f"{_more(site, story)}{_about(site, story)}</div>\n{_side(site, story)}</div>\n</article>\n"
        f"{_next(site, story)}{promo(site, 3, story.language)}{_comments(story, notice)}"
        f'<section class="band"><h2>{WORDS[story.language]["latest"]}</h2>'
        f"{cards(site, others[1:13], deck=False)}</section>\n{_third_party(site)}"
    )
    return document(site, _face(site, story), main, _state(site, story))


def author_photo(author: Author) -> Photo:
    return Photo(seed=sum(author.slug.encode()), kind="portrait")


def _face(site: Site, story: Story) -> Face:
    names = [site.publication.author(slug).names[story.language] for slug in story.authors]
    rows = [
        ("article:published_time", story.published.isoformat()),
        ("article:modified_time", story.changed.isoformat()),
        ("article:section", site.publication.section(story.section).names[story.language]),
        *(("article:author", f"{site.base}{home(story.language)}authors/{slug}") for slug in story.authors),
        *(("article:tag", tag) for tag in story.tags),
    ]
    extra = "".join(f'<meta property="{key}" content="{escape(value)}">\n' for key, value in rows)
    extra += "".join(f'<meta name="author" content="{escape(name)}">\n' for name in names)
    return Face(
        language=story.language,
        kind="story",
        title=story.title,
        description=story.deck,
        path=story.path,
        image=story.lead,
        extra=extra + json_ld(_linked_data(site, story)) + json_ld(_crumbs(site, story)),
    )


def _linked_data(site: Site, story: Story) -> dict[str, object]:
    paper, language = site.publication, story.language
    publisher = {
        "@type": "NewsMediaOrganization",
        "name": paper.names[language],
        "url": site.base + home(language),
        "logo": {"@type": "ImageObject", "url": f"{site.base}/assets/logo.svg"},
    }
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": site.base + story.path},
        "headline": story.title,
        "description": story.deck,
        "inLanguage": language,
        "datePublished": story.published.isoformat(),
        "dateModified": story.changed.isoformat(),
        "articleSection": paper.section(story.section).names[language],
        "keywords": list(story.tags),
        "wordCount": story.words,
        "isAccessibleForFree": True,
        "image": [site.base + body.picture_url(story.lead, 1280)],
        "author": [
            {
                "@type": "Person",
                "name": paper.author(slug).names[language],
                "url": f"{site.base}{home(language)}authors/{slug}",
            }
            for slug in story.authors
        ],
        "publisher": publisher,
    }


def _crumbs(site: Site, story: Story) -> dict[str, object]:
    language = story.language
    steps = (
        (site.publication.names[language], home(language)),
        (site.publication.section(story.section).names[language], f"{home(language)}{story.section}"),
        (story.title, story.path),
    )
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": site.base + path}
            for place, (name, path) in enumerate(steps, 1)
        ],
    }


def _opening(site: Site, story: Story) -> str:
    section = site.publication.section(story.section).names[story.language]
    photos = "".join(picture(author_photo(site.publication.author(slug)), 160) for slug in story.authors)
    return (
        f'<header class="opening">\n<p class="kicker"><a href="{home(story.language)}{story.section}">'
        f'{escape(section)}</a></p>\n<h1>{escape(story.title)}</h1>\n<p class="deck">{escape(story.deck)}</p>\n'
        f'<div class="byline">{photos}<div><p class="authors">{WORDS[story.language]["by"]} {_names(site, story)}</p>\n'
        f'<p class="meta">{_times(story)}</p></div></div>\n</header>\n'
        + body.figure(story.lead, 1280, "lead-picture", ' fetchpriority="high"')
        + "\n"
    )


def _names(site: Site, story: Story) -> str:
    return WORDS[story.language]["and"].join(
        f'<a rel="author" href="{home(story.language)}authors/{slug}">'
        f"{escape(site.publication.author(slug).names[story.language])}</a>"
        for slug in story.authors
    )


def _times(story: Story) -> str:
    say, language = WORDS[story.language], story.language
    rows = [
        f'<time class="published" datetime="{story.published.isoformat()}">{_moment(story, story.published)}</time>',
        f'<span class="reading-time">{say["minutes"].format(n=number(story.minutes, language))}</span>',
    ]
    if story.modified:
        words = say["updated"].format(date=_moment(story, story.modified))
        rows.append(f'<time class="updated" datetime="{story.modified.isoformat()}">{words}</time>')
    return ' <span class="dot">·</span> '.join(rows)


def _moment(story: Story, moment: datetime) -> str:
    comma = {"en": ",", "fa": "،"}[story.language]
    return f"{date(moment, story.language)}{comma} {clock(moment, story.language)}"


def _share(story: Story) -> str:
    say = WORDS[story.language]
    return (
        f'<ul class="share" aria-label="{say["share"]}"><li><button type="button" class="copy-link">'
        f"{say['copy_link']}</button></li>"
        f'<li><button type="button" class="print-story">{say["print"]}</button></li>'
        f'<li><a href="#comments">{say["comments"]}</a></li></ul>\n'
    )


def _body(site: Site, story: Story) -> str:
    return body.render(story.body, site.widgets, f"\n{newsletter(story.language)}")


def _correction(story: Story) -> str:
    if not story.correction:
        return ""
    return (
        f'<aside class="correction"><p><strong>{WORDS[story.language]["correction"]}:</strong>'
        f" {escape(story.correction)}</p></aside>\n"
    )


def _tags(story: Story) -> str:
    links = "".join(
        f'<li><a rel="tag" href="{home(story.language)}tags/{quote(tag, safe="")}">{escape(tag)}</a></li>'
        for tag in story.tags
    )
    return f'<ul class="tags" aria-label="{WORDS[story.language]["tags"]}">{links}</ul>\n' if links else ""


def _more(site: Site, story: Story) -> str:
    """Related stories; a CMS prints these with its configured address, so they are absolute."""
    rows = "".join(
        f'<li><a href="{site.base}{other.path}">{escape(other.title)}</a></li>\n'
        for other in site.publication.related(story)
    )
    return (
        f'<section class="more"><h2>{WORDS[story.language]["more_on_this"]}</h2><ul>\n{rows}</ul></section>\n'
        if rows
        else ""
    )


def _about(site: Site, story: Story) -> str:
    boxes = ""
    for slug in story.authors:
        author = site.publication.author(slug)
        boxes += (
            f'<aside class="about"><p class="about-name"><a href="{home(story.language)}authors/{slug}">'
            f"{escape(author.names[story.language])}</a> <span>{escape(author.roles[story.language])}</span></p>"
            f"<p>{escape(author.bios[story.language])}</p></aside>\n"
        )
    return boxes


def _side(site: Site, story: Story) -> str:
    say, others = WORDS[story.language], site.publication.others(story)
    ranked = sorted(others, key=lambda other: (other.lead.seed * 7919) % 1009)[:7]
    return (
        f'<aside class="side">\n{promo(site, 1, story.language)}{ranks(ranked, story.language)}'
        f'<section class="support"><h2>{say["support"]}</h2><p>{say["support_text"]}</p>'
        f'<a class="button" href="{home(story.language)}">{say["support_button"]}</a></section>\n'
        f"{promo(site, 2, story.language)}</aside>\n"
    )


def _next(site: Site, story: Story) -> str:
    others = site.publication.others(story)
    if not others:
        return ""
    words = WORDS[story.language]["next_story"]
    return f'<section class="next"><h2>{words}</h2>\n{card(site, others[0], 960)}</section>\n'


def _comments(story: Story, notice: str) -> str:
    say = WORDS[story.language]
    told = f'<p class="notice" role="status">{say["comment_received"]}</p>' if notice == "received" else ""
    return (
        f'<section class="comments" id="comments"><h2>{say["comments"]}</h2>{told}<p>{say["comments_text"]}</p>'
        f'<form method="post" action="/comment"><input type="hidden" name="story" value="{escape(story.path)}">'
        f'<label>{say["your_name"]}<input name="name" required maxlength="80"></label>'
        f'<label>{say["your_comment"]}<textarea name="text" rows="4" required maxlength="5000"></textarea></label>'
        f"<button>{say['send']}</button></form></section>\n"
    )


def _third_party(site: Site) -> str:
    return (
        f'<script src="{site.widgets}/social.js" async></script>\n'
        f'<img class="pixel" src="{site.widgets}/pixel.png" alt="" width="1" height="1">\n'
    )


def _state(site: Site, story: Story) -> dict[str, object]:
    """What the scripts know of the page: the story once more, and all the headlines."""
    return {
        "story": {"id": story.slug, "title": story.title, "deck": story.deck, "text": body.plain(story.body)},
        "headlines": [
            {"path": other.path, "title": other.title, "deck": other.deck, "tags": other.tags, "words": other.words}
            for other in site.publication.of(story.language)
        ],
    }
