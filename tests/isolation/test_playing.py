"""Every arm on every world: what is played, kept, measured, and what fails."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from memorygym.core import Memory, Message
from memorygym.errors import BadKey, ProviderFailure
from memorygym.runs.measures import Measured
from memorygym.runs.minds import Minds
from memorygym.isolation.playing import Comparison, Failed, play_all, play_world
from memorygym.isolation.plugging import Plugged
from memorygym.runs.tasks import of_worlds
from memorygym.runs.folder import Run
from memorygym.models.scripted import Scripted
from tests.isolation.comparing import WORLD, comparison


class Forgetful(Memory):
    """Breaks at the tenth message."""

    heard = 0

    def observe(self, new: Sequence[Message]) -> None:
        self.heard += len(new)
        if self.heard >= 10:
            raise ValueError("too much")


def arms_of(found: Sequence[Measured | Failed]) -> list[tuple[str, int | None]]:
    return [(one.arm, one.budget) for one in found]


def kept(asked: Comparison, folder: Path) -> Comparison:
    (folder / "traces").mkdir()
    return replace(asked, run=Run(folder))


def test_arms_without_a_budget_are_played_once_for_all_budgets() -> None:
    found = play_world(comparison("bm25", budgets=(500, 1000)), WORLD)
    assert arms_of(found) == [
        ("none", None), ("full", None), ("recency", 500), ("oracle", 500), ("bm25", 500),
        ("held:bm25", 500), ("recency", 1000), ("oracle", 1000), ("bm25", 1000),
        ("held:bm25", 1000),
    ]  # fmt: skip


def test_every_arm_is_asked_the_same_questions() -> None:
    found = play_world(comparison("bm25", "markdown"), WORLD)
    asked = {tuple((case.number, case.kind) for case in one.cases) for one in found}
    assert len(asked) == 1 and {one.world for one in found} == {("company", 0)}


def test_a_memory_that_breaks_fails_alone_and_under_its_name() -> None:
    found = play_world(comparison(broken=Plugged("broken", Forgetful, tools=False)), WORLD)
    failed = [one for one in found if isinstance(one, Failed)]
    assert arms_of(failed) == [("broken", 500), ("held:broken", 500)]
    assert [one.kind for one in failed] == ["memory"] * 2
    assert failed[1].episode == "company+0+strong+held%3Abroken+500"
    assert failed[0].error == "the memory Forgetful: observe raised ValueError: too much"
    assert len(found) == 6


def test_a_provider_that_fails_is_no_memorys_fault() -> None:
    writing = Scripted([ProviderFailure("down")] * 99)
    asked = replace(comparison("llm_summarizing:max_size=6"), minds=Minds(writing=writing))
    failed = [one for one in play_world(asked, WORLD) if isinstance(one, Failed)]
    assert {(one.kind, one.error) for one in failed} == {("provider", "down")}


def test_a_refused_key_stops_everything() -> None:
    minds = Minds(("m",), {"m": Scripted([BadKey("no key")])})
    with pytest.raises(BadKey):
        play_world(replace(comparison(), minds=minds), WORLD)


def test_an_episode_that_was_kept_is_measured_and_not_played_again(tmp_path: Path) -> None:
    asked = kept(comparison("bm25"), tmp_path)
    first = play_world(asked, WORLD)
    clocks = (tmp_path / "timings.jsonl").read_bytes()
    assert play_world(asked, WORLD) == first
    assert (tmp_path / "timings.jsonl").read_bytes() == clocks
    assert asked.run and sorted(asked.episodes()) == asked.run.kept


@pytest.mark.parametrize("other", ["strong+full+all", "strong+recency+1000"])
def test_a_trace_under_the_name_of_another_episode_is_played_again(
    other: str, tmp_path: Path
) -> None:
    asked = kept(comparison(budgets=(500, 1000)), tmp_path)
    first = play_world(asked, WORLD)
    traces = tmp_path / "traces"
    wrong = traces / "company+0+strong+recency+500.jsonl.gz"
    right = wrong.read_bytes()
    wrong.write_bytes((traces / f"company+0+{other}.jsonl.gz").read_bytes())
    assert play_world(asked, WORLD) == first and wrong.read_bytes() == right


def test_a_trace_of_another_world_is_played_again(tmp_path: Path) -> None:
    asked, other = kept(comparison(), tmp_path), replace(WORLD, seed=1)
    first = play_world(asked, WORLD)
    play_world(asked, other)
    for path in tmp_path.glob("traces/company+1+*"):
        path.replace(path.with_name(path.name.replace("company+1", "company+0")))
    assert play_world(asked, WORLD) == first


def test_worlds_come_in_their_order_whoever_plays_them() -> None:
    worlds = [replace(WORLD, seed=seed) for seed in (2, 0, 1)]
    groups = play_all(replace(comparison(), tasks=of_worlds(worlds)), 2)
    assert [{one.seed for one in group} for group in groups] == [{2}, {0}, {1}]


def test_no_trace_of_a_world_is_on_disk_while_somebody_elses_memory_plays_it(
    tmp_path: Path,
) -> None:
    seen: list[int] = []

    class Spy(Memory):
        def observe(self, new: Sequence[Message]) -> None:
            seen.append(len(list(tmp_path.glob("traces/*"))))

    spy = Plugged("spy", Spy, tools=False, foreign=True)
    found = play_world(kept(comparison(spy=spy, budgets=(500, 1000)), tmp_path), WORLD)
    assert seen and not any(seen)
    assert len(list(tmp_path.glob("traces/*"))) == len(found)
