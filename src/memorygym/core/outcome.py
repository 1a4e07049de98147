"""Goals (what a task asks for), their outcomes, and the score of an episode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from memorygym.core.statements import Statement
from memorygym.core.types import JSON


class Goal(Protocol):
    """What a task asks for at one event: a question to answer or a sub-task to do."""

    @property
    def event(self) -> int:
        """Number of the event at which it is due, from 0."""

    @property
    def kind(self) -> str:
        """The group under which results list it; `abstention` if a refusal is the right answer."""

    @property
    def question_type(self) -> str:
        """Its question type, a finer group than `kind`; it also selects the rule of grading."""

    @property
    def text(self) -> str:
        """What is asked, as people read it."""

    @property
    def truth(self) -> str:
        """The right answer, as people read it."""

    @property
    def rivals(self) -> tuple[str, ...]:
        """Other candidates that the task names; an answer that claims one of them is wrong."""

    @property
    def needs(self) -> Sequence[Statement]:
        """The facts that the answer needs, with the values that are right when it is due."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one goal. Raises ValueError for a score outside 0 to 1."""

    goal: Goal
    score: float
    """From 0 to 1; 1 means that the goal was reached."""
    reason: str
    """Why, in a short sentence."""
    answer: str | None = None
    """What was answered or done, as people read it; None for a fault of form: the agent gave no
    answer, or a limit ended the event."""
    repaired: bool = False
    """Whether the grader rejected the answer and a judge accepted it."""

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError(f"the score of an outcome is {self.score}, not from 0 to 1")

    @property
    def correct(self) -> bool:
        """Whether the goal was reached in full."""
        return self.score == 1


@dataclass(frozen=True, slots=True)
class Score:
    """The score of an episode."""

    composite: float
    """The track's headline score, from 0 to 1."""
    axes: Mapping[str, float | None]
    """The named parts of the composite; None where no goal belongs to the part."""
    correct_refusals: float | None
    """Share of the unanswerable goals that were refused; None without any."""
    accuracy: float
    """Mean score over all goals, unanswerable ones included."""
    correct: int
    """Number of answerable goals that were reached in full."""
    answerable: int
    """Number of goals that do not ask for a refusal."""
    writes: int
    """Paid writes into memory."""
    peak: int
    """Most tokens that the memory held at any moment."""
    question_types: Mapping[str, tuple[int, int]]
    """For each question type: how many were right, and how many were asked."""

    def to_json(self) -> dict[str, JSON]:
        """As exports state it, rounded to six places."""

        def rounded(part: float | None) -> float | None:
            return None if part is None else round(part, 6)

        return {
            "composite": rounded(self.composite),
            "axes": {name: rounded(part) for name, part in self.axes.items()},
            "correct_refusals": rounded(self.correct_refusals),
            "accuracy": rounded(self.accuracy),
            "correct": self.correct,
            "answerable": self.answerable,
            "writes": self.writes,
            "peak_tokens": self.peak,
            "question_types": {name: [*pair] for name, pair in sorted(self.question_types.items())},
        }
