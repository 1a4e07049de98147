"""What may be compared, and how."""

from dataclasses import replace
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.reports.run_difference import differences
from memorygym.runs.results import RunResults
from tests.episodes import lite


@pytest.fixture(scope="module")
def pair() -> RunResults:
    return lite("strategic", "naive", seeds=3)


def test_an_agent_is_compared_with_itself_on_the_tasks_that_both_played(pair: RunResults) -> None:
    assert [
        (found.agent, found.paired, found.difference.estimate.tasks)
        for found in differences(pair, lite("naive", seeds=3, first=1))
    ] == [("naive", True, 2)]


def test_agents_that_share_nothing_are_not_compared(pair: RunResults) -> None:
    with pytest.raises(BadSettings, match="no agent is in both runs: strategic, naive and guesser"):
        differences(pair, lite("guesser"))


@pytest.mark.parametrize(
    ("about", "recipe", "parameters", "message"),
    [
        ({"version": "worlds-v1"}, {}, {}, "measure different things"),
        ({}, {"kind": "compare"}, {}, "a comparison of memories and a run of agents"),
        ({}, {"memory": "chromadb"}, {}, "memory markdown and memory chromadb"),
        ({}, {}, {"tier": "hard"}, "tier lite and tier hard differ: play both alike"),
        ({}, {}, {"writes": "3"}, "differ: play both alike"),
    ],
)
def test_results_with_other_settings_are_not_compared(
    about: dict[str, Any], recipe: dict[str, Any], parameters: dict[str, Any], message: str,
    pair: RunResults,
) -> None:  # fmt: skip
    other = {**pair.recipe, "parameters": {**pair.recipe["parameters"], **parameters}, **recipe}
    with pytest.raises(BadSettings, match=message):
        differences(pair, replace(pair, about={**pair.about, "recipe": other, **about}))
