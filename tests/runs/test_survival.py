"""Recorded trajectories past memories: bounds, budgets, and what may not change a figure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import memorygym
from memorygym.core.errors import BadSettings
from memorygym.core.types import Entry, Memory, MemoryContext, Message
from memorygym.datasets.trajectories.files import Problem, read_all
from memorygym.datasets.trajectories.formats import Trajectory
from memorygym.models.scripted import Scripted
from memorygym.reports.survival import SurvivalReport
from memorygym.runs.comparison import survival
from memorygym.runs.comparison.memory_specs import plug
from memorygym.runs.comparison.system_specs import ComparisonLimits
from tests.datasets import trajectory_files as files


class Everything(Memory):
    """A memory that copies all that it reads."""

    def open(self, context: MemoryContext) -> None:
        self._context, self._texts = context, list[str]()

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            arguments = " ".join(json.dumps(call.arguments) for call in message.calls)
            if text := f"{message.content} {arguments}".strip():
                self._texts.append(self._context.store(text))

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [Message("user", text) for text in self._texts]

    def dump(self) -> list[Entry]:
        return [Entry(str(number), text) for number, text in enumerate(self._texts, 1)]


class Old(Memory):
    """A memory that shows only the first state of every order."""

    def __init__(self) -> None:
        self._shown: list[Message] = []

    def observe(self, new: Sequence[Message]) -> None:
        self._shown += [m for m in new if '"order_id"' in m.content][: not self._shown]

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return self._shown


class Broken(Memory):
    """A memory that fails."""

    def observe(self, new: Sequence[Message]) -> None:
        raise OSError("no more room")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Six conversations, one a line."""
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps(files.openai(number)) for number in range(6)))
    return path


def figures(report: SurvivalReport) -> dict[tuple[str, int | None], dict[str, Any]]:
    return {(str(row["system"]), row["budget"]): row for row in report.rows()}  # type: ignore[misc]


def document(report: SurvivalReport) -> str:
    return json.dumps(report.document(), sort_keys=True)


def test_a_memory_that_copies_everything_has_all_and_none_has_nothing(log: Path) -> None:
    report = memorygym.compare({"every": Everything}, trajectories=log, budgets=100_000)
    rows = figures(report)
    assert rows["every", 100_000]["survival"] == rows["full", None]["survival"] == 1
    assert rows["recency", 100_000]["survival"] == 1
    assert rows["none", None]["survival"] == rows["none", None]["tokens"] == 0
    assert all(row["uses"] == 42 for row in rows.values())


