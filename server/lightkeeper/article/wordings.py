"""The wordings of `labels` in further languages, from Armenian to Uzbek: with what a line leads away from a story.

Each string is a part of a regular expression that ignores case. All of them are in Unicode's composed form.
"""

from __future__ import annotations

from unicodedata import normalize


def _any(*rows: str) -> str:
    return normalize("NFC", "|".join(rows))


# Announces other stories.
RELATED = _any(
    r"আর[ওো] (?:পড়ুন|খবর|দেখুন)|(?:এ )?সম্পর্কিত (?:খবর|সংবাদ|নিবন্ধ)|সংশ্লিষ্ট (?:খবর|সংবাদ)",
    r"ဆက်(?:လက်)?ဖတ်|ဆက်စပ်(?:သတင်း|ဆောင်းပါး|ဖတ်)|ထပ်မံဖတ်|ተጨማሪ (?:ያንብቡ|ለማንበብ|ዜና)|ተያያዥ ዜና|ተዛማጅ|በተጨማሪ ያንብቡ",
    r"წაიკითხეთ (?:ასევე|აგრეთვე|მეტი|სრულად)|ასევე წაიკითხეთ|(?:მსგავსი|დაკავშირებული) (?:სტატიები|ამბები|სიახლეები)",
    r"կարդա(?:ցե՛?ք|լ) նաև|նմանատիպ նյութեր|առնչվող (?:նյութեր|լուրեր)|மேலும் (?:படிக்க|செய்திகள்)|தொடர்புடைய",
    r"இதையும் படி",
    r"ఇ(?:వి|ది) కూడా చదవండి|సంబంధిత (?:వార్తలు|కథనాలు)|हे(?:ही| देखील) वाचा|आणखी वाचा|संबंधित (?:बातम्या|लेख)",
    r"આ પણ વાંચો|વધુ વાંચો|ਇਹ ਵੀ ਪੜ੍ਹੋ|ਹੋਰ ਪੜ੍ਹੋ|ഇതും വായിക്ക|ബന്ധപ്പെട്ട വാർത്ത|ಇದನ್ನೂ ಓದಿ|ಸಂಬಂಧಿತ ಸುದ್ದಿ",
    r"(?:यो पनि|थप) पढ्नुहोस्|सम्बन्धित (?:खबर|समाचार)|තවත් කියවන්න|අදාළ පුවත්|អានបន្ថែម|(?:អត្ថបទ|ព័ត៌មាន)ទាក់ទង",
    r"ອ່ານ(?:ຕື່ມ|ເພີ່ມເຕີມ)|ຂ່າວທີ່ກ່ຽວຂ້ອງ|тағы оқы|оқи отырыңыз|тақырыпқа орай|ұқсас (?:жаңалықтар|материалдар)",
    r"(?:shuningdek|yana) o['‘ʻ’`]qing|mavzuga oid|мавзуга оид|шунингдек ўқинг|инчунин хонед|холбоотой мэдээ",
    r"soma (?:pia|zaidi)|habari zinazohusiana|sidoo kale akhri|akhriso sidoo kale|karanta kuma|labarai masu alaƙa",
    r"(?:pro)?čitajte (?:još|više|i|također|takođe)|pogledajte (?:još|i|više)",
    r"povezan[aeio] (?:vesti|vijesti|članci|teme)",
    r"(?:про)?читајте (?:још|и|више|такође|повеќе|уште)|поврзани (?:вести|содржини)|preberite (?:še|tudi|več)",
    r"още по темата|свързани (?:статии|новини)|citește mai (?:mult|departe)|articole similare|pe același subiect",
    r"olvas(?:sa|d) (?:el|tovább)|ajánlott cikk|přečtěte si|související|mohlo by vás zajímat|prečítajte si|súvisiace",
    r"lue (?:lisää|myös)|aiheesta lisää|loe (?:ka|lisaks|veel)|seotud (?:lood|artiklid)|lasi(?:et)? (?:arī|vairāk)",
    r"(?:taip pat )?skaityk(?:ite)?|susij[ęo] (?:straipsniai|naujienos)|lexo(?:ni)? (?:edhe|më shumë|gjithashtu)",
    r"llegiu? també|(?:notícies|articles) relacionad[ea]s",
    r"irakurri (?:gehiago|ere)|baca lagi|(?:berita|artikel) berkaitan",
    r"basahin (?:din|pa)|mga kaugnay|herwiha bixwîne|nûçeyên têkildar|نور ولولئ|دا هم ولولئ|اړوند خبرونه|lesa meira",
    r"اقرأ للكاتب(?: أيضا)?|مزيد من المقالات|از همین نویسنده|plus de l'auteur|mehr von (?:diesem|dieser)",
    r"(?:simak|lihat|tonton) juga|pilihan editor|mirá también|ver además",
)

