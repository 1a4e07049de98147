"""pass@k, pass^k and the sources of variance, by enumeration and by hand."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.rng import named_rng
from memorygym.stats import Repeats, estimate

TWO = Repeats([[(True, True, False), (False, False, False)], [(True, True, True)]])


@given(answers=st.lists(st.booleans(), min_size=1, max_size=6), data=st.data())
def test_pass_at_k_and_pass_all_k_count_every_choice_of_repeats(
    answers: list[bool], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(answers)))
    chosen = list(combinations(answers, k))
    repeats = Repeats([[answers]])
    assert repeats.pass_at(k).mean == pytest.approx(sum(map(any, chosen)) / len(chosen))
    assert repeats.pass_all(k).mean == pytest.approx(sum(map(all, chosen)) / len(chosen))


def test_the_interval_is_over_tasks_after_the_mean_over_repeats() -> None:
    tasks = [[(True, False)], [(True, True)], [(False, False)]]
    assert Repeats(tasks).pass_at(1) == estimate([0.5, 1.0, 0.0])


def test_a_question_counts_once_however_large_its_task() -> None:
    assert TWO.pass_at(1).mean == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert TWO.pass_all(3).mean == pytest.approx(1 / 3)
    assert TWO.pass_at(2).mean == pytest.approx(2 / 3)


def test_a_deterministic_agent_varies_between_questions_alone() -> None:
    sources = Repeats([[(True, True)], [(False, False)], [(True, True)]]).sources()
    assert sources is not None
    assert sources == (pytest.approx(1 / 3), 0)


def test_the_variance_splits_into_its_sources() -> None:
    stream = named_rng("test", "repeats")
    chances = [[0.2 if stream.bernoulli(0.5) else 0.8 for _ in range(20)] for _ in range(200)]
    tasks = [[[stream.bernoulli(p) for _ in range(5)] for p in task] for task in chances]
    sources = Repeats(tasks).sources()
    assert sources is not None
    assert sources == pytest.approx((0.09, 0.16), abs=0.005)


@pytest.mark.parametrize("tasks", [[[(True, False)]], [[(True,)], [(False,)]]])
def test_the_sources_are_unknown_with_one_task_or_one_repeat(
    tasks: list[list[tuple[bool, ...]]],
) -> None:
    assert Repeats(tasks).sources() is None
