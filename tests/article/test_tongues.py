"""Pages whose elements have no telling names: what stands around the story is known by its words alone."""

from __future__ import annotations

import pytest

from lightkeeper.article import extract, plain

_PAGES = {
    "el": (
        "Η βάρκα που γύρισε|Γράφει η Ελένη Παππά|12 Μαρτίου 2026, 10:30",
        "Η βάρκα του Στρατή γύρισε χθες το πρωί στο λιμάνι, άδεια και με σβηστή μηχανή, τρεις μέρες μετά.",
        "Το λιμεναρχείο συνεχίζει τις έρευνες ως το βράδυ, με δύο σκάφη και ένα ελικόπτερο από τη Λέσβο.",
        "Διαβάστε επίσης: <a href='/n/2'>Το φανάρι που έμεινε αναμμένο</a>|Ακολουθήστε μας στο Google News|Σχόλια"
        "|Ωραίο άρθρο, συγχαρητήρια στην εφημερίδα και καλή συνέχεια σε όλους εσάς.",
        "Ελένη Παππά",
    ),
    "it": (
        "La barca tornata da sola|di Anna Rossi|Pubblicato il 12 marzo 2026 alle 10:30",
        "La barca di Gino è tornata ieri mattina in porto, vuota e con il motore spento, tre giorni dopo la tempesta.",
        "La capitaneria continua le ricerche fino a sera, con due motovedette e un elicottero da Cagliari.",
        "Leggi anche: <a href='/n/2'>Il faro rimasto acceso per tutto l’inverno</a>|Condividi su Facebook|Commenti (1)"
        "|Bellissimo articolo, complimenti alla redazione e buon lavoro a tutti quanti.",
        "Anna Rossi",
    ),
    "zh": (
        "自己回来的船|作者:李小雨|2026年3月12日 10:30|来源:海港晚报",
        "老周的船昨天清晨自己回到了码头,船上没有人,发动机也熄了火,离那场风暴正好三天。",
        "海事部门出动两艘船和一架直升机,搜寻一直持续到夜里。",
        "延伸阅读:<a href='/n/2'>整个冬天都亮着的那座灯塔</a>|分享到微信|评论|写得真好,为编辑部点赞,希望老周平安归来。",
        "李小雨",
    ),
    "fa": (
        "قایقی که تنها برگشت|نویسنده: مریم کریمی|۲۱ اسفند ۱۴۰۴ - ۱۰:۳۰",
        "قایق عمو رحمان دیروز صبح تنها به اسکله برگشت؛ خالی، با موتور خاموش، سه روز پس از توفان.",
        "فرمانداری می‌گوید جست‌وجو تا شب با دو شناور و یک بالگرد ادامه دارد.",
        "بیشتر بخوانید: <a href='/n/2'>فانوسی که همهٔ زمستان روشن ماند</a>|اشتراک‌گذاری|نظرات"
        "|گزارش خوبی بود، خسته نباشید به همهٔ دوستان تحریریه و به امید خبرهای خوب.",
        "مریم کریمی",
    ),
}


@pytest.mark.parametrize("language", _PAGES)
def test_what_stands_around_a_story_is_known_by_its_words(language: str) -> None:
    head, first, second, tail, author = _PAGES[language]
    title, *before = head.split("|")
    lines = [*before, f"<p>{first}</p><p>{second}</p>", *tail.split("|")]
    html = (
        f'<html lang="{language}"><meta charset="utf-8"><title>{title} - Post</title><body><div><a href="/">A</a></div>'
        f"<div><h1>{title}</h1>{''.join(f'<div>{line}</div>' for line in lines)}</div></body></html>"
    )
    article = extract(html.encode(), "https://post.example/n/1")
    assert [first, second] == [line for line in plain.text(article).splitlines() if line.strip()]
    assert (author,) == article.bylines
    assert article.published is not None
    assert "2026-03-12T10:30:00" == article.published.isoformat()
