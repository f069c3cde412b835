"""What pages weigh, learnt from what passes through the whole service."""

from __future__ import annotations

from pathlib import Path

import pytest

from .service import NAVIGATION, Service, page, service

# 400 kbit/s: a page of usual weight takes six seconds.
SLOW = NAVIGATION | {"RTT": "50", "Downlink": "0.4", "ECT": "4g"}
SHEET = {"Sec-Fetch-Dest": "style", "Accept": "text/css,*/*;q=0.1"}


def edition(running: Service, path: str) -> str:
    return (running.reader.get(path, SLOW).header("lightkeeper-edition") or "").partition(";")[0]


def read_full(running: Service, path: str, *sheets: str) -> None:
    running.reader.get(f"{path}?edition=full", NAVIGATION)
    for sheet in sheets:
        running.reader.get(sheet, SHEET)


@pytest.mark.parametrize(("size", "expected"), [(10_000, "full"), (900_000, "light")])
def test_a_page_counts_by_its_own_weight(tmp_path: Path, size: int, expected: str) -> None:
    """Its HTML, and the sheet that its head names, once they have passed."""
    with service(tmp_path) as running:
        running.site.put(
            "/story", page(head='<link rel="stylesheet" href="/a.css"><script async src="/x.js"></script>')
        )
        running.site.put("/a.css", b"a{}" * (size // 3), Content_Type="text/css")
        assert edition(running, "/story") == "light"
        read_full(running, "/story", "/a.css")
        assert edition(running, "/story") == expected


def test_a_site_is_known_by_its_pages_and_after_a_restart(tmp_path: Path) -> None:
    """Three light pages say what the fourth weighs; the next process begins with that."""
    with service(tmp_path) as running:
        for name in ("/1", "/2", "/3", "/4"):
            running.site.put(name, page())
        for name in ("/1", "/2", "/3"):
            read_full(running, name)
        assert edition(running, "/4") == "full"
    with service(tmp_path) as running:
        running.site.put("/5", page())
        assert edition(running, "/5") == "full"


def test_what_was_kept_and_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "weight").write_text("as much as a whale\n")
    with service(tmp_path) as running:
        running.site.put("/story", page())
        assert edition(running, "/story") == "light"
