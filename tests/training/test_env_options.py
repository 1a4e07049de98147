"""MemoryEnv's options: what makes no sense is refused, with the nearest name."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.training.env import MemoryEnv
from memorygym.training.rewards import ShapedReward

pytestmark = pytest.mark.gym


def lite(**options: Any) -> MemoryEnv:
    return MemoryEnv("worlds", template="company", tier="lite", **options)


@pytest.mark.parametrize(
    ("options", "problem"),
    [({"max_steps": 0}, "max_steps 0"), ({"malformed_penalty": float("nan")}, "at least 0"),
     ({"malformed_penalty": -1}, "at least 0"), ({"entities": 2.5}, "give a whole number")],
)  # fmt: skip
def test_an_option_that_makes_no_sense_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadSettings, match=problem):
        lite(**options)


def test_a_seed_among_the_options_is_a_whole_number_of_any_type() -> None:
    env = lite()
    for seed in ("3", 3.5, [3]):
        with pytest.raises(BadSettings, match="the option seed"):
            env.reset(options={"seed": seed})
    for seed in (-3, np.int64(3), 10**30):
        assert env.reset(options={"seed": seed})[1]["task"]["seed"] == seed


@pytest.mark.parametrize(
    ("options", "suggestion"),
    [
        ({"template": "compny"}, "did you mean company"),
        ({"tier": "lit"}, "did you mean lite"),
        ({"memory": "markdwn"}, "did you mean markdown"),
        ({"memmory": "bm25"}, "did you mean memory"),
        ({"reward": "scor"}, "did you mean score"),
        ({"reward": ShapedReward}, "no reward named .*; choose from memrm, score, shaped"),
        ({"observation": "views"}, "did you mean view"),
        ({"split": "tests"}, "did you mean test"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    options: Mapping[str, Any], suggestion: str
) -> None:
    with pytest.raises(UnknownPart, match=suggestion):
        MemoryEnv("worlds", **options)
