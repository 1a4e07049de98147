"""A profile says which tasks can teach: those whose tries differ."""

import pytest

from memorygym.runs.episode_result import Played
from memorygym.training.card import bars
from memorygym.training.profile import Profile, TaskProfile, profile_of
from tests.episodes import lite

TASKS = [
    TaskProfile("city", 0, (0.0, 0.0)),
    TaskProfile("city", 1, (0.25, 0.75)),
    TaskProfile("city", 2, (1.0, 1.0)),
    TaskProfile("city", 3, (0.5, 0.5)),
]


def test_the_shares_at_zero_and_one_are_of_all_tries() -> None:
    profile = Profile("model", TASKS)
    assert (profile.at_zero, profile.at_one, profile.constant) == (0.25, 0.25, 0.75)
    assert (TASKS[1].mean, TASKS[1].variance) == (0.5, 0.0625)


def test_the_histogram_holds_every_task_once() -> None:
    counts = Profile("model", TASKS).histogram()
    assert counts == {**dict.fromkeys(counts, 0), "0.0 to 0.1": 1, "0.5 to 0.6": 2, "0.9 to 1.0": 1}
    assert len(counts) == 10


def test_a_profile_groups_episodes_by_task() -> None:
    results = lite("naive", seeds=2).results
    profile = profile_of("naive", [Played(result) for result in results * 2])
    assert [task.seed for task in profile.tasks] == [0, 1]
    for task, result in zip(profile.tasks, results, strict=True):
        assert task.rewards == (round(result.score.composite, 6),) * 2 and task.variance == 0


@pytest.mark.parametrize("counts", [{"a": 0}, {"a": 1, "bb": 1000}])
def test_a_bar_is_drawn_for_every_number_above_zero(counts: dict[str, int]) -> None:
    lines = [*bars(counts)]
    assert [("#" in line) for line in lines] == [number > 0 for number in counts.values()]
    assert [line.endswith(str(number)) for line, number in zip(lines, counts.values(), strict=True)]
