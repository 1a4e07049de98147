"""`memorygym score` computes every score again from stored traces."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorygym.reports.exports import result_row
from memorygym.runs.store import read_traces, write_trace
from tests.episodes import lite


def _lines(trace_file: Path) -> list[bytes]:
    return gzip.decompress(trace_file.read_bytes()).splitlines(keepends=True)


def test_a_row_is_the_result_of_the_run(trace_file: Path, command) -> None:
    (result,) = lite("strategic").results
    status, out, err = command("score", str(trace_file), "--json")
    row = json.loads(out)
    assert (status, err) == (0, "")
    assert row == {**result_row(result, "worlds-v3"), "trace": str(trace_file), "damage": None}
    assert (row["memory"], row["track"], row["damage"]) == ("markdown", "worlds", None)


def test_a_folder_is_all_its_traces(trace_file: Path, command, tmp_path: Path) -> None:
    traces = tmp_path / "run" / "traces"
    traces.mkdir(parents=True)
    for name in ("a.jsonl.gz", "b.jsonl"):
        data = trace_file.read_bytes() if name.endswith("gz") else b"".join(_lines(trace_file))
        (traces / name).write_bytes(data)
    (tmp_path / "run" / "timings.jsonl").write_text("{}\n")
    for folder in (traces, traces.parent):
        out = command("score", str(folder), "--json").out
        assert [Path(json.loads(line)["trace"]).name for line in out.splitlines()] == [
            "a.jsonl.gz", "b.jsonl",
        ]  # fmt: skip


def test_a_task_counts_once_in_a_mean(trace_file: Path, command, tmp_path: Path) -> None:
    again = tmp_path / "again.jsonl"
    again.write_bytes(b"".join(_lines(trace_file)))
    status, out, err = command("score", str(trace_file), str(again), str(trace_file))
    assert status == 0
    assert out.startswith("traces: 2 found, 2 scored, 0 damaged") and "\n1 task;" in out
    assert f"{again} repeats {trace_file}" in err


@pytest.mark.parametrize("label", ["version", "memory"])
def test_traces_with_other_settings_are_never_averaged(
    label: str, trace_file: Path, command, tmp_path: Path
) -> None:
    trace = next(read_traces([trace_file]))[1]
    assert trace
    trace.labels[label] = "worlds-v0@other"
    write_trace(tmp_path / "other.jsonl", trace)
    _, out, err = command("score", str(trace_file), str(tmp_path))
    assert out.count("\nstrategic ") == 2 and "worlds-v0@other" in out and err == ""


def test_verbose_shows_every_question(trace_file: Path, command) -> None:
    out = command("score", "-v", str(trace_file)).out
    assert out.count("    truth ") == 10 and "WRONG (never written)" in " ".join(out.split())
    assert all(len(line) <= 80 or str(trace_file) in line for line in out.splitlines())


def test_a_trace_cut_in_half_is_named_and_its_rest_scored(
    trace_file: Path, command, tmp_path: Path
) -> None:
    lines = _lines(trace_file)
    half = tmp_path / "half.jsonl"
    half.write_bytes(b"".join(lines[:20]) + lines[20][:9])
    status, out, err = command("score", str(half), str(trace_file))
    assert status == 2
    assert f"{half}, line 21: damaged" in err
    assert out.startswith("traces: 2 found, 2 scored, 1 damaged")
    assert out.count("\nstrategic ") == 2 and "DAMAGED TRACES" in out


@pytest.mark.parametrize("field", ["gold", "recipe"])
@pytest.mark.parametrize("value", [None, 3, {}, {"questions": 1}, "x"])
def test_a_header_that_cannot_be_scored_is_an_error_of_that_file_only(
    field: str, value: object, trace_file: Path, command, tmp_path: Path
) -> None:
    header, *rest = _lines(trace_file)
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(
        json.dumps({**json.loads(header), field: value}).encode() + b"\n" + b"".join(rest)
    )
    status, out, err = command("score", str(bad), str(trace_file))
    assert status == 2
    assert str(bad) in err and "traces: 2 found, 1 scored, 1 damaged" in out


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


@pytest.mark.parametrize("track", ["os:getenv", "no_such_module:run", "", "worlds.env"])
def test_a_trace_cannot_name_code_to_run(
    track: str, trace_file: Path, command, tmp_path: Path
) -> None:
    header, *rest = _lines(trace_file)
    bad = tmp_path / "bad.jsonl"
    forged = {**json.loads(header), "track": track}
    bad.write_bytes(json.dumps(forged).encode() + b"\n" + b"".join(rest))
    status, _, err = command("score", "--json", str(bad))
    assert status == 2
    assert f"track is {track!r}, none of codeqa, data, dialogue, research, worlds" in err


@pytest.mark.parametrize("data", [b"", b"{}\n", b"[]\n", b"\xff\xfe", b"no trace"])
def test_a_file_that_is_not_a_trace_is_an_error_of_that_file_only(
    data: bytes, trace_file: Path, command, tmp_path: Path
) -> None:
    for name in ("bad.jsonl", "bad.jsonl.gz"):
        bad = tmp_path / name
        bad.write_bytes(data)
        status, out, err = command("score", str(bad), str(trace_file))
        assert status == 2
        assert str(bad) in err and "traces: 2 found, 1 scored, 1 damaged" in out
