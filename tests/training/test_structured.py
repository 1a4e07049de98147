"""Structured decisions: the tables played as arrays end as the episodes of text do."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.core.errors import BadSettings
from memorygym.core.types import Task
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.runs.systems import played, start_episode
from memorygym.scoring.episode_scores import score
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.training.decisions import Decision, Floats, Operation, Situation, TaskTable
from memorygym.training.manager import fifo, random
from memorygym.training.simulator import Group
from memorygym.training.structured_agent import hands
from memorygym.training.structured_env import MemoryVecEnv, StructuredEnv
from memorygym.training.tasks import recipes

pytestmark = pytest.mark.gym
TEMPLATES = sorted(
    {recipe.template for recipe in recipes("worlds", "train", range(1), tier="lite")}
)


def table_of(template: str, seed: int, tier: str = "lite") -> TaskTable:
    recipe = recipes("worlds", "train", range(seed, seed + 1), template=template, tier=tier)[0]
    return TaskTable(recipe.generate())


def text_score(task: Task, choose: Any) -> Any:
    trace = played(start_episode(task, memory_factory("markdown")), hands(task, choose), task, {})
    return score(trace)


class Replay:
    """Makes recorded choices again, decision by decision, and keeps what it saw."""

    def __init__(self, table: TaskTable, choices: list[int]) -> None:
        self._choices = choices
        self._numbers: dict[int, list[int]] = {}
        self.seen: list[Floats] = []
        for number, decision in enumerate(table.decisions):
            self._numbers.setdefault(decision.event, []).append(number)

    def __call__(self, decision: Decision, situation: Situation) -> int:
        self.seen.append(decision.observe(situation))
        return self._choices[self._numbers[decision.event].pop(0)]


def random_choices(table: TaskTable, rng: np.random.Generator) -> list[int]:
    """Choices of one of many habits: what is chosen of records, and of changes."""
    habits = rng.dirichlet(np.full(len(Operation), 0.7), 2)
    return [int(rng.choice(len(Operation), p=habits[int(d.is_change)])) for d in table.decisions]


def played_as_arrays(table: TaskTable, choices: list[int]) -> Group:
    group = Group(table, 1)
    for operation in choices:
        group.step(np.array([operation]))
    return group


@settings(max_examples=25)
@given(
    st.sampled_from(TEMPLATES), st.integers(0, 200), st.integers(0, 10**6),
    st.sampled_from(["lite", "lite", "standard", "multi"]),
)  # fmt: skip
def test_arrays_and_text_end_alike(template: str, seed: int, choices_seed: int, tier: str) -> None:
    table = table_of(template, seed, tier)
    choices = random_choices(table, np.random.default_rng(choices_seed))
    group = played_as_arrays(table, choices)
    text = text_score(table.task, Replay(table, choices))
    assert group.scores[0] == pytest.approx(text.composite)
    assert (group.writes[0], group.peak[0]) == (text.writes, text.peak)


@pytest.mark.parametrize("tier", ["lite", "standard", "hard", "multi"])
def test_keeping_what_the_questions_are_about_scores_as_the_text_does(tier: str) -> None:
    table = table_of("city", 0, tier)
    assert isinstance(table.task.gold, WorldsGold)
    asked = {need.subject for question in table.task.gold.questions for need in question.needs}
    choices = [
        int(Operation.REVISE if d.is_change else Operation.WHOLE * (d.facts[0].subject in asked))
        for d in table.decisions
    ]
    group = played_as_arrays(table, choices)
    assert group.scores[0] > 0.3
    text = text_score(table.task, Replay(table, choices))
    assert text.composite == pytest.approx(group.scores[0])


@settings(max_examples=10)
@given(st.sampled_from(TEMPLATES), st.integers(0, 50))
def test_a_policy_sees_the_same_in_text_as_in_arrays(template: str, seed: int) -> None:
    table = table_of(template, seed)
    choices, group, shown = random_choices(table, np.random.default_rng(seed)), Group(table, 1), []
    for operation in choices:
        shown.append(group.observe())
        group.step(np.array([operation]))
    replay = Replay(table, choices)
    assert text_score(table.task, replay).composite == pytest.approx(group.scores[0])
    np.testing.assert_allclose(shown, replay.seen, rtol=1e-5, atol=1e-6)


def test_features_of_a_decision_come_from_the_text_alone() -> None:
    table = table_of("company", 3)
    seen: list[Decision] = []

    def choose(decision: Decision, _: Situation) -> int:
        seen.append(decision)
        return Operation.WHOLE

    text_score(table.task, choose)
    for read, built in zip(seen, table.decisions, strict=True):
        assert replace(read, subject=built.subject) == built


def test_a_group_plays_one_task_and_groups_play_others() -> None:
    env = MemoryVecEnv(6, group=3, parameters={"tier": "lite"})
    seen, _ = env.reset(seed=1)
    assert (seen[0] == seen[2]).all() and (seen[3] == seen[5]).all()
    assert not (seen[0] == seen[3]).all()
    assert env.observation_space.contains(seen)


def test_the_end_of_an_episode_is_in_the_infos_as_gymnasium_has_it() -> None:
    parameters = {"tier": "lite", "template": "city,movie"}
    env, one = MemoryVecEnv(4, parameters=parameters), StructuredEnv(parameters=parameters)
    seen, ended = env.reset(seed=3)[0], np.zeros(4, bool)
    one.reset(seed=3)
    while not ended.any():
        seen, rewards, ended, truncated, infos = env.step(np.full(4, Operation.KEY))
        last = one.step(Operation.KEY)
        assert bool(infos) == ended.any() and not truncated.any()
    assert seen[0].any()  # The next task has begun.
    assert (infos["_final_obs"] == ended).all() and (infos["_final_info"] == ended).all()
    np.testing.assert_array_equal(infos["final_info"]["score"][ended], rewards[ended])
    assert rewards[0] == pytest.approx(last[4]["score"])
    np.testing.assert_array_equal(infos["final_obs"][0], last[0])
    assert env.single_observation_space.contains(infos["final_obs"][0])
    assert all(final is None for final in infos["final_obs"][~ended])


def test_a_task_without_budgets_is_refused() -> None:
    task = table_of("city", 0).task
    with pytest.raises(BadSettings, match="capacity, writes and slot"):
        TaskTable(replace(task, budget=replace(task.budget, slot=None)))


def test_a_tier_with_several_documents_about_a_subject_is_refused() -> None:
    with pytest.raises(BadSettings, match="several documents are about"):
        MemoryVecEnv(1, parameters={"tier": "scattered"}).reset()


@pytest.mark.parametrize("policy", [random, fifo])
def test_heuristics_play_as_agents_of_text(policy: Any) -> None:
    task = table_of("city", 0).task
    trace = played(start_episode(task, memory_factory("markdown")), policy(task), task, {})
    assert score(trace).writes > 0


def test_a_single_environment_is_one_of_gymnasium_and_its_trace_has_its_score() -> None:
    env = StructuredEnv(parameters={"tier": "lite"})
    check_env(env, skip_render_check=True)
    env.reset(seed=5)
    rng, rewards, ended = np.random.default_rng(0), 0.0, False
    while not ended:
        _, reward, ended, _, info = env.step(rng.integers(0, 5))
        rewards += reward
    assert score(env.trace).composite == pytest.approx(info["score"])
    assert rewards == pytest.approx(info["score"], abs=1e-5)
    with pytest.raises(ResetNeeded):
        env.step(0)


def test_a_fork_goes_on_alone_from_the_same_state() -> None:
    env = StructuredEnv(parameters={"tier": "lite"})
    env.reset(seed=5)
    for _ in range(10):
        env.step(Operation.SKIP)
    other = env.fork()
    assert step_to_end(other, Operation.WHOLE) > 0 == step_to_end(env, Operation.SKIP)
    assert other.trace.task == env.trace.task
    with pytest.raises(ResetNeeded):
        other.step(Operation.SKIP)


def step_to_end(env: StructuredEnv, action: Any) -> float:
    ended = False
    while not ended:
        *_, ended, _, info = env.step(action)
    return float(info["score"])
