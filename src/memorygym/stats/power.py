"""Statistical power: the smallest detectable difference for a number of tasks, and the reverse."""

from dataclasses import dataclass
from math import sqrt

from memorygym.stats.intervals import ALPHA, FEWEST_TASKS, t_point

POWER = 0.8
"""The probability with which a true difference is to be detected."""
MAX_TASKS = 10**9
"""The number of tasks beyond which `tasks_needed` gives up."""


@dataclass(frozen=True, slots=True)
class Design:
    """The design of a comparison: what an agent is compared with."""

    variance: float
    """Variance of the difference on one task, as a multiple of that of one task's score."""
    groups: int
    """Number of task sets that are played, all of one size."""


FIGURE = Design(1.0, 1)
"""Against a fixed figure, such as one from a paper; also for differences of known deviation."""
SEPARATE = Design(2.0, 2)
"""Against another agent on other tasks."""


def same_tasks(r: float) -> Design:
    """Against another agent on the same tasks, where their scores have correlation r.

    The variance of the difference is 2 − 2r. Raises ValueError unless -1 ≤ r ≤ 1.
    """
    if not -1 <= r <= 1:
        raise ValueError(f"{r} is not a correlation: give one from -1 to 1")
    return Design(2 - 2 * r, 1)


def mde(
    sd: float, tasks: int, design: Design = FIGURE, power: float = POWER, *, step: float = 0.0
) -> float:
    """The minimum detectable effect: the smallest true difference that a two-sided t test finds
    with probability `power`, on `tasks` tasks in each set of the design.

    (t(1 − α/2) + t(power)) × standard error (Bloom 1995, Minimum detectable effects, Evaluation
    Review 19). `sd` is the standard deviation of one agent's scores between tasks. The standard
    error is at least `step`, the smallest difference that the data can show: 1 / n of n questions.

    >>> round(mde(0.5, 100), 4), round(mde(0.5, 100, SEPARATE), 4)
    (0.1415, 0.1991)
    """
    if not 0.5 <= power < 1:
        raise ValueError(f"power {power}: give one from 0.5 to below 1")
    df = design.groups * (tasks - 1)
    factor = t_point(ALPHA / 2, df) + t_point(1 - power, df)
    return factor * max(step, sd * sqrt(design.variance / tasks))


def tasks_needed(delta: float, sd: float, design: Design = FIGURE, power: float = POWER) -> int:
    """The smallest number of tasks, in each set of the design, that detects a difference of delta:
    at least FEWEST_TASKS, since fewer are not tested.

    Raises ValueError for a delta that is not positive or needs more than MAX_TASKS tasks.

    >>> tasks_needed(0.5, 1.0), tasks_needed(0.5, 1.0, SEPARATE)
    (34, 64)
    """
    if not delta > 0:
        raise ValueError(f"a difference of {delta} needs no tasks: give one above 0")
    low, high = FEWEST_TASKS - 1, FEWEST_TASKS
    while mde(sd, high, design, power) > delta:
        low, high = high, 2 * high
        if high > MAX_TASKS:
            raise ValueError(f"a difference of {delta} needs more than {MAX_TASKS:,} tasks")
    while high - low > 1:
        middle = (low + high) // 2
        detected = mde(sd, middle, design, power) <= delta
        low, high = (low, middle) if detected else (middle, high)
    return high
