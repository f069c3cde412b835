"""Who writes, comments on and runs a real WordPress, through Lightkeeper and directly: their pages are theirs alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .doors import Doors, edition, lines, opened, same, same_page
from .press import (
    JSON,
    RANDOM,
    SENTENCE,
    SITE,
    comment,
    fields_of_editor,
    kept,
    log_in,
    names,
    packed,
    published,
    rest,
    stored,
)
from .stories import PASSWORD, SECRET, own
from .visitor import LIGHT, Visitor, form, text
from .wordpress import WordPress

pytestmark = pytest.mark.origins

MARK = "The sandpiper left on a Tuesday"  # a title that no other story has


# The people who make it


def test_the_log_in_page_is_not_replaced(paper: Doors) -> None:
    """Its form and its cookie, in full for a reader who saves data as well."""
    direct = paper.insider().open("/wp-login.php")
    for headers in ({}, LIGHT):
        through = paper.visitor().open("/wp-login.php", **headers)
        assert direct.all("set-cookie") == through.all("set-cookie")
        assert form(direct.body, "loginform") == form(opened(through), "loginform")


def test_a_wrong_password_is_refused_in_the_same_words(press: WordPress, paper: Doors) -> None:
    """The answer to a POST is never touched."""
    direct = log_in(paper.insider(), press, "not it")
    assert "is incorrect" in text(direct.body)
    same(direct, log_in(paper.visitor(), press, "not it"))


def test_logging_in_sets_the_same_cookies_and_leads_to_the_same_place(press: WordPress, paper: Doors) -> None:
    """Three cookies with their paths and flags, 302 to the dashboard."""
    direct, through = log_in(paper.insider(), press), log_in(paper.visitor(), press)
    assert direct.status == through.status == 302
    assert names(direct) == names(through)
    assert len(names(through)) == 4
    less = frozenset({"set-cookie"})
    assert lines(direct, less) == lines(through, less)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/wp-admin/profile.php",
            "/wp-admin/edit.php",
            "/wp-admin/options-general.php",
            "/wp-admin/upload.php?mode=list",
        ),
        *("/low-water/", "/", "/for-the-editors/", "/sealed/", "/?s=lamp", "/feed/", "/wp-json/wp/v2/posts"),
    ],
)
def test_who_is_logged_in_gets_the_origins_own_pages(paper: Doors, editor: Visitor, path: str) -> None:
    """Dashboard and public pages byte for byte, whatever the link is like; nothing decided, nothing added."""
    direct = editor.twin(paper.direct).open(path)
    assert direct.status == 200
    for headers in ({}, LIGHT):
        through = editor.open(path, **headers)
        same(direct, through, RANDOM)
        assert edition(through) == ""


def test_logging_out_ends_the_session(press: WordPress, paper: Doors) -> None:
    """The link with its nonce works, and the cookies are gone afterwards."""
    visitor = paper.visitor()
    log_in(visitor, press)
    page = visitor.open("/wp-admin/profile.php").body.decode()
    link = re.search(r"/wp-login\.php\?action=logout&(?:amp|#038);(_wpnonce=[0-9a-f]+)", page)
    assert link
    answer = visitor.open(f"/wp-login.php?action=logout&{link[1]}")
    assert answer.status == 302
    assert "loggedout=true" in (answer.header("location") or "")
    assert not any("logged_in" in name for name, _ in visitor.cookies)
    assert visitor.open("/wp-admin/").status == 302


def test_a_post_is_written_in_the_dashboard(paper: Doors, editor: Visitor) -> None:
    """The editing form, sent through Lightkeeper; at once the public reads it, in full and in Light."""
    page = editor.open("/wp-admin/post-new.php")
    assert page.status == 200
    fields = fields_of_editor(page.body)
    body = "".join(
        f"<p>{SENTENCE}. The lamp was lit again in the evening, and nobody said a word.</p>" for _ in range(9)
    )
    sent = {"post_title": "From the mole", "content": body, "post_name": "from-the-mole", "post_status": "publish"}
    answer = editor.submit("/wp-admin/post.php", fields | sent | {"publish": "Publish", "action": "editpost"})
    assert answer.status == 302
    assert "message=6" in (answer.header("location") or "")
    assert editor.follow(answer).status == 200
    full = paper.visitor().open("/from-the-mole/")
    same_page(paper.insider().open("/from-the-mole/"), full, paper.added("/from-the-mole/", "en-US"))
    assert "nobody said a word" in text(paper.visitor().open("/from-the-mole/", **LIGHT).body)


def test_a_post_is_published_corrected_and_withdrawn_by_rest(paper: Doors, editor: Visitor, data: Path) -> None:
    """Each step shows at once in the Light edition."""
    number, path = published(editor, "By interface")
    assert edition(paper.visitor().open(path, **LIGHT)) == "light"
    corrected = {"content": "<p>" + "A corrected account of the day, told by those who were there. " * 30 + "</p>"}
    assert rest(editor, "PUT", f"/posts/{number}", corrected).status == 200
    answer = paper.visitor().open(path, **LIGHT)
    assert "A corrected account" in text(answer.body)
    assert SECRET not in text(answer.body)
    assert rest(editor, "DELETE", f"/posts/{number}", {}).status == 200
    direct = paper.insider().open(path)
    assert direct.status == 404
    same(direct, paper.visitor().open(path, **LIGHT))
    light = paper.visitor().open(f"/light{path}")
    assert light.status == 404
    assert "A corrected account" not in text(light.body)
    assert not kept(data, "A corrected account")
    assert not stored(data, path)


def test_the_interface_answers_an_editor_as_the_origin_does(paper: Doors, editor: Visitor) -> None:
    """The same post written at both doors: 201, the same headers and the same JSON but for its numbers."""
    values = {"title": "Twice", "content": f"<p>{SENTENCE}.</p>", "status": "draft"}
    made = [rest(visitor, "POST", "/posts", values) for visitor in (editor.twin(paper.direct), editor)]
    assert [answer.status for answer in made] == [201, 201]
    same(made[0], made[1], r"\d+")


def test_the_interface_refuses_a_stranger_in_the_same_words(paper: Doors) -> None:
    """No cookie, no nonce: 401 with the origin's own JSON."""
    body = b'{"title":"x"}'
    direct = paper.insider().ask("POST", "/wp-json/wp/v2/posts", body=body, headers=JSON)
    assert direct.status == 401
    same(direct, paper.visitor().ask("POST", "/wp-json/wp/v2/posts", body=body, headers=JSON))


