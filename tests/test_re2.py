"""Expressions of RE2 in Python's words: what is written anew, what stays, what is refused, and what is matched."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_lint.re2 import translate

WRITTEN = {
    "flags at the beginning": ("(?i)ab", "(?i:ab)"),
    "flags in the middle": ("a(?i)b", "a(?i:b)"),
    "flags hold in the next branch": ("a(?i)b|c", "a(?i:b)|(?i:c)"),
    "flags end with their group": ("(a(?i)b|c)d", "(a(?i:b)|(?i:c))d"),
    "flags off again": ("(?i)a(?-i)b|c", "(?i:a(?-i:b))|(?i:(?-i:c))"),
    "flags of a group": ("(?s-i:.)", "(?s-i:.)"),
    "the flag U off": ("(?-U)a", "(?:a)"),
    "a name": ("(?P<n>a)", "(?P<n>a)"),
    "a name as in Perl": ("(?<n>a)", "(?P<n>a)"),
    "the end of the text": (r"a$|b\z", r"a\Z|b\Z"),
    "the end of a line": ("(?m)a$", "(?m:a$)"),
    "the end of a line in one group": ("(?m:a$)b$", r"(?m:a$)b\Z"),
    "a word": (r"\b\w+", r"(?a:\b)[0-9A-Z_a-z]+"),
    "no word": (r"\W\B", r"[^0-9A-Z_a-z](?a:\B)"),
    "digits and space": (r"\d\s", r"[0-9][\x09-\x0a\x0c-\x0d\x20]"),
    "classes in brackets": (r"[\w.-]", "[0-9A-Z_a-z.-]"),
    "a hyphen behind a class": (r"[\w-.]", r"[0-9A-Z_a-z\-.]"),
    "a negated class in brackets": (r"[\Dx]", r"[\x00-\x2f\x3a-\U0010ffffx]"),
    "a POSIX class": ("[[:alnum:]_]", "[0-9A-Za-z_]"),
    "a POSIX class in a negated bracket": ("[^[:space:]]", r"[^\x09-\x0d\x20]"),
    "a negated POSIX class": ("[[:^digit:]]", r"[\x00-\x2f\x3a-\U0010ffff]"),
    "a bracket first": ("[]a]", r"[\]a]"),
    "a bracket first in a negated class": ("[^]]", r"[^\]]"),
    "signs that Python may take for more": ("[[a&&b]", r"[\[a\&\&b]"),
    "a quotation": (r"\Qa.b\E+", r"a\.b+"),
    "a quotation to the end": (r"\Qa(", r"a\("),
    "octal": (r"\101\0", r"\x41\x00"),
    "a wide character": (r"\x{1F600}\x{e9}", r"\U0001f600\xe9"),
    "a brace that is text": ("x{,3}", r"x\{,3}"),
    "braces that are text for both": (r"${x}{{y}}", r"\Z{x}{{y}}"),
}


@pytest.mark.parametrize(("expression", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_written_anew(expression: str, expected: str) -> None:
    assert translate(expression) == expected
    re.compile(expected)


REFUSED = {
    "a look ahead": ("(?=a)", "RE2 knows no group that begins with '(?='"),
    "a look back": ("(?<!a)", "RE2 knows no group that begins with '(?<'"),
    "a group that keeps": ("(?>a)", "RE2 knows no group that begins with '(?>'"),
    "a comment": ("(?#a)", "RE2 knows no group that begins with '(?#'"),
    "a name again": ("(?P<n>a)(?P=n)", "RE2 knows no group that begins with '(?P'"),
    "little": ("(?U)a*", "the flag U, which makes repeats take little, cannot be had; write *? and +?"),
    "a group again": (r"(a)\1", r"'\1' is no escape that RE2 knows"),
    "a byte": (r"\C", r"'\C' is no escape that RE2 knows"),
    "a backspace": (r"[\b]", r"'\b' is no escape that RE2 knows"),
    "the end in Perl": (r"a\Z", r"'\Z' is no escape that RE2 knows"),
    "a backslash at the end": ("a\\", "'\\' is no escape that RE2 knows"),
    "a repeat that keeps": ("a*+", "a repeat stands directly behind a repeat at character 3"),
    "a repeat of a repeat": ("a{2}{3}", "a repeat stands directly behind a repeat at character 5"),
    "a script": (r"\p{Greek}", "the class Greek of Unicode is no general category; scripts cannot be had"),
    "an unknown class": ("[[:foo:]]", "there is no class [:foo:]"),
    "no end": ("[a", "a '[' is never closed"),
    "an end too many": ("a)", "a ')' too many at character 2"),
    "no character": (r"\x{110000}", "there is no character 110000"),
}


@pytest.mark.parametrize(("expression", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused_with_a_sentence(expression: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        translate(expression)


MATCHED = {
    "the end is not before a line break": ("a$", "a", "a\n"),
    "letters are ASCII": (r"^\w+$", "az_09", "é"),
    "digits are ASCII": (r"^\d$", "7", "٣"),
    "space has no vertical tab": (r"^\s$", "\f", "\v"),
    "words end at a foreign letter": (r"a\b", "aé", "ab"),
    "flags reach across branches": ("^(?:a(?i)b|c)$", "C", "AB"),
    "no word, whatever the case": (r"(?i)^\W$", "-", "k"),
    "no word in brackets, whatever the case": (r"(?i)^[\W_]$", "_", "k"),
    "letters of all languages": (r"^\p{L}\PL$", "é1", "²1"),
    "a category and its opposite": (r"^[\p{Lu}]\p{^Lu}$", "Éé", "éÉ"),
    "a dot stops at the line": ("^a.b$", "a b", "a\nb"),
    "a dot crosses the line when told": ("(?s)^a.b$", "a\nb", "ab"),
    "a rule of gitleaks": (r"""\b(LTAI(?i)[a-z0-9]{4})(?:[\x60'"\s;]|\\[nr]|$)""", "LTAIaB9c;", "ltaiaB9c;"),
}


@pytest.mark.parametrize(("expression", "matched", "not_matched"), MATCHED.values(), ids=MATCHED)
def test_matched(expression: str, matched: str, not_matched: str) -> None:
    found = re.compile(translate(expression))
    assert found.search(matched)
    assert not found.search(not_matched)


PLAIN = st.recursive(
    st.sampled_from(["a", "Z", "9", "_", " ", r"\.", r"\\", r"\x41", r"\n", ".", "^", "[a-z]", "[^a-f0-9]", "é", "-"]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{}|{}".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("(?:{})".format, inner),
        st.builds("(?i:{})".format, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+?", "?", "{2}", "{1,3}", "{2,}?"])),
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_what_both_understand_alike_stays_as_it_is(expression: str) -> None:
    assert translate(expression) == expression


# The first look at a class of Unicode goes through all its characters.
@settings(deadline=None)
@given(st.text(r"ab(|)[]{}?*+^$\-:imsUPpdwsDQEzx019<>,é", max_size=20))
def test_anything_is_an_expression_or_refused(expression: str) -> None:
    try:
        translated = translate(expression)
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert isinstance(translated, str)
