"""Scripts with fewer bytes: variables get short names; properties, strings and patterns stay as they are."""

from __future__ import annotations

import pytest

from lightkeeper.delivery.shortening import shorten


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("const first = 1;\n\nreturn first + 2;\n", "const a=1;return a+2;"),
        ("// why\nconst  first /* inline */ = 1;", "const a=1;"),
        ("const first = other.first;", "const a=other.first;"),
        ("const made = { first: first, made };", "const a={first:first,made:a};"),
        ("const { first, second = 2 } = other;", "const{first:a,second:b=2}=other;"),
        ("const [first, second] = [1, 2];", "const[a,b]=[1,2];"),
        ("const made = (first, [second]) => first * second;", "const c=(a,b])=>a*b;".replace("b]", "[b]")),
        ("const made = (value) => ({ ...value });", "const b=(a)=>({...a});"),
        ("class Made {\n  take(count) {\n    this.take(count);\n  }\n}", "class b{take(a){this.take(a);}}"),
        ("const found = yes ? first : second;", "const a=yes?first:second;"),
        ('const first = "first // not a comment";', 'const a="first // not a comment";'),
        ("const first = /[/ ]first\\/ /g.test(first);", "const a=/[/ ]first\\/ /g.test(a);"),
        ("const first = second / 2 / 3;", "const a=second/2/3;"),
        ("const first = `first ${first} ${ other.first }`;", "const a=`first ${a} ${other.first}`;"),
        ("try {\n  go();\n} catch (error) {\n  say(error);\n}", "try{go();}catch(a){say(a);}"),
        ("const a = (value) => a + value;", "const b=(c)=>b+c;"),
        ("for (const each of all) await each();", "for(const a of all)await a();"),
        ("return a - -b;", "return a- -b;"),
    ],
)
def test_only_what_the_script_declares_is_renamed(script: str, expected: str) -> None:
    assert shorten(script) == expected


def test_what_is_not_known_is_an_error() -> None:
    """A template in a template would be cut in the wrong place."""
    with pytest.raises(ValueError, match="cannot shorten"):
        shorten("const made = `${ { a: 1 } }`;")
