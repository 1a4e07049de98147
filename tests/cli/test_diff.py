"""`memorygym diff` compares two runs question by question, regressions first."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from memorygym.cli import main

Make = Callable[..., str]


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Plays agents; returns the folder of the run."""

    @cache
    def make(*agents: str, seeds: int = 3, more: tuple[str, ...] = ("--tier", "lite")) -> str:
        folder = str(tmp_path_factory.mktemp("diff") / "run")
        words = ["bench", "-q", "--workers", "1", "-t", "company", "--seeds", str(seeds), *more]
        assert main([*words, "--strategy", *agents, "--run", folder]) == 0
        return folder

    return make


def test_equal_runs_have_no_differences(run_of: Make, ran) -> None:
    out = ran("diff", run_of("strategic", "naive"), run_of("naive", "strategic")).out
    assert out.count("0 improved, 0 regressed, 30 unchanged of 30 questions") == 2
    assert "regressed, right" not in out


def test_a_lower_composite_is_exit_code_1_and_regressions_are_shown(run_of: Make, command) -> None:
    perfect, naive = run_of("perfect", seeds=5), run_of("naive", seeds=5)
    status, out, _ = command("diff", perfect, naive, "-v")
    assert status == 1 and ": worse" in " ".join(out.split())
    assert out.startswith("naive (B) against perfect (A): 0 improved, ")
    regressions = out.partition("regressed, right in A alone:\n")[2]
    (n,) = {regressions.count(each) for each in ("\n    truth ", "    A: ", "    B: ")}
    assert n > 10
    assert all(len(line) <= 80 for line in out.splitlines())
    status, out, _ = command("diff", naive, perfect)
    assert status == 0 and "improved, right in B alone:" in out and "more; -v shows them" in out


def test_a_single_regression_fails_only_if_asked_to(run_of: Make, command) -> None:
    runs = run_of("strategic", seeds=2), run_of("naive", seeds=2)
    outcome = command("diff", *runs)
    assert outcome.status == 0 and "not significant" in outcome.text
    assert "regressed, right in A alone" in outcome.out
    assert command("diff", *runs, "--fail-on-regression").status == 1
    assert command("diff", runs[0], runs[0], "--fail-on-regression").status == 0


def test_results_without_traces_give_the_ids(run_of: Make, command, tmp_path: Path) -> None:
    copies = [copytree(run_of(agent), tmp_path / agent) for agent in ("perfect", "naive")]
    for copy in copies:
        rmtree(copy / "traces")
    out = command("diff", *map(str, copies)).out
    assert "  company+0+naive+0#" in out and "truth" not in out


def test_json_counts_every_question(run_of: Make, command) -> None:
    runs = run_of("strategic", seeds=5), run_of("naive", seeds=6)
    status, out, _ = command("diff", *runs, "--json")
    row = json.loads(out)
    changed = len(row["improved"]) + len(row["regressed"])
    assert status == 0 and row["questions"] == changed + row["unchanged"] == 50
    assert (row["only_in_a"], row["only_in_b"]) == (0, 1)
    assert row["difference"]["low"] < row["difference"]["mean"] < row["difference"]["high"]


def test_tasks_of_another_secret_are_not_aligned(run_of: Make, ran) -> None:
    private = run_of("perfect", more=("--tier", "lite", "--salt", "a salt of some length"))
    out = ran("diff", run_of("perfect"), private).out
    assert "unchanged of 0 questions" in out and "unpaired" in out


@pytest.mark.parametrize("seeds", [1, 3])
def test_few_tasks_have_no_interval(run_of: Make, ran, seeds: int) -> None:
    perfect, naive = run_of("perfect", seeds=seeds), run_of("naive", seeds=seeds)
    assert "(too few tasks for an interval)" in ran("diff", perfect, naive).text
    assert json.loads(ran("diff", perfect, naive, "--json").out)["difference"]["low"] is None
