"""Scores of the worlds track: pure functions of a trace.

Composite = .30 breadth + .25 maintenance + .25 reasoning + .20 efficiency. An axis without
questions is None, and its weight is divided among the others in proportion. Correct refusals are
reported separately.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.scoring.episode_scores import accuracies
from memorygym.tracks.worlds.generator.gold import gold_of
from memorygym.tracks.worlds.generator.tiers import MIX

WEIGHTS = {"breadth": 0.30, "maintenance": 0.25, "reasoning": 0.25, "efficiency": 0.20}


def score(trace: Trace, outcomes: Sequence[Outcome]) -> Score:
    """The composite and the axes of an episode."""
    plain = accuracies(trace, outcomes)
    breadth = _breadth(trace, outcomes)
    axes: dict[str, float | None] = {
        "breadth": breadth,
        "maintenance": _maintenance(trace, plain, breadth),
        "reasoning": _reasoning(plain),
        "efficiency": _efficiency(trace, plain),
    }
    return replace(plain, composite=composite(axes), axes=axes)


def composite(axes: Mapping[str, float | None]) -> float:
    """The weighted mean of the axes that have a score."""
    scored = {name: value for name, value in axes.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in scored)
    return sum(WEIGHTS[name] * value for name, value in scored.items()) / weight if scored else 0.0


def _breadth(trace: Trace, outcomes: Sequence[Outcome]) -> float | None:
    """The accuracy on unchanged facts, weighted by importance; None without questions."""
    weights = {question.event: question.weight for question in gold_of(trace).questions}
    asked = [outcome for outcome in outcomes if outcome.goal.kind == "retrieval"]
    total = sum(weights[o.goal.event] for o in asked)
    return sum(weights[o.goal.event] for o in asked if o.correct) / total if total else None


def _maintenance(trace: Trace, plain: Score, breadth: float | None) -> float | None:
    """Accuracy on changed facts × min(1, breadth / admitted).

    The factor keeps agents that store only corrections from scoring.
    """
    share = plain.axes.get("update")
    if share is None or breadth is None:
        return share
    return share * min(1.0, breadth / admitted(trace))


def admitted(trace: Trace) -> float:
    """The share of all reference records that the memory can hold, at most 1."""
    capacity = trace.budget.capacity
    return 1.0 if capacity is None else min(1.0, capacity / gold_of(trace).record_tokens)


def _reasoning(plain: Score) -> float | None:
    """The mean of the accuracies of the question types; None without questions."""
    tallies = sorted(plain.question_types.items())
    shares = [correct / asked for name, (correct, asked) in tallies if name not in MIX]
    return sum(shares) / len(shares) if shares else None


def _efficiency(trace: Trace, plain: Score) -> float | None:
    """min(1, accuracy × (1.25 − used / 4)), where used is the larger share of writes or tokens."""
    if not plain.answerable:
        return None
    budget = trace.budget
    used = max(plain.writes / (budget.writes or 1), plain.peak / (budget.capacity or 1))
    return min(1.0, plain.correct / plain.answerable * (1.25 - min(1.0, used) / 4))
