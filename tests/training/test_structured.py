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
from memorygym.training.decision_arrays import TableArrays
from memorygym.training.decisions import (
    ITEMS,
    KEEP,
    OPERATIONS,
    REVISE,
    UPDATE,
    Choice,
    Decision,
    Situation,
)
from memorygym.training.manager import fifo, observation, random
from memorygym.training.simulator import PEAK, WRITES, Simulator
from memorygym.training.structured_agent import hands
from memorygym.training.structured_env import StructuredEnv
from memorygym.training.tasks import recipes
from memorygym.training.vec_env import MemoryVecEnv, composite, make_table

pytestmark = pytest.mark.gym
TEMPLATES = sorted(
    {recipe.template for recipe in recipes("worlds", "train", range(1), tier="lite")}
)


def table_of(template: str, seed: int, tier: str = "lite") -> TableArrays:
    recipe = recipes("worlds", "train", range(seed, seed + 1), template=template, tier=tier)[0]
    return make_table(recipe)


def text_score(task: Task, choose: Any) -> Any:
    trace = played(start_episode(task, memory_factory("markdown")), hands(task, choose), task, {})
    return score(trace)


class Replay:
    """Makes recorded choices again, decision by decision."""

    def __init__(self, table: TableArrays, choices: list[Choice]) -> None:
        self._choices = choices
        self._numbers: dict[int, list[int]] = {}
        for number, decision in enumerate(table.table.decisions):
            self._numbers.setdefault(decision.event, []).append(number)

    def __call__(self, decision: Decision, _: Situation) -> Choice:
        return self._choices[self._numbers[decision.event].pop(0)]


def random_choices(table: TableArrays, rng: np.random.Generator) -> list[Choice]:
    """Choices of one of many habits: greedy or thrifty, by key items or blind."""
    keeps, key, other = rng.uniform(0.1, 1), rng.uniform(0.3, 1), rng.uniform(0, 0.7)
    changes = rng.dirichlet(np.ones(len(OPERATIONS)))
    choices = []
    for decision in table.table.decisions:
        items = frozenset(
            item for item in decision.items
            if rng.random() < (key if decision.item_features[item][0] else other)
        )  # fmt: skip
        operation = int(rng.random() < keeps)
        if decision.is_change:
            operation = int(rng.choice(len(OPERATIONS), p=changes))
        choices.append((operation, items))
    return choices


def played_as_arrays(
    table: TableArrays, choices: list[Choice]
) -> tuple[float, int, int, Simulator]:
    simulator = Simulator(1, 1, composite)
    simulator.load(0, table)
    for operation, items in choices:
        chosen = np.zeros((1, ITEMS), bool)
        chosen[0, [*items]] = True
        simulator.step(np.array([operation]), chosen)
    writes, peak = map(int, simulator._state[0, [WRITES, PEAK]])
    return simulator.score(0), writes, peak, simulator


@settings(max_examples=25)
@given(
    st.sampled_from(TEMPLATES), st.integers(0, 200), st.integers(0, 10**6),
    st.sampled_from(["lite", "lite", "standard", "multi"]),
)  # fmt: skip
def test_arrays_and_text_end_alike(template: str, seed: int, choices_seed: int, tier: str) -> None:
    table = table_of(template, seed, tier)
    choices = random_choices(table, np.random.default_rng(choices_seed))
    score, writes, peak, _ = played_as_arrays(table, choices)
    text = text_score(table.table.task, Replay(table, choices))
    assert (text.composite, text.writes, text.peak) == (pytest.approx(score), writes, peak)


@pytest.mark.parametrize("tier", ["lite", "standard", "hard", "multi"])
def test_keeping_everything_needed_scores_as_the_text_does(tier: str) -> None:
    table = table_of("city", 0, tier)
    needed = {(s, i) for goal in table.table.goals for s, i, _ in goal.needs}
    former = {(s, i) for goal in table.table.goals for s, i, old in goal.needs if old}
    choices = [
        (REVISE if (d.subject, min(d.items)) in former else UPDATE, frozenset[int]())
        if d.is_change
        else (int(any(s == d.subject for s, _ in needed)),
              frozenset(i for s, i in needed if s == d.subject and i in d.items))
        for d in table.table.decisions
    ]  # fmt: skip
    score, *_ = played_as_arrays(table, choices)
    assert score > 0.9
    assert text_score(table.table.task, Replay(table, choices)).composite == pytest.approx(score)


