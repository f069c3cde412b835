"""What the newspaper's own furniture says in each language, and how it writes numbers and dates."""

from __future__ import annotations

from datetime import datetime

import jdatetime

from .publication import Language

_MONTHS = (
    (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "home": "Home",
        "skip": "Skip to content",
        "menu": "Sections",
        "search": "Search",
        "search_for": "Search the paper",
        "results": "Results for “{query}”",
        "no_results": "Nothing was found. Try a shorter word.",
        "other_language": "فارسی",
        "sign_in": "Sign in",
        "by": "By",
        "and": " and ",
        "minutes": "{n} min read",
        "updated": "Updated {date}",
        "more_on_this": "More on this",
        "next_story": "Next story",
        "latest": "Latest",
        "most_read": "Most read",
        "share": "Share",
        "copy_link": "Copy link",
        "print": "Print",
        "save": "Save",
        "tags": "Topics",
        "correction": "Correction",
        "about_author": "About the author",
        "newsletter": "The morning letter",
        "newsletter_text": "Seven stories at seven o’clock, written by a person who has already had coffee.",
        "email": "Your e-mail address",
        "subscribe": "Subscribe",
        "comments": "Comments",
        "comments_text": "Letters are read by an editor before they appear.",
        "your_name": "Your name",
        "your_comment": "Your letter",
        "send": "Send",
        "comment_received": "Thank you. An editor will read your letter.",
        "support": "The Lantern belongs to its readers.",
        "support_text": "Four in ten of them pay. It is enough, if it stays four in ten.",
        "support_button": "Become a member",
        "cookie_text": "We use one cookie to remember that you have read this sentence.",
        "cookie_button": "Understood",
        "partner": "From our shop",
        "all_of": "All of {section}",
        "stories_by": "Stories by {author}",
        "topic": "Topic: {tag}",
        "not_found": "This page has gone to sea",
        "not_found_text": "There is nothing at this address. The latest stories are below.",
        "downloads": "Annual report (PDF)",
        "feeds": "RSS feed",
        "footer": "All places, people and events in this newspaper are invented.",
        "editor": "You are signed in as an editor.",
        "edit": "Edit this story",
        "sign_out": "Sign out",
        "photo": "Picture",
    },
    "fa": {
        "home": "خانه",
        "skip": "پرش به متن",
        "menu": "بخش‌ها",
        "search": "جست‌وجو",
        "search_for": "جست‌وجو در روزنامه",
        "results": "نتیجه‌های «{query}»",
        "no_results": "چیزی پیدا نشد. واژهٔ کوتاه‌تری را امتحان کنید.",
        "other_language": "English",
        "sign_in": "ورود",
        "by": "نوشتهٔ",
        "and": " و ",
        "minutes": "خواندن در {n} دقیقه",
        "updated": "به‌روز شده: {date}",
        "more_on_this": "بیشتر دربارهٔ این موضوع",
        "next_story": "گزارش بعدی",
        "latest": "تازه‌ترین‌ها",
        "most_read": "پرخواننده‌ترین‌ها",
        "share": "فرستادن برای دیگران",
        "copy_link": "کپی لینک",
        "print": "چاپ",
        "save": "ذخیره",
        "tags": "موضوع‌ها",
        "correction": "تصحیح",
        "about_author": "دربارهٔ نویسنده",
        "newsletter": "نامهٔ صبح",
        "newsletter_text": "هفت گزارش در ساعت هفت، به قلم کسی که قهوه‌اش را خورده است.",
        "email": "نشانی ایمیل شما",
        "subscribe": "می‌خواهم",
        "comments": "نظرها",
        "comments_text": "هر نامه را پیش از انتشار یک ویراستار می‌خواند.",
        "your_name": "نام شما",
        "your_comment": "نامهٔ شما",
        "send": "فرستادن",
        "comment_received": "سپاس. یک ویراستار نامهٔ شما را می‌خواند.",
        "support": "فانوس از آنِ خوانندگانش است.",
        "support_text": "از هر ده نفر چهار نفر پول می‌دهند. اگر چهار نفر بمانند، کافی است.",
        "support_button": "عضو شوید",
        "cookie_text": "تنها یک کوکی نگه می‌داریم تا یادمان بماند این جمله را خوانده‌اید.",
        "cookie_button": "فهمیدم",
        "partner": "از فروشگاه ما",
        "all_of": "همهٔ گزارش‌های {section}",
        "stories_by": "گزارش‌های {author}",
        "topic": "موضوع: {tag}",
        "not_found": "این صفحه به دریا رفته است",
        "not_found_text": "در این نشانی چیزی نیست. تازه‌ترین گزارش‌ها را پایین صفحه ببینید.",
        "downloads": "گزارش سالانه (PDF)",
        "feeds": "خوراک RSS",
        "footer": "همهٔ جاها، آدم‌ها و رویدادهای این روزنامه ساختگی‌اند.",
        "editor": "شما به نام ویراستار وارد شده‌اید.",
        "edit": "ویرایش این گزارش",
        "sign_out": "خروج",
        "photo": "عکس",
    },
}


def number(value: int, language: Language) -> str:
    return str(value).translate(_DIGITS) if language == "fa" else str(value)


def date(moment: datetime, language: Language) -> str:
    """`21 November 2026` or `۳۰ آبان ۱۴۰۵`, in the moment's own zone."""
    if language == "en":
        return f"{moment.day} {_MONTHS[0][moment.month - 1]} {moment.year}"
    day = jdatetime.date.fromgregorian(date=moment.date())
    return f"{day.day} {_MONTHS[1][day.month - 1]} {day.year}".translate(_DIGITS)


def clock(moment: datetime, language: Language) -> str:
    text = f"{moment:%H:%M}"
    return text.translate(_DIGITS) if language == "fa" else text
