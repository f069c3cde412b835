"""Lengths and word counts in scripts with and without spaces; lines that lead away, and dates, in many languages."""

from __future__ import annotations

from datetime import datetime

import pytest

from lightkeeper.article.bylines import _clean, _split
from lightkeeper.article.labels import calls, is_bar, leads_on, only_leads_on, opens_comments, opens_more
from lightkeeper.article.scripts import ends_sentence, extent, word_count
from lightkeeper.article.spoken import date_in


def test_an_ideograph_says_more_than_a_letter() -> None:
    assert 5 == extent("ferry")
    assert 10 == extent("渡船今天停")
    assert extent("สวัสดี") == len("สวัสดี")


def test_words_are_counted_where_no_spaces_are_written() -> None:
    assert 3 == word_count("The last ferry")
    assert 3 <= word_count("最后一班渡船今天离开") <= 6
    assert 2 == word_count("마지막 배")


@pytest.mark.parametrize(
    ("line", "away"),
    [
        *[
            (line, True)
            for line in ("Stand: 12.03.2026, 14:30 Uhr", "更新日: 2026年3月12日", "تاریخ انتشار: ۱۴۰۴/۱۲/۲۱")
        ],
        *[(line, True) for line in ("Lesezeit: 5 Minuten", "阅读时间:3分钟", "Publicado el 3 de marzo de 2026, 10:30")],
        *[(line, True) for line in ("Kommentare (12)", "Anzeige", "ادامه مطلب", "続きを読む", "© 2026 Die Post")],
        *[
            (line, True)
            for line in ("Suscríbete a nuestro boletín", "責任編輯:林小雨", "Bình luận", "Подписывайтесь на нас")
        ],
        *[
            (line, False)
            for line in ("Updated rules let 3 ferries sail in 2026.", "Share prices fell", "Copyright law is hard")
        ],
        *[
            (line, True)
            for line in ("Print · Share · 234 views", "#12934 چاپ ۲۳۴ بازدید", "Просмотров: 234", "阅读 234")
        ],
        *[
            (line, True)
            for line in (
                "শেয়ার করুন",
                "মন্তব্য করুন",
                "Dieser Beitrag wurde am 2. Juni veröffentlicht.",
                "Подпишитесь на рассылку",
            )
        ],
        *[(line, False) for line in ("234", "* * *", "Reads like 234 old letters", "Print 3 views of the sea, please")],
        *[(line, False) for line in ("Stand der Dinge ist, dass im Jahr 2026 alles anders wird", "評論家は笑った")],
        *[
            (line, False)
            for line in ("Giriş yolu 1999'da kapandı", "Comments by the minister", "Печать газет подорожала")
        ],
    ],
)
def test_a_line_that_only_leads_away_is_told_from_a_sentence(line: str, away: bool) -> None:
    assert away is calls(line)


def test_a_line_of_networks_is_a_share_bar() -> None:
    assert is_bar("Facebook | WhatsApp | Copy link")
    assert is_bar("نسخ الرابط")
    assert not is_bar("Facebook says sorry")
    assert not calls("Facebook")


@pytest.mark.parametrize(
    "line",
    [
        *("3 Antworten auf „Holzbrücke öffnet“", "12 thoughts on “The ferry”", "3 комментария: Деревянный мост"),
        *("۳ دیدگاه دربارهٔ «پل چوبی»", "“Ahşap köprü” için 3 yanıt", "《木桥》有3条评论", "3 bình luận cho “Cây cầu”"),
        *("Über den Autor", "About the author:", "Об авторе", "دربارهٔ نویسنده", "عن الكاتب", "关于作者"),
    ],
)
def test_what_stands_behind_a_story_is_known_by_the_line_over_it(line: str) -> None:
    assert opens_more(line)


@pytest.mark.parametrize(
    "line", ["3 thoughts on the ferry stayed with me", "“We sang for 3 days”", "About the authorities"]
)
def test_a_sentence_opens_nothing(line: str) -> None:
    assert not opens_more(line)


def test_an_announcement_of_nothing_is_told_from_one_of_something() -> None:
    assert only_leads_on("Читайте также:")
    assert only_leads_on("مطالب مرتبط")
    assert not only_leads_on("Related: How the second ferry was built")


@pytest.mark.parametrize("end", [".", "。", "!”", "?»", "…", "।", "။", "።", "։", ".)", "。」"])
def test_a_sentence_ends_in_every_script_also_within_quotation_marks(end: str) -> None:
    assert ends_sentence(f"It left at dawn{end}")
    assert not ends_sentence("It left at dawn")


