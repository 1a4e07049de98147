"""Scores of the worlds track: pure functions of a trace.

Composite = .30 breadth + .25 maintenance + .25 reasoning + .20 efficiency. An axis without
questions is None, and its weight is divided among the others in proportion. Correct refusals are
reported separately.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.core.track import gold_table
from memorygym.scoring import episode_scores
from memorygym.scoring.episode_scores import accuracy
from memorygym.tracks.worlds.generator.gold import WorldsGold

WEIGHTS = {"breadth": 0.30, "maintenance": 0.25, "reasoning": 0.25, "efficiency": 0.20}


def gold_of(trace: Trace) -> WorldsGold:
    """The gold table of a trace of worlds. Raises BadTrace if the trace has none."""
    gold = gold_table(trace)
    assert isinstance(gold, WorldsGold)
    return gold


def score(trace: Trace) -> Score:
    """The composite and the axes of an episode."""
    outcomes = episode_scores.outcomes(trace)
    plain = episode_scores.accuracies(trace, outcomes)
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


ROUNDING = 2e-6
"""Tolerance for figures that are computed from figures rounded to six places."""
OF_A_KIND = ("retrieval", "update", "abstention")
"""Kinds of questions that have one question type each; all other types are of reasoning."""


def problems(row: Mapping[str, Any]) -> Iterator[str]:
    """The axes that do not follow from the tallies of the question types, as sentences."""
    bounds = _bounds(row["question_types"])
    for name in WEIGHTS:
        value, (low, high) = row["axes"].get(name), bounds.get(name, (None, None))
        if value is None or low is None or high is None:
            within = value is low
        else:
            within = low - ROUNDING <= value <= high + ROUNDING
        if not within:
            expected = _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"
            yield f"axes.{name}: {value}, but {expected} by question_types"


def _bounds(tallies: Mapping[str, Sequence[int]]) -> dict[str, tuple[float, float]]:
    """By axis with questions: the lowest and the highest score that the tallies allow.

    The exact scores also depend on weights (breadth), on breadth (maintenance) and on the used
    budget (efficiency).

    >>> _bounds({"retrieval": (1, 2), "update": (1, 4)})["breadth"]
    (0.25, 0.75)
    """
    asked = {name: tally for name, tally in tallies.items() if tally[1]}
    bounds = {}
    if retrieval := asked.get("retrieval"):
        right, wrong = retrieval[0], retrieval[1] - retrieval[0]
        # The weight of a question is 1, 2 or 3.
        bounds["breadth"] = (right / (right + 3 * wrong), 3 * right / (3 * right + wrong))
    if update := asked.get("update"):
        bounds["maintenance"] = (0.0, update[0] / update[1])
    if reasoning := [right / n for name, (right, n) in asked.items() if name not in OF_A_KIND]:
        bounds["reasoning"] = (sum(reasoning) / len(reasoning),) * 2
    if answerable := [tally for name, tally in asked.items() if name != "abstention"]:
        share = sum(right for right, _ in answerable) / sum(n for _, n in answerable)
        bounds["efficiency"] = (share, min(1.0, 1.25 * share))
    return bounds


def _figure(value: float | None) -> str:
    return "null" if value is None else f"{value:.6f}"
