"""The token counter follows the rules of the design, so that no code is cheaper than words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.json_values import canonical
from memorygym.core.tokens import count, normalize, shown_tokens, words
from memorygym.core.types import Call, Message

KNOWN = {"Harbor", "revenue", "incomprehensible", "Mc", "Donald", "HTTP", "Server"}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("Harbor", 1),
        ("harbor", 3),
        ("HARBOR", 3),
        ("revenue revenue", 2),
        ("incomprehensible", 3),
        ("abcdefghi", 5),
        ("x", 1),
        ("McDonald", 3),
        ("HTTPServer", 3),
        ("QzXv", 5),
        ("1", 1),
        ("123", 1),
        ("1234", 2),
        ("1,234.50", 5),
        ("a\nb", 3),
        (" \t  ", 0),
        ("a\u2028b", 5),
        ("a\vb", 3),
        ("\xa0", 2),
        ("家", 3),
        ("é", 2),
        ("😀", 4),
        ("\u200b", 3),
        ("$%", 2),
    ],
)
def test_a_text_costs_what_the_rules_say(text: str, tokens: int) -> None:
    assert count(text, KNOWN) == tokens


@pytest.mark.parametrize(("text", "tokens"), [("12M", 3), ("x1234567", 5), ("Acme Harbor", 2)])
def test_who_knows_every_word_pays_for_numbers_and_seams(text: str, tokens: int) -> None:
    assert count(text) == tokens


@given(st.text(), st.frozensets(st.text(min_size=1, max_size=4)))
def test_a_count_is_never_negative_and_grows_with_the_text(
    text: str, known: frozenset[str]
) -> None:
    assert 0 <= count(text, known) <= count(text + " more", known)


@given(st.text())
def test_blanks_carry_nothing_once_stored(text: str) -> None:
    spaced = text.replace(" ", " \t \u2003 ")
    assert normalize(spaced) == normalize(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\r\n\r\nb", "a\nb"),
        ("e\u0301", "é"),
        ("a\u2028b", "a\nb"),
        ("a\u00a0b", "a b"),
        ("\n \t", ""),
    ],
)
def test_line_breaks_blanks_and_accents_have_one_form(text: str, stored: str) -> None:
    assert normalize(text) == stored


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1))
def test_letter_codes_hold_at_most_two_letters_a_token(code: str) -> None:
    assert 2 * count(code, set()) >= len(code)


@given(st.text(min_size=1, max_size=40))
def test_no_text_holds_more_than_eight_characters_a_token(text: str) -> None:
    assert 8 * count(text) >= len("".join(text.split()))


@given(st.text(alphabet=st.characters(min_codepoint=0x80, exclude_categories=("Cs", "Z", "Cc"))))
def test_characters_beyond_ascii_cost_their_bytes(text: str) -> None:
    assert count(text) == len("".join(text.split()).encode())


def test_a_word_is_known_only_in_the_case_that_was_shown() -> None:
    assert words("Acme Harbor's R2D2") == {"Acme", "Harbor", "s", "R", "D"}


def test_a_message_costs_four_and_its_calls_as_canonical_json() -> None:
    message = Message("assistant", "ok", (Call("Write", {"b": 1, "a": "x"}),))
    assert shown_tokens(message, count) == 4 + 1 + 1 + count('{"a":"x","b":1}')


def test_canonical_json_has_one_form() -> None:
    assert canonical({"b": [1, None], "a": "é"}) == '{"a":"\\u00e9","b":[1,null]}'


@given(st.text(alphabet="aBcD 1-\n"), st.sets(st.sampled_from(["a", "B", "Bc", "c", "aa", "D"])))
def test_a_text_of_shown_words_costs_what_its_words_cost_one_by_one(
    text: str, more: set[str]
) -> None:
    known = {*words(text), *more}
    assert count(text, known) == count(text, frozenset(known)) == count(text, words(text))
    assert count(text, more) == count(text, frozenset(more))


@given(st.text(alphabet="a \n\t\u00e9e\u0301\u00b7\u00a0"))
def test_a_text_that_is_normal_is_left_as_it_is(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert not re.search(r"[^\S\n]{2}|[^\S\n]\n|\n\s|^\s|\s$|\t|\u00a0|e\u0301", once)
