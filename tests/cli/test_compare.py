"""`memorygym compare`: the reasoner is held fixed and only the memory changes."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import memorygym
from memorygym.cli import main
from memorygym.tracks.worlds import TRACK
from tests.datasets import published
from tests.servers.openai import Server
from tests.slow import mostly_slow

SMALL = ("--tier", "lite", "--template", "company")
TWO = ("compare", *SMALL, "--memories", "bm25,markdown", "--seeds", "2")
FILES = ("compare.json", "compare.csv", "questions.csv", "pairs.csv", "pareto.csv")
RESEARCH = "research:hops=2,4:tokens=10k"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison; a test that alters it takes a copy."""
    folder = tmp_path_factory.mktemp("compared") / "run"
    assert main([*TWO, "-o", str(folder)]) == 0
    return folder


def document(folder: Path) -> dict[str, Any]:
    """The content of compare.json."""
    content: dict[str, Any] = json.loads((folder / "compare.json").read_bytes())
    return content


def means(folder: Path, figure: str = "accuracy") -> dict[str, Any]:
    """A figure of each system."""
    (report,) = document(folder)["reports"]
    rows = report["rows"]
    return {row["system"]: (row["figures"][figure] or {}).get("mean") for row in rows}


def test_references_and_unlimited_contexts_are_listed_beside_every_memory(compared: Path) -> None:
    assert set(means(compared)) == {
        "none", "full", "recency", "oracle",
        "bm25", "held:bm25", "markdown+writer", "held:markdown+writer",
    }  # fmt: skip


def test_the_loss_of_a_memory_is_write_loss_plus_retrieval_loss(compared: Path) -> None:
    accuracy = means(compared)
    write, retrieval = (means(compared, f"{part}_loss") for part in ("write", "retrieval"))
    for system in ("bm25", "markdown+writer"):
        lost = write[system] + retrieval[system]
        assert lost == pytest.approx(accuracy["oracle"] - accuracy[system], abs=1e-5)


def test_all_tables_are_printed_if_wanted(compared: Path, ran) -> None:
    for wanted in (False, True):
        out = ran(*TWO, "-o", compared, *["--all"][: int(wanted)]).out
        for title in ("what it held", "evidence", "facts that the question needs", "lookups"):
            assert (title in out) == wanted


@mostly_slow("words", ["--workers 1", "--workers 3", "--memories full,bm25,none,markdown"])
def test_neither_workers_nor_the_name_of_a_reference_change_a_byte(
    words: str, compared: Path, tmp_path: Path, ran
) -> None:
    ran(*TWO, *words.split(), "-o", tmp_path / "run")
    for name in FILES:
        assert (tmp_path / "run" / name).read_bytes() == (compared / name).read_bytes()


def test_two_reasoners_show_whether_the_ranking_depends_on_the_reasoner(ran) -> None:
    words = ("--memories", "bm25,sliding_window", "--seeds", "2", "--reasoner", "strong,weak")
    out = " ".join(ran("compare", *SMALL, *words).text.split())
    assert "strong and the weak reasoner at budget 1,000: no tau-b: 1 of 2 memories are" in out


def test_the_curves_are_drawn_and_written(tmp_path: Path, ran) -> None:
    drawn = ("--curve", "retention", "--curve", "rewrite", "-o", tmp_path / "run")
    out = ran("compare", *SMALL, "--memory", "bm25", "--seeds", "2", *drawn).out
    assert "2–4k" in out and "rewritten" in out
    names = {path.name for path in (tmp_path / "run").glob("*.csv")}
    assert names >= {"retention.csv", "rewrite.csv"}


@mostly_slow(
    ("memory", "why", "counted"),
    [
        ("LooksUpNothing", "observe() raised KeyError: 'user'", "2 failed (held:{0} 1, {0} 1)"),
        ("ForgetsToDump", "in worlds company, seed 0, after restore(du", "* failed: {0} on 1."),
    ],
)
def test_a_memory_that_fails_is_named_and_the_comparison_goes_on(
    memory: str, why: str, counted: str, command
) -> None:
    name = f"tests.memories.first_memory:{memory}"
    options = ("--memories", f"{name},bm25", "--capacity", "500", "--seeds", "1")
    outcome = command("compare", *SMALL, *options)
    assert outcome.status == 1 and "bm25" in outcome.out
    assert f"company+0+strong+{name}+" in outcome.err and f"memory {name}: {why}" in outcome.err
    assert counted.format(name) in outcome.text


@pytest.mark.slow
def test_a_closed_pipe_loses_no_results(tmp_path: Path) -> None:
    heard, said = os.pipe()
    os.close(heard)
    options = ["--memories", "bm25", "--seeds", "1", "-o", "run", "-q"]
    command = [sys.executable, "-m", "memorygym", "compare", *SMALL, *options]
    subprocess.run(command, cwd=tmp_path, stdout=said, stderr=subprocess.DEVNULL, check=False)
    os.close(said)
    assert (tmp_path / "run" / "results.json").exists()


