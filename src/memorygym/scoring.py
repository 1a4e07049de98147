"""Scores of the worlds track: pure functions of a trace.

Composite = .30 breadth + .25 maintenance + .25 reasoning + .20 efficiency; an axis that nothing was
asked about is None and its weight is shared pro rata. Abstention is reported apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorygym.core import JSON
from memorygym.grading import repairable
from memorygym.lens import Asked, lens, table
from memorygym.rulings import Ruling
from memorygym.trace import Answered, Judged, Stored, Trace
from memorygym.worlds.dealing.gold import Gold

WEIGHTS = {"breadth": 0.30, "maintenance": 0.25, "reasoning": 0.25, "efficiency": 0.20}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went."""

    question: Asked
    answer: str | None
    """None if no answer was given."""
    correct: bool
    reason: str
    repaired: bool = False
    """The grader rejected it and a judge accepted it."""


@dataclass(frozen=True, slots=True)
class Score:
    """What an episode is worth."""

    composite: float
    axes: Mapping[str, float | None]
    abstention: float | None
    accuracy: float
    """Over all questions, abstention included."""
    correct: int
    answerable: int
    writes: int
    peak: int
    """Most tokens held at any moment."""
    competencies: Mapping[str, tuple[int, int]]
    """Right and asked, by competency."""

    def to_json(self) -> dict[str, JSON]:
        """As results store it, rounded to six places."""
        axes = {name: None if x is None else round(x, 6) for name, x in self.axes.items()}
        return {
            "composite": round(self.composite, 6),
            **axes,
            "abstention": None if self.abstention is None else round(self.abstention, 6),
            "accuracy": round(self.accuracy, 6),
            "correct": self.correct,
            "answerable": self.answerable,
            "writes": self.writes,
            "peak_tokens": self.peak,
            "competencies": {name: list(pair) for name, pair in sorted(self.competencies.items())},
        }


def gold_of(trace: Trace) -> Gold:
    """The side table of a trace of worlds. Raises BadTrace without one."""
    gold = table(trace)
    assert isinstance(gold, Gold)
    return gold


def outcomes(trace: Trace) -> list[Outcome]:
    """Every question in order; one without an answer is wrong."""
    answers = {
        record.event: record.answer for record in trace.records if isinstance(record, Answered)
    }
    rulings = {
        record.event: record.ruling for record in trace.records if isinstance(record, Judged)
    }
    by, judged = lens(trace), []
    for question in by.questions:
        answer = answers.get(question.event)
        if answer is None:
            judged.append(Outcome(question, None, False, "no answer was submitted"))
            continue
        outcome = Outcome(question, answer, *by.grade(question, answer))
        judged.append(_repaired(outcome, rulings.get(question.event)))
    return judged


def _repaired(outcome: Outcome, ruling: Ruling | None) -> Outcome:
    """The outcome, right after all if a judge accepted what the grader may have misread."""
    if outcome.correct or ruling is None or not ruling.accepted or not may_repair(outcome):
        return outcome
    quote = next(vote.quote for vote in ruling.votes if vote.said == "yes")
    said = f"{outcome.reason}; accepted by the judge, {ruling.yes} of {ruling.ruled}: {quote!r}"
    return Outcome(outcome.question, outcome.answer, True, said, repaired=True)


def may_repair(outcome: Outcome) -> bool:
    """Whether the grader may have misread the answer that it rejected, so that a judge is asked."""
    question, answer = outcome.question, outcome.answer
    if outcome.correct or answer is None:
        return False
    return repairable(question.competency, question.truth, answer, question.rivals)


def score(trace: Trace) -> Score:
    """The axes of an episode."""
    judged = outcomes(trace)
    stored = [record for record in trace.records if isinstance(record, Stored)]
    writes = stored[-1].writes if stored else 0
    peak = max((record.tokens for record in stored), default=0)
    answerable = [outcome for outcome in judged if outcome.question.kind != "abstention"]
    right = sum(outcome.correct for outcome in answerable)
    weights = {question.event: question.weight for question in gold_of(trace).questions}
    breadth = _weighted([o for o in judged if o.question.kind == "retrieval"], weights)
    axes: dict[str, float | None] = {
        "breadth": breadth,
        "maintenance": _maintenance(trace, judged, breadth),
        "reasoning": _by_competency([o for o in judged if o.question.kind == "reasoning"]),
        "efficiency": _efficiency(trace, right, len(answerable), writes, peak),
    }
    tally: dict[str, tuple[int, int]] = {}
    for outcome in judged:
        good, asked = tally.get(outcome.question.competency, (0, 0))
        tally[outcome.question.competency] = (good + outcome.correct, asked + 1)
    return Score(
        composite(axes), axes, _accuracy([o for o in judged if o.question.kind == "abstention"]),
        _accuracy(judged) or 0.0, right, len(answerable), writes, peak, tally,
    )  # fmt: skip


def composite(axes: Mapping[str, float | None]) -> float:
    """The weighted mean of the axes that were asked about."""
    asked = {name: value for name, value in axes.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in asked)
    return sum(WEIGHTS[name] * value for name, value in asked.items()) / weight if asked else 0.0


def _accuracy(judged: Sequence[Outcome]) -> float | None:
    return sum(o.correct for o in judged) / len(judged) if judged else None


def _weighted(judged: Sequence[Outcome], weights: Mapping[int, int]) -> float | None:
    total = sum(weights[o.question.event] for o in judged)
    return sum(weights[o.question.event] for o in judged if o.correct) / total if total else None


def _maintenance(trace: Trace, judged: Sequence[Outcome], breadth: float | None) -> float | None:
    """Accuracy on changed facts × min(1, breadth / admitted): notices alone are worth nothing."""
    accuracy = _accuracy([o for o in judged if o.question.kind == "update"])
    if accuracy is None or breadth is None:
        return accuracy
    return accuracy * min(1.0, breadth / admitted(trace))


def admitted(trace: Trace) -> float:
    """The share of the world that the memory can hold as reference records, at most 1."""
    capacity = trace.budget.capacity
    return 1.0 if capacity is None else min(1.0, capacity / gold_of(trace).record_tokens)


def _by_competency(judged: Sequence[Outcome]) -> float | None:
    kinds = {o.question.competency for o in judged}
    if not kinds:
        return None
    shares = [
        _accuracy([o for o in judged if o.question.competency == kind]) or 0.0
        for kind in sorted(kinds)
    ]
    return sum(shares) / len(shares)


def _efficiency(trace: Trace, right: int, answerable: int, writes: int, peak: int) -> float | None:
    """min(1, share right × (1.25 − used / 4)), used = the larger share of writes and tokens."""
    if not answerable:
        return None
    budget = trace.budget
    used = max(writes / (budget.writes or 1), peak / (budget.capacity or 1))
    return min(1.0, right / answerable * (1.25 - min(1.0, used) / 4))
