"""The data of a question-answering task: questions, and the stated facts that they need."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from memorygym.core.json_values import FrozenDict
from memorygym.core.statements import Statement, StatementIndex


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the event in which it is asked, and the right answer at that time."""

    event: int
    kind: str
    """The group of questions that results put it in."""
    question_type: str
    """How it is graded: a type of `grading.grade`, or `em`, the exact match of SQuAD."""
    text: str
    truth: str
    aliases: tuple[str, ...] = ()
    """Other right answers."""
    rivals: tuple[str, ...] = ()
    """Wrong candidates that the question names."""
    needs: tuple[Statement, ...] = ()
    """The facts that it needs, with the values that are right when it is asked."""
    hops: int = 1


@dataclass(frozen=True, slots=True)
class QuestionGold:
    """The gold table of a question-answering task."""

    questions: tuple[Question, ...]

    @property
    def needs(self) -> list[Statement]:
        """Every fact that a question needs, once."""
        needs = (need for question in self.questions for need in question.needs)
        return list(dict.fromkeys(needs))


class Found(NamedTuple):
    """An answer, and the statements that it follows from."""

    answer: str
    used: tuple[Statement, ...]


class Missing(NamedTuple):
    """The next fact that an answer needs and that is not known."""

    query: str
    """The words to search for it; "" if nothing can be searched for."""
    used: tuple[Statement, ...]
    """The statements used so far."""

    @property
    def answer(self) -> None:
        """There is none."""


class MissingFact(Exception):
    """The subject and the key of a fact that an answer needs and that is not known."""


class KnownStatements:
    """The known statements, and those of them that were used."""

    def __init__(self, index: StatementIndex) -> None:
        self.index = index
        self.used: dict[Statement, None] = {}

    def get(self, subject: str, key: str) -> str:
        """The current value of a key. Raises MissingFact."""
        statement = self.index.get(subject, key)
        if statement is None:
            raise MissingFact(subject, key)
        self.used[statement] = None
        return statement.text


def wording(text: str, places: Mapping[str, str] = FrozenDict()) -> re.Pattern[str]:
    """The pattern of the texts with a wording; by place, what may stand there, else anything. A
    place that comes again holds the same.

    >>> wording("Who has {book}?").fullmatch("Who has Ulysses?")["book"]
    'Ulysses'
    """
    words, *rest = re.split(r"\{(\w+)\}", text)
    pattern, seen = re.escape(words), set[str]()
    for place, after in zip(rest[::2], rest[1::2], strict=True):
        what = f"(?P={place})" if place in seen else f"(?P<{place}>{places.get(place, '.+?')})"
        pattern += what + re.escape(after)
        seen.add(place)
    return re.compile(pattern)


class Reader(Protocol):
    """The scripted reader of a track. It parses rendered text and has no access to the generator's
    templates."""

    @property
    def read(self) -> Callable[[str], tuple[Statement, ...]]:
        """The statements in a text: a message, or any part of one that a memory kept."""

    def ask(self, text: str) -> Any:
        """The query in the text of an event; None if the event asks nothing."""

    def answer(self, query: Any, known: StatementIndex) -> Found | Missing:
        """The answer that follows from the known statements, or what is missing."""

    @property
    def render(self) -> Callable[[Statement], str]:
        """The canonical sentence of a statement; `read` parses it back to the same statement."""
