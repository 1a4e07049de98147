"""Recorded trajectories past memories: bounds, budgets, and what may not change a figure."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import memorygym
from memorygym.core.errors import BadSettings
from memorygym.core.types import Memory, Message
from memorygym.datasets._logs import LoggedTrajectory, read_all
from memorygym.models.scripted import Scripted
from memorygym.reports.survival import SurvivalReport
from memorygym.runs.comparison import survival
from memorygym.runs.comparison.system_specs import ComparisonLimits
from tests.datasets import trajectory_files as files
from tests.reports.own_parts import Broken


class Old(Memory):
    """A memory that shows only the first state of every order."""

    def __init__(self) -> None:
        self._shown: list[Message] = []

    def observe(self, new: Sequence[Message]) -> None:
        self._shown += [m for m in new if '"order_id"' in m.content][: not self._shown]

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return self._shown


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Six conversations, one a line."""
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps(files.openai(number)) for number in range(6)))
    return path


def compare(
    memories: object, log: Path, budgets: object = 300, **more: Any
) -> tuple[SurvivalReport, dict[tuple[str, int | None], dict[str, Any]]]:
    """The report, and its rows by system and budget."""
    report = memorygym.compare(
        memories, trajectories=more.pop("paths", log), budgets=budgets, **more
    )
    return report, {(row["system"], row["budget"]): row for row in report.rows()}


def odd(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conversation with results lacking, without ids, twice, and before their call."""
    rows = [
        {**message, "tool_call_id": None} if message["role"] == "tool" and n % 4 == 1 else message
        for n, message in enumerate(messages)
    ]
    return [*rows[:2], files.result(99, "an early result"), rows[2], *rows[4:14], *rows[13:]]


@pytest.mark.parametrize("name", [*files.DOCUMENTS, "odd"])
def test_the_ceiling_has_all_in_every_format_and_where_results_lack(name: str, log: Path) -> None:
    made: Any = odd(files.conversation()) if name == "odd" else files.DOCUMENTS[name]()
    if name == "OpenAI messages":  # Calls of tools that are not declared are like any other.
        made["tools"] = [{"type": "function", "function": {"name": "other"}}]
    log.write_text(json.dumps(made))
    _, rows = compare("recency", log, 100_000)
    assert rows["full", None]["uses"] >= 3
    assert rows["full", None]["survival"] == rows["recency", 100_000]["survival"] == 1


def test_full_has_all_none_has_nothing_and_the_budget_is_hard(log: Path) -> None:
    _, rows = compare("bm25", log, [60, 400, 900])
    assert rows["full", None]["survival"] == 1
    assert rows["none", None]["survival"] == rows["none", None]["tokens"] == 0
    for budget in (60, 400, 900):
        for system in ("bm25", "recency"):
            assert rows[system, budget]["tokens"] <= budget
    shares = [rows["recency", budget]["survival"] for budget in (60, 400, 900)]
    assert shares == sorted(shares) and shares[0] < shares[-1]
    assert all(row["uses"] == 42 for row in rows.values())


def test_an_old_version_shown_alone_is_stale(log: Path) -> None:
    _, rows = compare({"old": Old}, log, 10_000)
    assert (rows["old", 10_000]["replaced"], rows["old", 10_000]["stale"]) == (6, 1)
    assert rows["full", None]["stale"] == rows["none", None]["stale"] == 0


def test_workers_change_no_byte_and_masking_the_files_name_and_duplicates_no_figure(
    log: Path, tmp_path: Path
) -> None:
    names = ["bm25", "llm_summarizing", "recency"]
    report, rows = compare(names, log)
    several, _ = compare(names, log, workers=2, quiet=True)
    assert several.document() == report.document() and str(several) == str(report)
    other = tmp_path / "renamed.bin"
    other.write_bytes(log.read_bytes())
    assert compare(names, other)[1] == compare(names, log, redact=False)[1] == rows
    other.unlink()
    log.write_text(log.read_text() + "\n" + log.read_text())
    twice, doubled = compare(names, log, paths=[log, log.parent])
    assert doubled == rows and (report.duplicates, twice.duplicates) == (0, 18)


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
    report, _ = compare("bm25", log, 10, redact=redact, output=tmp_path / "out")
    texts = [str(report), *(path.read_text() for path in (tmp_path / "out").iterdir())]
    assert report.figures.uses["id"] > 0
    for secret in (files.KEY, "Tr0ub4dor"):
        assert any(secret in text for text in texts) is not redact


def test_a_memory_that_fails_is_named_and_the_others_are_measured(log: Path) -> None:
    report, rows = compare({"bad": Broken}, log, 9999)
    assert (rows["bad", 9999]["failed"], rows["bad", 9999]["survival"]) == (6, None)
    assert rows["recency", 9999]["survival"] == 1
    assert "KeyError" in report.errors[0] and "bad*" in str(report)


def test_a_model_may_write_for_the_memories(log: Path) -> None:
    writes = Scripted(["Everything is about W70312."] * 500)
    report, rows = compare("llm_summarizing", log, 200, memory_model=writes, workers=1)
    assert (report.memory_model, report.errors) == ("Scripted", [])
    offline, others = compare("llm_summarizing", log, 200)
    assert offline.memory_model == "extractive" and others != rows


HELLO = [files.said("user", "Hi"), files.said("assistant", "Bye")]


@pytest.mark.parametrize(
    ("memory", "messages", "problem"),
    [
        ("markdown", HELLO, "an agent writes into it through tools"),
        ("oracle", HELLO, "a log does not say which facts a call needs"),
        ("bm25", HELLO, "nothing to measure: 1 traj"),
        ("bm25", files.conversation()[:3], "1 call, and no argument took a value from an earlier"),
        ("bm25", [], "no trajectory could be read: log.jsonl: is empty"),
    ],
)
def test_what_cannot_be_replayed_is_refused(
    memory: str, messages: list[Mapping[str, Any]], problem: str, log: Path
) -> None:
    log.write_text("\n".join(map(json.dumps, messages)))
    with pytest.raises(BadSettings, match=problem):
        compare(memory, log)


def test_trials_of_a_task_are_one_cluster_and_outcomes_are_told_apart(log: Path) -> None:
    log.write_text(json.dumps([files.tau(number) for number in range(6)]))
    figures = compare("recency", log)[0].figures
    row = next(row for row in figures.rows if row.system == "recency")
    assert figures.clusters == 3
    outcomes = {name: share.uses for name, share in row.by_outcome.items()}
    assert outcomes == {"failure": 21, "success": 21}
    assert row.difference is not None and not row.difference.has_interval
    for row in figures.rows:
        assert row.survival
        for split in (row.by_kind, row.by_distance, row.by_source):
            assert sum(share.uses for share in split.values()) == row.survival.uses


def test_the_worst_losses_have_their_places(log: Path) -> None:
    report, _ = compare("bm25", log, 20)
    assert {loss["system"] for loss in report.losses()} == {"bm25"}
    worst = report.figures.losses[0]
    messages = files.conversation(int(worst.place.split()[2]))
    arguments = messages[worst.message]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments)[worst.argument] == worst.value
    assert worst.value in json.dumps(messages[worst.said])
    assert worst.times == 2 and worst.value in str(report)


def test_trajectories_are_read_as_they_are_needed(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survival, "BATCH", 1)
    trajectories = iter([item for item in read_all([log]) if isinstance(item, LoggedTrajectory)])
    job = survival.SurvivalJob(survival.memories_of(["recency"]), [ComparisonLimits(300)])
    next(survival.replay_all(job, trajectories, 1, quiet=True))
    assert len([*trajectories]) == 5
