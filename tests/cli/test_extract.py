"""`lightkeeper extract`: one page or many, from files or addresses, as JSON, text or HTML."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from lightkeeper.cli.extract import extract

PROSE = "".join(
    f"<p>The ferry left the harbour at dawn, and nobody expected it back before noon, {n}.</p>" for n in range(4)
)
STORY = (
    '<html lang="en"><head><title>Ferry leaves</title><link rel="canonical" href="https://post.example/ferry"></head>'
    f'<body><article><h1>Ferry leaves</h1><figure><img src="/p.jpg" alt="Boat"></figure>{PROSE}</article></body></html>'
)
KEYS = {
    *(
        "file",
        "url",
        "title",
        "byline",
        "published",
        "modified",
        "section",
        "language",
        "direction",
        "lead",
        "text",
        "html",
    )
}

app = typer.Typer()
app.command()(extract)


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "story.html"
    file.write_text(STORY)
    return file


def test_one_file_is_a_line_of_json(story: Path) -> None:
    """With every field; the page's own address is believed where none is given."""
    code, out, _ = run(story)
    found = json.loads(out)
    assert 0 == code
    assert set(found) >= KEYS
    assert ("Ferry leaves", "https://post.example/ferry", "en", "ltr") == (
        *(found["title"], found["url"], found["language"], found["direction"]),
    )
    assert "https://post.example/p.jpg" == found["lead"]["url"]
    assert ("The ferry left", 3) == (found["text"][:14], found["text"].count("\n\n"))
    assert ('<figure><a class="picture"', "</p>") == (found["html"][:26], found["html"][-4:])


def test_text_and_html_are_shown_plainly(story: Path) -> None:
    """The other formats are the story alone."""
    assert run(story, "--format", "text")[1].startswith("The ferry left")
    assert run(story, "--format", "html", "--url", "https://x.example/a")[1].startswith("<figure>")


def test_several_files_go_on_after_one_that_fails(story: Path, tmp_path: Path) -> None:
    """Packed files too; a failed one has a line of its own and makes the exit code 1."""
    packed = tmp_path / "story.html.gz"
    packed.write_bytes(gzip.compress(STORY.encode()))
    broken = tmp_path / "broken.html.gz"
    broken.write_bytes(gzip.compress(STORY.encode())[:60])
    code, out, _ = run(story, broken, tmp_path / "none.html", packed)
    lines = [json.loads(line) for line in out.splitlines()]
    assert 1 == code
    assert [False, True, True, False] == ["error" in line for line in lines]
    assert str(broken) == lines[1]["file"]


def test_a_file_that_is_not_there_is_one_line_and_code_2(tmp_path: Path) -> None:
    """Nothing on standard output."""
    code, out, err = run(tmp_path / "none.html")
    assert (2, "", 1) == (code, out, len(err.splitlines()))


def test_a_page_that_is_no_story_says_so(tmp_path: Path) -> None:
    """One line with the reason, and code 1."""
    file = tmp_path / "empty.html"
    file.write_text("<html><body></body></html>")
    code, out, err = run(file)
    assert (1, "") == (code, out)
    assert "no text" in err


@pytest.fixture
def site() -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/ferry" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(STORY.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_fetched(site: str) -> None:
    """The page's address is the one that was asked for; anything but 200 is an error in one line."""
    code, out, _ = run(f"{site}/ferry")
    assert (0, f"{site}/ferry") == (code, json.loads(out)["url"])
    code, out, err = run(f"{site}/other")
    assert (1, "", True) == (code, out, "404" in err)