@settings(max_examples=10)
@given(st.sampled_from(TEMPLATES), st.integers(0, 50))
def test_a_policy_sees_the_same_in_text_as_in_arrays(template: str, seed: int) -> None:
    table = table_of(template, seed)
    env = MemoryVecEnv(1, tables=iter([table, table]))
    choices = random_choices(table, np.random.default_rng(seed))
    seen, shown, in_text, score = env.reset()[0], [], [], np.nan
    for operation, items in choices:
        shown.append({name: array[0].copy() for name, array in seen.items()})
        action = {"operation": np.array([operation]), "items": np.zeros((1, 26))}
        action["items"][0, [*items]] = 1
        seen, _, _, _, infos = env.step(action)
        score = float(infos["score"][0])
    replay = Replay(table, choices)

    def choose(decision: Decision, situation: Situation) -> Choice:
        in_text.append(observation(decision, situation))
        return replay(decision, situation)

    assert text_score(table.table.task, choose).composite == pytest.approx(score)
    for left, right in zip(shown, in_text, strict=True):
        np.testing.assert_allclose(left["decision"], right.decision[0], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(left["items"], right.items[0])
        np.testing.assert_array_equal(left["present"], right.present[0])


def test_features_of_a_decision_come_from_the_text_alone() -> None:
    table = table_of("company", 3)
    seen: list[Decision] = []

    def choose(decision: Decision, situation: Situation) -> Choice:
        seen.append(decision)
        return KEEP, frozenset(decision.items)

    text_score(table.table.task, choose)
    for read, built in zip(seen, table.table.decisions, strict=True):
        assert (read.features, read.item_features) == (built.features, built.item_features)
        assert (read.tokens, read.left, read.event) == (built.tokens, built.left, built.event)


def test_the_potential_counts_stale_facts_against() -> None:
    table = table_of("movie", 1)
    changed = {i for d in table.table.decisions if d.is_change for i in d.items}
    items = [frozenset(changed & {*d.items}) for d in table.table.decisions]
    kept = [(int(not d.is_change), i) for d, i in zip(table.table.decisions, items, strict=True)]
    updated = [(UPDATE if d.is_change else KEEP, i)
               for d, i in zip(table.table.decisions, items, strict=True)]  # fmt: skip
    *_, stale = played_as_arrays(table, kept)
    *_, current = played_as_arrays(table, updated)
    assert stale.potential[0] < current.potential[0] < 1


@pytest.mark.parametrize("gamma", [1.0, 0.9])
def test_shaping_adds_nothing_to_the_discounted_return_of_an_episode(gamma: float) -> None:
    rng, table = np.random.default_rng(1), table_of("sport", 2)
    env = MemoryVecEnv(4, group=4, tables=iter([table] * 2), shaping=1.0, gamma=gamma)
    env.reset()
    total, discount, ended = np.zeros(4), 1.0, np.zeros(4, bool)
    while not ended.any():
        action = {"operation": rng.integers(0, 5, 4), "items": rng.random((4, 26)) < 0.3}
        _, rewards, ended, _, infos = env.step(action)
        total += discount * rewards
        last, discount = discount, discount * gamma
    np.testing.assert_allclose(total, last * infos["score"], atol=1e-5)


def test_a_group_plays_one_task_and_groups_play_others() -> None:
    env = MemoryVecEnv(6, group=3, parameters={"tier": "lite"})
    seen, _ = env.reset(seed=1)
    items = seen["items"]
    assert (items[0] == items[2]).all() and (items[3] == items[5]).all()
    assert not (items[0] == items[3]).all()
    assert env.observation_space.contains(seen)


def steps_of(env: MemoryVecEnv, count: int) -> list[Any]:
    rng, results = np.random.default_rng(0), []
    env.reset(seed=3)
    for _ in range(count):
        action = {"operation": rng.integers(0, 2, 4), "items": rng.random((4, 26)) < 0.4}
        seen, rewards, ended, _, infos = env.step(action)
        results.append((seen["decision"].tolist(), rewards.tolist(), ended.tolist(),
                        np.nan_to_num(infos["score"], nan=-1).tolist()))  # fmt: skip
    env.close()
    return results


def test_tables_made_ahead_in_blocks_or_by_processes_are_the_same() -> None:
    parameters = {"tier": "lite", "template": "city,movie"}
    plain = steps_of(MemoryVecEnv(4, parameters=parameters), 40)
    assert any(any(ended) for _, _, ended, _ in plain)
    for more in ({"workers": 1}, {"blocks": 2}):
        assert plain == steps_of(MemoryVecEnv(4, parameters=parameters, **more), 40)  # type: ignore[arg-type]


def test_blocks_that_step_in_turns_give_what_one_step_gives() -> None:
    rng, parameters = np.random.default_rng(0), {"tier": "lite"}
    whole, turns = (MemoryVecEnv(4, blocks=n, parameters=parameters) for n in (1, 2))
    seen, rewards, total = whole.reset(seed=3)[0], np.zeros(4), 0.0
    turns.reset(seed=3)
    for _ in range(45):
        action = {"operation": rng.integers(0, 2, 4), "items": rng.random((4, 26)) < 0.4}
        for _ in range(2):
            (shown, earned, *_), own = turns.recv()
            np.testing.assert_array_equal(shown["decision"], seen["decision"][own])
            np.testing.assert_array_equal(earned, rewards[own])
            turns.send({name: part[own] for name, part in action.items()})
        seen, rewards, *_ = whole.step(action)
        total += rewards.sum()
    turns.close()
    assert total > 0


def test_a_task_without_budgets_is_refused() -> None:
    table = table_of("city", 0)
    table.table.task = replace(table.table.task, budget=replace(table.table.task.budget, slot=None))
    with pytest.raises(BadSettings, match="capacity, writes and slot"):
        Simulator(1, 1, composite).load(0, table)


@pytest.mark.parametrize("policy", [random, fifo])
def test_heuristics_play_as_agents_of_text(policy: Any) -> None:
    task = table_of("city", 0).table.task
    trace = played(start_episode(task, memory_factory("markdown")), policy(task), task, {})
    assert score(trace).writes > 0


def test_a_single_environment_is_one_of_gymnasium_and_its_trace_has_its_score() -> None:
    env = StructuredEnv(parameters={"tier": "lite"}, shaping=1.0)
    check_env(env, skip_render_check=True)
    env.reset(seed=5)
    rng, rewards, ended = np.random.default_rng(0), 0.0, False
    while not ended:
        action = {"operation": rng.integers(0, 5), "items": rng.random(26) < 0.3}
        _, reward, ended, _, info = env.step(action)
        rewards += reward
    assert score(env.trace).composite == pytest.approx(info["score"])
    assert rewards == pytest.approx(info["score"], abs=1e-5)
    with pytest.raises(ResetNeeded):
        env.step(action)


def test_a_fork_goes_on_alone_from_the_same_state() -> None:
    env = StructuredEnv(parameters={"tier": "lite"})
    env.reset(seed=5)
    everything = {"operation": KEEP, "items": np.ones(26)}
    nothing = {"operation": 0, "items": np.zeros(26)}
    for _ in range(10):
        env.step(nothing)
    other = env.fork()
    assert step_to_end(other, everything) > 0 == step_to_end(env, nothing)
    assert other.trace.task == env.trace.task
    with pytest.raises(ResetNeeded):
        other.step(nothing)


def step_to_end(env: StructuredEnv, action: Any) -> float:
    ended = False
    while not ended:
        *_, ended, _, info = env.step(action)
    return float(info["score"])
