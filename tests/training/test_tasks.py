"""Splits never meet, a stream is endless and repeatable, and a curriculum keeps half passing."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import islice
from math import exp

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.rng import named_rng
from memorygym.core.track import TaskOptions, find
from memorygym.training.tasks import SPLITS, Curriculum, TaskStream, recipes
from tests.training.plays import TINY

LADDER = [{"entities": str(20 + 5 * rung)} for rung in range(9)]


@pytest.mark.parametrize("track", TINY)
def test_no_task_is_in_two_splits_or_in_the_public_set(track: str) -> None:
    public = find(track).tasks(TaskOptions(range(3), parameters=TINY[track]))
    splits = [recipes(track, split, range(3), **TINY[track]) for split in SPLITS]
    ids = [recipe.generate().id for part in (public, *splits) for recipe in part[:3]]
    assert len(set(ids)) == len(ids) >= 12


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        ({"split": "tran"}, "did you mean train"),
        ({"template": "compny"}, "did you mean company"),
        ({"tier": "lit"}, "did you mean lite"),
        ({"entites": "5"}, "did you mean entities"),
        ({"track": "world"}, "did you mean worlds"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    arguments: Mapping[str, str], suggestion: str
) -> None:
    wanted = {"track": "worlds", "split": "train", **arguments}
    with pytest.raises(UnknownPart, match=suggestion):
        recipes(wanted.pop("track"), wanted.pop("split"), range(1), **wanted)


def names(stream: TaskStream, count: int = 120) -> list[tuple[str, int]]:
    return [(recipe.template, recipe.seed) for recipe in islice(stream, count)]


def test_streams_of_a_seed_are_equal_and_those_of_another_differ() -> None:
    first = names(TaskStream("worlds", seed=1))
    assert first == names(TaskStream("worlds", seed=1)) != names(TaskStream("worlds", seed=2))
    assert len(set(first)) > 115
    assert len({template for template, _ in first}) > 5


def test_a_stream_continues_from_a_position() -> None:
    assert names(TaskStream("worlds", position=70), 50) == names(TaskStream("worlds"))[70:]


def learn(curriculum: Curriculum, skill: Callable[[int], float], episodes: int) -> list[bool]:
    """Whether each episode passed, for a learner of a skill that may grow."""
    rng, passed = named_rng("learner"), []
    for episode in range(episodes):
        level = (int(curriculum.parameters()["entities"]) - 20) / 5
        passed.append(rng.bernoulli(1 / (1 + exp(level - skill(episode)))))
        curriculum.report(float(passed[-1]))
    return passed


@pytest.mark.parametrize("target", [0.3, 0.5, 0.8])
def test_a_curriculum_keeps_the_pass_rate_near_its_target(target: float) -> None:
    passed = learn(Curriculum(LADDER, target=target), lambda _: 4.3, 3000)[300:]
    assert sum(passed) / len(passed) == pytest.approx(target, abs=0.03)


def test_a_curriculum_follows_a_learner_who_improves() -> None:
    curriculum = Curriculum(LADDER)
    passed = learn(curriculum, lambda episode: 7 * episode / 2000, 2000)
    assert sum(passed[200:]) / 1800 == pytest.approx(0.5, abs=0.05)
    assert curriculum.level > 5


def test_a_curriculum_continues_from_its_state() -> None:
    curriculum = Curriculum(LADDER, seed=3)
    learn(curriculum, lambda _: 4, 57)
    again = Curriculum(LADDER, seed=3, **curriculum.state())
    assert [again.parameters(n) for n in range(9)] == [curriculum.parameters(n) for n in range(9)]


def test_a_curriculum_needs_settings_and_a_target_between_0_and_1() -> None:
    with pytest.raises(BadSettings, match="at least one"):
        Curriculum([])
    with pytest.raises(BadSettings, match="target 1"):
        Curriculum(LADDER, target=1)


def test_the_base_install_has_all_but_the_environment() -> None:
    code = (
        "import sys; sys.modules.update(numpy=None, gymnasium=None);"
        "import memorygym.training as t; t.recipes, t.TaskStream, t.Curriculum, t.ShapedReward\n"
        "try: t.MemoryEnv\nexcept Exception as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "agent-memorygym[gym]"' in done.stdout
