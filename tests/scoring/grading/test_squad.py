"""Exact match and F1 are SQuAD's, against the best of several right answers."""

import pytest

from memorygym.scoring.grading.squad import exact, f1


@pytest.mark.parametrize(
    ("answer", "truths", "right"),
    [
        ("the U.S. Army", ["US army"], True),
        ("Paris", ["Lyon", "paris"], True),
        ("in Paris", ["Paris"], False),
        ("", ["The"], False),
        ("A", ["a"], True),
        ("Paris", [], False),
        ("The  Eiffel-Tower!", ["eiffeltower"], True),
        ("an apple, a day", ["apple day"], True),
        ("theatre", ["atre"], False),
        ("!?", ["!?"], True),
        ("!?", ["?"], False),
        ("  ", [" "], False),
    ],
)
def test_an_exact_match_is_one_of_the_truths(answer: str, truths: list[str], right: bool) -> None:
    assert exact(answer, truths) is right


@pytest.mark.parametrize(
    ("answer", "truths", "score"),
    [
        ("Paris", ["Paris"], 1.0),
        ("in Paris France", ["Paris"], 0.5),
        ("Rome", ["Paris"], 0.0),
        ("red red", ["red"], 2 / 3),
        ("blue car", ["red", "blue car"], 1.0),
        ("", ["Paris"], 0.0),
        ("Paris", [], 0.0),
    ],
)
def test_f1_counts_shared_words_against_the_likest_truth(
    answer: str, truths: list[str], score: float
) -> None:
    assert f1(answer, truths) == pytest.approx(score)