# Leads away whatever stands behind it.
CALLS = _any(
    r"ট্যাগ(?:স|সমূহ)? ?[:：]|মন্তব্য (?:করুন|লিখুন)|(?:আমাদের )?(?:ফলো|সাবস্ক্রাইব) করুন|আমাদের নিউজলেটার",
    r"မှတ်ချက်ရေး|အမှတ်အသားများ|ကျွန်ုပ်တို့၏ သတင်းလွှာ|စာရင်းသွင်းပါ|አስተያየት (?:ይስጡ|ይጻፉ)|መለያዎች ?[፦፡:]|ይመዝገቡ",
    r"გამოიწერე|(?:დატოვე|დაწერე)(?:თ)? კომენტარი|თეგები ?:|բաժանորդագրվ|թողնել մեկնաբանություն|պիտակներ ?[:՝]",
    r"எங்கள் செய்திமடல்|குறிச்சொற்கள்|प्रतिक्रिया (?:द्या|नोंदवा|दिनुहोस्)|टॅग्?ज?स? ?:|हमारे न्यूज़?लेटर",
    r"пікір (?:қалдыру|жазу)|тегтер ?:|жазылыңыз|izoh qoldir|obuna bo['‘ʻ’`]l|teglar ?:|jiandikishe|toa maoni|lebo ?:",
    r"prijavite se na|pratite nas|ostavi(?:te)? (?:komentar|odgovor)|podije?li(?:te)? (?:na|ov[aou]|članak|vest)",
    r"(?:oznake|tagovi|ključne re(?:č|ije)[či]i?) ?:|пратите нас|остави(?:те)? коментар|naročite se na|spremljajte nas",
    r"abon(?:ează-te|ați-vă)|urmărește-ne|lasă un (?:comentariu|răspuns)|etichete ?:|distribuie (?:pe|articolul)",
    r"iratkozz(?:on)? fel|kövess(?:en)? (?:minket|bennünket)|szólj(?:on)? hozzá|címkék ?:|oszd meg|абонирай(?:те)? се",
    r"последвай(?:те)? ни|добави коментар|(?:етикети|тагове) ?:|přihlaste se k|přidat komentář|sdílet (?:na|článek)",
    r"prihláste sa|pridať komentár|tilaa (?:uutiskirje|lehti)|seuraa meitä|jaa artikkeli|(?:kirjoita|jätä) kommentti",
    r"avainsanat ?:|jälgi meid|lisa kommentaar|sildid ?:|seko mums|pieraksties|pievienot komentāru|birkas ?:",
    r"prenumeruok|sekite mus|rašyti komentarą|žymos ?:|na ndiq|abonohu|langgan(?: |i )|tinggalkan (?:komen|ulasan)",
    r"mag-(?:subscribe|iwan)|สมัครรับ|ติดตาม(?:เรา|ช่อง|ข่าวสาร)|แท็ก ?[:：]|แสดงความ(?:คิด)?เห็น(?!\w)",
    r"แชร์(?:ข่าว|บทความ)นี้",
    r"berlangganan|tulis komentar|saksikan video|bagikan (?:artikel|berita)|polub nas|śledź nas|zaobserwuj",
    r"bülten(?:imize|ine)|e-bülten|bülletenimizə|abunə ol|برای دریافت .{0,40}(?:خبرنامه|عضو)|در خبرنامه",
    r"اشترك(?:وا)? (?:في|الآن|معنا)|للاشتراك في|ہمارے نیوز ?لیٹر|ببە بە ئەندام|بەشداری بکە لە|کۆمێنت بنووسە",
    r"this (?:entry|post) was posted",
    r"dieser (?:eintrag|beitrag) wurde .{0,60}(?:veröffentlicht|geschrieben|abgelegt)",
    r"(?:cette|cet) (?:entrée|article) a été publiée? (?:dans|le|par)|esta entrada fue publicada",
    r"este artículo fue publicado",
    r"est[ae] (?:entrada|artigo|post) foi publicad|questa voce è stata pubblicata|dit bericht (?:is|werd) geplaatst",
    r"det här inlägget|dette innlegget ble|tento příspěvek byl|ez a bejegyzés|ten wpis został|запись опубликована",
    r"цей запис (?:оприлюднено|було)|αυτή η καταχώρηση|δημοσιεύθηκε στις|این نوشته در .{0,60}منتشر",
    r"نُ?شرت هذه المقالة",
    r"bu yazı .{0,60}(?:tarihinde|kategorisinde)|bài viết (?:này )?được đăng|本文由.{0,20}发表",
    r"此条目发表在|この(?:投稿|記事)は.{0,40}投稿",
    r"(?:diesen )?(?:artikel|beitrag) weiterempfehlen|poleć (?:znajomym|artykuł)|рассказать друзьям",
    r"(?:send|tell) (?:to )?a friend",
    r"arkadaşına gönder|gửi cho bạn bè|推荐给朋友|أرسل إلى صديق|برای دوستان",
    r"the (?:views|opinions) expressed (?:in|by|here)|الآراء الواردة|die hier geäußerten",
    r"đăng ký bản tin|gửi bài viết|đọc báo .{0,20}trên",
)

