"""The names that developers give to chrome in their own languages: `compartir`, `werbung`, `yorumlar`, `pinglun`.

What `chrome` knows in English, for German, French, Spanish, Portuguese, Italian, Dutch, the Scandinavian languages,
Polish, Czech, Turkish, Azerbaijani, Indonesian, Vietnamese and, as they are transliterated, Russian, Ukrainian, Greek,
Persian, Chinese and Japanese. In the spelling without accents, for names are written so.
"""

from __future__ import annotations

from .tree import terms

# Whatever else the name says.
STRONG = "|".join(
    terms(
        # to share
        r"teilen teile[nr]-?leiste partag(?:e|es|er|eur|ez) compart(?:ir|ilhar|ilhamento|e|elo) compartilhe "
        r"condivi(?:di|sione) delen udostepni(?:j|anie)? sdilet sdileni paylas(?:im|butonlari)? paylas paylash "
        r"bagikan chia-?se podelit(?:e|sya|isya) podilyt(?:y|ysya) fenxiang bshare bdshare\w* jiathis sns(?:-?\w+)? "
        # to comment
        r"kommentare? kommentar(?:bereich|liste|funktion) commentaires? comentarios? commenti reacties kommentarer "
        r"komentarz[ey]? diskuze diskuse yorum(?:lar)? serhler komentar binh-?luan kommentari[ij]\w* "
        r"pinglun nazarat sxolia reader-?comments? "
        # to advertise
        r"werbung anzeigen? publicites? publicidade?s? pubblicita anuncios? advertentie annonse[rn]? "
        r"reklam(?:a|e|y|lar)? "
        r"iklan quang-?cao guanggao tabligh?at mainos "
        # other stories
        r"verwandte\w* weitere-?(?:artikel|themen|meldungen) mehr-?(?:zum-?thema|artikel|themen|aus) "
        r"empfehlung(?:en)? lesen-?sie-?(?:auch|mehr) weiterlesen themenlinks? artikel-?empfehlung(?:en)? "
        r"lire-?(?:aussi|plus|egalement) a-?lire(?:-?aussi)? voir-?aussi articles-?(?:lies|similaires|associes) "
        r"sur-?le-?meme-?(?:sujet|theme) "
        r"relacionad[oa]s? (?:noticias|notas|articulos)-?relacionad[oa]s te-?puede-?interesar "
        r"le[ea]-?(?:tambien|mas) "
        r"ver-?(?:tambien|mas) mas-?(?:leid[oa]s|vist[oa]s|noticias) lo-?mas-?(?:leido|visto) "
        r"leia-?(?:mais|tambem) veja-?(?:mais|tambem) saiba-?mais mais-?(?:lidas|lidos|vistas|noticias) "
        r"correlat[ie] articoli-?correlati leggi-?anche potrebbe-?interessarti piu-?letti "
        r"gerelateerd\w* lees-?(?:ook|meer|verder) relaterad[et]? relatert relaterede les-?ogsa las-?(?:mer|ocksa) "
        r"powiazane polecane podobne czytaj-?(?:takze|tez|wiecej|dalej) zobacz-?(?:takze|tez) souvisejici "
        r"ilgili-?(?:haber(?:ler)?|icerik(?:ler)?|konular) benzer-?(?:haber(?:ler)?|icerik(?:ler)?) "
        r"cok-?(?:okunan(?:lar)?|izlenen(?:ler)?) bunlar-?da oxsar-?xeberler elaqeli "
        r"terkait (?:berita|artikel)-?(?:terkait|lain(?:nya)?|populer) baca-?(?:juga|lainnya) terpopuler "
        r"(?:tin|bai)-?(?:lien-?quan|khac|cung-?chuyen-?muc|doc-?nhieu) lien-?quan doc-?(?:them|nhieu) "
        r"xem-?(?:them|nhieu) "
        r"pohozhie po-?teme chita[ij](?:te)?-?(?:takzhe|eshche) smotri(?:te)?-?takzhe sxetika "
        r"diavaste-?(?:episis|akomi) "
        r"xiangguan tuijian kanren osusume relat(?:e|ion)s? ranking(?:-?\w+)? "
        # the trail, the foot, the way on
        r"brotkrum(?:en|el) fil-?(?:d-?)?ariane ariane migas(?:-?de-?pan)? migalhas briciole kruimelpad okruszki "
        r"drobeckova drobecky mianbaoxie pankuzu topic-?path seitenleiste fusszeile kopfzeile pied-?de-?page "
        # who, when, under which words
        r"autor(?:en|es|as|a|in)?(?:-?(?:box|info|bio|name|zeile|leiste))? auteurs? autore[is]? redattore "
        r"verfasser yazar(?:lar|-?(?:bilgi|adi|kutu))? muellif penulis tac-?gia avtor(?:y|i)? "
        r"schlag(?:worte|woerter|wort|woorden) stich(?:worte|woerter) etiquetas? etiquettes? etichette "
        r"etiket(?:ler)? "
        r"mots-?cles palavras-?chave palabras-?clave tagi teg[iy] label-?tags tu-?khoa lesezeit lesedauer "
        # to subscribe, to be asked
        r"abonnement abonnez(?:-?vous)? abonnieren abo-?(?:box|hinweis|teaser|banner) suscri(?:bete|pcion) "
        r"boletin(?:es)? "
        r"assin(?:e|atura) iscriviti abone(?:lik)? prenumeration podpiska pidpyska berlangganan "
        r"folge-?uns suivez(?:-?nous)? siguenos siga-?nos seguici seguinos obserwuj takip-?et ikuti-?kami "
        r"datenschutz-?(?:hinweis|banner) cerez(?:ler)? drucken imprimir imprimer yazdir merk(?:en|liste)"
    )
)
# Leads to other stories on the subject.
RELATED = (
    r"mehr-?zum-?thema|verwandte\w*|weitere-?artikel|lire-?aussi|sur-?le-?meme-?(?:sujet|theme)"
    r"|articles-?(?:lies|similaires)"
    r"|relacionad[oa]s?|te-?puede-?interesar|lee-?tambien|leia-?(?:mais|tambem)|veja-?tambem|saiba-?mais|correlat[ie]"
    r"|leggi-?anche|gerelateerd\w*|lees-?ook|relatert|powiazane|czytaj-?(?:takze|tez)|ilgili-?haber(?:ler)?"
    r"|benzer-?haber(?:ler)?|terkait|baca-?juga|(?:tin-?)?lien-?quan|xem-?them|pohozhie|chita[ij]te-?takzhe|sxetika"
    r"|xiangguan|kanren(?:-?\w+)?|relat(?:e|ion)s?"
)
# Only where the same name does not also speak of the story or of the page's layout.
WEAK = "|".join(
    terms(
        r"pub mehr suche recherche buscar busca ricerca zoeken szukaj arama rubrik(?:en)? rubrique seccion categoria "
        r"kategori(?:e|en|ler|a)? datum fecha data-?(?:publicacao|pubblicazione)? tarih tanggal ngay hinweise? "
        r"anmelden registrieren connexion inscription bulletin bulten info-?(?:box|kasten|leiste) werkzeuge? outils "
        r"herramientas fonte quelle kaynak sumber nguon"
    )
)
# Boxes for certain, whatever their text reads like.
BOXES = "|".join(
    terms(
        r"kommentare commentaires comentarios commenti reacties komentarze yorumlar binh-?luan kommentarii "
        r"teilen partag(?:e|er) compartir compartilhar condividi paylas chia-?se "
        r"lire-?aussi lee-?tambien leia-?(?:mais|tambem) veja-?(?:mais|tambem) leggi-?anche lees-?ook "
        r"czytaj-?(?:takze|tez) "
        r"lesen-?sie-?auch mehr-?zum-?thema baca-?juga ilgili-?haber(?:ler)? benzer-?haber(?:ler)? "
        r"chita[ij]te-?takzhe "
        r"tin-?lien-?quan te-?puede-?interesar noticias-?relacionadas articles-?(?:lies|similaires) "
        r"articoli-?correlati "
        r"werbung publicite publicidade? pubblicita reklam[ae]? iklan quang-?cao"
    )
)
# The story itself.
STORY = "|".join(
    terms(
        r"artikel-?(?:text|inhalt|body|content) beitrags?-?(?:text|inhalt) haupt-?inhalt corps-?(?:de-?l-?)?article "
        r"corps-?(?:du-?)?texte texte-?(?:de-?l-?)?article article-?corps "
        r"cuerpo-?(?:de-?la-?)?(?:noticia|nota|texto) "
        r"texto-?(?:noticia|nota|materia) (?:noticia|nota|materia)-?(?:cuerpo|corpo|texto|conteudo|contenido) "
        r"corpo-?(?:da-?)?(?:noticia|materia|texto|articolo) testo-?articolo articolo-?(?:testo|corpo) "
        r"(?:haber|yazi|icerik)-?(?:metni?|icerik|icerigi|detay(?:i)?|govde) tresc-?artykulu artykul-?tresc "
        r"isi-?(?:berita|artikel) noi-?dung(?:-?bai(?:-?viet)?)? tekst-?(?:stati|novosti) zhengwen honbun "
        r"kiji-?honbun "
        r"matn-?(?:khabar|xabar) news-?(?:body|text|content|detail)"
    )
)
# Layout and story words that make a weak name none.
STORY_WORDS = (
    "inhalt|artikel|beitrag|contenu|corps|texte|contenido|cuerpo|texto|noticia|nota|conteudo|corpo|materia|contenuto"
    "|testo|articolo|icerik|metin|haber|tresc|tekst|isi|berita|bild|foto|imagen|imagem|kolumne|seite|spalte"
)
BYLINE = (
    "autoren?zeile|verfasser|auteur|autor(?!i[zt])|autore|redattore|penulis|wartawan|yazar|muellif|avtor|tac-?gia"
    "|signature|firmante|journalist|redakteur|zuozhe|jizhe|kisha"
)
