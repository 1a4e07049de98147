"""Any text becomes one JSON string that says the same and shows nothing but plain characters."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.tokens import normalize
from memorygym.scoring.grading.verdict import MAX_CHARACTERS
from memorygym.scoring.judge.judge_prompts import cut, quoted

TEXTS = st.text(st.characters(), max_size=60)


@given(TEXTS)
def test_the_string_says_what_the_text_says(text: str) -> None:
    assert json.loads(quoted(text)) == normalize(text)


@given(TEXTS)
def test_the_string_holds_no_markup_and_nothing_unseen(text: str) -> None:
    inner = quoted(text)[1:-1]
    assert not set("<>{}[]`\n") & set(inner)
    assert all(char.isalnum() or (char.isascii() and char.isprintable()) for char in inner)
    assert '"' not in inner.replace("\\\\", "").replace('\\"', "")


@pytest.mark.parametrize("text", ["", "8412", "Häuser in 家, 4.5 %", "it's (about) 3/4; a_b-c"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert quoted(text) == f'"{text}"'


def test_a_long_text_keeps_its_ends_and_says_how_much_is_missing() -> None:
    text = "a" * MAX_CHARACTERS + "b" * MAX_CHARACTERS
    assert cut(text) == f"{'a' * 1000} (... {MAX_CHARACTERS} characters left out ...) {'b' * 1000}"
    assert cut("a" * MAX_CHARACTERS) == "a" * MAX_CHARACTERS
