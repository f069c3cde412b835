"""The words and addresses with which pages lead from one story on to others, and those that only look like it."""

from __future__ import annotations

import re

_SERVICE = re.compile(r"/(?:print|forums?|share|comments?|mailto|sendmail|login|subscribe|donate)(?:[/.?]|$)")
_RELATED = re.compile(
    r"^\W*(?:related|read (?:more|also|next|on)|see (?:also|more)|also(?: (?:read|see|on))?|more(?: (?:from|on|in"
    r"|like|stories|news|coverage))?"
    r"|recommended|you (?:may|might) (?:also|like)|don'?t miss|watch|trending|latest|popular|top stories"
    r"|most (?:read|popular)|sponsored"
    r"|lire aussi|à lire|voir aussi|lesen sie|mehr (?:zum|zu)|lee también|te puede interesar|leia (?:também|mais)"
    r"|veja (?:também|mais)"
    r"|leggi anche|lees ook|läs också|les også|czytaj też|ayrıca|[iİ]lg[iİ]l[iİ] haber(?:ler)?|oxuyun"
    r"|читайте (?:также|еще|ещё)|по теме|см\. также"
    r"|بیشتر بخوانید|همچنین بخوانید|مطالب مرتبط|در همین زمینه|بخوانید|اقرأ (?:أيضا|أيضًا|المزيد)"
    r"|مواضيع (?:ذات صلة|متعلقة)|قد يهمك"
    r"|زیاتر بخوێنەوە|هەروەها بخوێنەوە|həmçinin oxuyun|bunu da oxuyun|bunu da okuyun"
    r"|עוד בנושא|قد يعجبك|شاهد أيضا|ذات صلة"
    r"|مزید پڑھیں|یہ بھی پڑھیں|קראו (?:גם|עוד)|כתבות נוספות|相关|相關|延伸閱讀"
    r"|推荐阅读|更多|関連記事|あわせて読みたい|관련 ?기사)",
    re.IGNORECASE,
)


def leads_on(text: str) -> bool:
    """Whether a line begins with such words: `Read more: …`."""
    return bool(_RELATED.match(text))


def is_service(url: str) -> bool:
    """Whether an address is that of a tool for this story rather than of another story: to print, share, discuss."""
    return bool(_SERVICE.search(url.lower()))
