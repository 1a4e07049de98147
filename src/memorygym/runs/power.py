"""How many tasks a difference needs, from the variance of a run's own scores or a given one."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from memorygym import stats
from memorygym.runs.summary import LIKENESS, Summary


class SampleSize(NamedTuple):
    """What a comparison of two agents or systems needs, in points."""

    compared: str
    deviation: float
    """Standard deviation between tasks, of their differences or of the scores of one of them."""
    tasks: int
    """Those that it was measured on; 0 if it was given."""
    detectable: float | None
    """The smallest difference that these tasks show; None for fewer than five."""
    needed: int
    """The tasks that the difference needs; of each agent, if they play other tasks."""


def sample_sizes(
    systems: list[Summary], delta: float, power: float, sd: float | None
) -> Iterator[SampleSize]:
    """One for each two neighbours of a table; for one agent, or a given deviation, one for another
    agent on the same tasks and one for another on other tasks.

    Raises ValueError if no task can show the difference, or there are too few to measure.
    """

    def size(name: str, values: list[float], design: stats.Design = stats.FIGURE) -> SampleSize:
        spread, tasks = stats.deviation(values) if sd is None else sd, len(values)
        enough = tasks >= stats.FEWEST_TASKS
        detectable = stats.mde(spread, tasks, design, power) if enough else None
        return SampleSize(
            name, spread, tasks, detectable, stats.tasks_needed(delta, spread, design, power)
        )

    points = [{task: 100 * score for task, score in s.composites.items()} for s in systems]
    for (one, a), (other, b) in pairwise(zip(systems, points, strict=True)):
        yield size(f"{one.who}, {other.who}", [a[task] - b[task] for task in a if task in b])
    if len(systems) < 2:
        own = [*points[0].values()] if points else []
        yield size(f"same tasks, r = {LIKENESS:g}", own, stats.same_tasks(LIKENESS))
        yield size("each on its own tasks", own, stats.SEPARATE)
