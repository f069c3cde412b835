"""The closed vocabulary of a fragment's body: which elements there are, what they may carry and hold.

Everything that is not in this table does not exist in a fragment. Pictures and embeds are links: a fragment
never loads anything by itself.
"""

# Attributes that every element may carry. `lang` is a BCP 47 tag, `dir` is ltr or rtl, `id` an anchor of the fragment.
COMMON = frozenset({"lang", "dir"})

# tag -> its own attributes (beyond COMMON)
BLOCKS: dict[str, frozenset[str]] = {
    "h2": frozenset({"id"}),
    "h3": frozenset({"id"}),
    "h4": frozenset({"id"}),
    "p": frozenset({"id"}),
    "pre": frozenset(),
    "blockquote": frozenset(),
    "aside": frozenset(),  # a pull quote or a box that belongs to the story
    "ul": frozenset(),
    "ol": frozenset({"start", "reversed", "type"}),
    "dl": frozenset(),
    "figure": frozenset(),
    "table": frozenset(),
    "hr": frozenset(),
    "section": frozenset({"id"}),  # one entry of a live blog, or the footnotes
}
PARTS: dict[str, frozenset[str]] = {
    "li": frozenset({"id", "value"}),
    "dt": frozenset(),
    "dd": frozenset(),
    "figcaption": frozenset(),
    "caption": frozenset(),
    "thead": frozenset(),
    "tbody": frozenset(),
    "tfoot": frozenset(),
    "tr": frozenset(),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "td": frozenset({"colspan", "rowspan"}),
}
INLINE: dict[str, frozenset[str]] = {
    # class is one of LINK_CLASSES; href is http(s), mailto, tel or a fragment-local #anchor
    "a": frozenset({"href", "class", "id"}),
    "em": frozenset(),
    "strong": frozenset(),
    "cite": frozenset(),
    "q": frozenset(),
    "code": frozenset(),
    "kbd": frozenset(),
    "sub": frozenset(),
    "sup": frozenset(),
    "s": frozenset(),
    "ins": frozenset(),
    "mark": frozenset(),
    "abbr": frozenset({"title"}),
    "time": frozenset({"datetime"}),
    "bdi": frozenset(),
    "ruby": frozenset(),
    "rt": frozenset(),
    "rp": frozenset(),
    "br": frozenset(),
}
# A picture is <a class="picture" href="…">alt</a>; an embed is <a class="embed" href="…">name</a>.
LINK_CLASSES = frozenset({"picture", "embed"})
VOID = frozenset({"br", "hr"})
ATTRIBUTES: dict[str, frozenset[str]] = {tag: own | COMMON for tag, own in {**BLOCKS, **PARTS, **INLINE}.items()}