def test_twenty_megabytes_are_uploaded(paper: Doors, editor: Visitor) -> None:
    """The form of the media library; the file comes back byte for byte, through and directly."""
    content = packed(20 * 1024 * 1024)
    answers = []
    for visitor, name in ((editor.twin(paper.direct), "ebb"), (editor, "tides")):
        fields = form(visitor.open("/wp-admin/media-new.php?browser-uploader").body, "file-form")
        fields = {key: value for key, value in fields.items() if key != "async-upload"}
        sent = fields | {"html-upload": "Upload"}
        answers.append(visitor.upload("/wp-admin/media-new.php", sent, "async-upload", f"{name}.zip", content))
    assert answers[1].status == 302, text(answers[1].body)[:500]
    same(answers[0], answers[1], r"^\d+$")  # x-wp-upload-attachment-id
    found = json.loads(editor.ask("GET", "/wp-json/wp/v2/media?search=tides").body)
    path = found[0]["source_url"].removeprefix(SITE)
    direct = paper.insider().ask("GET", path)
    assert direct.body == content
    same(direct, paper.visitor().ask("GET", path))
    same(direct, paper.visitor().open(path, **LIGHT))


# Comments


def test_a_comment_waits_for_moderation_and_is_seen_by_its_author(paper: Doors, editor: Visitor) -> None:
    """Cookies remember the author, who sees the comment on the origin's own page; nobody else does, until approved."""
    words = "I was there, and it was colder than you say."
    author = paper.visitor()
    answer = comment(author, words, consent=True)
    assert answer.status == 302
    assert any(name.startswith("comment_author_") for name, _ in author.cookies)
    seen = author.follow(answer)
    assert words in text(seen.body)
    target = (answer.header("location") or "").removeprefix(SITE).partition("#")[0]
    same(author.twin(paper.direct).open(target), seen, RANDOM)
    assert words not in text(opened(paper.visitor().open("/low-water/")))
    number = re.search(r"#comment-(\d+)", answer.header("location") or "")
    assert number
    assert rest(editor, "POST", f"/comments/{number[1]}", {"status": "approved"}).status == 200
    through = paper.visitor().open("/low-water/")
    assert words in text(opened(through))
    same_page(paper.insider().open("/low-water/"), through, paper.added("/low-water/", "en-US"))


