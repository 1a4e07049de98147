"""Summaries: the figures of each agent over its tasks, with intervals, from the rows of results."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorygym.core.types import JSON
from memorygym.scoring.judge.agreement import Agreement
from memorygym.scoring.usage import Usage
from memorygym.stats import (
    FEWEST_TASKS,
    Estimate,
    Repeats,
    deviation,
    mde,
    mean_score,
    mean_share,
    same_tasks,
)

TaskKey = tuple[str, int]
"""Template and seed of a task."""
Row = Mapping[str, Any]
"""An episode as results store it. All figures come from rows, so they can be recomputed."""
LIKENESS = 0.5
"""The correlation of two agents on the same tasks that a detectable difference assumes."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of an agent over its tasks; repeats are averaged within a task first."""

    who: str
    """The agent, or for a comparison reasoner, system and budget."""
    track: str
    episodes: int
    tasks: int
    composite: Estimate
    axes: Mapping[str, Estimate | None]
    correct_refusals: Estimate | None
    accuracy: float
    deviation: float | None
    """Standard deviation of the composite between tasks; None for a single task."""
    questions: int
    """Of all tasks, each once; refusals included."""
    repaired: int
    judged: Agreement | None
    """Agreement of judge and grader; None without a judge."""
    repeats: Repeats | None
    usage: Mapping[str, Usage]
    causes: Mapping[str, int]
    scores: Mapping[TaskKey, Sequence[float]]
    """By task: the composite of each of its episodes."""

    @property
    def detectable(self) -> float | None:
        """The smallest detectable difference between two agents on these tasks, at least that of
        one question; None for too few tasks."""
        if self.deviation is None or self.tasks < FEWEST_TASKS:
            return None
        step = 1 / max(1, self.questions)
        return mde(self.deviation, self.tasks, same_tasks(LIKENESS), step=step)

    def bounds(self, failures: Collection[Row]) -> tuple[float, float] | None:
        """The composite if each failed episode had scored 0, and 1; None if none failed.

        `failures` may be those of all agents. A task that failed altogether counts as any other.
        """
        if not failures:
            return None
        lost = Counter(_task(row) for row in failures if row["who"] == self.who)
        tasks = sorted(self.scores.keys() | lost.keys())
        low = high = 0.0
        for task in tasks:
            scores = self.scores.get(task, ())
            repeats = len(scores) + lost[task]
            low += sum(scores) / repeats
            high += (sum(scores) + lost[task]) / repeats
        return (low / len(tasks), high / len(tasks)) if lost else None

    def to_json(self, failures: Collection[Row]) -> dict[str, JSON]:
        """As results store it; `failures` as for `bounds`."""
        bounds = self.bounds(failures)
        return {
            "tasks": self.tasks, "episodes": self.episodes,
            "composite": _interval(self.composite),
            "axes": {name: _interval(axis) for name, axis in self.axes.items()},
            "correct_refusals": _interval(self.correct_refusals),
            "accuracy": round(self.accuracy, 6),
            "deviation": _rounded(self.deviation), "detectable": _rounded(self.detectable),
            "bounds": bounds and [round(bound, 6) for bound in bounds], "repaired": self.repaired,
            "judge": self.judged.to_json() if self.judged else None,
            "repeats": _repeats_json(self.repeats) if self.repeats else None,
            "usage": {name: usage.to_json() for name, usage in self.usage.items()} or None,
        }  # fmt: skip

    def as_reference(self) -> dict[str, JSON]:
        """As results store it beside a model."""
        return {
            "agent": self.who,
            "composite": _interval(self.composite),
            "axes": {name: _interval(axis) for name, axis in self.axes.items()},
        }


def summaries(rows: Iterable[Row]) -> list[Summary]:
    """One for each agent, best composite first."""
    all_summaries = map(_summary, by_who(rows).values())
    return sorted(all_summaries, key=lambda summary: -summary.composite.mean)