def odd(messages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The conversation with results lacking, without ids, twice, and before their call."""
    for number, message in enumerate(messages):
        if number == 3:
            continue
        if message["role"] == "tool" and number % 4 == 1:
            message = {**message, "tool_call_id": None}  # noqa: PLW2901  # another form of it
        if number == 13:
            yield message
        yield message
        if number == 1:
            yield files.result(99, "an early result")


@pytest.mark.parametrize("name", [*files.DOCUMENTS, "odd"])
def test_the_ceiling_has_all_in_every_format_and_where_results_lack(name: str, log: Path) -> None:
    made = [*odd(files.conversation())] if name == "odd" else files.DOCUMENTS[name]()
    log.write_text(json.dumps(made))
    rows = figures(memorygym.compare("recency", trajectories=log, budgets=100_000))
    assert rows["full", None]["uses"] >= 3
    assert rows["full", None]["survival"] == rows["recency", 100_000]["survival"] == 1


def test_the_budget_is_hard(log: Path) -> None:
    report = memorygym.compare({"every": Everything}, trajectories=log, budgets=[60, 400, 900])
    rows = figures(report)
    for budget in (60, 400, 900):
        for system in ("every", "recency"):
            assert rows[system, budget]["tokens"] <= budget
    shares = [rows["recency", budget]["survival"] for budget in (60, 400, 900)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_an_old_version_shown_alone_is_stale(log: Path) -> None:
    rows = figures(memorygym.compare({"old": Old}, trajectories=log, budgets=10_000))
    assert rows["old", 10_000]["replaced"] == 6
    assert rows["old", 10_000]["stale"] == 1
    assert rows["full", None]["stale"] == rows["none", None]["stale"] == 0


def test_the_same_input_gives_the_same_bytes_however_many_work(log: Path) -> None:
    names = ["bm25", "llm_summarizing"]
    one, two = (
        memorygym.compare(names, trajectories=log, budgets=300, workers=n, quiet=True)
        for n in (1, 2)
    )
    assert document(one) == document(two)
    assert str(one) == str(two)


def test_masking_and_the_name_of_the_file_change_no_figure(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "renamed.bin"
    other.write_bytes(log.read_bytes())
    reports = [
        memorygym.compare(["recency", "bm25"], trajectories=path, budgets=200, redact=redact)
        for path, redact in ((log, True), (log, False), (other, True))
    ]
    assert reports[0].rows() == reports[1].rows() == reports[2].rows()


def with_key(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A conversation in which calls need a key and a password that the user gave long before."""
    first = {**messages[1], "content": f"My token is {files.KEY} and password=Tr0ub4dor."}
    end = files.call(9, "log_in", text=f"--auth {files.KEY} Tr0ub4dor", password="Tr0ub4dor")
    pause = [files.said("assistant", "Again?"), files.said("user", "Yes.")] * 2
    return [messages[0], first, *messages[2:], *[*pause, end] * 4]


@pytest.mark.parametrize("redact", [True, False])
def test_secrets_are_masked_in_all_that_is_shown_and_kept(
    redact: bool, log: Path, tmp_path: Path
) -> None:
    log.write_text(json.dumps({"messages": with_key(files.conversation())}))
    report = memorygym.compare(
        "bm25", trajectories=log, budgets=10, redact=redact, output=tmp_path / "out"
    )
    texts = [str(report), *(path.read_text() for path in (tmp_path / "out").iterdir())]
    assert report.figures.uses["id"] > 0
    for secret in (files.KEY, "Tr0ub4dor"):
        assert any(secret in text for text in texts) is not redact


def test_duplicates_of_a_trajectory_change_no_figure(log: Path) -> None:
    once = memorygym.compare("bm25", trajectories=log, budgets=300)
    log.write_text(log.read_text() + "\n" + log.read_text())
    twice = memorygym.compare("bm25", trajectories=[log, log.parent], budgets=300)
    assert once.rows() == twice.rows()
    assert (once.duplicates, twice.duplicates) == (0, 18)


def test_a_memory_that_fails_is_named_and_the_others_are_measured(log: Path) -> None:
    report = memorygym.compare({"bad": Broken, "every": Everything}, trajectories=log, budgets=9999)
    rows = figures(report)
    assert (rows["bad", 9999]["failed"], rows["bad", 9999]["survival"]) == (6, None)
    assert rows["every", 9999]["survival"] == 1
    assert "no more room" in report.figures.errors[0][1].error
    assert "bad*" in str(report)


def test_a_model_may_write_for_the_memories(log: Path) -> None:
    writes = Scripted(["Everything is about W70312."] * 500)
    report = memorygym.compare(
        "llm_summarizing", trajectories=log, budgets=200, memory_model=writes, workers=1
    )
    assert report.memory_model == "Scripted"
    assert report.figures.errors == []
    offline = memorygym.compare("llm_summarizing", trajectories=log, budgets=200)
    assert offline.memory_model == "extractive"
    assert report.rows()[-1] != offline.rows()[-1]


def test_memories_that_a_log_cannot_use_are_refused(log: Path) -> None:
    with pytest.raises(BadSettings, match="an agent writes into it through tools"):
        memorygym.compare("markdown", trajectories=log)
    with pytest.raises(BadSettings, match="a log does not say which facts a call needs"):
        memorygym.compare("oracle", trajectories=log)


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ([files.said("user", "Hi"), files.said("assistant", "Bye")], "nothing to measure: 1 traj"),
        (files.conversation()[:3], "1 call, and no argument took a value from an earlier turn"),
        ([], "no trajectory could be read: log.jsonl: is empty"),
    ],
)
def test_a_log_without_a_use_is_refused(
    messages: list[Mapping[str, Any]], problem: str, log: Path
) -> None:
    log.write_text("\n".join(map(json.dumps, messages)))
    with pytest.raises(BadSettings, match=problem):
        memorygym.compare("bm25", trajectories=log)


def test_tools_that_a_log_does_not_declare_are_calls_like_any_other(log: Path) -> None:
    row = {**files.openai(), "tools": [{"type": "function", "function": {"name": "other"}}]}
    log.write_text(json.dumps(row))
    rows = figures(memorygym.compare("bm25", trajectories=log, budgets=300))
    assert rows["full", None]["uses"] == 7


def test_trials_of_a_task_are_one_cluster_and_outcomes_are_told_apart(log: Path) -> None:
    log.write_text(json.dumps([files.tau(number) for number in range(6)]))
    report = memorygym.compare("recency", trajectories=log, budgets=300)
    row = next(row for row in report.figures.rows if row.system == "recency")
    assert report.figures.clusters == 3
    assert {name: share.uses for name, share in row.by_outcome.items()} == {
        "failure": 21, "success": 21,
    }  # fmt: skip
    assert row.difference is not None
    assert not row.difference.has_interval


def test_every_use_lies_in_one_bin_of_each_split(log: Path) -> None:
    report = memorygym.compare("recency", trajectories=log, budgets=300)
    for row in report.figures.rows:
        assert row.survival
        for split in (row.by_kind, row.by_distance, row.by_source):
            assert sum(share.uses for share in split.values()) == row.survival.uses


def test_the_worst_losses_have_their_places(log: Path) -> None:
    report = memorygym.compare("none,recency", trajectories=log, budgets=20)
    assert not [loss for loss in report.losses() if loss["system"] == "none"]
    report = memorygym.compare("bm25", trajectories=log, budgets=20)
    worst = report.figures.losses[0]
    messages = files.conversation(int(worst.place.split()[2]))
    arguments = messages[worst.message]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments)[worst.argument] == worst.value
    assert worst.value in json.dumps(messages[worst.said])
    assert worst.times == 2
    assert worst.value in str(report)


def test_trajectories_are_read_as_they_are_needed(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survival, "BATCH", 1)
    begun: list[str] = []

    def reading() -> Iterator[Trajectory]:
        for item in read_all([log]):
            assert not isinstance(item, Problem)
            begun.append(item.place)
            yield item

    memories = {name: plug(name) for name in ("none", "full", "recency")}
    job = survival.SurvivalJob(memories, [ComparisonLimits(300)])
    next(survival.replay_all(job, reading(), 1, quiet=True))
    assert len(begun) == 1
