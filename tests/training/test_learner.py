"""The learner: exact gradients, the same weights after a stop, and a policy that improves."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.runs.systems import played, start_episode
from memorygym.scoring.episode_scores import score
from memorygym.training.decisions import FEATURES
from memorygym.training.learner import (
    Learner,
    forward,
    gradient,
    initial_weights,
    leave_one_out,
    read_policy,
    reward_of,
    sample,
)
from memorygym.training.manager import learned
from memorygym.training.settings import Training
from tests.training.plays import small, watched

pytestmark = pytest.mark.gym
SMALL = Training(
    parameters={"tier": "lite", "template": "city"}, iterations=3, groups=2, group=4, hidden=8
)


@pytest.mark.parametrize("weight", initial_weights("worlds", 0))
def test_the_gradient_is_that_of_the_objective(weight: str) -> None:
    rng = np.random.default_rng(3)
    seen = rng.standard_normal((6, len(FEATURES)))
    seen[:, [0, -2, -1]] = rng.integers(0, 2, (6, 3))
    weights = {n: w.astype(float) for n, w in initial_weights("worlds", 0, hidden=4).items()}
    operations = sample(forward(weights, seen)[0], rng)
    pull = rng.standard_normal(6)

    def objective(moved: Any) -> float:
        logs, _ = forward({**weights, weight: moved}, seen)
        entropy = -(np.exp(logs) * np.where(logs > -99, logs, 0)).sum()
        return float((pull * logs[np.arange(6), operations]).sum() + 0.3 * entropy)

    slope = gradient(weights, seen, operations, pull, 0.3)
    for place in np.ndindex(weights[weight].shape):
        step = np.zeros(weights[weight].shape)
        step[place] = 1e-5
        rise = objective(weights[weight] + step) - objective(weights[weight] - step)
        assert slope[weight][place] == pytest.approx(rise / 2e-5, abs=2e-4)


def test_an_advantage_compares_with_the_other_episodes_of_the_group() -> None:
    scores = np.random.default_rng(0).standard_normal(5)
    np.testing.assert_allclose(leave_one_out(scores), scores - (scores.sum() - scores) / 4)


@pytest.mark.parametrize("sizes", [{"template": "city"}, {"tokens": "9000"}])
def test_a_stopped_training_continues_to_the_same_weights(
    tmp_path: Path, sizes: dict[str, str]
) -> None:
    training = replace(SMALL, parameters={"tier": "lite", **sizes})
    whole = Learner.new(training)
    whole.train()
    path = tmp_path / "policy.json"
    stopped = Learner.new(training)

    def stop(learner: Learner) -> None:
        learner.save(path)
        if learner.iteration == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped.train(each=stop)
    resumed = Learner.load(path, training)
    resumed.train()
    assert resumed.curve == whole.curve
    for name, array in whole.weights.items():
        np.testing.assert_array_equal(resumed.weights[name], array)


def test_training_improves_the_mean_score() -> None:
    learner = Learner.new(replace(SMALL, iterations=25, groups=4, group=16, rate=2e-2))
    learner.train()
    assert np.mean(learner.curve[-5:]) > 1.5 * np.mean(learner.curve[:5])


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{", "holds no policy"), ("[]", "holds no policy"), ('{"format": "x"}', "its format is 'x'"),
     ('{"format": "memorygym-policy-2", "training": {}}', "holds no policy .KeyError.'track'")],
)  # fmt: skip
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "policy.json"
    path.write_text(text)
    with pytest.raises(BadSettings, match=problem):
        Learner.load(path, SMALL)
    assert path.read_text() == text


def test_the_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    Learner.new(SMALL).save(path)
    Learner.load(path, replace(SMALL, iterations=9))  # Longer training may go on from it.
    with pytest.raises(BadSettings, match=r"other settings \(seed 0\)"):
        Learner.load(path, replace(SMALL, seed=1))


@pytest.mark.parametrize(("name", "value"), [("iterations", 0), ("group", 1), ("groups", -3)])
def test_numbers_that_make_no_sense_are_refused(name: str, value: int) -> None:
    with pytest.raises(BadSettings, match=f"{name} {value}: give at least"):
        Training(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [({"rate": float("nan")}, "rate nan"), ({"clip": -0.2}, "clip -0.2"),
     ({"entropy": float("inf")}, "entropy inf"),
     ({"parameters": {"entities": "7", "writes": "1"}}, "5 corrections for 7")],
)  # fmt: skip
def test_a_training_that_cannot_run_is_refused_before_it_writes_a_file(
    settings: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadSettings, match=problem):
        replace(SMALL, **settings)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [({"track": "research", "parameters": {}}, "no structured decisions"),
     ({"parameters": {"tier": "scattered"}}, "several documents are about")],
)  # fmt: skip
def test_tasks_without_structured_decisions_are_refused_first(
    settings: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadSettings, match=problem):
        Learner.new(replace(SMALL, **settings))


def test_more_minibatches_than_decisions_are_as_many_as_decisions() -> None:
    learner = Learner.new(replace(SMALL, iterations=1, minibatches=10_000, groups=1, group=2))
    learner.train()
    assert all(np.isfinite(array).all() for array in learner.weights.values())


def test_an_unknown_reward_names_the_parts() -> None:
    with pytest.raises(UnknownPart, match="did you mean breadth"):
        replace(SMALL, reward="breadht")


def test_a_reward_is_the_score_or_the_part_that_it_names() -> None:
    trace, _ = watched(small("worlds"))
    own = score(trace)
    assert reward_of("score")(trace) == own.composite != own.axes["breadth"]
    assert reward_of("breadth")(trace) == own.axes["breadth"]


def test_a_trained_file_plays_as_an_agent(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    Learner.new(SMALL).save(path)
    assert read_policy(path, "weights")[1][0].keys() == initial_weights("worlds", 0).keys()
    task = small("worlds")
    episode = start_episode(task, memory_factory("markdown"))
    assert score(played(episode, learned(task, policy=str(path)), task, {})).writes > 0
    for other in (__file__, tmp_path / "none.json", tmp_path):
        with pytest.raises(BadSettings, match="holds no policy"):
            learned(task, policy=str(other))
    raw = json.loads(path.read_text())
    raw["weights"]["last_bias"] = [0.0, 0.0]
    path.write_text(json.dumps(raw))
    with pytest.raises(BadSettings, match="weights of other shapes"):
        learned(task, policy=str(path))
