"""`memorygym score` scores stored traces again; `--check` makes whole runs again."""

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorygym.reports.exports import result_row
from memorygym.runs.results import FILE
from memorygym.runs.store import read_traces, write_trace
from tests.episodes import lite
from tests.reports.trace_rows import alter


def _lines(trace_file: Path) -> list[bytes]:
    return gzip.decompress(trace_file.read_bytes()).splitlines(keepends=True)


def test_a_row_is_the_result_of_the_run(trace_file: Path, ran) -> None:
    (result,) = lite("strategic").results
    (row,) = ran("score", trace_file, "--json").rows()
    assert row == {**result_row(result, "worlds-v5"), "trace": str(trace_file), "damage": None}
    assert (row["memory"], row["track"], row["damage"]) == ("markdown", "worlds", None)


def test_a_folder_is_all_its_traces(trace_file: Path, ran, tmp_path: Path) -> None:
    traces = tmp_path / "run" / "traces"
    traces.mkdir(parents=True)
    (traces / "a.jsonl.gz").write_bytes(trace_file.read_bytes())
    (traces / "b.jsonl").write_bytes(b"".join(_lines(trace_file)))
    (tmp_path / "run" / "timings.jsonl").write_text("{}\n")
    for folder in (traces, traces.parent):
        rows = ran("score", folder, "--json").rows()
        assert [Path(row["trace"]).name for row in rows] == ["a.jsonl.gz", "b.jsonl"]


def test_a_task_counts_once_in_a_mean(trace_file: Path, command, tmp_path: Path) -> None:
    again = tmp_path / "again.jsonl"
    again.write_bytes(b"".join(_lines(trace_file)))
    status, out, err = command("score", trace_file, again, trace_file)
    assert status == 0
    assert out.startswith("traces: 2 found, 2 scored, 0 damaged") and "\n1 task;" in out
    assert f"{again} repeats {trace_file}" in err


@pytest.mark.parametrize("label", ["version", "memory"])
def test_traces_with_other_settings_are_never_averaged(
    label: str, trace_file: Path, ran, tmp_path: Path
) -> None:
    trace = next(read_traces([trace_file]))[1]
    assert trace
    trace.labels[label] = "worlds-v0@other"
    write_trace(tmp_path / "other.jsonl", trace)
    out = ran("score", trace_file, tmp_path).out
    assert out.count("\nstrategic ") == 2 and "worlds-v0@other" in out


def test_verbose_shows_every_question(trace_file: Path, ran) -> None:
    outcome = ran("score", "-v", trace_file)
    assert outcome.out.count("    truth ") == 10 and "WRONG (never written)" in outcome.text
    assert all(len(line) <= 80 or str(trace_file) in line for line in outcome.out.splitlines())


def test_a_trace_cut_in_half_is_named_and_its_rest_scored(
    trace_file: Path, command, tmp_path: Path
) -> None:
    lines = _lines(trace_file)
    half = tmp_path / "half.jsonl"
    half.write_bytes(b"".join(lines[:20]) + lines[20][:9])
    status, out, err = command("score", half, trace_file)
    assert status == 2
    assert f"{half}, line 21: damaged" in err
    assert out.startswith("traces: 2 found, 2 scored, 1 damaged")
    assert out.count("\nstrategic ") == 2 and "DAMAGED TRACES" in out


@pytest.fixture
def refused(trace_file: Path, command, tmp_path: Path) -> Callable[..., str]:
    """Why a file is not scored; the trace beside it is."""

    def score(data: bytes, name: str = "bad.jsonl") -> str:
        (tmp_path / name).write_bytes(data)
        status, out, err = command("score", tmp_path / name, trace_file)
        assert status == 2 and "traces: 2 found, 1 scored, 1 damaged" in out
        assert str(tmp_path / name) in err
        return str(err)

    return score


def forged(trace_file: Path, field: str, value: object) -> bytes:
    """The trace with another value in its header."""
    header, *rest = _lines(trace_file)
    return b"".join([json.dumps({**json.loads(header), field: value}).encode(), b"\n", *rest])


@pytest.mark.parametrize("field", ["gold", "recipe"])
@pytest.mark.parametrize("value", [None, 3, {}, {"questions": 1}, "x"])
def test_a_header_that_cannot_be_scored_is_an_error_of_that_file_only(
    field: str, value: object, trace_file: Path, refused
) -> None:
    refused(forged(trace_file, field, value))


@pytest.mark.parametrize("track", ["os:getenv", "no_such_module:run", "", "worlds.env"])
def test_a_trace_cannot_name_code_to_run(track: str, trace_file: Path, refused) -> None:
    said = refused(forged(trace_file, "track", track))
    assert (
        f"track is {track!r}, none of codeqa, data, dialogue, repair, research, web, worlds" in said
    )


@pytest.mark.parametrize("data", [b"", b"{}\n", b"[]\n", b"\xff\xfe", b"no trace"])
def test_a_file_that_is_not_a_trace_is_an_error_of_that_file_only(data: bytes, refused) -> None:
    refused(data)
    refused(data, "bad.jsonl.gz")


DELETED = object()
DAMAGE = (None, "", "x", -1, 0, 1e308, 10**40, [], {}, True, [[]], DELETED)


def places(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all values in a JSON value; of the items of a list, only the first."""
    yield place
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*place, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*place, 0))


def damaged(value: Any, place: tuple[str | int, ...], new: object) -> Any:
    """A copy with another value at that path, or none."""
    if not place:
        return new
    name, *rest = place
    copy = value.copy()
    if new is DELETED and not rest:
        del copy[name]
    else:
        copy[name] = damaged(value[name], tuple(rest), new)
    return copy


@pytest.mark.slow
def test_no_damage_to_any_part_of_a_trace_raises(trace_file: Path, command, tmp_path: Path) -> None:
    rows = {row.get("kind"): row for row in map(json.loads, _lines(trace_file))}
    rows[None]["records"] = len(rows) - 1
    made = 0
    for kind, row in rows.items():
        for place in places(row):
            for new in DAMAGE[: len(DAMAGE) - (not place)]:
                whole = {**rows, kind: damaged(row, place, new)}
                text = "\n".join(map(json.dumps, whole.values()))
                (tmp_path / f"{made:04}.jsonl").write_text(text, encoding="utf-8")
                made += 1
    status, out, err = command("score", "--json", str(tmp_path))
    named = {line.split(".jsonl")[0][-4:] for line in err.splitlines()}
    scored = {Path(row["trace"]).stem for row in map(json.loads, out.splitlines())}
    assert status == 2 and len(named | scored) == made > 1000 and len(named) > made / 2
    assert all(line.startswith("memorygym: ") for line in err.splitlines())


@pytest.fixture
def altered(finished: Path, tmp_path: Path) -> Path:
    """A finished run whose first score was altered."""
    run = Path(shutil.copytree(finished, tmp_path / "altered"))
    alter(run / FILE, lambda lines: lines[1]["result"]["score"].update(composite=0.9))
    return run


def test_what_comes_out_otherwise_is_named_and_the_rest_is_checked(
    altered: Path, finished: Path, command, ran
) -> None:
    assert ran("score", "--check", finished).out.endswith("reproduced\n")
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
    text = "".join(out.split())  # A long path is broken, too.
    assert status == 1 and said.replace(" ", "") in text and text.endswith("reproduced")


def test_the_schema_is_published(command) -> None:
    status, out, _ = command("score", "--schema")
    parts = json.loads(out)["$defs"]
    assert status == 0 and {"Header", "Line", "Result", "Failure", "Measurement"} <= parts.keys()
