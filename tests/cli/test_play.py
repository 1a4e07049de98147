"""`memorygym play` shows a task or an episode; a person plays it under the same budgets."""

import io
import json
from pathlib import Path

import pytest

from memorygym.core.trace import Answer, MemoryUpdate, ToolResult
from memorygym.runs.store import read_traces
from memorygym.tracks.worlds.generator.gold import read_gold
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes
from tests.episodes import lite
from tests.slow import mostly_slow

LITE = ["--template", "company", "--tier", "lite"]
SHOW = ["play", "--show", "--seed", "3", *LITE]


@pytest.fixture
def human(command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """What a person who types these lines sees, and the records of the episode."""

    def play(*lines: str):
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
        path = tmp_path / "t.jsonl"
        status, out, _ = command("play", "--human", *LITE, "--trace", str(path))
        trace = next(read_traces([path]))[1]
        assert status == 0 and "end of input" in out and "composite" in out and trace
        return out, trace.records

    return play


def test_play_gives_the_episode_of_a_run(trace_file: Path) -> None:
    ((_, kept),) = lite("strategic", traced=True).traces.items()
    _, trace, damage = next(read_traces([trace_file]))
    assert damage == "" and trace
    assert list(trace.lines()) == list(kept.lines())


@pytest.mark.parametrize("agent", ["template_expert", "perfect", "clairvoyant"])
def test_an_episode_is_shown_with_its_verdicts(agent: str, ran) -> None:
    out = ran("play", "--agent", agent, *LITE).out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "=== QUESTION" in out and "> Write" in out and "< stored" in out
    assert out.count("    truth ") == 10 and "composite" in out
    assert "\033[" not in out


def test_a_person_has_the_tools_of_an_agent(human) -> None:
    calls = ["write Larkin b 7", "edit 7 => 8", "read", "search larkin"]
    _, records = human(*calls, 'call Read {"start_line": 2}')
    results = (record.messages for record in records if isinstance(record, ToolResult))
    texts = [message.content for messages in results for message in messages]
    assert texts == ["stored", "edited", "Larkin b 8", "Larkin b 8", "(memory is empty)"]
    assert [record.writes for record in records if isinstance(record, MemoryUpdate)] == [1, 2]


def test_a_person_is_judged_and_refused_as_an_agent_is(human) -> None:
    events = generate("company", 0, "lite").events
    first = next(i for i, event in enumerate(events) if event.kind == "question")
    out, records = human(*["next"] * first, "answer 12")
    assert [record for record in records if isinstance(record, Answer)] == [Answer(first, "12")]
    assert "answer 12 |" in out
    out, records = human("write " + " ".join(str(number) for number in range(200, 300)))
    assert "refused: 100 tokens in the entry asked" in " ".join(out.split())
    assert not [record for record in records if isinstance(record, MemoryUpdate)]


@pytest.mark.parametrize("line", ["", "wirte x", "write", "edit a b", "call Read {", "help"])
def test_an_invalid_line_costs_nothing(line: str, human) -> None:
    assert len(human(line)[1]) == 1


def test_an_episode_of_another_track_is_played(ran) -> None:
    out = ran("play", "--agent", "strong", "--track", "research:tokens=10k").out
    assert "    truth " in out and "composite" in out


@pytest.fixture
def rows(ran):
    """The lines of --json."""
    return lambda *words: ran(*words, "--json").rows()


def test_json_is_one_message_a_line_and_the_gold_comes_last(rows) -> None:
    system, *events = rows(*SHOW)
    task = generate("company", 3, "lite")
    assert system == {"event": None, "kind": "system", "role": "system", "content": task.system}
    assert [(row["event"], row["kind"], row["content"]) for row in events] == [
        (number, event.kind, event.text) for number, event in enumerate(task.events)
    ]
    assert read_gold(rows(*SHOW, "--gold")[-1]["gold"]) == task.gold


def test_text_holds_every_word_in_80_columns_and_the_gold_only_on_demand(command) -> None:
    plain, gold = command(*SHOW).out, command(*SHOW, "--gold").out
    assert all(len(line) <= 80 for line in gold.splitlines())
    words = " ".join(plain.split())
    assert all(" ".join(e.text.split()) in words for e in generate("company", 3, "lite").events)
    assert gold.startswith(plain) and "truth:" not in plain and gold.count("truth:") == 10


def test_sizes_and_secret_reach_the_generator(rows) -> None:
    sizes = ["--entities", "20", "--questions", "8", "--corrections", "2", "--writes", "12"]
    task = generate("company", 3, "lite", Sizes(20, 12, 8, 2), "s")
    _, *events = rows(*SHOW, *sizes, "--salt", "s")
    assert [row["content"] for row in events] == [event.text for event in task.events]


@mostly_slow("track", ["research:tokens=10k", "codeqa:tokens=12k"], quick=1)
def test_a_task_of_any_track_is_shown(track: str, command, rows) -> None:
    words = ["play", "--show", "--track", track]
    plain, gold = command(*words).out, command(*words, "--gold").out
    assert "--- system" in plain and "--- user, event 1\n" in plain and gold.startswith(plain)
    asked = rows(*words, "--gold")[-1]["gold"]["questions"]
    assert asked and all(json.dumps(question["truth"]) in gold for question in asked)
