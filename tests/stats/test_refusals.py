"""What has no mean, no share, no rank or no power is refused with its reason."""

from collections.abc import Callable
from functools import partial

import pytest

from memorygym.stats import (
    Repeats,
    clustered_share,
    deviation,
    estimate,
    kendall,
    kendall_apart,
    mde,
    mean_share,
    paired,
    same_tasks,
    sign_flips,
    tasks_needed,
    unpaired,
    wilson,
)  # fmt: skip
from memorygym.stats.intervals import t_point

X, Y = {"x": {0: 1.0}}, {"x": {1: 1.0}, "y": {1: 2.0}}


@pytest.mark.parametrize(
    ("impossible", "reason"),
    [
        (partial(paired, {1: 0.5}, {2: 0.5}), "no task was played by both"),
        (partial(unpaired, [], [0.5]), "0 tasks and 1"),
        (partial(sign_flips, {"a": {0: 0.1, 1: 0.2}, "b": {0: 0.5}}, "test"), "of the same tasks"),
        (partial(estimate, []), "no values to estimate from"),
        (partial(kendall, X, Y, "test"), "1 systems in both"),
        (partial(kendall_apart, X, Y, "test"), "1 systems in both"),
        (partial(kendall, {**X, "y": {0: 1.0}}, Y, "test"), "no task has a score"),
        *((partial(same_tasks, r), "is not a correlation") for r in (-1.1, 1.1, float("nan"))),
        (partial(tasks_needed, 0, 1.0), "above 0"),
        (partial(tasks_needed, 1e-6, 1.0), "more than 1,000,000,000 tasks"),
        *((partial(mde, 1.0, 10, power=power), "power") for power in (0.4, 1.0)),
        *((partial(Repeats([[(True, True)]]).pass_at, k), f"k = {k}: give one from 1 to 2")
          for k in (0, 3)),
        *((partial(Repeats, [[(True,)], task]), "task 1")
          for task in ([], [()], [(True,), (True, False)])),
        *((partial(wilson, *counts), "is not a share") for counts in ((0, 0), (3, 2), (-1, 2))),
        (partial(clustered_share, [()]), "no trials"),
        (partial(mean_share, [], []), "no values"),
        (partial(deviation, [0.5]), "1 values"),
        *((partial(t_point, *of), "no t quantile") for of in ((0, 9), (1, 9), (0.025, 0))),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused(impossible: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        impossible()
