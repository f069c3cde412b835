"""What the WordPress of the tests publishes, hides and keeps for members; every text written for this purpose."""

from __future__ import annotations

from ..delivery.service import SENTENCES

SECRET = "The combination of the lock is the year in which the lamp was lit."
PASSWORD = "spring tide"


def story(title: str, slug: str, content: str = "", **more: object) -> dict[str, object]:
    """Arguments of `wp_insert_post`: a story of a few hundred words unless `content` says otherwise."""
    paragraphs = (" ".join(SENTENCES[turn:] + SENTENCES[:turn]) for turn in range(5))
    body = content or "".join(f"<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->\n" for text in paragraphs)
    return {
        "post_title": title,
        "post_name": slug,
        "post_content": body,
        "post_date": "2024-03-05 14:30:00",
        "comment_status": "open",
        **more,
    }


def own(slug: str) -> str:
    """A sentence that no other story holds."""
    return f"Nobody but {slug} says so."


def long_secret(title: str, slug: str, **more: object) -> dict[str, object]:
    text = " ".join((SECRET, own(slug), *SENTENCES))
    return story(title, slug, "".join(f"<p>{text}</p>\n" for _ in range(5)), **more)


def posts() -> list[dict[str, object]]:
    """No two posts have one date: a list's order would be the database's."""
    return [
        story("Low water", "low-water"),
        story("The winter lamp", "winter-lamp", post_date="2024-03-06 08:00:00"),
        story("Three crates", "three-crates", post_date="2024-03-07 08:00:00"),
        story("Kept tides", "kept-tides", post_date="2024-03-08 08:00:00"),
        story("Minutes for members", "members-minutes", post_date="2024-03-09 08:00:00"),
        story("About this paper", "about", post_type="page"),
        long_secret("Sealed", "sealed", post_password=PASSWORD, post_date="2024-03-04 08:00:00"),
        long_secret("For the editors", "for-the-editors", post_status="private", post_date="2024-03-03 08:00:00"),
        long_secret("Not yet", "not-yet", post_status="draft", post_date="2024-03-02 08:00:00"),
        long_secret("Tomorrow", "tomorrow", post_status="future", post_date="2099-01-01 08:00:00"),
    ]