# Leads away where the whole line says no more.
ONLY = _any(
    r"শেয়ার(?: করুন)?|প্রিন্ট(?: করুন)?|বিজ্ঞাপন|মন্তব্য|မျှဝေရန်|ပုံနှိပ်ရန်|ကြော်ငြာ|አጋራ|አትም|ማስታወቂያ",
    r"გაზიარება|ბეჭდვა|რეკლამა",
    r"կիսվել|տպել|գովազդ|பகிர்|விளம்பரம்|जाहिरात|शेअर करा|प्रिंट(?: करें)?|бөлісу|жарнама|ulashish",
    r"podeli|podijeli|štampaj",
    r"ispiši|oglas|megosztás|nyomtatás|hirdetés|distribuie|publicitate|сподели|принтирай|sdílet|vytisknout|zdieľať",
    r"jaa|tulosta",
    r"mainos|jaga|prindi|reklaam|dalīties|drukāt|reklāma|dalintis|spausdinti|drukuj|artikel drucken",
    r"in bài viết|cetak|kongsi",
    r"sponsorlu (?:bağlantılar|içerik)|sponsored links|bu (?:haber|yazı)|(?:kez|defa|kere) (?:okundu|görüntülendi)",
    r"permalink|permanentlink|bezpośredni odnośnik|постоянная ссылка|back to (?:top|list|overview)",
    r"zurück zur übersicht",
    r"powrót do listy|вернуться к списку|beitrag drucken|wydrukuj|版权所有|διαφημιση|publicitate|reklamı?",
    r"εκτύπωση|พิมพ์|แชร์ข่าวนี้|پرنٹ(?: کریں)?|çap et|paylaşmaq|הדפיסו?|שיתוף",
)

# Where a page can be passed on to: a line of them is a share bar, a heading may be about one.
NETWORKS = _any(
    r"facebook|twitter|whatsapp|telegram|linkedin|pinterest|reddit|bluesky|threads|e-?mail|copy link|link kopieren",
    r"copier le lien|copiar (?:enlace|link)|copia link|kopiuj link|с?копировать ссылку|linki kopyala|salin tautan",
    r"sao chép|فيسبوك|تويتر|إكس|واتساب|تيليجرام|تلغرام|نسخ الرابط|فیس‌?بوک|توییتر|تلگرام|واتساپ|کپی لینک",
    r"复制链接|複製連結|微信|微博|링크 복사",
)

