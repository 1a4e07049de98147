"""`memorygym play` shows an episode; a person plays the same one under the same budgets."""

import io
from pathlib import Path

import pytest

from memorygym.core.trace import Answer, MemoryUpdate, ToolResult, Trace
from memorygym.runs.store import read_traces
from memorygym.tracks.worlds.generator.task import generate
from tests.episodes import lite

LITE = ["--template", "company", "--tier", "lite"]


def _human(command, monkeypatch: pytest.MonkeyPatch, path: Path, *lines: str) -> tuple[str, Trace]:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    status, out, _ = command("play", "--human", *LITE, "--trace", str(path))
    trace = next(read_traces([path]))[1]
    assert status == 0 and trace
    return out, trace


def test_play_gives_the_episode_of_a_run(trace_file: Path) -> None:
    ((_, kept),) = lite("strategic", traced=True).traces.items()
    _, trace, damage = next(read_traces([trace_file]))
    assert damage == "" and trace
    assert list(trace.lines()) == list(kept.lines())


@pytest.mark.parametrize("agent", ["template_expert", "perfect", "clairvoyant"])
def test_an_episode_is_shown_with_its_verdicts(agent: str, command) -> None:
    status, out, _ = command("play", "--agent", agent, *LITE)
    assert status == 0
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "=== QUESTION" in out and "> Write" in out and "< stored" in out
    assert out.count("    truth ") == 10 and "composite" in out
    assert "\033[" not in out


def test_a_person_has_the_tools_of_an_agent(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = [
        "write Larkin b 7",
        "edit 7 => 8",
        "read",
        "search larkin",
        'call Read {"start_line": 2}',
    ]
    out, trace = _human(command, monkeypatch, tmp_path / "t.jsonl", *lines)
    heard = [message.content for record in trace.records if isinstance(record, ToolResult)
             for message in record.messages]  # fmt: skip
    assert heard == ["stored", "edited", "Larkin b 8", "Larkin b 8", "(memory is empty)"]
    assert [record.writes for record in trace.records if isinstance(record, MemoryUpdate)] == [1, 2]
    assert "end of input" in out and "composite" in out


def test_a_person_answers_and_is_judged(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    task = generate("company", 0, "lite")
    first = next(i for i, event in enumerate(task.events) if event.kind == "question")
    lines = [*["next"] * first, "answer 12"]
    out, trace = _human(command, monkeypatch, tmp_path / "t.jsonl", *lines)
    answered = [record for record in trace.records if isinstance(record, Answer)]
    assert answered == [Answer(first, "12")]
    assert "answer 12 |" in out


def test_a_person_meets_the_same_refusals(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    long = "write " + " ".join(str(number) for number in range(200, 300))
    out, trace = _human(command, monkeypatch, tmp_path / "t.jsonl", long)
    assert "refused: 100 tokens in the entry asked" in " ".join(out.split())
    assert not [record for record in trace.records if isinstance(record, MemoryUpdate)]


@pytest.mark.parametrize("line", ["", "wirte x", "write", "edit a b", "call Read {", "help"])
def test_an_invalid_line_costs_nothing(
    line: str, command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, trace = _human(command, monkeypatch, tmp_path / "t.jsonl", line)
    assert len(trace.records) == 1


def test_an_agent_or_a_person_must_play(command) -> None:
    assert command("play", *LITE).status == 2
    assert command("play", *LITE, "--human", "--agent", "naive").status == 2


def test_an_episode_of_another_track_is_played(command) -> None:
    status, out, _ = command("play", "--agent", "strong", "--track", "research:tokens=10k")
    assert status == 0 and "    truth " in out and "composite" in out
