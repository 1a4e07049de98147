"""Structured environments: seeds, settings, and actions of every form."""

from typing import Any

import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.training.structured_env import MemoryVecEnv, StructuredEnv

pytestmark = pytest.mark.gym


def test_a_seed_chooses_the_task_also_after_another_seed() -> None:
    def task_of(env: StructuredEnv, seed: int) -> str:
        env.reset(seed=seed)
        ended = False
        while not ended:
            ended = env.step(0)[2]
        return env.trace.task

    parameters = {"tier": "lite", "entities": 4, "questions": 2, "corrections": 1}
    env = StructuredEnv(parameters=parameters)
    tasks = [task_of(env, seed) for seed in (1, 2, 1)]
    assert tasks == [task_of(StructuredEnv(parameters=parameters), seed) for seed in (1, 2, 1)]
    assert tasks[0] != tasks[1]


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ([1], "operations of the shape"),
        (5, "integers, 0 to 4"),
        (-1, "integers, 0 to 4"),
        (1.9, "integers, 0 to 4"),
        (np.nan, "integers, 0 to 4"),
        ("1", "integers, 0 to 4"),
        (None, "integers, 0 to 4"),
        ({"operation": 1}, "integers, 0 to 4"),
    ],
)
def test_an_action_of_another_form_is_refused(action: Any, problem: str) -> None:
    env = StructuredEnv(parameters={"tier": "lite"})
    env.reset(seed=0)
    with pytest.raises(BadSettings, match=problem):
        env.step(action)
    many = MemoryVecEnv(2, parameters={"tier": "lite"})
    many.reset(seed=0)
    with pytest.raises(BadSettings, match=problem):
        many.step([action, action])
    with pytest.raises(BadSettings, match=r"operations of the shape \(1,\): give \(2,\)"):
        many.step([1])  # It would be stretched to all environments.
    env.step(np.int8(1))


def test_many_environments_need_a_reset_and_take_any_integer_as_seed() -> None:
    env = MemoryVecEnv(2, parameters={"tier": "lite"})
    with pytest.raises(ResetNeeded, match=r"call reset\(\)"):
        env.step(env.action_space.sample())
    plain = env.reset(seed=3)[0]
    for seed in (np.int64(3), [3, 4]):
        np.testing.assert_array_equal(env.reset(seed=seed)[0], plain)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"num_envs": 10, "group": 4}, "10 environments cannot be"),
        ({"num_envs": 4, "group": 0}, "4 environments cannot be"),
        ({"track": "research"}, "no structured decisions"),
        ({"split": "tset"}, "did you mean test"),
        ({"parameters": {"template": "compny"}}, "did you mean company"),
    ],
)
def test_wrong_settings_are_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(MemoryGymError, match=problem):
        MemoryVecEnv(**options)
    options.pop("num_envs", 0)
    if options.keys() - {"group"}:
        with pytest.raises(MemoryGymError, match=problem):
            StructuredEnv(**options)