# The heading over what readers wrote.
COMMENTS = _any(
    r"মন্তব্য(?:সমূহ)?|মতামত|မှတ်ချက်(?:များ)?|አስተያየ(?:ት|ቶች)|კომენტარ(?:ი|ები)|մեկնաբանություն(?:ներ)?",
    r"கருத்து(?:க்?கள்)?",
    r"వ్యాఖ్యలు|प्रतिक्रिया(?:हरू|एँ)?|टिप्पणियाँ|कमेंट्स|ટિપ્પણીઓ|ਟਿੱਪਣੀਆਂ|അഭിപ്രായങ്ങൾ|ಕಾಮೆಂಟ್‌?ಗಳು|අදහස්",
    r"មតិ(?:យោបល់)?",
    r"ຄວາມຄິດເຫັນ|ความเห็น|пікір(?:лер)?|izohlar|изоҳлар|шарҳҳо|сэтгэгдэл|maoni|faallooyin|komentari",
    r"коментари|komentarji",
    r"comentarii|hozzászólás(?:ok)?|komentáre|kommentit|kommentaarid|komentāri|komentarai|komente",
    r"comentaris|iruzkinak|komen|mga komento|şîrove|تبصرې|کۆمێنت(?:ەکان)?|سەرنجەکان|athugasemdir",
    r"نظر(?:ات)? کاربران|نظر ?‌?ها|دیدگاه خوانندگان",
)

# The same with what they were written to behind it, and the number before it: `3 responses to “The ferry”`.
COUNTED = _any(
    r"(?:thoughts?|comments?|responses?|repl(?:y|ies)|reactions?) (?:on|to)",
    r"(?:gedanken?|kommentare?|antwort(?:en)?) (?:zu|auf)",
    r"(?:réflexions?|commentaires?|réponses?) (?:sur|à)|(?:comentarios?|respuestas?|pensamientos?) (?:en|a|sobre)",
    r"(?:comentários?|respostas?|opiniões) (?:em|a|para|sobre)|(?:commenti|commento|rispost[ae]|pensieri) (?:su|a)",
    r"(?:reacties|reactie|gedachten?) (?:op|over)|(?:svar|tankar|kommentarer) (?:på|til|till)|komentář[eů]? u",
    r"(?:odpowiedzi|komentarz[ey]?|myśli) (?:na|do|o)",
    r"(?:комментари[ийевя]+|мысл[иьей]+|ответ(?:а|ов)?) (?:к|на)|σχόλια? στο",
    r"комментари[ийевя]+(?=:)",
    r"(?:دیدگاه|نظر|پاسخ) (?:دربارهٔ|درباره|برای|به)|(?:تعليق|تعليقات|رد|ردود|فكرة) (?:على|عن|إلى)",
    r"bình luận (?:cho|về)",
)

# The line over what is said of the one who wrote.
ABOUT = _any(
    r"about the author|über (?:den|die) autor(?:in|en)?|zum autor|zur autorin",
    r"à propos de l['’]aute?ure?|l['’]auteure?",
    r"sobre (?:el|la|os?|as?) autor[ae]?s?|sull['’]autore|l['’]autore|over de auteur|om författaren|om forfatteren",
    r"o (?:autorz?e|autorce)|об авторе|про автора|за автора|despre autor|a szerzőről",
    r"kirjoittajasta|tietoja kirjoittajasta",
    r"σχετικά με τον συγγραφέα|درباره(?:ٔ|‌?ی)? نویسنده|عن الكاتب|על הכותבת?|אודות המחברת?",
    r"yazar hakkında|müəllif haqqında",
    r"về tác giả|tentang penulis|关于作者|關於作者|作者(?:简介|簡介)|著者(?:について|プロフィール)",
    r"글쓴이 소개|लेखक के बारे में",
)

# How often a page was seen, beside the number.
VIEWS = _any(
    r"views?|reads|hits|aufrufe|vues|lectures|visitas|vistas|lecturas|visualizzazioni|visualizações|weergaven|odsłony?",
    r"wyświetle(?:ń|nia)|okunma|görüntülenme|baxış|просмотр(?:ов|а|ы)?|прочтений|перегляд(?:ів|и)?|بازدید",
    r"مشاهدات?|مشاهدة",
    r"قراءة|צפיות|بینین|بار دیکھا گیا|阅读(?:量|数)?|閱讀|浏览|瀏覽|点击|조회(?:수)?|閲覧",
    r"lượt xem|(?:kali )?dibaca|προβολές",
    r"ครั้ง|ნახვა|դիտում|បាន​មើល|বার পঠিত|বার পড়া হয়েছে|बार (?:पढ़ा|देखा) गया|ကြိမ် ကြည့်ရှု|እይታ",
    r"pregleda|прегледа|vizualizări",
)
