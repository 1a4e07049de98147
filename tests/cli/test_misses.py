"""`memorygym explain RUN` lists every missed question, its cause, and where facts were lost."""

import json
from pathlib import Path

import pytest

from memorygym.runs.results import load
from memorygym.scoring.attribution import CAUSES
from tests.episodes import lite


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of agents that miss for several reasons."""
    folder = tmp_path_factory.mktemp("played") / "run"
    lite("strategic", "guesser", "naive", seeds=3, folder=folder)
    return folder


@pytest.fixture
def misses(played: Path, command):
    """The misses that `explain --json` lists."""
    return lambda *words: [
        json.loads(line)
        for line in command("explain", str(played), *words, "--json").out.splitlines()
    ]


def test_every_miss_has_the_id_of_its_question(played: Path, misses) -> None:
    missed = {
        f"{result.place.episode}#{number}"
        for result in load(played).results
        for number, right in enumerate(result.right, start=1)
        if not right
    }
    rows = misses()
    assert len(rows) == len(missed) and {row["id"] for row in rows} == missed
    assert all(row["cause"] in CAUSES for row in rows)
    order = [(row["agent"], row["template"], row["seed"], row["number"]) for row in rows]
    assert order == sorted(order)


def test_the_table_counts_the_listed_misses(played: Path, command, misses) -> None:
    status, out, _ = command("explain", str(played))
    first, table, lines = out.strip().split("\n\n")
    cells = {line[:20].strip(): line[20:].split() for line in table.splitlines()}
    rows = misses()
    assert status == 0 and first == f"{len(rows)} of 90 questions missed in 9 episodes"
    for cause in {row["cause"] for row in rows}:
        assert sum(map(int, cells[cause])) == sum(row["cause"] == cause for row in rows)
    assert sum(int(cell.partition("/")[0]) for cell in cells["all"]) == len(rows)
    assert [line.split()[0] for line in lines.splitlines()] == [row["id"] for row in rows]


def test_a_lost_fact_is_listed_with_its_step(misses) -> None:
    rows = misses("--cause", "never written")
    assert rows
    for row in rows:
        assert "never written" in {fact["lost"] for fact in row["facts"]}


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("--agent", "naive", "agent"),
        ("--template", "company", "template"),
        ("--cause", "never written", "cause"),
        ("--question-type", "reasoning", "kind"),
        ("--question-type", "text_match", "question_type"),
    ],
)
def test_a_filter_shows_only_its_misses(option: str, value: str, field: str, misses) -> None:
    assert misses(option, value) == [row for row in misses() if row[field] == value] != []


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--agent", "naiv", "did you mean naive?"),
        ("--template", "city", "choose from company"),
        ("--cause", "never writen", "did you mean never written?"),
        ("--question-type", "reasonin", "did you mean reasoning?"),
        ("--limit", "0", "--limit 0: give at least 1"),
    ],
)
def test_a_filter_without_misses_is_named(
    option: str, value: str, said: str, played: Path, command
) -> None:
    status, out, err = command("explain", str(played), option, value)
    assert (status, out) == (2, "") and said in err


def test_a_limit_states_how_many_more_there_are(played: Path, command, misses) -> None:
    out = command("explain", str(played), "--limit", "2").out
    assert out.count(" | truth ") == 6 and f"… {len(misses()) - 6} more" in out


def test_an_inconsistent_trace_is_named_and_left_out(played: Path, command, tmp_path: Path) -> None:
    whole, *_, other = sorted((played / "traces").iterdir())
    (tmp_path / "whole.jsonl.gz").write_bytes(whole.read_bytes())
    (tmp_path / "half.jsonl.gz").write_bytes(other.read_bytes()[:-400])
    (tmp_path / "no.jsonl").write_text("{}\n")
    status, out, err = command("explain", str(tmp_path))
    assert status == 2 and "in 1 episode\n" in out
    assert [line.count("left out") for line in err.splitlines()] == [1, 1]
    assert "half.jsonl.gz, line " in err and "no.jsonl, line 1" in err


def test_a_second_run_is_not_taken_for_an_id(played: Path, command) -> None:
    status, _, err = command("explain", str(played), str(played))
    assert status == 2 and "a folder, not an ID: explain one run at" in " ".join(err.split())
