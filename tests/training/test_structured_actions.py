"""Structured environments: seeds, settings, and actions of every form."""

from typing import Any

import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.training.structured_env import StructuredEnv
from memorygym.training.vec_env import MemoryVecEnv

pytestmark = pytest.mark.gym


def test_a_seed_chooses_the_task_also_after_another_seed() -> None:
    def task_of(env: StructuredEnv, seed: int) -> str:
        env.reset(seed=seed)
        ended = False
        while not ended:
            ended = env.step({"operation": 0, "items": np.zeros(26, int)})[2]
        return env.trace.task

    parameters = {"tier": "lite", "entities": 4, "questions": 2, "corrections": 1}
    env = StructuredEnv(parameters=parameters)
    tasks = [task_of(env, seed) for seed in (1, 2, 1)]
    assert tasks == [task_of(StructuredEnv(parameters=parameters), seed) for seed in (1, 2, 1)]
    assert tasks[0] != tasks[1]


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ({"operation": 1, "items": [1]}, "items of "),  # It would be stretched to all items.
        ({"operation": 1, "items": 1}, "items of "),
        ({"operation": [1], "items": np.ones(26)}, "operations of the shape"),
        ({"operation": 5, "items": np.ones(26)}, "integers, 0 to 4"),
        ({"operation": -1, "items": np.ones(26)}, "integers, 0 to 4"),
        ({"operation": 1.9, "items": np.ones(26)}, "integers, 0 to 4"),
        ({"operation": "1", "items": np.ones(26)}, "integers, 0 to 4"),
        ({"operation": 1, "items": np.full(26, np.nan)}, "give 1 for each"),
        ({"operation": 1, "items": np.full(26, -2.5)}, "give 1 for each"),  # Logits.
        ({"operation": 1, "items": None}, "items of "),
        ({"operation": 1}, "an action is"),
        (1, "an action is"),
    ],
)
def test_an_action_of_another_form_is_refused(action: Any, problem: str) -> None:
    env = StructuredEnv(parameters={"tier": "lite"})
    env.reset(seed=0)
    with pytest.raises(BadSettings, match=problem):
        env.step(action)
    many = MemoryVecEnv(2, parameters={"tier": "lite"})
    many.reset(seed=0)
    if isinstance(action, dict):
        action = {name: np.array([value, value]) for name, value in action.items()}
    with pytest.raises(BadSettings, match=problem):
        many.step(action)
    env.step({"operation": np.int8(1), "items": [True] * 26})


def test_many_environments_need_a_reset_and_take_any_integer_as_seed() -> None:
    env = MemoryVecEnv(2, parameters={"tier": "lite"})
    with pytest.raises(ResetNeeded, match=r"call reset\(\)"):
        env.step(env.action_space.sample())
    plain = env.reset(seed=3)[0]["items"].copy()
    for seed in (np.int64(3), [3, 4]):
        np.testing.assert_array_equal(env.reset(seed=seed)[0]["items"], plain)  # type: ignore[arg-type]


def test_a_reset_waits_for_the_step_of_another_block() -> None:
    env = MemoryVecEnv(64, blocks=2, parameters={"tier": "lite"})
    everything = {"operation": np.ones(32, int), "items": np.ones((32, 26), int)}
    first = env.reset(seed=3)[0]["decision"].copy()
    for _ in range(3):
        for _ in range(2):
            env.recv()
            env.send(everything)
        np.testing.assert_array_equal(env.reset(seed=3)[0]["decision"], first)
    env.close()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"num_envs": 10, "group": 4}, "10 environments cannot be"),
        ({"num_envs": 4, "group": 0}, "4 environments cannot be"),
        ({"shaping": float("nan")}, "a weight nan"),
        ({"gamma": 1.5}, "gamma 1.5"),
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