def test_related_stories_and_comments_are_announced_in_every_language() -> None:
    related = "Lire aussi|Lesen Sie auch|Te puede interesar|Leia também|Читайте также|بیشتر بخوانید|اقرأ أيضًا|延伸閱讀"
    assert all(leads_on(f"{words}: Der Turm") for words in related.split("|"))
    further = "আরও পড়ুন|ဆက်စပ်သတင်းများ|წაიკითხეთ ასევე|ተጨማሪ ያንብቡ|Kapcsolódó|Pročitajte još|Тағы оқыңыз"
    assert all(leads_on(f"{words}: Der Turm") for words in further.split("|"))
    assert all(opens_comments(words) for words in ("মন্তব্য (3)", "კომენტარები", "አስተያየቶች", "کۆمێنتەکان (۲)"))
    assert opens_comments("댓글 2")
    assert opens_comments("3 commentaires")
    assert not opens_comments("Comments on the law")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("۲۱ اسفند ۱۴۰۴ - ۱۴:۳۰", "fa", "2026-03-12T14:30"),
        ("۱۴۰۴/۱۲/۲۱", "fa", "2026-03-12"),
        ("12 مارس/آذار 2026", "ar", "2026-03-12"),
        ("5 كانون الثاني 2026", "ar", "2026-01-05"),
        ("5 کانوونی دووەم 2026", "ckb", "2026-01-05"),
        ("12 במרץ 2026", "he", "2026-03-12"),
        ("12 березня 2026 року", "uk", "2026-03-12"),
        ("1er mars 2026", "fr", "2026-03-01"),
        ("2026년 3월 12일 14:30", "ko", "2026-03-12T14:30"),
        ("令和8年3月12日 9時05分", "ja", "2026-03-12T09:05"),
        ("民國115年3月12日", "zh-Hant", "2026-03-12"),
        ("१२ मार्च २०२६", "hi", "2026-03-12"),
        ("ngày 12 tháng 3 năm 2026", "vi", "2026-03-12"),
        ("12 มีนาคม 2569", "th", "2026-03-12"),
        ("2ی حوزەیرانی 2026", "ckb", "2026-06-02"),
        ("၂ ဇွန် ၂၀၂၆", "my", "2026-06-02"),
        ("ဇွန် ၂၊ ၂၀၂၆", "my", "2026-06-02"),
        ("០២ មិថុនា ២០២៦", "km", "2026-06-02"),
        ("2026. június 2. 14:30", "hu", "2026-06-02T14:30"),
        ("2026 m. birželio 2 d.", "lt", "2026-06-02"),
        ("2-iyun 2026", "uz", "2026-06-02"),
        ("መስከረም 1 ቀን 2018", "am", "2025-09-11"),
        ("ጳጉሜን 6 ቀን 2015", "am", "2023-09-11"),
        ("መስከረም 1 ቀን 2016", "am", "2023-09-12"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, language: str, expected: str) -> None:
    assert datetime.fromisoformat(expected) == date_in(text, language)


def test_a_lunar_year_is_no_date() -> None:
    """Its months begin where the moon is seen: no calendar tells the day."""
    assert date_in("12/3/1447", "ar") is None


def test_a_nepali_year_is_no_date() -> None:
    """Its months are as long as a table of each year says; as one of ours, it would lie in the future."""
    assert date_in("२०८३/०२/१९", "ne") is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Von Anna Meier und Jan Kraus", ("Anna Meier", "Jan Kraus")),
        ("Propos recueillis par Luc Morel", ("Luc Morel",)),
        ("记者 李四/北京报道", ("李四",)),
        ("张三、李四", ("张三", "李四")),
        ("김철수 기자", ("김철수",)),
        ("取材・文 山田太郎", ("山田太郎",)),
        ("كتبت سارة حسن", ("سارة حسن",)),
        ("Γράφει ο Νίκος Παππάς", ("Νίκος Παππάς",)),
        ("Oleh Petrenko", ("Oleh Petrenko",)),
        ("(作者:李小雨)", ("李小雨",)),
        ("(Von Katrin Vogel)", ("Katrin Vogel",)),
        ("লেখা: সুমনা রহমান", ("সুমনা রহমান",)),
        ("ရေးသားသူ - မသီတာ", ("မသီတာ",)),
        ("ავტორი: ნინო ბერიძე", ("ნინო ბერიძე",)),
        ("ผู้เขียน: สมหญิง ใจดี", ("สมหญิง ใจดี",)),
    ],
)
def test_names_stand_without_the_words_around_them(line: str, names: tuple[str, ...]) -> None:
    assert names == _clean(_split([line]))
