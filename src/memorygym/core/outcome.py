"""What a task asks for, how each of these went, and what an episode is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from memorygym.core.types import JSON


class Goal(Protocol):
    """What a task asks for at one event: a question to answer, a sub-task to do."""

    @property
    def event(self) -> int:
        """The event at which it is due, from 0."""

    @property
    def kind(self) -> str:
        """How results group it; `abstention` if the right answer is to refuse."""

    @property
    def question_type(self) -> str:
        """How it is graded, and a finer group than `kind`."""

    @property
    def text(self) -> str: ...
    @property
    def truth(self) -> str: ...
    @property
    def rivals(self) -> tuple[str, ...]:
        """Wrong candidates that it names."""

    @property
    def needs(self) -> Sequence[Any]:
        """The facts that it rests on, in the track's own terms."""


@dataclass(frozen=True, slots=True)
class SubTask:
    """A Goal of a track that acts: an order to place, a record to change."""

    event: int
    kind: str
    text: str
    """What is to be done, as people read it."""
    truth: str = ""
    """What is right, as people read it."""
    needs: tuple[Any, ...] = ()
    """The facts that it rests on: of a track that reads statements, Statements."""
    question_type: str = ""
    """Its kind, unless it is given."""
    rivals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "question_type", self.question_type or self.kind)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one goal went. Raises ValueError for a score beyond 0 to 1."""

    goal: Goal
    score: float
    """From 0 to 1; 1 is success."""
    reason: str
    """Why, in a short sentence."""
    answer: str | None = None
    """What was answered or done, as people read it; None if that was a fault of form: a question
    without an answer, an event that the referee ended."""
    repaired: bool = False
    """The grader rejected the answer and a judge accepted it."""

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError(f"the score of an outcome is {self.score}, not from 0 to 1")

    @property
    def correct(self) -> bool:
        """Whether the goal was reached in full."""
        return self.score == 1


@dataclass(frozen=True, slots=True)
class Score:
    """What an episode is worth."""

    composite: float
    """The track's headline, from 0 to 1."""
    axes: Mapping[str, float | None]
    """The named parts of the headline; None where nothing was asked."""
    correct_refusals: float | None
    """Share of the goals that ask for a refusal which were refused; None without any."""
    accuracy: float
    """Mean score over all goals, questions that ask for a refusal included."""
    correct: int
    """Goals reached in full, without those that ask for a refusal."""
    answerable: int
    """Goals, without those that ask for a refusal."""
    writes: int
    """Paid memory calls."""
    peak: int
    """Most tokens held at any moment."""
    question_types: Mapping[str, tuple[int, int]]
    """Right and asked, by competency."""

    def to_json(self) -> dict[str, JSON]:
        """As results store it, rounded to six places."""
        axes = {name: None if x is None else round(x, 6) for name, x in self.axes.items()}
        return {
            "composite": round(self.composite, 6),
            "axes": axes,
            "correct_refusals": None
            if self.correct_refusals is None
            else round(self.correct_refusals, 6),
            "accuracy": round(self.accuracy, 6),
            "correct": self.correct,
            "answerable": self.answerable,
            "writes": self.writes,
            "peak_tokens": self.peak,
            "question_types": {
                name: list(pair) for name, pair in sorted(self.question_types.items())
            },
        }
