"""The words and addresses with which pages lead away from a story, and those that only look like it.

`Read more: …`, `Tags: …`, `Leave a comment`, `Published on …`: in the languages of this file, at the start of a line.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from . import wordings

_SERVICE = re.compile(r"/(?:print|forums?|share|comments?|mailto|sendmail|login|subscribe|donate)(?:[/.?]|$)")
_RELATED = re.compile(
    r"^\W*(?:related|read (?:more|also|next|on)|see (?:also|more)|also(?: (?:read|see|on))?|more(?: (?:from|on|in"
    r"|like|stories|news|coverage))?"
    r"|recommended|you (?:may|might) (?:also(?: (?:like|enjoy|be interested in|want to read))?|like)"
    r"|don'?t miss|watch|trending|latest|popular|top stories"
    r"|most (?:read|popular)|sponsored"
    r"|lire (?:aussi|également|la suite)|à lire|voir aussi|sur le même (?:sujet|thème)|à (?:voir|écouter) aussi"
    r"|les articles liés|pour aller plus loin"
    r"|lesen sie|lies auch|mehr (?:zum|zu|dazu|über|aus)|auch interessant|(?:das könnte|könnte) (?:sie|dich) auch"
    r"|weitere (?:artikel|meldungen|nachrichten)|zum thema|weiterlesen|siehe auch"
    r"|le[ae] (?:también|tambien|más)|lea también|te puede interesar|(?:mira|vea|ver) (?:también|más)"
    r"|(?:noticias?|artículos?|notas?) relacionad[oa]s?|más (?:sobre|noticias|información)|no te pierdas"
    r"|leia (?:também|mais|ainda)|veja (?:também|mais)|saiba mais|(?:notícias|matérias) relacionadas"
    r"|confira (?:também|mais)"
    r"|leggi anche|(?:articoli|notizie) correlat[ei]|potrebbe interessarti|guarda anche|approfondisci"
    r"|lees (?:ook|meer|verder)|läs (?:också|mer|även)|les (?:også|mer)|læs (?:også|mere)|lue myös"
    r"|(?:czytaj|zobacz|przeczytaj|sprawdź) (?:też|także|również|więcej)|polecamy|čtěte (?:také|také)|čítajte aj"
    r"|ayrıca|[iİ]lg[iİ]l[iİ] (?:haber|içerik|konu)(?:ler|lar)?|benzer haberler|bunlar da ilginizi|oxuyun"
    r"|oxşar xəbərlər"
    r"|həmçinin oxuyun|bunu da (?:oxuyun|okuyun)"
    r"|(?:читайте|смотрите|слушайте) (?:также|еще|ещё|на)|по теме|см\. также|похожие (?:новости|материалы)"
    r"|материалы по"
    r"|(?:читайте|дивіться) (?:також|ще)|за темою|вас може зацікавити|прочетете още|вижте (?:още|също)"
    r"|بیشتر بخوانید|همچنین بخوانید|(?:اخبار|مطالب|مطلب|خبرهای) مرتبط|در همین (?:زمینه|رابطه)|بخوانید|پیشنهاد ما"
    r"|اقرأ (?:أيضا|أيضًا|أيضاً|المزيد|ايضا)|(?:مواضيع|مقالات|أخبار|موضوعات) (?:ذات صلة|متعلقة|مشابهة)|قد (?:يهمك"
    r"|يعجبك)"
    r"|شاهد (?:أيضا|أيضًا|أيضاً|ايضا)|ذات صلة|طالع (?:أيضا|أيضًا)|إقرأ أيضا"
    r"|زیاتر بخوێنەوە|هەروەها بخوێنەوە|بابەتی پەیوەندیدار|هەواڵی پەیوەندیدار"
    r"|(?:קראו|קרא|ראו|צפו) (?:גם|עוד)|עוד בנושא|כתבות (?:נוספות|קשורות)|אולי יעניין"
    r"|(?:مزید|یہ بھی) (?:پڑھیں|پڑھئیے|جانیے)|یہ بھی دیکھیں|متعلقہ خبریں"
    r"|相关|相關|延伸閱讀|延伸阅读|推荐阅读|推薦閱讀|更多|猜你喜欢|热门|看更多|点击阅读|新闻链接"
    r"|関連(?:記事|リンク|ニュース)|あわせて読みたい|こちらも(?:読|おすすめ)|おすすめ(?:記事|の記事)|(?:もっと"
    r"|続きを)読む"
    r"|관련 ?(?:기사|뉴스|글)|더 ?보기|많이 본|함께 보면|baca (?:juga|selengkapnya|lainnya)|(?:berita"
    r"|artikel) (?:terkait|lainnya)"
    r"|(?:xem|đọc) (?:thêm|tiếp|nhiều)|(?:tin|bài) (?:liên quan|viết liên quan|khác)|có thể bạn quan tâm"
    r"|(?:यह|ये) भी (?:पढ़ें|देखें|पढ़ें)|(?:संबंधित|और) (?:खबरें|ख़बरें|पढ़ें|पढ़ें)|आगे (?:पढ़ें|पढ़ें)"
    r"|διαβάστε (?:επίσης|ακόμα|περισσότερα|και)|δείτε (?:επίσης|ακόμα|ακόμη)|σχετικά (?:άρθρα|νέα|θέματα)"
    r"|อ่าน(?:เพิ่มเติม|ต่อ|ข่าว)|ข่าวที่เกี่ยวข้อง|citește și|citeşte şi|vezi și|olvassa el|kapcsolódó"
    rf"|{wordings.RELATED})",
    re.IGNORECASE,
)
_RELATED_ALONE = re.compile(rf"{_RELATED.pattern}[\W\d_]*", re.IGNORECASE)
# Wordings that lead away whatever stands behind them.
_CALL = re.compile(
    r"^\W*(?:click here|follow (?:us|\w+ on|me)|like us on|subscribe (?:to|now|here|today)|sign up|join (?:us|our"
    r"|the conversation)|download (?:our|the) app"
    r"|get (?:the latest|our|breaking|access to)|share this|print this|email this|have a (?:tip|story)"
    r"|do you have a|send us|tell us what"
    r"|thanks for (?:signing|subscribing)|support (?:our|us)|leave a (?:comment|reply)"
    r"|filed under|posted in|tags?:|topics?:|this slideshow requires|story continues|continue reading"
    r"|scroll (?:down|to)|skip (?:to|ad)"
    r"|abonnez-vous|inscrivez-vous (?:à|pour)|suivez-nous|recevez (?:notre|nos|la newsletter|chaque)|(?:laisser"
    r"|écrire|poster"
    r"|ajouter) un commentaire|mots[- ]clés ?:|étiquettes ?:|partager (?:sur|cet article|l'article)"
    r"|imprimer l'article"
    r"|abonnieren sie|folgen sie|melden sie sich .{0,40}newsletter|newsletter abonnieren|jetzt (?:abonnieren"
    r"|anmelden)"
    r"|kommentar (?:schreiben|verfassen|hinterlassen|abgeben)|(?:artikel|beitrag) (?:teilen|drucken|merken"
    r"|kommentieren)"
    r"|schreiben? sie (?:einen|den ersten) kommentar|schlag(?:wörter|worte) ?:|stichw(?:orte|örter) ?:|link kopieren"
    r"|weiterlesen nach der anzeige"
    r"|suscríbete|síguenos|(?:deja|escribe) (?:un comentario|tu comentario|una respuesta)|etiquetas ?:"
    r"|compartir (?:en|esta)"
    r"|inscreva-se (?:no|na|em|para)|siga-nos|assine (?:a|o|nossa|já|agora)|deixe (?:um|seu) comentário"
    r"|palavras-chave ?:"
    r"|compartilh(?:e|ar) (?:no|na|esta|essa|via|por)|continua após a publicidade|receba (?:as notícias|nossa|no seu)"
    r"|iscriviti|seguici su|lascia un commento|condividi (?:su|questo|l'articolo)|etichette ?:|ricevi (?:la"
    r"|le) newsletter"
    r"|schrijf je in|volg ons|deel dit|följ oss|dela artikeln|følg oss|zapisz się|obserwuj nas|udostępnij (?:na"
    r"|artykuł)"
    r"|dodaj komentarz|słowa kluczowe ?:|tagi ?:|sledujte nás|štítky ?:"
    r"|подпи(?:шитесь|шись|сывайтесь|саться|сывайся)|поделиться|оставить комментарий"
    r"|(?:теги|тэги|метки) ?:|версия для печати"
    r"|подписка на|нашли (?:ошибку|опечатку)|выделите (?:ее|её|текст)|підпис(?:уйтесь|атися|уйся)|поділитися"
    r"|помітили помилку"
    r"|залишити коментар|мітки ?:"
    r"|bizi takip|abone ol|yorum (?:yap|yaz|ekle|bırak)|etiketler ?:|haberi paylaş|teqlər ?:|şərh yaz"
    r"|xəbəri paylaş|bizi izləyin"
    r"|عضو شوید|ما را .{0,20}دنبال|به کانال|(?:ارسال|ثبت) (?:نظر|دیدگاه)|برچسب ?(?:‌?ها)? ?:|کلید ?‌?واژه"
    r"|اشتراک ?‌?گذاری"
    r"|لینک (?:کوتاه|خبر)|کد خبر|نشانی ایمیل شما|دیدگاهتان را"
    r"|تابعونا|تابعنا|(?:أضف|اترك|اكتب) (?:تعليق|رد)|الكلمات (?:الدلالية|المفتاحية)|الوسوم|شارك (?:الخبر|المقال|هذا)"
    r"|انضم إلى (?:قناتنا|صفحتنا)|لن يتم نشر عنوان"
    r"|הירשמו|עקבו אחרי|(?:הוסף|הוסיפו|כתבו) תגובה|תגיות ?:|תגים ?:|שתפו (?:את|ב)|מצאתם טעות"
    r"|ئەم بابەتە|هاوبەشی|تبصرہ (?:کریں|لکھیں)|ہمیں .{0,25}فالو|سبسکرائب"
    r"|关注我们|扫码|扫一扫|责任编辑|責任編輯|(?:编辑|編輯|校对|审核|责编|(?:文章|消息)?来源|來源|稿源) ?[::]"
    r"|原标题|原標題|版权声明|版權聲明|转载请注明"
    r"|未经(?:授权|许可)|本文来源|发表评论|我要评论|分享(?:到|至|给)|(?:标签|標籤|关键词|關鍵字|關鍵詞) ?[::]"
    r"|訂閱|订阅(?:我们|号)"
    r"|加入.{0,12}(?:粉絲團|群组|LINE)|打开微信|长按.{0,8}二维码"
    r"|フォロー(?:する|して)|この記事を(?:シェア|書いた|ツイート)|コメントを(?:書く|投稿|残す)|(?:タグ"
    r"|キーワード) ?[::]|無断転載"
    r"|メルマガ|会員登録|무단 ?전재|저작권자|댓글 ?(?:쓰기|남기기)|(?:카카오톡|페이스북|트위터)(?:에"
    r"|으로)? ?공유|구독(?:하기|신청)"
    r"|(?:태그|키워드) ?:|기사 ?제보|앱 다운로드"
    r"|(?:ikuti|follow) kami|tinggalkan (?:komentar|balasan)|tag terkait|dapatkan (?:berita|update)|(?:gửi"
    r"|viết) bình luận"
    r"|từ khóa ?:|theo dõi (?:chúng tôi|báo|kênh)|đăng ký (?:nhận|kênh)|chia sẻ (?:bài|lên)"
    r"|ακολουθήστε|εγγραφείτε|(?:αφήστε|γράψτε) (?:ένα |το )?σχόλιο|ετικέτες ?:|κοινοποιήστε"
    r"|(?:टिप्पणी|कमेंट) (?:करें|लिखें)|टैग्?स? ?:|हमें फॉलो|सब्सक्राइब|व्हाट्सएप (?:ग्रुप|चैनल)"
    rf"|{wordings.CALLS})",
    re.IGNORECASE,
)
# Wordings that lead away where the whole line holds no more: `Print · Share · 234 views`.
_TOOLS = (
    r"advertisement|advert|sponsored|loading|comments?|share|print|werbung|anzeige|publicité|publicidad"
    r"|publicidade"
    r"|pubblicità|anuncio|annonce|advertentie|annons|reklama?|reklame|реклама|iklan|广告|廣告|広告|광고"
    r"|quảng cáo|विज्ञापन"
    r"|διαφήμιση|اعلان|إعلان|آگهی|تبلیغات|اشتہار|פרסומת|ڕیکلام|โฆษณา"
    r"|kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties|kommentarer|komentarze|komentáře"
    r"|yorumlar|şərhlər"
    r"|комментари[ийев]+|коментарі[в]?|обсуждение|обсудить|نظرات|دیدگاه ?‌?ها|نظر شما|التعليقات|تعليقات|תגובות"
    r"|تبصرے|评论|評論"
    r"|网友评论|留言|コメント|댓글|komentar|bình luận|ý kiến|σχόλια|टिप्पणियां|ความคิดเห็น"
    r"|teilen|partager|compartir|compartilhar|condividi|delen|dela|udostępnij|paylaş|paylaşın|поделиться"
    r"|поділитися|شارك|مشاركة"
    r"|اشتراک|شیئر کریں|שתף|שתפו|分享|シェア|シェアする|공유|공유하기|bagikan|chia sẻ|κοινοποίηση|शेयर करें|แชร์"
    r"|drucken|artikel drucken|imprimer|imprimir|stampa|yazdır|распечатать|печать|چاپ|طباعة|הדפסה|打印|印刷|인쇄"
    r"|weiterlesen|lire la suite|seguir leyendo|sigue leyendo|leer más|continue lendo|leia mais"
    r"|continua a leggere|devamını oku"
    r"|читать далее|читать дальше|читать полностью|ادامه مطلب|ادامه خبر|اقرأ المزيد|קרא עוד|阅读全文|查看更多"
    r"|続きを読む|더보기"
    r"|selengkapnya|xem thêm|czytaj dalej|nach oben|zum seitenanfang|haut de page|наверх"
    rf"|{wordings.ONLY}|{wordings.VIEWS}"
)
_ALONE = r"(?=.*[^\W\d_])(?:(?<![^\W\d_])(?:{})(?![^\W\d_])|[\W\d_])+"
_ONLY = re.compile(_ALONE.format(_TOOLS), re.IGNORECASE | re.DOTALL)
_BAR = re.compile(_ALONE.format(f"{_TOOLS}|{wordings.NETWORKS}"), re.IGNORECASE | re.DOTALL)
_COMMENTS = re.compile(
    r"\W*(?:\d{1,4}\W*)?(?:comments?|kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties|kommentarer"
    r"|komentarze|komentáře|yorum(?:lar)?|şərhlər|комментари[ийев]+|коментар(?:і|ів)|نظرات|دیدگاه ?‌?ها"
    r"|التعليقات|تعليقات"
    r"|תגובות|تبصرے|评论|評論|网友评论|留言|コメント|댓글|komentar|bình luận|σχόλια|टिप्पणियां"
    rf"|ความคิดเห็น|{wordings.COMMENTS})\W*\d{{0,4}}\W*",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"\W*(?:\d{{1,4}}\s+(?:{wordings.COUNTED})\s*[^\w\s]|(?:[^\w\s][^”»“\"]{{3,200}}[”»“\"]|.{{0,3}}《[^》]{{1,100}}》)"
    rf"\s*(?:için|上?有|への)\s*\d{{1,4}}|(?:{wordings.ABOUT})\W*$)",
    re.IGNORECASE | re.MULTILINE,
)
# When a page was published, or how long it takes to read: a line beside the text that holds no more.
_STAMP = re.compile(
    r"\W*(?:published|posted|(?:last )?(?:updated|modified)|veröffentlicht|aktualisiert|zuletzt aktualisiert"
    r"|erstellt|stand"
    r"|publié|mis à jour|modifié|publicad[oa]|actualizad[oa]|atualizad[oa]|pubblicato|aggiornato|gepubliceerd"
    r"|bijgewerkt"
    r"|publicerad|uppdaterad|publisert|oppdatert|opublikowano|aktualizacja|yayınlanma|yayın tarihi|güncelleme|giriş"
    r"|опубликовано|обновлено|дата публикации|опубліковано|оновлено|تاریخ انتشار|منتشر شده"
    r"|آخرین به ?‌?روز ?‌?رسانی|نشر في"
    r"|نُشر في|تاريخ النشر|آخر تحديث|פורסם|עודכן|发布时间|發佈時間|发表于|更新时间|更新時間|公開日?|更新日?"
    r"|掲載日?|입력|수정|등록"
    r"|승인|dipublikasikan|diperbarui|ngày đăng|cập nhật|δημοσίευση|δημοσιεύθηκε|ενημέρωση|प्रकाशित|अपडेटेड"
    r"|पब्लिश)(?![^\W\d_])",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"\W*(?:reading time|lesezeit|lesedauer|temps de lecture|lecture|tiempo de lectura|lectura"
    r"|tempo d[ie] l(?:e(?:i|t)tura|ettura)|leestijd"
    r"|czas czytania|okuma süresi|время чтения|час читання|زمان مطالعه|مدت مطالعه|مدة القراءة|وقت القراءة"
    r"|זמן קריאה|阅读时间"
    r"|閱讀時間|阅读时长)?\W{0,4}(?:ca\. ?)?\d{1,2} ?(?:min(?:ute[ns]?|utos?|uti|uter|ut)?|minut[ay]?|мин(?:ут[аы]?)?"
    r"|хв(?:илин[аи]?)?"
    r"|دقیقه|دقائق|دقيقة|דקות|分钟|分鐘|dk|dakika)\W{0,2}(?:read|lesezeit|de lecture|de lectura|di lettura"
    r"|de leitura|lezen)?\W*",
    re.IGNORECASE,
)
# What stands over the list of what a story was made from.
_SOURCES = re.compile(
    r"sources?|references?|(?:foot|end)?notes?|further reading|bibliography|works cited|citations?|links?"
    r"|quellen(?:angaben|verzeichnis)?|literatur(?:verzeichnis)?|einzelnachweise|anmerkungen|fußnoten|belege"
    r"|références?|bibliographie|notes? de bas de page|liens|fuentes?|referencias|bibliografía|notas?|enlaces"
    r"|fontes?|referências|bibliografia|ligações|fonti|riferimenti|note|bibliografia|bronnen|bronvermelding|voetnoten"
    r"|källor|referenser|kilder|referanser|lähteet|źródła|przypisy|bibliografia|zdroje|poznámky|prameny"
    r"|kaynak(?:lar|ça)|dipnotlar|mənbələr|istinadlar|qeydlər|источники|примечания|литература|ссылки|сноски"
    r"|джерела|примітки|література|посилання|източници|бележки"
    r"|منابع|منبع‌?ها|پانویس‌?ها|پانویس|پی‌?نوشت‌?ها|پی‌?نوشت|یادداشت‌?ها|مراجع|المصادر|المراجع|الهوامش|هوامش|مصادر"
    r"|מקורות|הערות(?: שוליים)?|ביבליוגרפיה|سەرچاوەکان|پەراوێزەکان|حوالہ جات|حوالے|مآخذ|ذرائع"
    r"|参考(?:文献|资料|資料)|參考(?:文獻|資料)|(?:资料|資料)(?:来源|來源)|注释|註釋|註解|脚注|出典|参照|引用"
    r"|참고 ?(?:문헌|자료)|출처|각주|sumber|referensi|catatan kaki|nguồn|tài liệu tham khảo|chú thích"
    r"|πηγές|παραπομπές|σημειώσεις|स्रोत|संदर्भ|ที่มา|อ้างอิง|แหล่งอ้างอิง",
    re.IGNORECASE,
)
_WITH = re.compile(r"\W+(?:(?:and|und|et|y|e|og|och|en|ve|və|и|і|та|و|û|ו)\W+)?")
_NUMBER = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_RIGHTS = re.compile(
    r"\s*(?:©|ⓒ|\(c\) ?(?:19|20)\d\d|copyright\W{1,3}(?:©|\(c\)|(?:19|20)\d\d|by )|all rights reserved)", re.IGNORECASE
)


def leads_on(text: str) -> bool:
    """Whether a line begins with such words: `Read more: …`."""
    return bool(_RELATED.match(normalize("NFC", text)))


def is_bar(text: str) -> bool:
    """Whether a line holds nothing else than tools of the page and networks to share it on."""
    return bool(_BAR.fullmatch(normalize("NFC", text)))


def only_leads_on(text: str) -> bool:
    """Whether a line holds nothing else than such words: what it led to is gone."""
    return bool(_RELATED_ALONE.fullmatch(normalize("NFC", text)))


def calls(text: str) -> bool:
    """Whether a line asks for something other than to be read, or only says when it was made and by whose right."""
    text = normalize("NFC", text)
    if _CALL.match(text) or _RIGHTS.match(text):
        return True
    return bool(_ONLY.fullmatch(text) or _LENGTH.fullmatch(text)) or _is_stamp(text)


def _is_stamp(text: str) -> bool:
    """`Published on 12 March 2026 at 14:30`: after the label hardly more than numbers."""
    label = _STAMP.match(text)
    if not label or len(text) > 100:
        return False
    numbers, words = _NUMBER.findall(text, label.end()), _LETTERS.findall(text, label.end())
    return len(numbers) >= 2 and len(words) <= 1.5 * len(numbers)


def opens_comments(text: str) -> bool:
    """Whether a line is no more than the heading over what readers wrote: `Comments (12)`."""
    return bool(_COMMENTS.fullmatch(normalize("NFC", text)))


def opens_more(text: str) -> bool:
    """Whether a line opens what stands behind a story: its number of comments and its title, or who wrote it."""
    return bool(_BEHIND.match(normalize("NFC", text)))


def names_sources(text: str) -> bool:
    """Whether a line is no more than the heading over sources, references or notes: `Sources & links:`."""
    text = text.strip(" \u00a0:.–—-•*#[](){}")
    if not 0 < len(text) < 60:
        return False
    return bool(_SOURCES.fullmatch(text)) or all(_SOURCES.fullmatch(part) for part in _WITH.split(text))


def is_service(url: str) -> bool:
    """Whether an address is that of a tool for this story rather than of another story: to print, share, discuss."""
    return bool(_SERVICE.search(url.lower()))
