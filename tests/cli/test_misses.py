"""`memorygym explain RUN` tells every question that was missed, why, and where facts were lost."""

import json
from pathlib import Path

import pytest

from memorygym.runs.results.results_file import read_results
from memorygym.scoring.attribution import CAUSES
from tests.episodes import lite


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of agents that miss for several reasons."""
    folder = tmp_path_factory.mktemp("played") / "run"
    lite("strategic", "guesser", "naive", seeds=3, folder=folder)
    return folder


def rows(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def test_every_miss_has_the_id_of_its_question(played: Path, command) -> None:
    status, out, err = command("explain", str(played), "--json")
    missed = {
        f"{row['episode']}#{number}"
        for row in read_results(played)["episodes"]
        for number, right in enumerate(row["right"], start=1)
        if not right
    }
    found = rows(out)
    assert (status, err) == (0, "")
    assert len(found) == len(missed) and {row["id"] for row in found} == missed
    assert all(row["cause"] in CAUSES for row in found)
    order = [(row["template"], row["seed"], row["agent"], row["number"]) for row in found]
    assert order == sorted(order)


def test_the_table_counts_what_is_shown(played: Path, command) -> None:
    status, out, _ = command("explain", str(played))
    found = rows(command("explain", str(played), "--json").out)
    first, _, _, *lines = out.splitlines()
    table = {line[:20].strip(): line[20:].split() for line in lines[: lines.index("")]}
    assert status == 0 and first == f"{len(found)} of 90 questions missed in 9 episodes"
    assert table["missed"][-1] == str(len(found)) and table["asked"][-1] == "90"
    for cause in {row["cause"] for row in found}:
        assert table[cause][-1] == str(sum(row["cause"] == cause for row in found))
    assert all(len(line) <= 80 for line in out.splitlines())


def test_a_lost_fact_is_told_with_its_step(played: Path, command) -> None:
    found = rows(command("explain", str(played), "--cause", "never written", "--json").out)
    assert found
    for row in found:
        assert "never written" in {fact["lost"] for fact in row["facts"]}
    out = " ".join(command("explain", str(played), "--cause", "never written").out.split())
    assert found[0]["facts"][0]["fact"] in out


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("--agent", "naive", "agent"),
        ("--template", "company", "template"),
        ("--cause", "never written", "cause"),
        ("--competency", "reasoning", "kind"),
        ("--competency", "text_match", "question_type"),
    ],
)
def test_only_what_is_asked_for_is_shown(
    option: str, value: str, field: str, played: Path, command
) -> None:
    every = rows(command("explain", str(played), "--json").out)
    found = rows(command("explain", str(played), option, value, "--json").out)
    assert found == [row for row in every if row[field] == value] != []


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--agent", "naiv", "did you mean naive?"),
        ("--template", "city", "choose from company"),
        ("--cause", "never writen", "did you mean never written?"),
        ("--competency", "reasonin", "did you mean reasoning?"),
        ("--limit", "0", "--limit 0: give at least 1"),
    ],
)
def test_what_is_not_there_is_named(
    option: str, value: str, said: str, played: Path, command
) -> None:
    status, out, err = command("explain", str(played), option, value)
    assert (status, out) == (2, "") and said in err


def test_a_limit_tells_how_many_more_there_are(played: Path, command) -> None:
    out = command("explain", str(played), "--limit", "2").out
    every = rows(command("explain", str(played), "--json").out)
    assert out.count("    truth ") == 2 and f"… {len(every) - 2} more" in out


def test_a_trace_that_cannot_be_believed_is_named_and_left_out(
    played: Path, command, tmp_path: Path
) -> None:
    whole, *_, other = sorted((played / "traces").iterdir())
    (tmp_path / "whole.jsonl.gz").write_bytes(whole.read_bytes())
    (tmp_path / "half.jsonl.gz").write_bytes(other.read_bytes()[:-400])
    (tmp_path / "no.jsonl").write_text("{}\n")
    status, out, err = command("explain", str(tmp_path))
    assert status == 2 and "in 1 episode\n" in out
    assert [line.count("left out") for line in err.splitlines()] == [1, 1]
    assert "half.jsonl.gz, line " in err and "no.jsonl, line 1" in err


def test_a_second_run_is_no_id(played: Path, command) -> None:
    status, _, err = command("explain", str(played), str(played))
    assert status == 2 and "is a folder, not an ID: explain one run at a time" in " ".join(
        err.split()
    )
