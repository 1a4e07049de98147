"""Questions and sub-queries in English: phrases that nest to the right."""

from collections.abc import Iterator

from memorygym.rng import Stream
from memorygym.tracks.research.dealing.programs import (
    Pick,
    Program,
    Shared,
    Start,
    Step,
    Total,
    kind_of,
)
from memorygym.tracks.research.dealing.prose import month_text

_OF = {
    "employer": ("the employer of", "the laboratory that employs"),
    "birthplace": ("the birthplace of", "the native town of"),
    "mentor": ("the mentor of", "the doctoral supervisor of"),
    "birth year": ("the birth year of", "the year of birth of"),
    "seat": ("the home town of", "the town that is home to"),
    "founding year": ("the founding year of", "the year of foundation of"),
    "staff": ("the staff size of", "the number of employees of"),
    "flagship": ("the flagship instrument of", "the principal instrument of"),
    "director": ("the director in {month} of", "the head in {month} of"),
    "designer": ("the designer of", "the engineer behind"),
    "weight": ("the weight in kilograms of", "the mass in kilograms of"),
    "inventor": ("the inventor of", "the originator of"),
    "basis": ("the parent method of", "the method underlying"),
    "instrument": ("the measuring instrument of", "the instrument used by"),
    "samples": ("the sample count of", "the number of samples of"),
    "leader": ("the leader of", "the chief of"),
    "population": ("the population of", "the number of inhabitants of"),
    "mayor": ("the mayor of", "the person who is mayor of"),
}
_WHOSE = {
    "flagship": ("the laboratory whose flagship is", "the laboratory famed for"),
    "designer": ("the instrument devised by", "the instrument due to"),
    "inventor": ("the method devised by", "the method due to"),
    "instrument": ("the survey that relied on", "the survey equipped with"),
    "leader": ("the survey headed by", "the survey under"),
    "basis": ("a method derived from", "a method rooted in"),
}
_PICKED = {
    ("founding year", True): "was founded earlier",
    ("founding year", False): "was founded later",
    ("birth year", True): "was born earlier",
    ("birth year", False): "was born later",
    ("weight", True): "is lighter",
    ("weight", False): "is heavier",
    ("population", True): "is less populous",
    ("population", False): "is more populous",
}
FORMS = {
    "year": "a year",
    "count": "a whole number, without a unit",
    "person": "the full name of a person",
    "town": "the full name of a town",
    "laboratory": "the full name of a laboratory",
    "instrument": "the full name of an instrument",
    "method": "the full name of a method",
    "survey": "the full name of a survey",
}
"""What is answered, by the kind of what is asked for."""


def question(stream: Stream, program: Program, starts: list[str]) -> str:
    """A program in words; `starts` are the entities that it names."""
    phrase = _phrase(stream, program, iter(starts))
    match kind_of(program):
        case "person":
            return f"Who is {phrase}?"
        case "year" | "count":
            return f"What is {phrase}?"
        case kind:
            return f"Which {kind} is {phrase}?"


def step_phrase(stream: Stream, step: Step, asked: str) -> str:
    """One step in words, from the entity it starts from."""
    return _phrase(stream, step, iter((asked,)))


def _phrase(stream: Stream, program: Program, starts: Iterator[str]) -> str:
    match program:
        case Start():
            return next(starts)
        case Step(key, of, inverse, month):
            words = stream.choice((_WHOSE if inverse else _OF)[key])
            return f"{words.format(month=month_text(month))} {_phrase(stream, of, starts)}"
        case Pick(key, least, left, right):
            sides = f"{_phrase(stream, left, starts)} and {_phrase(stream, right, starts)}"
            return f"whichever of {sides} {_PICKED[key, least]}"
        case Shared(laboratory, basis):
            place = _phrase(stream, laboratory, starts)
            base = _phrase(stream, basis, starts)
            return f"the person who belongs to {place} and devised a method derived from {base}"
        case Total(left, right, minus):
            sides = f"{_phrase(stream, left, starts)} and {_phrase(stream, right, starts)}"
            return f"{'the difference between' if minus else 'the sum of'} {sides}"
