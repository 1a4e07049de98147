"""Scores of the worlds track: pure functions of a trace.

Composite = .30 breadth + .25 maintenance + .25 reasoning + .20 efficiency. An axis without
questions is None, and its weight is divided among the others in proportion. Correct refusals are
reported separately.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.scoring.episode_scores import accuracies, accuracy
from memorygym.tracks.worlds.generator.gold import gold_of

WEIGHTS = {"breadth": 0.30, "maintenance": 0.25, "reasoning": 0.25, "efficiency": 0.20}


def score(trace: Trace, outcomes: Sequence[Outcome]) -> Score:
    """The composite and the axes of an episode."""
    plain = accuracies(trace, outcomes)
    answerable = [outcome for outcome in outcomes if outcome.goal.kind != "abstention"]
    weights = {question.event: question.weight for question in gold_of(trace).questions}
    breadth = _weighted([o for o in outcomes if o.goal.kind == "retrieval"], weights)
    axes: dict[str, float | None] = {
        "breadth": breadth,
        "maintenance": _maintenance(trace, outcomes, breadth),
        "reasoning": _by_question_type([o for o in outcomes if o.goal.kind == "reasoning"]),
        "efficiency": _efficiency(trace, plain, len(answerable)),
    }
    return replace(plain, composite=composite(axes), axes=axes)


def composite(axes: Mapping[str, float | None]) -> float:
    """The weighted mean of the axes that have a score."""
    scored = {name: value for name, value in axes.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in scored)
    return sum(WEIGHTS[name] * value for name, value in scored.items()) / weight if scored else 0.0


def _weighted(outcomes: Sequence[Outcome], weights: Mapping[int, int]) -> float | None:
    """The weighted accuracy; None without questions."""
    total = sum(weights[o.goal.event] for o in outcomes)
    return sum(weights[o.goal.event] for o in outcomes if o.correct) / total if total else None


def _maintenance(trace: Trace, outcomes: Sequence[Outcome], breadth: float | None) -> float | None:
    """Accuracy on changed facts × min(1, breadth / admitted).

    The factor keeps agents that store only corrections from scoring.
    """
    share = accuracy([o for o in outcomes if o.goal.kind == "update"])
    if share is None or breadth is None:
        return share
    return share * min(1.0, breadth / admitted(trace))


def admitted(trace: Trace) -> float:
    """The share of all reference records that the memory can hold, at most 1."""
    capacity = trace.budget.capacity
    return 1.0 if capacity is None else min(1.0, capacity / gold_of(trace).record_tokens)


def _by_question_type(outcomes: Sequence[Outcome]) -> float | None:
    """The mean of the accuracies of the question types; None without questions."""
    types = {o.goal.question_type for o in outcomes}
    if not types:
        return None
    shares = [
        accuracy([o for o in outcomes if o.goal.question_type == name]) or 0.0
        for name in sorted(types)
    ]
    return sum(shares) / len(shares)


def _efficiency(trace: Trace, plain: Score, answerable: int) -> float | None:
    """min(1, accuracy × (1.25 − used / 4)), where used is the larger share of writes or tokens."""
    if not answerable:
        return None
    budget = trace.budget
    used = max(plain.writes / (budget.writes or 1), plain.peak / (budget.capacity or 1))
    return min(1.0, plain.correct / answerable * (1.25 - min(1.0, used) / 4))
