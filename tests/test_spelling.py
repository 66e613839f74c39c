"""Which name was most likely meant."""

from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lint.checks.spelling import nearest

WORDS = st.text(alphabet="abc.-", max_size=8)


@pytest.mark.parametrize("likeness", [0.6, 0.8])
@given(word=WORDS, names=st.lists(WORDS, max_size=10))
def test_the_nearest_name_is_that_of_difflib(word: str, names: list[str], likeness: float) -> None:
    assert nearest(word, names, likeness) == next(iter(get_close_matches(word, names, 1, likeness)), "")
