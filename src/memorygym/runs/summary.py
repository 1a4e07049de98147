"""Summaries: the figures of each agent or system over its tasks, with intervals, from results."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass

from memorygym import stats
from memorygym.runs.comparison.significance import Interval, TaskKey, share
from memorygym.runs.episode_result import Failure, Result
from memorygym.scoring.agreement import Agreement
from memorygym.scoring.usage import Usage
from memorygym.stats import FEWEST_TASKS, Estimate, Repeats, deviation, mean_score, mean_share

Value = Callable[[Result], float | None]
"""A figure of an episode; None if it has none."""
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
    score: str
    """What the composite is called: in a comparison it is plain accuracy."""
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
        return stats.mde(self.deviation, self.tasks, stats.same_tasks(LIKENESS), step=step)

    @property
    def composites(self) -> dict[TaskKey, float]:
        """By task: the composite, the mean over its repeats."""
        return _means(self.scores)

    def bounds(self, failures: Collection[Failure]) -> tuple[float, float] | None:
        """The composite if each failed episode had scored 0, and 1; None if none failed.

        `failures` may be those of all agents. A task that failed altogether counts as any other.
        """
        lost = Counter(failure.place.task for failure in failures if failure.place.who == self.who)
        if not lost:
            return None
        tasks = sorted(self.scores.keys() | lost.keys())
        low = high = 0.0
        for task in tasks:
            scores = self.scores.get(task, ())
            repeats = len(scores) + lost[task]
            low += sum(scores) / repeats
            high += (sum(scores) + lost[task]) / repeats
        return low / len(tasks), high / len(tasks)


def summaries(results: Iterable[Result]) -> list[Summary]:
    """One for each agent, best composite first."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.place.who, []).append(result)
    return sorted(map(_summary, groups.values()), key=lambda summary: -summary.composite.mean)


def _summary(results: Sequence[Result]) -> Summary:
    scores = _each(results, lambda result: result.score.composite)
    axes = dict.fromkeys(axis for result in results for axis in result.score.axes)
    asked = {result.place.task: len(result.right) for result in results}
    # No axis says how many questions it rests on, so each counts as an equal part of them.
    parts = {task: count // max(1, len(axes)) for task, count in asked.items()}
    refusals = {r.place.task: r.score.question_types.get("abstention", (0, 1))[1] for r in results}

    def axis_of(name: str) -> Value:
        return lambda result: result.score.axes.get(name)

    def estimate(
        value: Value, trials: Mapping[TaskKey, int], interval: Interval = mean_score
    ) -> Estimate | None:
        at_least_one = {task: max(1, count) for task, count in trials.items()}
        return share(_means(_each(results, value)), at_least_one, interval)

    composite = estimate(lambda result: result.score.composite, asked)
    assert composite
    return Summary(
        who=results[0].place.who,
        track=results[0].place.track,
        episodes=len(results),
        tasks=len(scores),
        score="accuracy" if results[0].place.compared else "composite",
        composite=composite,
        axes={axis: estimate(axis_of(axis), parts) for axis in axes},
        correct_refusals=estimate(lambda r: r.score.correct_refusals, refusals, mean_share),
        accuracy=sum(result.score.accuracy for result in results) / len(results),
        deviation=deviation([*_means(scores).values()]) if len(scores) > 1 else None,
        questions=sum(asked.values()),
        repaired=sum(result.repaired for result in results),
        judged=_judged([result.judged for result in results if result.judged]),
        repeats=_repeats(results),
        usage=_usage(results),
        causes=sum((Counter(result.causes) for result in results), Counter[str]()),
        scores=scores,
    )


def _each(results: Iterable[Result], value: Value) -> dict[TaskKey, list[float]]:
    """The values of a figure, by task, one for each repeat that has it."""
    values: dict[TaskKey, list[float]] = {}
    for result in results:
        if (figure := value(result)) is not None:
            values.setdefault(result.place.task, []).append(figure)
    return values


def _means(scores: Mapping[TaskKey, Sequence[float]]) -> dict[TaskKey, float]:
    return {task: sum(values) / len(values) for task, values in scores.items()}


def _judged(tables: Sequence[Agreement]) -> Agreement | None:
    return Agreement(*map(sum, zip(*map(astuple, tables), strict=True))) if tables else None


def _repeats(results: Sequence[Result]) -> Repeats | None:
    """The repeats of each question; None if no task was repeated."""
    tasks: dict[TaskKey, list[tuple[bool, ...]]] = {}
    for result in results:
        tasks.setdefault(result.place.task, []).append(result.right)
    most = max(len(group) for group in tasks.values())
    if most < 2:
        return None
    # A task with a failed episode has fewer repeats, and would lower k for all.
    whole = [group for group in tasks.values() if len(group) == most]
    return Repeats([list(zip(*group, strict=True)) for group in whole])


def _usage(results: Sequence[Result]) -> dict[str, Usage]:
    total: dict[str, Usage] = {}
    for result in results:
        for name, usage in result.usage.items():
            total[name] = total.get(name, Usage(0, 0, 0, 0)) + usage
    return total
