"""Saved reading over links that break, beside `cache.addAll` and Workbox: see tests/lossy."""

from __future__ import annotations

from ..lossy.__main__ import main

if __name__ == "__main__":
    main()
