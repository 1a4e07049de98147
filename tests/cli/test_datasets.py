"""`memorygym datasets` lists formats, shows files and measures evidence recall."""

import json
from pathlib import Path

from memorygym.core import registry
from tests.datasets import published


def test_every_format_is_listed_with_its_source_within_80_columns(ran) -> None:
    out = ran("datasets").out
    assert all(f"\n{name}: " in f"\n{out}" for name in registry.names("datasets"))
    assert all(len(line) <= 80 for line in out.splitlines())
    rows = ran("datasets", "--json").rows()
    assert [row["id"] for row in rows] == registry.names("datasets")
    assert all(row["source"] and row["licence"] and row["units"] for row in rows)


def test_show_states_the_content_of_a_file(command, tmp_path: Path) -> None:
    path = published.file_of("locomo", tmp_path, rows=2)
    row = json.loads(command("datasets", "show", "locomo", str(path), "--json").out)
    assert row["records"] == {"read": 2, "left_out": 0}
    assert row["units"] == {"total": 8, "least": 4, "most": 4}
    assert (row["questions"], row["with_evidence"], row["unknown_evidence"]) == (10, 8, 2)
    assert row["categories"] == {"1": 2, "2": 2, "3": 2, "4": 2, "5": 2}
    text = command("datasets", "show", "locomo", str(path)).out
    floor = "floor       20.0 %: 2 questions want a refusal, so always refusing scores this"
    assert "8 (4 to 4 a sample)" in text and floor in text and row["refusals"] == 2
    path = published.file_of("hotpotqa", tmp_path, rows=2)
    assert "floor" not in command("datasets", "show", "hotpotqa", str(path)).out


def test_recall_prints_intervals_categories_and_omissions(command, tmp_path: Path) -> None:
    path = published.file_of("hotpotqa", tmp_path)
    status, out, err = command("datasets", "recall", "hotpotqa", str(path))
    lines = out.splitlines()
    assert status == 0 and all(len(line) <= 80 for line in lines)
    assert lines[0] == "hotpotqa.json as hotpotqa: 3 of 3 records read; 3 of 3 questions count"
    assert "bridge" in out and "100.0" in out
    assert err == "left out k = 5, 10, 25, 50: the smallest sample has 3 units\n"


def test_recall_as_json_has_all_figures(command, tmp_path: Path) -> None:
    path = published.file_of("locomo", tmp_path)
    words = ("datasets", "recall", "locomo", str(path), "--k", "1,3,9", "--unit", "turn", "--json")
    row = json.loads(command(*words).out)
    assert set(row["recall"]) == set(row["any"]) == set(row["all"]) == {"1", "3"}
    assert (row["n"], row["unit"], row["memory"], row["k_left_out"]) == (12, "turn", "bm25", [9])
    assert row["skipped"] == {"without_evidence": 3} and row["unknown_evidence"] == 3
    assert {name: category["n"] for name, category in row["categories"].items()} == {
        "1": 3, "2": 3, "4": 3, "5": 3
    }  # fmt: skip


def test_records_that_are_left_out_are_counted_first_and_listed(command, tmp_path: Path) -> None:
    path = published.write(tmp_path / "a.json", [published.hotpot(), {"context": []}])
    _, out, err = command("datasets", "recall", "hotpotqa", str(path), "--k", "1")
    assert "1 of 2 records read" in out.splitlines()[0]
    assert "left out record 1 (line 42): " in err
