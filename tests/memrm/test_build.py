"""The file of events: balanced, apart by split, the same bytes again, and read back."""

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.memrm.balance import MOST, chosen
from memorygym.memrm.build import BuildReport, build, read, write
from memorygym.memrm.compactions import is_held_out
from memorygym.memrm.events import CandidateEvent, MinedTask
from memorygym.memrm.played import TaskSource
from memorygym.memrm.recipes import CompactionEvent, Recipe, TaskRecipes, group_of, replayed
from memorygym.memrm.splits import (
    IID,
    SCENARIO_OOD,
    SIZES,
    STRATEGY_OOD,
    TRAIN,
    MiningJob,
    jobs,
    plan,
)

TINY = 0.0001


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, BuildReport]]:
    path = tmp_path_factory.mktemp("memrm") / "events.jsonl.gz"
    yield path, build(path, seen=["worlds"], unseen=["worlds"], scale=TINY)


@pytest.fixture(scope="module")
def events(built: tuple[Path, BuildReport]) -> list[CompactionEvent]:
    return [*replayed(read(built[0]))]


def test_every_split_has_the_identity_and_nothing_of_a_task(
    built: tuple[Path, BuildReport],
) -> None:
    path, report = built
    tasks = read(path)
    assert [task.split for task in tasks] == [*SIZES]
    assert report.events == sum(len(task.recipes) for task in tasks) and not report.dropped
    for task in tasks:
        labels = {recipe.edits: recipe.lost for recipe in task.recipes if recipe.memory == "full"}
        assert labels[()] == () and labels[("wipe_out",)]


def test_texts_come_back_with_labels_probes_and_needs(events: list[CompactionEvent]) -> None:
    for event in events:
        compaction = event.compaction
        assert compaction.full and compaction.needs and compaction.strategy
        assert compaction.safe == all(probe.kept for probe in compaction.needs)
        assert compaction.safe == (not compaction.reason)
        assert all(0 <= index < len(compaction.full) for index, _ in event.needed)
    identity = [e.compaction for e in events if e.compaction.strategy == "identity"]
    assert all(compaction.full == compaction.compacted for compaction in identity)


def test_actions_are_given_on_request(built: tuple[Path, BuildReport]) -> None:
    tasks = [task for task in read(built[0]) if task.split == IID]
    for event in replayed(tasks, actions=True):
        assert event.compaction.recorded_action
        if event.compaction.safe:
            assert event.compaction.proposed_action


def test_a_stopped_build_goes_on_to_the_same_bytes(built: tuple[Path, BuildReport]) -> None:
    path, _ = built
    whole, (mined,) = path.read_bytes(), path.parent.glob("*.mined")
    first, *rest = mined.read_text().splitlines(keepends=True)
    mined.write_text("".join(rest) + first[:99])
    build(path, seen=["worlds"], unseen=["worlds"], scale=TINY)
    assert path.read_bytes() == whole
    assert sorted(mined.read_text().splitlines(keepends=True)) == sorted([first, *rest])


def test_another_text_than_the_labelled_one_is_refused(built: tuple[Path, BuildReport]) -> None:
    task = read(built[0], [TRAIN])[0]
    changed = TaskRecipes(task.split, task.source, task.recipes[1:], task.digest)
    with pytest.raises(BadSettings, match="not those that were labelled"):
        next(replayed([changed]))


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", gzip.compress(b'{"format": "memorygym-memrm-events-1", "tasks": 2}\n', mtime=0)],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(BadSettings, match="is no file of events") as caught:
        read(path)
    assert "\n" not in str(caught.value)


def _candidates(labels: str, ratio: float) -> tuple[CandidateEvent, ...]:
    return tuple(
        CandidateEvent(
            Recipe(1, "recency", 0.5, (), () if label == "S" else (0,)), ratio, "", str(n)
        )
        for n, label in enumerate(labels)
    )


def test_the_choice_has_as_many_of_both_labels_and_no_length_that_tells() -> None:
    job = MiningJob(TRAIN, TaskSource("worlds", (), 1))
    short, same = _candidates("H" * 60 + "S" * 4, 0.3), _candidates("S" * 60 + "H" * 30, 1.0)
    (picked,) = chosen([MinedTask(job, "mined", short + same)], 60, "test")
    lost = Counter((candidate.ratio, candidate.safe) for candidate in picked)
    assert 0 < lost[0.3, False] <= MOST * 4
    assert 0.4 <= sum(candidate.safe for candidate in picked) / len(picked) <= 0.6
    assert 50 <= len(picked) <= 60


def test_seeds_of_splits_are_apart() -> None:
    seeds = {
        (split, job.source.track, job.source.seed)
        for (split, track), size in plan().items()
        for job in jobs(split, track, size)
    }
    assert len({seed // 1000 for _, _, seed in seeds}) == len(SIZES)
    with pytest.raises(BadSettings, match="give at most 26,000"):
        jobs(TRAIN, "worlds", 100_000)


def test_a_recipe_is_read_back(tmp_path: Path) -> None:
    recipe = Recipe(3, "bm25:top_k=20", 0.35, ("tags", "joined"), (0, 2), "stale")
    task = TaskRecipes(
        STRATEGY_OOD, TaskSource("worlds", (("entities", "4"),), 4001), (recipe,), "ab"
    )
    write(tmp_path / "events.jsonl.gz", [task])
    assert read(tmp_path / "events.jsonl.gz") == [task]


class TestFrozen:
    """The events that ship."""

    def test_there_are_enough_and_both_labels_everywhere(self) -> None:
        safe: Counter[tuple[str, str]] = Counter()
        total: Counter[tuple[str, str]] = Counter()
        for task in read():
            for recipe in task.recipes:
                safe[task.split, task.source.track] += not recipe.lost
                total[task.split, task.source.track] += 1
        assert total.total() >= 19_000
        assert all(0.4 <= safe[key] / total[key] <= 0.6 for key in total)

    def test_no_task_is_in_two_splits_and_nothing_held_out_is_trained_on(self) -> None:
        groups: dict[str, str] = {}
        for task in read():
            assert groups.setdefault(group_of(task.source), task.split) == task.split
            held_out = [is_held_out(recipe.memory, recipe.edits) for recipe in task.recipes]
            anchors = [recipe.edits in ((), ("wipe_out",)) for recipe in task.recipes]
            if task.split == STRATEGY_OOD:
                assert all(h or a for h, a in zip(held_out, anchors, strict=True))
            elif task.split != SCENARIO_OOD:
                assert not any(held_out)
            assert (task.source.track == "dialogue") == (task.split == SCENARIO_OOD)

    def test_what_a_layout_alone_changes_stays_safe(self) -> None:
        from memorygym.memrm.compactions import LAYOUTS

        alone = [
            recipe
            for task in read()
            for recipe in task.recipes
            if recipe.memory == "full" and len(recipe.edits) == 1 and recipe.edits[0] in LAYOUTS
        ]
        assert len(alone) > 2_000
        assert sum(not recipe.lost for recipe in alone) / len(alone) > 0.95

    def test_a_task_of_every_test_split_replays_to_the_labelled_texts(self) -> None:
        first = {task.split: task for task in reversed(read())}
        assert sum(1 for _ in replayed([*first.values()])) > 50
