"""What a judge model's reply is worth: a verdict with the words that it rests on, or nothing."""

import json
import re

from memorygym.models.model import CONTEXT_EXCEEDED, Reply
from memorygym.rulings import Vote

_FENCED = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)


class Unreadable(ValueError):
    """A reply that is no verdict, and why."""


def vote(model: str, reply: Reply, answer: str) -> Vote:
    """The vote that a reply is.

    >>> from memorygym.core import Message
    >>> reply = Reply(Message("assistant", '{"quote": "42 beds", "correct": true}'))
    >>> vote("m", reply, "It has  42 beds."), vote("m", reply, "It has 40 beds.").problem
    (Vote(model='m', said='yes', quote='42 beds', problem=''), 'the answer does not say the quote')
    """
    try:
        quote, correct = _verdict(reply, answer)
    except Unreadable as error:
        return Vote(model, "unreadable", "", str(error))
    return Vote(model, "yes" if correct else "no", quote)


def _verdict(reply: Reply, answer: str) -> tuple[str, bool]:
    """The quoted words and the verdict. Raises Unreadable."""
    if reply.finish == CONTEXT_EXCEEDED:
        raise Unreadable("the model's context does not hold the request")
    if reply.message.calls:
        raise Unreadable("it calls a tool")
    raw = _object(reply.message.content)
    if not isinstance(raw, dict) or raw.keys() != {"quote", "correct"}:
        raise Unreadable("it is no object of a quote and a verdict")
    quote, correct = raw["quote"], raw["correct"]
    if not isinstance(quote, str) or not isinstance(correct, bool):
        raise Unreadable("its quote is no text or its verdict neither true nor false")
    words = _blanks(quote)
    if not said_in(words, answer):
        raise Unreadable("the answer does not say the quote")
    if correct and not words:
        raise Unreadable("it accepts without a quote")
    return words, correct


def _object(text: str) -> object:
    """The one JSON value that a text is, perhaps in a fence. Raises Unreadable."""
    text = text.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        return json.loads(fenced[1] if fenced else text, object_pairs_hook=_once)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no JSON") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("it says a thing twice")
    return found


def said_in(quote: str, answer: str) -> bool:
    """Whether the answer says these words, blanks aside."""
    return _blanks(quote) in _blanks(answer)


def _blanks(text: str) -> str:
    """The text with every run of blanks one space."""
    return " ".join(text.split())
