"""What a text says is the same however it is written, and nothing of any text is too much."""

from time import process_time

import pytest

from memorygym.core.types import Call, Message
from memorygym.memrm.text import STOP, SegmentedContext, WordTable, pieces, stem, text_of


def said(text: str, words: WordTable | None = None) -> set[str]:
    """The normalised content of a text."""
    words = words or WordTable()
    return {words.names[token] for token in words.read(text)} - STOP


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It costs 1,200 euros.", "it costs 1200 Euros"),
        ("It costs 1,200 euros.", "It costs 1.2k euros"),
        ("1.001k points", "1,001 points"),
        ("Budget: 3,000,000", "budget 3M"),
        ("It costs $4.50", "It costs $4.5"),
        ("Twelve guests", "12 guests"),
        ("30% off", "30 off"),
        ("due 2024-05-20", "due May 20th, 2024"),
        ("due 2024/05/20", "due 20 May 2024"),
        ("at 3 pm", "at 15:00"),
        ("at 9:30 a.m.", "at 09:30"),
        ("at 12 am", "at 00:00"),
        ("2024-05-20T10:30:00", "2024-05-20 10:30:00"),
        ("“Anna’s” budget – *really*…", '"Anna\'s" budget - really...'),
        ("cafe\u0301", "caf\u00e9"),
        ("## Facts", "Facts:"),
        ("x=5;y=6", "x = 5; y = 6"),
        ("`load_rows`, never", "load_rows: NEVER"),
        ("我住在北京，预算是5000元。", "预算是5000元：我住在北京"),
    ],
)
def test_one_fact_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert said(one) == said(other) and said(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It costs 1,200 euros.", "It costs 1,300 euros."),
        ("1.2k", "1.2M"),
        ("at 3 pm", "at 3 am"),
        ("2024-05-20T10:30:00Z", "2024-05-20T11:30:00Z"),
        ("2024-05-20", "2024-06-20"),
        ("src/a.py", "src/b.py"),
        ("vegan ✅", "vegan ❌"),
        ("v2.1.0", "v2.1.1"),
    ],
)
def test_another_value_is_another_token(one: str, other: str) -> None:
    assert said(one) - said(other) and said(other) - said(one)


def test_the_number_of_a_list_is_layout_but_a_date_is_not() -> None:
    def first(text: str) -> set[str]:
        words = WordTable()
        context = SegmentedContext.of([Message("user", text)], words)
        return {words.names[token] for segment in context.segments for token in segment.said}

    assert first("1. Call Anna\n2) Call Ben") == first("- Call Anna\n- Call Ben")
    assert first("3. March") != first("5. March")


def test_a_call_says_what_its_arguments_say_in_every_language_and_line() -> None:
    text = "def f(x):\n    return 'Zürich'\nroot = 'C:\\new'"
    call = Call("write", {"text": text, "rows": [100, 200]})
    written = text_of(Message("assistant", "", (call,)))

    lines = [line for line, _ in pieces(written)]
    assert "return 'Zürich'" in lines
    assert "100, 200" in written and any("\\new" in line for line in lines)


def test_the_ending_of_a_word_does_not_matter() -> None:
    words = ("limits", "limit"), ("moved", "moving"), ("cities", "city"), ("class", "class")
    assert all(stem(one) == stem(other) for one, other in words)


def test_capital_letters_in_a_need_do_not_make_names_of_a_context_s_words() -> None:
    words = WordTable()
    (token,) = words.read("harbour")

    words.read("the Harbour", names=False)
    assert words.kinds[token] == "word"
    words.read("the Harbour")
    assert words.kinds[token] == "name"


@pytest.mark.parametrize(
    "text",
    ["", " \n\t ", "!!! ???", "|---|---|", "\x00\x01\x1f", "\ud800 lone", "a" * 10_000,
     "9" * 10_000 + "k", "\u0664\u0665 \u00b2 \u2460", "2024-99-99T", "((((" * 2000],
)  # fmt: skip
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    context = SegmentedContext.of([Message("user", text)], WordTable())
    assert len(context.near) == len(context.segments) <= 25
    assert all(weight >= 0 for weight in context.weights())


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    ["The port of host7 is 8080, not 9090. ", "word" * 10, "12:30 pm ", ". ", "} , ", "1,", "-",
     "我住在北京", "{'a': [1, 2]}, ", "| a | 1 |\n", "a.b/c-"],
)  # fmt: skip
def test_reading_is_linear_in_a_text_of_any_kind(part: str) -> None:
    def seconds(characters: int) -> float:
        messages = [Message("user", part * (characters // len(part)))]
        start = process_time()
        SegmentedContext.of(messages, WordTable())
        return process_time() - start

    small = max(min(seconds(20_000) for _ in range(3)), 0.004)
    assert min(seconds(160_000) for _ in range(3)) < 8 * small * 4


def test_segments_of_a_long_line_are_short_and_lose_nothing() -> None:
    text = "value" + "x" * 5000 + " " + "never call Anna " * 300
    context = SegmentedContext.of([Message("user", text)], WordTable())

    pieces = [segment.text for segment in context.segments]
    assert max(map(len, pieces)) <= 480
    assert "".join("".join(pieces).split()) == "".join(text.split())
