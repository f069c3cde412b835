"""What machines read of a publication: feeds, sitemaps, lists of posts. Pure functions of bytes."""

from .listing import Found, Listing, read
from .wordpress import api_root, posts

__all__ = ["Found", "Listing", "api_root", "posts", "read"]
