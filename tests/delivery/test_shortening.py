"""Scripts with fewer bytes: variables get short names; properties, strings and patterns stay as they are."""

from __future__ import annotations

import pytest

from lightkeeper.delivery.shortening import shorten


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("const first = 1;\n\nreturn first + 2;\n", "const aa=1;return aa+2;"),
        ("// why\nconst  first /* inline */ = 1;", "const aa=1;"),
        ("const first = other.first;", "const aa=other.first;"),
        ("const made = { first: first, made };", "const aa={first:first,made:aa};"),
        ("const go = ({ first, second = 2 }) => first * first + second;", "const aa=({first:a,second=2})=>a*a+second;"),
        ("const go = () => {\n  const [one, two] = [1, one];\n};", "const aa=()=>{const[a,b]=[1,a];};"),
        ("const { first = 1, second } = other;\nfirst;\n", "const{first:aa=1,second:ab}=other;aa;"),
        ("let one;\nconst go = () => {\n  one = 1;\n};", "let aa;const ab=()=>{aa=1;};"),
        ("const made = (first, [second]) => first * second;", "const aa=(a,[b])=>a*b;"),
        ("const made = (value) => ({ ...value });", "const aa=(a)=>({...a});"),
        ("class Made {\n  take(count) {\n    this.take(count);\n  }\n}", "class aa{take(a){this.take(a);}}"),
        ("const found = yes ? first : second;", "const aa=yes?first:second;"),
        ('const first = "first // not a comment";', 'const aa="first // not a comment";'),
        ("const first = /[/ ]first\\/ /g.test(first);", "const aa=/[/ ]first\\/ /g.test(aa);"),
        ("const first = second / 2 / 3;", "const aa=second/2/3;"),
        ("const first = `first ${first} ${ other.first }`;", "const aa=`first ${aa} ${other.first}`;"),
        (
            "const go = () => {\n  try {\n    on();\n  } catch (error) {\n    say(error);\n  }\n};",
            "const aa=()=>{try{on();}catch(a){say(a);}};",
        ),
        ("const one = (a) => one + a;\nconst two = (b) => two + b;\n", "const aa=(c)=>aa+c;const ab=(c)=>ab+c;"),
        (
            "const go = async () => {\n  for (const each of all) await each();\n};",
            "const aa=async()=>{for(const a of all)await a();};",
        ),
        ("function first(second) {\n  return second;\n}\nfirst(name);\n", "function aa(a){return a;}aa(name);"),
        ("return a - -b;", "return a- -b;"),
    ],
)
def test_only_what_the_script_declares_is_renamed(script: str, expected: str) -> None:
    assert shorten(script) == expected


def test_what_is_not_known_is_an_error() -> None:
    """A template in a template would be cut in the wrong place."""
    with pytest.raises(ValueError, match="cannot shorten"):
        shorten("const made = `${ { a: 1 } }`;")
