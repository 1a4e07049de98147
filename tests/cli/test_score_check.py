"""`memorygym score --check` makes a run again; `--schema` says what its measurements look like."""

import json
import shutil
from pathlib import Path

import pytest

from memorygym.runs.results import FILE
from tests.reports.trace_rows import rewrite, rows_of


@pytest.fixture
def altered(finished: Path, tmp_path: Path) -> Path:
    """A finished run whose first score was altered."""
    run = Path(shutil.copytree(finished, tmp_path / "altered"))
    lines = rows_of(run / FILE)
    lines[1]["result"]["score"]["composite"] = 0.9
    rewrite(run / FILE, lines)
    return run


def test_a_run_that_comes_out_the_same_is_reproduced(finished: Path, command) -> None:
    status, out, err = command("score", "--check", str(finished))
    assert (status, err) == (0, "") and out.endswith("reproduced\n")


def test_what_comes_out_otherwise_is_named_and_the_rest_is_checked(
    altered: Path, finished: Path, command
) -> None:
    status, out, _ = command("score", "--check", str(altered), str(finished))
    text = " ".join(out.split())
    assert status == 1 and "1 problem measurements.jsonl.gz, line 2: company+0+naive+0" in text
    assert "composite: 0.9, but it comes out as 0." in text and text.endswith("reproduced")
    assert all(len(line) <= 80 for line in out.splitlines()[1:-2])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda run: (run / FILE).write_bytes(b"{"), f"{FILE}, line 1: damaged"),
        (lambda run: (run / FILE).unlink(), "the run has not finished; `memorygym resume "),
        (lambda run: (run / "run.json").unlink(), "it has no run.json"),
    ],
)
def test_a_run_that_cannot_be_read_is_named_and_the_rest_is_checked(
    spoil, said: str, altered: Path, finished: Path, command
) -> None:
    spoil(altered)
    status, out, _ = command("score", "--check", str(altered), str(finished))
    text = " ".join(out.split())
    assert status == 1 and said in text and text.endswith("reproduced")


def test_the_schema_is_published(command) -> None:
    status, out, _ = command("score", "--schema")
    parts = json.loads(out)["$defs"]
    assert status == 0 and {"Header", "Line", "Result", "Failure", "Measurement"} <= parts.keys()
