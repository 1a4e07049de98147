"""The types of right answers, and the parser that finds the type of a text."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from memorygym.scoring.grading import phrases
from memorygym.scoring.grading.names import Name
from memorygym.scoring.grading.parsed_text import phrase
from memorygym.scoring.grading.phrases import Phrase
from memorygym.scoring.grading.quantities import Number, day, number

LABELS = ("strongly rising", "slightly rising", "flat", "slightly falling", "strongly falling")


class UnreadableTruth(ValueError):
    """The text of a right answer that no answer could match."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The right answer is a refusal, because no text states the fact."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers in order."""

    items: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A whole calendar date."""

    day: date


@dataclass(frozen=True, slots=True)
class Trend:
    """One of the five LABELS, and the change over the whole series, if given."""

    label: str
    change: Number | None


@dataclass(frozen=True, slots=True)
class NumberPair:
    """The number of matches and their total, or the period of an extreme and its value; the second
    if given."""

    first: Number
    second: Number | None
    is_period: bool


@dataclass(frozen=True, slots=True)
class EntityList:
    """The number of related entities, and their names, if given."""

    count: Number
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """An entity and its value."""

    name: Name
    value: Number | Day | Series | Phrase | Name


Stated = Number | Series | Day | Trend | NumberPair | EntityList | Name | Named | Phrase
"""What a text can state."""
Truth = Refusal | Stated

_PAIR = re.compile(r"([^()]*[^()\s])\s*\(([^()]+)\)\s*").fullmatch


@lru_cache(maxsize=4096)
def parse(question_type: str, truth: str) -> Truth:
    """The right answer of a text, as one of the types. Raises UnreadableTruth.

    >>> parse("temporal_trend", "flat")
    Trend(label='flat', change=None)
    """
    text = truth.strip()
    if question_type == "abstention" or text.casefold() == "abstain":
        return Refusal()
    # "3 (41.5)" is "3" and "41.5"; without brackets the second is empty.
    pair = _PAIR(text)
    whole, inner = (pair[1], pair[2].strip()) if pair else (text, "")
    match question_type:
        case "temporal_trend":
            label = " ".join(phrase(whole))
            if label not in LABELS:
                raise UnreadableTruth(f"the trend {truth!r} is not one of {', '.join(LABELS)}")
            return Trend(label, _part(inner, truth))
        case "temporal_extreme" | "multi_constraint":
            is_period = question_type == "temporal_extreme"
            return NumberPair(_count(whole, truth), _part(inner, truth), is_period)
        case "relationship_count":
            names = tuple(Name(phrase(name)) for name in inner.split(",") if phrase(name))
            return EntityList(_count(whole, truth), names)
    if inner and _proper(whole):
        return Named(Name(phrase(whole)), _value(inner, truth, question_type))
    return _value(text, truth, question_type)


def _value(text: str, truth: str, question_type: str) -> Number | Day | Series | Phrase | Name:
    if figure := number(text, ratio=question_type == "ratio"):
        return figure
    if date_ := day(text):
        return Day(date_)
    items = [number(item) for item in re.split(r"[,;]\s+", text.strip("[]"))]
    known = tuple(item for item in items if item)
    if len(known) == len(items) > 1:
        return Series(known)
    if _proper(text) and len(phrase(text)) > 1:
        return Name(phrase(text))
    value = phrases.value(text)
    if not value.parts:
        raise UnreadableTruth(f"the truth {truth!r} has no word, number or date to compare with")
    return value


def _proper(text: str) -> bool:
    """Whether a text is written as names are: first and last word capitalised or a number."""
    words = text.replace(",", " ").split()
    ends = words[:1] + words[-1:]
    return "," not in text and all(word[0].isupper() or word[0].isdigit() for word in ends)


def _count(text: str, truth: str) -> Number:
    figure = number(text)
    if figure is None:
        raise UnreadableTruth(f"the truth {truth!r} starts with {text!r}, which is not a number")
    return figure


def _part(text: str, truth: str) -> Number | None:
    return _count(text, truth) if text else None
