"""`memorygym leaderboard`: which runs it takes, how it checks them, and its output formats."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from memorygym.reports.packs import write_pack
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.results import perform
from tests.cli.boards import SALT, Make, section
from tests.episodes import worlds
from tests.slow import mostly_slow


@mostly_slow("form", ["md", "csv", "json"], quick=1)
def test_the_same_runs_give_the_same_bytes_in_any_order(
    form: str, made: Make, command, tmp_path: Path
) -> None:
    runs = [
        made({"naive": 0.5, "strategic": 0.2}), made({"guesser": 0.5}), made({"packer": 0.1}),
        made({"abstainer": 0.4}, parameters={"tier": "hard"}), made({"naive": 0.5}, salt=SALT),
        made({"brief_reader": 0.5}, seeds=[3]),
    ]  # fmt: skip
    orders: Sequence[list[str]] = (runs, runs[::-1], sorted(runs, key=lambda run: run[-6:]))
    written = set()
    for order in orders:
        path = tmp_path / "out"
        words = ["--check", "none", "--format", form, "-o", str(path)]
        assert command("leaderboard", *order, *words).out == ""
        written.add(path.read_bytes())
    assert len(written) == 1 and written.pop().endswith(b"\n")


def test_csv_and_json_hold_every_entrant(made: Make, command) -> None:
    runs = [made({"naive": 0.5, "packer": 0.1}), made({"brief_reader": 0.5}, seeds=[3])]
    words = ["leaderboard", *runs, "--check", "none", "--format"]
    rows = list(csv.DictReader(io.StringIO(command(*words, "csv").out)))
    json_rows = json.loads(command(*words, "json").out)["rows"]
    assert [row["agent"] for row in rows] == [row["agent"] for row in json_rows]
    assert {row["agent"] for row in json_rows} == {"naive", "packer", "brief_reader"}
    assert all(row["rank"] is None and row["status"] == "self-reported" for row in json_rows)
    assert all(len(row) == len(json_rows[0]) for row in json_rows)


def test_a_run_without_its_traces_has_no_rank(made: Make, command) -> None:
    run = made({"naive": 0.5})
    status, out, _ = command("leaderboard", run)
    why = section(out, "Not ranked")[0][-1]
    assert status == 1 and why.startswith(f"a check of {run} failed: traces/agentteam+0+naive+0")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run with results, traces and a pack."""
    folder = tmp_path_factory.mktemp("played") / "run"
    perform(Evaluation(tasks=worlds(), agents=("naive",)), folder)
    write_pack(folder, folder.with_name("run.tar.gz"))
    return folder


@pytest.mark.parametrize(
    ("name", "check", "status"),
    [
        ("run", "none", "self-reported"),
        ("run", "traces", "verified from traces"),
        ("run", "play", "reproduced"),
        ("run.tar.gz", "play", "reproduced"),
    ],
)
def test_a_run_has_the_status_that_its_files_show(
    name: str, check: str, status: str, played: Path, command
) -> None:
    out = command("leaderboard", str(played.parent / name), "--check", check).out
    assert section(out, "Not ranked")[0][5] == status


def test_prose_fits_the_screen(made: Make, command) -> None:
    out = command("leaderboard", made({"naive": 0.5}), made({"guesser": 0.4}, salt=SALT)).out
    prose = [line for line in out.splitlines() if line[:1] not in ("|", "<")]
    assert all(len(line) <= 80 for line in prose)