@pytest.fixture
def of_bm25(ran, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Compares bm25 into the folder `run`; returns the content of compare.json."""

    def compare(*options: object) -> dict[str, Any]:
        ran("compare", "--memories", "bm25", "-q", *options, "-o", tmp_path / "run")
        return document(tmp_path / "run")

    return compare


@pytest.fixture(scope="module")
def research(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison of four instances; no test alters it."""
    folder = tmp_path_factory.mktemp("compared") / "run"
    words = ["compare", "--memory", "bm25", "-q", "--track", RESEARCH, "--seeds", "4"]
    assert main([*words, "--curve", "hops", "--curve", "length", "-o", str(folder)]) == 0
    return folder


def test_a_track_of_questions_has_its_version_its_tasks_and_its_bounds(research: Path) -> None:
    content = document(research)
    assert content["version"].startswith("research-v")
    assert content["recipe"]["parameters"] == {"hops": "2,4", "tokens": "10k"}
    assert content["recipe"]["templates"] == ["hops2-10k", "hops4-10k"]
    bounds = means(research)
    assert (bounds["oracle"], bounds["full"], bounds["none"]) == (1, 1, 0)
    (report,) = content["reports"]
    assert {row["figures"]["exact"] for row in report["rows"]} == {None}


@pytest.mark.parametrize(("curve", "bins"), [("hops", {"2", "4"}), ("length", {"8–16k"})])
def test_every_question_states_its_hops_and_its_length_and_the_curve_is_kept(
    research: Path, curve: str, bins: set[str]
) -> None:
    files = (research / "questions.csv", research / f"{curve}.csv")
    rows, points = ([*csv.DictReader(file.read_text().splitlines())] for file in files)
    assert {row["hops"] for row in rows} == {"2", "4"}
    assert all(9_900 <= int(row["length"]) <= 10_100 for row in rows)
    assert {point["bin"] for point in points} == bins


def test_a_miss_is_explained(research: Path, ran) -> None:
    out = ran("explain", research, "hops4-10k+1+strong+none+all#1").out
    assert "WRONG" in out and "observed" in out and "used" in out


@pytest.mark.slow
def test_a_miss_about_code_is_explained_paragraph_by_paragraph(
    tmp_path: Path, of_bm25, ran
) -> None:
    of_bm25("--track", "codeqa:hops=2:tokens=10k", "--seed", "0")
    out = ran("explain", tmp_path / "run", "--memory", "none").out
    missed = [line.split()[0] for line in out.splitlines() if "none+all#" in line]
    assert missed
    for name in missed:
        out = ran("explain", tmp_path / "run", name).out
        assert "Noted of" in out and out.count("\n") < 100


def test_worlds_are_compared_on_scattered_facts_within_a_capacity(of_bm25) -> None:
    one = ("--template", "company", "--seeds", "1")
    recipe = of_bm25(*one)["recipe"]
    assert (recipe["parameters"], recipe["capacity"]) == (
        {"template": "company", "tier": "scattered"}, TRACK.capacity,
    )  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), [("0", None), ("900", 900)])
def test_a_capacity_replaces_that_of_the_track_and_0_lifts_it(
    given: str, kept: int | None, of_bm25
) -> None:
    content = of_bm25(*SMALL, "--seeds", "1", "--capacity", given)
    assert content["recipe"]["capacity"] == kept
    assert content["recipe"]["parameters"]["tier"] == "lite"


def test_a_folder_of_instances_is_played(tmp_path: Path, ran, of_bm25) -> None:
    ran("generate", "--track", "research:tokens=10k", "--n", "2", "-o", tmp_path / "made", "-q")
    assert [report["tasks"] for report in of_bm25("--data", tmp_path / "made")["reports"]] == [2]


def test_a_data_set_is_played(tmp_path: Path, of_bm25) -> None:
    of_bm25("--data", f"hotpotqa:{published.file_of('hotpotqa', tmp_path)}", "--budget", "60")
    bounds = means(tmp_path / "run")
    assert (bounds["oracle"], bounds["none"]) == (1, 0)


def test_a_data_set_that_is_a_folder_is_played(tmp_path: Path, of_bm25) -> None:
    published.file_of("longmemeval_v2", folder := tmp_path)
    assert "longmemeval_v2" in str(of_bm25("--data", f"longmemeval_v2:{folder}")["recipe"]["data"])


def test_a_scripted_reader_of_a_data_set_is_shown_evidence_and_has_no_accuracy(
    tmp_path: Path, ran
) -> None:
    data, run = f"locomo:{published.file_of('locomo', tmp_path)}", tmp_path / "run"
    words = ("--memory", "bm25", "-q", "--data", data, "--budget", "60", "--curve", "hops")
    text = ran("compare", *words, "-o", run).out
    assert "accuracy" not in text.lower().replace("accuracy against", "")
    assert "Evidence shown: the share of questions" in text and "Exact match" not in text
    table = str(memorygym.load_results(run))
    assert "evidence" in table and "accuracy" not in table
    bounds = means(run)
    assert (bounds["oracle"], bounds["none"]) == (1, 0)  # Without evidence it does not refuse.


def test_a_folder_with_a_run_of_other_records_is_refused(tmp_path: Path, command, of_bm25) -> None:
    data = f"locomo:{published.file_of('locomo', tmp_path)}"
    of_bm25("--data", f"{data}:most=1")
    words = ("--memory", "bm25", "-q", "--data", f"{data}:most=2", "-o", tmp_path / "run")
    status, _, err = command("compare", *words)
    assert status == 2 and "holds a run with " in err


CLIENT = "tests.memories.sandbox.plugins:Client"


@pytest.mark.slow
def test_what_a_memory_asks_by_itself_is_counted_only_through_the_proxy(
    server: Server, tmp_path: Path
) -> None:
    words = (
        "compare",
        *SMALL,
        "--memory",
        CLIENT,
        "--seeds",
        "1",
        "-q",
        "-o",
        str(tmp_path / "run"),
    )
    assert main([*words, "--memory-proxy", server.url]) == 0
    counted = means(tmp_path / "run", "model_calls")
    assert counted[CLIENT] == counted[f"held:{CLIENT}"] > 0
    assert means(tmp_path / "run", "embedding_calls")[CLIENT] == counted[CLIENT]
    assert main(["resume", str(tmp_path / "run"), "-q"]) == 0
