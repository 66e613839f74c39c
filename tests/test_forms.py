"""What an expression tells of all that it matches, before it is tried."""

import pytest

from runbook_lint.secrets import forms


@pytest.mark.parametrize(
    ("expression", "signs"),
    [
        ("://(?P<user>[^:@]*):(?P<secret>[^@]+)@x", "/:@"),
        *((each, "@") for each in ("a@b", "(?:a|b)@", "[]=]@", "(?i)x@")),
        *((each, "") for each in ("a@?b", "a@{0,2}b", "a@*", "a@|b", "(a@)?b", "[@]x", "(?x)a #@", "(?#@)a", r"\@")),
    ],
)
def test_signs_that_must_stand_in_a_text(expression: str, signs: str) -> None:
    assert forms.signs(expression) == signs


@pytest.mark.parametrize("expression", ["(?!sha|v\\d)[a-z]{2,9}_[A-Za-z0-9-]{22}", "(?P<secret>[\\w.]+)x?"])
def test_an_expression_for_one_word(expression: str) -> None:
    assert forms.inky(expression)


@pytest.mark.parametrize(
    "expression", ["a.b", "[^a]", "[A-z]", "[+-Z]", "(?<!a)b", "a\\b", "\\W", "[\\s]", "a$", "(?i:a)"]
)
def test_an_expression_that_looks_beyond_a_word(expression: str) -> None:
    assert not forms.inky(expression)