def by_who(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each agent or system, in the order in which they come."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["who"], []).append(row)
    return groups


def _summary(rows: Sequence[Row]) -> Summary:
    scores = _each(rows, "composite")
    whole = _means(scores)
    axes = dict.fromkeys(axis for row in rows for axis in row["axes"])
    asked = {_task(row): len(row["right"]) for row in rows}
    # No axis says how many questions it rests on, so each counts as an equal part of them.
    parts = {task: max(1, count // max(1, len(axes))) for task, count in asked.items()}
    refusals = {_task(row): row["question_types"].get("abstention", (0, 1))[1] for row in rows}
    return Summary(
        who=rows[0]["who"],
        track=rows[0]["track"],
        episodes=len(rows),
        tasks=len(whole),
        composite=mean_score(*_by_task(whole, asked)),
        axes={axis: _estimate(mean_score, by_task(rows, "axes", axis), parts) for axis in axes},
        correct_refusals=_estimate(mean_share, by_task(rows, "correct_refusals"), refusals),
        accuracy=sum(row["accuracy"] for row in rows) / len(rows),
        deviation=deviation(list(whole.values())) if len(whole) > 1 else None,
        questions=sum(asked.values()),
        repaired=sum(row["repaired"] for row in rows),
        judged=_judged(rows),
        repeats=_repeats(rows),
        usage=_usage(rows),
        causes=sum((Counter(row["causes"]) for row in rows), Counter[str]()),
        scores=scores,
    )


def by_task(rows: Iterable[Row], figure: str, part: str = "") -> dict[TaskKey, float]:
    """A figure, or a part of it, for each task: the mean over repeats. Tasks without it are left
    out."""
    return _means(_each(rows, figure, part))


def _each(rows: Iterable[Row], figure: str, part: str = "") -> dict[TaskKey, list[float]]:
    """The values of a figure, by task, one for each repeat that has it."""
    values: dict[TaskKey, list[float]] = {}
    for row in rows:
        value = row[figure].get(part) if part else row[figure]
        if value is not None:
            values.setdefault(_task(row), []).append(value)
    return values


def _means(scores: Mapping[TaskKey, Sequence[float]]) -> dict[TaskKey, float]:
    return {task: sum(values) / len(values) for task, values in scores.items()}


def _task(row: Row) -> TaskKey:
    return row["template"], row["seed"]


def _by_task(
    means: Mapping[TaskKey, float], trials: Mapping[TaskKey, int]
) -> tuple[list[float], list[int]]:
    """The means, and the number of questions that each rests on."""
    return list(means.values()), [max(1, trials[task]) for task in means]


def _estimate(
    interval: Callable[[list[float], list[int]], Estimate],
    means: Mapping[TaskKey, float],
    trials: Mapping[TaskKey, int],
) -> Estimate | None:
    return interval(*_by_task(means, trials)) if means else None


def _judged(rows: Sequence[Row]) -> Agreement | None:
    tables = [row["judge"] for row in rows if row["judge"]]
    if not tables:
        return None
    return Agreement(**{name: sum(table[name] for table in tables) for name in tables[0]})


def _repeats(rows: Sequence[Row]) -> Repeats | None:
    """The repeats of each question; None if no task was repeated."""
    tasks: dict[TaskKey, list[tuple[bool, ...]]] = {}
    for row in rows:
        tasks.setdefault(_task(row), []).append(tuple(map(bool, row["right"])))
    most = max(len(group) for group in tasks.values())
    if most < 2:
        return None
    # A task with a failed episode has fewer repeats, and would lower k for all.
    whole = [group for group in tasks.values() if len(group) == most]
    return Repeats([list(zip(*group, strict=True)) for group in whole])


def _repeats_json(repeats: Repeats) -> dict[str, JSON]:
    k, (between, within) = repeats.fewest, repeats.sources() or (None, None)
    return {
        "k": k,
        "pass@1": _interval(repeats.pass_at(1)),
        "pass@k": _interval(repeats.pass_at(k)),
        "pass^k": _interval(repeats.pass_all(k)),
        "between": _rounded(between),
        "within": _rounded(within),
    }


def _usage(rows: Sequence[Row]) -> dict[str, Usage]:
    total: dict[str, Usage] = {}
    for row in rows:
        for name, figures in (row["usage"] or {}).items():
            total[name] = total.get(name, Usage(0, 0, 0, 0)) + Usage(**figures)
    return total


def _interval(interval: Estimate | None) -> JSON:
    return dict(interval.to_json()) if interval else None


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 6)