def test_a_comment_that_waits_is_not_kept_by_us(paper: Doors, data: Path) -> None:
    """The address with the moderation's hash is one person's: full for a reader who prefers Light, and never stored."""
    words = "Nobody but the editors may read this yet."
    author = paper.visitor()
    answer = comment(author, words, consent=False)
    target = (answer.header("location") or "").removeprefix(SITE).partition("#")[0]
    assert "moderation-hash=" in target
    seen = author.open(target, **LIGHT)
    assert words in text(seen.body)
    same(paper.insider().open(target), seen, RANDOM)
    assert author.open(f"/light{target}").header("location") == target
    assert not kept(data, words)
    assert not kept(data, "moderation-hash")


def test_a_comment_is_taken_with_the_same_headers(paper: Doors) -> None:
    """Two readers, one at each door: 302 to the comment, cookies of the same names, paths and flags."""
    direct = comment(paper.insider(), "I heard it from my sister.", consent=True)
    through = comment(paper.visitor(), "I heard it from my brother.", consent=True)
    assert direct.status == through.status == 302
    assert names(direct) == names(through)
    less = frozenset({"set-cookie"})
    number = re.compile(r"comment-\d+|unapproved=\d+|moderation-hash=\w+")
    assert [(name, number.sub("", value)) for name, value in lines(direct, less)] == [
        (name, number.sub("", value)) for name, value in lines(through, less)
    ]


def test_an_empty_comment_is_refused_in_the_same_words(paper: Doors) -> None:
    """The origin's error page, untouched."""
    direct = comment(paper.insider(), "", consent=False)
    assert direct.status == 200 or direct.status >= 400
    same(direct, comment(paper.visitor(), "", consent=False))


# What is not for everybody


@pytest.mark.parametrize("path", ["/for-the-editors/", "/not-yet/", "/tomorrow/"])
@pytest.mark.parametrize("headers", [{}, LIGHT])
def test_what_is_private_or_not_yet_published_is_not_there(paper: Doors, path: str, headers: dict[str, str]) -> None:
    """404 as the origin says it, on every address of ours."""
    direct = paper.insider().open(path)
    assert direct.status == 404
    same(direct, paper.visitor().open(path, **headers))
    light = paper.visitor().open(f"/light{path}", **headers)
    assert light.status == 404
    assert SECRET not in text(light.body)


def test_a_post_with_a_password_has_no_light_edition(paper: Doors, data: Path) -> None:
    """Its form is the full page's; who knows the password reads it on the origin's own page; nothing of it is kept."""
    reader = paper.visitor()
    closed = reader.open("/sealed/", **LIGHT)
    assert edition(closed) == "full"
    same_page(paper.insider().open("/sealed/"), closed, paper.added("/sealed/", "en-US"))
    assert b"post-password-form" in opened(closed)
    answer = reader.submit("/wp-login.php?action=postpass", {"post_password": PASSWORD}, referer="/sealed/")
    assert answer.status == 302
    assert any(name.startswith("wp-postpass_") for name, _ in reader.cookies)
    shown = reader.open("/sealed/", **LIGHT)
    assert SECRET in text(shown.body)
    assert own("sealed") in text(shown.body)
    same(reader.twin(paper.direct).open("/sealed/"), shown)
    assert SECRET not in text(opened(paper.visitor().open("/sealed/", **LIGHT)))
    assert paper.visitor().open("/light/sealed/").status == 404
    assert not stored(data, "/sealed/")
    assert not kept(data, own("sealed"))


def test_a_story_that_becomes_private_is_forgotten(paper: Doors, editor: Visitor, data: Path) -> None:
    """Published, read in Light, withdrawn: the stored edition goes with it."""
    number, path = published(editor, MARK)
    assert SECRET in text(paper.visitor().open(path, **LIGHT).body)
    assert kept(data, MARK)
    assert rest(editor, "PUT", f"/posts/{number}", {"status": "private"}).status == 200
    same(paper.insider().open(path), paper.visitor().open(path, **LIGHT))
    assert paper.visitor().open(f"/light{path}").status == 404
    assert not kept(data, MARK)
    for listed in ("/light/-/latest", "/light/-/search?q=sandpiper"):
        assert MARK.encode() not in paper.visitor().open(listed).body
    same(editor.twin(paper.direct).open(path), editor.open(path, **LIGHT))


def test_a_preview_is_the_editors_alone(paper: Doors, editor: Visitor) -> None:
    """Untouched for the editor, 404 for everybody else."""
    number, _ = published(editor, "A first draft", "draft")
    path = f"/?p={number}&preview=true"
    shown = editor.open(path)
    assert SECRET in text(shown.body)
    same(editor.twin(paper.direct).open(path), shown, RANDOM)
    same(paper.insider().open(path), paper.visitor().open(path, **LIGHT))
