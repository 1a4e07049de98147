"""A comparison of memories is verified, packed and ranked as a run of agents is."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core.files import json_bytes
from memorygym.core.types import Message
from memorygym.models.scripted import Scripted
from memorygym.reports.checks import REPORTED, REPRODUCED, VERIFIED, examine
from memorygym.reports.leaderboard import flat_rows, leaderboard_of
from memorygym.reports.leaderboard_page import as_markdown
from memorygym.reports.packs import opened, write_pack
from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import played_checks
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import FILE, perform
from memorygym.runs.settings import CompareSettings
from tests.cli.boards import section
from tests.datasets import published
from tests.episodes import worlds
from tests.reports.trace_rows import Rows, alter
from tests.reports.trace_rows import altered as of_file
from tests.slow import mostly_slow

TASKS = ["--tier", "lite", "--template", "company", "--seeds", "2", "-q"]


@pytest.fixture
def altered(compared: Path, tmp_path: Path) -> Path:
    """A copy that may be altered."""
    return Path(shutil.copytree(compared, tmp_path / "copy"))


@mostly_slow(("check", "standing"), [("traces", VERIFIED), ("play", REPRODUCED)], quick=1)
def test_a_comparison_is_verified_from_its_traces_and_by_playing(
    check: str, standing: str, compared: Path
) -> None:
    evidence = examine(compared, check)
    assert (evidence.standing, evidence.problems, evidence.limits) == (standing, (), ())


@pytest.mark.slow
def test_memories_in_another_than_alphabetical_order_are_verified_too(tmp_path: Path) -> None:
    words = ["--memories", "recency,markdown,bm25", "--budget", "200,400", "-o", str(tmp_path)]
    assert main(["compare", *words, *TASKS]) == 0
    evidence = examine(tmp_path, "traces")
    assert (evidence.standing, evidence.problems, evidence.limits) == (VERIFIED, (), ())


def test_templates_that_were_not_played_are_named(altered: Path) -> None:
    about = json.loads((altered / "run.json").read_bytes())
    about["recipe"]["templates"] = ["company", "hospital"]
    (altered / "run.json").write_bytes(json_bytes(about))
    evidence = examine(altered, "traces")
    assert evidence.standing != VERIFIED and "recipe.templates" in evidence.limits[0]


def better(folder: Path) -> None:
    """Gives a question of bm25 another score."""

    def change(lines: Rows) -> None:
        line = next(line for line in lines[1:] if "+bm25+" in line["result"]["place"]["episode"])
        case = line["result"]["measured"]["cases"][0]
        case["score"] = 1.0 - case["score"]

    alter(folder / FILE, change)


def other_check(lines: Rows) -> None:
    lines[0]["checks"][0]["name"] = "something else"


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (
            better,
            rf"{FILE}, line \d+: company\+0\+strong\+bm25\+1000\.measured\.cases\[0\]\.score: ",
        ),
        (of_file(FILE, other_check), f"{FILE}, line 1: checks: "),
    ],
)
def test_an_alteration_is_named_with_its_file(
    spoil: Callable[[Path], None], problem: str, altered: Path
) -> None:
    spoil(altered)
    evidence = examine(altered, "traces")
    assert evidence.standing == "self-reported" and re.match(problem, evidence.problems[0])


def asked(folder: Path) -> None:
    """A comparison with models as reasoner and as writer of memories, stored as `compare` does."""
    shrug = Scripted(lambda messages, tools: Message("assistant", "no idea"))
    model_roles = ModelRoles({"org/shrug": shrug}, Scripted(lambda messages, tools: "a summary"))
    memories = plug_all(["llm_summarizing:max_size=4"])
    settings = CompareSettings(budget=500, reasoner=["org/shrug", "weak"])
    comparison = Comparison(worlds(), memories, settings, model_roles=model_roles)
    perform(comparison, folder, 4, checks=played_checks(comparison))


@pytest.mark.slow
def test_models_of_a_comparison_replay_from_their_recorded_replies(tmp_path: Path) -> None:
    asked(tmp_path)
    traces, play = (examine(tmp_path, check) for check in ("traces", "play"))
    assert (traces.standing, traces.problems) == (VERIFIED, ())
    assert (play.standing, play.problems) == (REPRODUCED, ()) and play.word
    (tmp_path / "replies.jsonl").unlink()
    less = examine(tmp_path, "play")
    assert (less.standing, less.problems) == (REPORTED, ())
    assert less.limits == ("the memories' model has no recorded replies (replies.jsonl)",)


def test_its_pack_holds_neither_exports_nor_clock(compared: Path, tmp_path: Path) -> None:
    write_pack(compared, tmp_path / "duel.tar.gz")
    with opened(tmp_path / "duel.tar.gz") as (folder, problems):
        assert problems == [] and examine(folder, "traces").standing == VERIFIED
        kept = {path.name for path in folder.iterdir()}
    assert kept == {"MANIFEST.json", "run.json", FILE, "traces"}


def test_memories_are_ranked_as_their_comparison_ranks_them(compared: Path) -> None:
    board = leaderboard_of([("duel", examine(compared, "traces"))])
    out = as_markdown(board, {}, "a test")
    title = "Memories: company template, lite tier, public seeds, reasoner strong"
    title += ", budget 1,000, capacity 16,000"
    rows = section(out, title)
    (report,) = json.loads((compared / "compare.json").read_bytes())["reports"]
    memories = {row["system"]: row for row in report["rows"] if row["role"] == "memory"}
    assert {row[1]: row[0] for row in rows} == {
        system: str(r["rank"]) for system, r in memories.items()
    }
    for _, system, accuracy, status in rows:  # The normalised gain would repeat the accuracy.
        mean = 100 * memories[system]["figures"]["accuracy"]["mean"]
        assert accuracy == f"{mean:.1f}" and status == VERIFIED
    below = " ".join(out.split(title)[1].split())
    assert all(f"`{reference}`" in below for reference in ("none", "recency", "full", "oracle"))


def test_memories_and_agents_stand_on_one_page(compared: Path, finished: Path) -> None:
    runs = [("duel", examine(compared)), ("run", examine(finished))]
    board = leaderboard_of(runs)
    assert as_markdown(board, {}, "x") == as_markdown(leaderboard_of(runs[::-1]), {}, "x")
    rows = flat_rows(board, {})
    assert {row["memory"] for row in rows if row["kind"] == "memory"} == {
        "bm25", "markdown+writer",
    }  # fmt: skip
    assert {row["agent"] for row in rows if row["kind"] == "scripted"} == {"naive", "strategic"}
    assert len({tuple(row) for row in rows}) == 1


@pytest.mark.slow
def test_a_comparison_given_twice_counts_once(compared: Path) -> None:
    board = leaderboard_of([("one", examine(compared)), ("two", examine(compared))])
    assert len(board.rankings) == 1 and board.notes == ["two repeats one: it is counted once"]


@pytest.mark.parametrize(
    ("spoil", "check", "why"),
    [
        (lambda folder: None, "none", "its traces were not checked"),
        (better, "traces", f"a check of duel failed: {FILE}, line "),
    ],
)
def test_memories_of_an_unverified_run_have_no_rank(
    spoil: Callable[[Path], None], check: str, why: str, altered: Path
) -> None:
    spoil(altered)
    out = as_markdown(leaderboard_of([("duel", examine(altered, check))]), {}, "a test")
    ((name, *_, status, reason),) = section(out, "Comparisons without a rank")
    assert (name, status) == ("duel", "self-reported") and reason.startswith(why)
    assert "## Memories" not in out


@mostly_slow("seed", [[], ["--seed", "1"]])
def test_traces_of_tasks_in_a_file_are_verified_by_nothing(seed: list[str], tmp_path: Path) -> None:
    data, run = f"locomo:{published.file_of('locomo', tmp_path)}:most=1", tmp_path / "run"
    words = ["--memories", "bm25", "--data", data, "-q", "-o", str(run), *seed]
    assert main(["compare", *words]) == 0
    evidence = examine(run, "play")
    assert (evidence.standing, evidence.problems) == (REPORTED, ())
    assert evidence.limits[0].startswith("its tasks lie in a file that is not given here")
    better(run)
    assert ".measured.cases[0].score: " in examine(run, "traces").problems[0]
