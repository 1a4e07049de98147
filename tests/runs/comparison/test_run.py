"""Every system on every task: what is played, kept and measured, and what fails."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from memorygym.core.errors import ProviderFailure
from memorygym.core.types import Memory, Message
from memorygym.models.scripted import Scripted
from memorygym.runs.comparison.system_specs import MemorySpec
from memorygym.runs.episode_result import Failure, Played
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.store import Run
from tests.runs.comparison.small_runs import WORLD, comparison, measured, play


class Forgetful(Memory):
    """Breaks at the tenth message."""

    observed = 0

    def observe(self, new: Sequence[Message]) -> None:
        self.observed += len(new)
        if self.observed >= 10:
            raise ValueError("too much")


def systems_of(outcomes: Sequence[Played | Failure]) -> list[tuple[str, int | None]]:
    return [(outcome.place.memory, outcome.place.budget) for outcome in outcomes]


def folder(tmp_path: Path) -> Path:
    (tmp_path / "traces").mkdir()
    return tmp_path


def test_systems_without_a_budget_are_played_once_for_all_budgets() -> None:
    outcomes = play(comparison("bm25", budgets=(500, 1000)))
    assert systems_of(outcomes) == [
        ("none", None), ("full", None), ("recency", 500), ("oracle", 500), ("bm25", 500),
        ("held:bm25", 500), ("recency", 1000), ("oracle", 1000), ("bm25", 1000),
        ("held:bm25", 1000),
    ]  # fmt: skip


def test_every_system_is_asked_the_same_questions() -> None:
    measurements = measured(play(comparison("bm25", "markdown")))
    asked = {tuple((case.number, case.kind) for case in m.cases) for m in measurements}
    assert len(asked) == 1 and {m.task for m in measurements} == {("company", 0)}


def test_a_memory_that_breaks_fails_alone_and_under_its_name() -> None:
    outcomes = play(comparison(broken=MemorySpec(Forgetful, tools=False)))
    failed = [failure for failure in outcomes if isinstance(failure, Failure)]
    assert systems_of(failed) == [("broken", 500), ("held:broken", 500)]
    assert [failure.kind for failure in failed] == ["memory"] * 2
    assert failed[1].place.episode == "company+0+strong+held%3Abroken+500"
    assert failed[0].error.startswith("memory Forgetful: observe() raised ValueError: too much (")
    assert len(outcomes) == 6


def test_a_provider_that_fails_is_no_memorys_fault() -> None:
    roles = ModelRoles(writing=Scripted([ProviderFailure("down")] * 99))
    asked = replace(comparison("llm_summarizing:max_size=6"), model_roles=roles)
    failed = [failure for failure in play(asked) if isinstance(failure, Failure)]
    assert {(failure.kind, failure.error) for failure in failed} == {("provider", "down")}


def test_an_episode_that_was_kept_is_measured_and_not_played_again(tmp_path: Path) -> None:
    asked, kept = comparison("bm25"), folder(tmp_path)
    first = play(asked, folder=kept)
    clocks = (tmp_path / "timings.jsonl").read_bytes()
    assert play(asked, folder=kept) == first
    assert (tmp_path / "timings.jsonl").read_bytes() == clocks
    assert sorted(place.episode for place in asked.episodes()) == Run(kept).kept


@pytest.mark.parametrize("other", ["strong+full+all", "strong+recency+1000"])
def test_a_trace_under_the_name_of_another_episode_is_played_again(
    other: str, tmp_path: Path
) -> None:
    asked, kept = comparison(budgets=(500, 1000)), folder(tmp_path)
    first = play(asked, folder=kept)
    traces = tmp_path / "traces"
    wrong = traces / "company+0+strong+recency+500.jsonl.gz"
    right = wrong.read_bytes()
    wrong.write_bytes((traces / f"company+0+{other}.jsonl.gz").read_bytes())
    assert play(asked, folder=kept) == first and wrong.read_bytes() == right


def test_a_trace_of_another_task_is_played_again(tmp_path: Path) -> None:
    asked, kept, here = comparison(), folder(tmp_path), WORLD.recipes[0]
    first = play(asked, folder=kept)
    play(asked, replace(here, seed=1), kept)
    for path in tmp_path.glob("traces/company+1+*"):
        path.replace(path.with_name(path.name.replace("company+1", "company+0")))
    assert play(asked, folder=kept) == first


def test_no_trace_of_a_task_is_on_disk_while_another_packages_memory_plays_it(
    tmp_path: Path,
) -> None:
    seen: list[int] = []

    class Spy(Memory):
        def observe(self, new: Sequence[Message]) -> None:
            seen.append(len(list(tmp_path.glob("traces/*"))))

    spy = MemorySpec(Spy, tools=False, foreign=True)
    outcomes = play(comparison(spy=spy, budgets=(500, 1000)), folder=folder(tmp_path))
    assert seen and not any(seen)
    assert len(list(tmp_path.glob("traces/*"))) == len(outcomes)
