"""A reply is a verdict only if it is one object whose quote the answer holds."""

import pytest

from memorygym.core.types import Call, Message
from memorygym.models.model import OVERFLOW, Reply
from memorygym.scoring.judge.panel import vote

ANSWER = "It has\n 8,412   beds."


def read(text: str) -> tuple[str, str]:
    result = vote("m", Reply(Message("assistant", text)), ANSWER)
    return result.outcome, result.problem or result.quote


@pytest.mark.parametrize(
    ("text", "outcome", "quote"),
    [
        ('{"quote": "8,412 beds", "correct": true}', "yes", "8,412 beds"),
        ('{"correct": false, "quote": "8,412"}', "no", "8,412"),
        ('{"quote": "", "correct": false}', "no", ""),
        ('{"quote": "It has 8,412\\nbeds", "correct": true}', "yes", "It has 8,412 beds"),
        (' ```json\n{"quote": "8,412", "correct": true}\n``` ', "yes", "8,412"),
    ],
)
def test_a_verdict_is_read(text: str, outcome: str, quote: str) -> None:
    assert read(text) == (outcome, quote)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is no JSON"),
        ("true", "no object of a quote and a verdict"),
        ('Yes. {"quote": "8,412", "correct": true}', "it is no JSON"),
        ('{"quote": "8,412", "correct": true} {"quote": "8,412", "correct": true}', "no JSON"),
        ('{"quote": "8,412", "correct": fal', "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('{"correct": true}', "no object of a quote and a verdict"),
        ('{"quote": "8,412", "correct": true, "why": ""}', "no object of a quote and a verdict"),
        ('{"quote": "8,412", "correct": "true"}', "nor false"),
        ('{"quote": 8412, "correct": true}', "its quote is no text"),
        ('{"quote": "8,412", "correct": 1}', "nor false"),
        ('{"quote": "8,412", "correct": false, "correct": true}', "it says a thing twice"),
        ('{"quote": "8412", "correct": true}', "the answer does not say the quote"),
        ('{"quote": "8,413", "correct": false}', "the answer does not say the quote"),
        ('{"quote": " ", "correct": true}', "it accepts without a quote"),
    ],
)
def test_anything_else_is_unreadable_and_says_why(text: str, problem: str) -> None:
    outcome, why = read(text)
    assert outcome == "unreadable"
    assert problem in why


def test_a_tool_call_is_no_verdict() -> None:
    message = Message("assistant", '{"quote": "8,412", "correct": true}', (Call("submit", {}),))
    assert vote("m", Reply(message), ANSWER).problem == "it calls a tool"


def test_a_request_beyond_the_context_is_no_verdict() -> None:
    assert "context does not hold" in vote("m", OVERFLOW, ANSWER).problem
