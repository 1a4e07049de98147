"""Scores of the worlds track: pure functions of a trace.

Composite = .30 breadth + .25 maintenance + .25 reasoning + .20 efficiency; an axis that nothing was
asked about is None and its weight is shared pro rata. Abstention is reported apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.core.track import gold_table
from memorygym.scoring import episode_scores
from memorygym.scoring.episode_scores import accuracy
from memorygym.tracks.worlds.generator.gold import WorldGold

WEIGHTS = {"breadth": 0.30, "maintenance": 0.25, "reasoning": 0.25, "efficiency": 0.20}


def gold_of(trace: Trace) -> WorldGold:
    """The side table of a trace of worlds. Raises BadTrace without one."""
    gold = gold_table(trace)
    assert isinstance(gold, WorldGold)
    return gold


def score(trace: Trace) -> Score:
    """The axes of an episode."""
    judged = episode_scores.outcomes(trace)
    plain = episode_scores.accuracies(trace, judged)
    answerable = [outcome for outcome in judged if outcome.goal.kind != "abstention"]
    weights = {question.event: question.weight for question in gold_of(trace).questions}
    breadth = _weighted([o for o in judged if o.goal.kind == "retrieval"], weights)
    axes: dict[str, float | None] = {
        "breadth": breadth,
        "maintenance": _maintenance(trace, judged, breadth),
        "reasoning": _by_competency([o for o in judged if o.goal.kind == "reasoning"]),
        "efficiency": _efficiency(trace, plain, len(answerable)),
    }
    return replace(plain, composite=composite(axes), axes=axes)


def composite(axes: Mapping[str, float | None]) -> float:
    """The weighted mean of the axes that were asked about."""
    asked = {name: value for name, value in axes.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in asked)
    return sum(WEIGHTS[name] * value for name, value in asked.items()) / weight if asked else 0.0


def _weighted(judged: Sequence[Outcome], weights: Mapping[int, int]) -> float | None:
    total = sum(weights[o.goal.event] for o in judged)
    return sum(weights[o.goal.event] for o in judged if o.correct) / total if total else None


def _maintenance(trace: Trace, judged: Sequence[Outcome], breadth: float | None) -> float | None:
    """Accuracy on changed facts × min(1, breadth / admitted): notices alone are worth nothing."""
    share = accuracy([o for o in judged if o.goal.kind == "update"])
    if share is None or breadth is None:
        return share
    return share * min(1.0, breadth / admitted(trace))


def admitted(trace: Trace) -> float:
    """The share of the world that the memory can hold as reference records, at most 1."""
    capacity = trace.budget.capacity
    return 1.0 if capacity is None else min(1.0, capacity / gold_of(trace).record_tokens)


def _by_competency(judged: Sequence[Outcome]) -> float | None:
    kinds = {o.goal.question_type for o in judged}
    if not kinds:
        return None
    shares = [
        accuracy([o for o in judged if o.goal.question_type == kind]) or 0.0
        for kind in sorted(kinds)
    ]
    return sum(shares) / len(shares)


def _efficiency(trace: Trace, plain: Score, answerable: int) -> float | None:
    """min(1, share right × (1.25 − used / 4)), used = the larger share of writes and tokens."""
    if not answerable:
        return None
    budget = trace.budget
    used = max(plain.writes / (budget.writes or 1), plain.peak / (budget.capacity or 1))
    return min(1.0, plain.correct / answerable * (1.25 - min(1.0, used) / 4))


ROUNDING = 2e-6
"""Figures are stored to six places: what is computed from rounded ones may differ by this."""
OF_A_KIND = ("retrieval", "update", "abstention")
"""Kinds of questions that are one competency each; all other competencies are of reasoning."""


def problems(row: Mapping[str, Any]) -> Iterator[str]:
    """Whether the axes can be those of the competencies; what is not asked about has none."""
    bounds = _bounds(row["competencies"])
    for name in WEIGHTS:
        value, (low, high) = row["axes"].get(name), bounds.get(name, (None, None))
        if value is None or low is None or high is None:
            within = value is low
        else:
            within = low - ROUNDING <= value <= high + ROUNDING
        if not within:
            told = _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"
            yield f"axes.{name}: {value}, but {told} by competencies"


def _bounds(tallies: Mapping[str, Sequence[int]]) -> dict[str, tuple[float, float]]:
    """The least and the most of every axis that was asked about.

    Beyond the tallies, breadth depends on weights, maintenance on breadth, efficiency on writes.

    >>> _bounds({"retrieval": (1, 2), "update": (1, 4)})["breadth"]
    (0.25, 0.75)
    """
    asked = {name: tally for name, tally in tallies.items() if tally[1]}
    found = {}
    if retrieval := asked.get("retrieval"):
        good, wrong = retrieval[0], retrieval[1] - retrieval[0]
        # Questions weigh 1 to 3.
        found["breadth"] = (good / (good + 3 * wrong), 3 * good / (3 * good + wrong))
    if update := asked.get("update"):
        found["maintenance"] = (0.0, update[0] / update[1])
    if reasoning := [good / of for name, (good, of) in asked.items() if name not in OF_A_KIND]:
        found["reasoning"] = (sum(reasoning) / len(reasoning),) * 2
    if answerable := [tally for name, tally in asked.items() if name != "abstention"]:
        share = sum(good for good, _ in answerable) / sum(of for _, of in answerable)
        found["efficiency"] = (share, min(1.0, 1.25 * share))
    return found


def _figure(value: float | None) -> str:
    return "null" if value is None else f"{value:.6f}"
