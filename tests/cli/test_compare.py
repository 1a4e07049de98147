"""`memorygym compare`: the reasoner is held fixed and only the memory changes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from memorygym.cli import main
from tests.slow import mostly_slow

SMALL = ("--tier", "lite", "--template", "company")
FILES = ("compare.json", "compare.csv", "questions.csv", "pairs.csv", "pareto.csv")


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison; a test that alters it takes a copy."""
    folder = tmp_path_factory.mktemp("compared") / "run"
    options = ("--memories", "bm25,markdown", "--seeds", "2", "-o", str(folder))
    assert main(["compare", *SMALL, *options]) == 0
    return folder


def rows(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """The figures of each system."""
    (report,) = json.loads((folder / "compare.json").read_bytes())["reports"]
    return {row["system"]: row["figures"] for row in report["rows"]}


def test_references_and_unlimited_contexts_are_listed_beside_every_memory(compared: Path) -> None:
    assert set(rows(compared)) == {
        "none", "full", "recency", "oracle",
        "bm25", "held:bm25", "markdown+writer", "held:markdown+writer",
    }  # fmt: skip


def test_the_loss_of_a_memory_is_write_loss_plus_retrieval_loss(
    compared: Path,
) -> None:
    by_system = rows(compared)
    for system in ("bm25", "markdown+writer"):
        lost = sum(by_system[system][part]["mean"] for part in ("write_loss", "retrieval_loss"))
        upper_bound = by_system["oracle"]["accuracy"]["mean"]
        assert lost == pytest.approx(upper_bound - by_system[system]["accuracy"]["mean"], abs=1e-5)


def test_all_tables_are_printed_if_wanted(
    compared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--memories", "bm25,markdown", "--seeds", "2", "-o", str(compared))
    for wanted in (False, True):
        assert main(["compare", *SMALL, *options, *["--all"][: int(wanted)]]) == 0
        out = capsys.readouterr().out
        for title in ("what it held", "evidence", "facts that the question needs", "lookups"):
            assert (title in out) == wanted


@pytest.mark.slow
def test_naming_a_reference_changes_nothing(compared: Path, tmp_path: Path) -> None:
    options = ("--memories", "full,bm25,none,markdown", "--seeds", "2", "-o", str(tmp_path / "run"))
    assert main(["compare", *SMALL, *options]) == 0
    for name in FILES:
        assert (tmp_path / "run" / name).read_bytes() == (compared / name).read_bytes()


def test_a_stopped_comparison_resumes_to_the_same_bytes(compared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(compared, folder)
    for trace in sorted(folder.glob("traces/*"))[::2]:
        trace.unlink()
    for name in FILES:
        (folder / name).unlink()
    options = ("--memories", "bm25,markdown", "--seeds", "2", "-o", str(folder))
    assert main(["compare", *SMALL, *options]) == 0
    kept = sorted(path.relative_to(compared) for path in compared.glob("traces/*"))
    for path in [*map(Path, FILES), *kept]:
        assert (folder / path).read_bytes() == (compared / path).read_bytes()


@mostly_slow("workers", ["1", "3"], quick=1)
def test_workers_change_no_byte(compared: Path, tmp_path: Path, workers: str) -> None:
    options = ("--memories", "bm25,markdown", "--seeds", "2", "--workers", workers)
    assert main(["compare", *SMALL, *options, "-o", str(tmp_path / "run")]) == 0
    assert (tmp_path / "run/compare.json").read_bytes() == (compared / "compare.json").read_bytes()


@mostly_slow(
    "words",
    [
        "status {}", "score {}", "pack {}", "diff {} {}",
        "leaderboard {} --check traces", "explain {}",
        "explain {}/traces/company+0+strong+bm25+1000.jsonl.gz",
    ],
    quick=2,
)  # fmt: skip
def test_commands_for_runs_read_a_comparison(
    words: str, compared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    copytree(compared, folder)
    assert main(words.format(folder, folder).split()) == 0
    out, err = capsys.readouterr()
    assert err == "" and ("bm25" in out or words.startswith("pack"))


def test_the_command_that_a_message_suggests_works(
    compared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(compared)]) == 0
    trace = compared / "traces/company+0+strong+bm25+1000.jsonl.gz"
    assert main(["explain", str(trace)]) == 0
    assert main(["explain", str(compared), "company+0+strong+markdown+writer#1"]) == 0
    assert "company+0+strong+markdown+writer+1000#1  " in capsys.readouterr().out


def test_two_reasoners_show_whether_the_ranking_depends_on_the_reasoner(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ("--memories", "bm25,sliding_window", "--seeds", "2", "--reasoner", "strong,weak")
    assert main(["compare", *SMALL, *options]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "strong and the weak reasoner at budget 1,000: Kendall's tau-b 1.00" in out


def test_the_curves_are_drawn_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = ("--curve", "retention", "--curve", "rewrite")
    options = ("--memories", "bm25", "--seeds", "2", *drawn, "-o", str(tmp_path / "run"))
    assert main(["compare", *SMALL, *options]) == 0
    out = capsys.readouterr().out
    assert "2–4k" in out and "rewritten" in out
    assert {path.name for path in (tmp_path / "run").glob("*.csv")} >= {
        "retention.csv",
        "rewrite.csv",
    }


@mostly_slow(
    ("name", "message", "counted"),
    [
        (
            "brittle:Brittle",
            "memory brittle:Brittle: observe() raised ZeroDivisionError",
            "2 failed (brittle:Brittle 1, held:brittle:Brittle 1)",
        ),
        (
            "hiding:Hiding",
            "memory hiding:Hiding: in worlds company, seed 0, after restore(dump()), compose()"
            " returned another context: message ",
            "* failed: hiding:Hiding on 1.",
        ),
    ],
    quick=1,
)
def test_a_memory_that_fails_is_named_and_the_comparison_goes_on(
    name: str, message: str, counted: str, tmp_path: Path
) -> None:
    (tmp_path / "brittle.py").write_text(BRITTLE)
    (tmp_path / "hiding.py").write_text(HIDING)
    options = ["--memories", f"{name},bm25", "--capacity", "500", "--seeds", "1"]
    command = [sys.executable, "-m", "memorygym", "compare", *SMALL, *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert f"company+0+strong+{name}+" in done.stderr and message in done.stderr
    assert "bm25" in done.stdout and counted in " ".join(done.stdout.split())


@pytest.mark.slow
def test_a_closed_pipe_loses_no_results(tmp_path: Path) -> None:
    heard, said = os.pipe()
    os.close(heard)
    options = ["--memories", "bm25", "--seeds", "1", "-o", "run", "-q"]
    command = [sys.executable, "-m", "memorygym", "compare", *SMALL, *options]
    subprocess.run(command, cwd=tmp_path, stdout=said, stderr=subprocess.DEVNULL, check=False)
    os.close(said)
    assert (tmp_path / "run" / "results.json").exists()


HIDING = """
from memorygym.core.types import Memory, Message

class Hiding(Memory):
    held = ()

    def observe(self, new):
        self.held = (*self.held, *(message.content for message in new))

    def compose(self, live, budget):
        return [Message("user", text[:500]) for text in self.held[:3]]
"""


BRITTLE = """
from memorygym.core.types import Memory

class Brittle(Memory):
    heard = 0

    def observe(self, new):
        self.heard += len(new)
        if self.heard > 9:
            1 / 0
"""
