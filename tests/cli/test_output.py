"""One word a thing in all commands: where results go, how parts are named, and what fits."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

LITE = ("-t", "company", "--tier", "lite", "--seeds", "1")
PLAYED = ("bench", "--agent", "naive", *LITE)
NAME = "strong+bm25:top_k=2+300"


@pytest.mark.parametrize("name", ["results.json", "results.csv", "r.JSON"])
def test_a_results_file_receives_the_result_alone(name: str, command, tmp_path: Path) -> None:
    assert command(*PLAYED, "-q", "-o", tmp_path / name).status == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]
    text = (tmp_path / name).read_text()
    is_csv = name.endswith(".csv")
    rows = [*csv.DictReader(text.splitlines())] if is_csv else json.loads(text)["episodes"]
    assert len(rows) == 1 and "naive" in rows[0].values()


def test_any_other_name_is_the_folder_of_the_run(command, tmp_path: Path) -> None:
    words = ("--strategy", "naive", "--backend", "markdown", "--run", tmp_path / "run")
    assert command("bench", *LITE, *words).status == 0
    assert (tmp_path / "run" / "results.json").exists()


def test_an_empty_output_is_refused(command) -> None:
    said = "argument --output/-o/--run: '' is empty, perhaps from an unset variable"
    assert said in command(*PLAYED, "-o", "").err


def test_tables_make_way_for_a_result_on_standard_output() -> None:
    words = [sys.executable, "-m", "memorygym", *PLAYED, "-o", "/dev/stdout"]
    done = subprocess.run(words, capture_output=True, check=True)
    assert "summary" in json.loads(done.stdout)
    assert b"1 episode: 1 scored" in done.stderr


def test_memories_are_a_list_or_repeated(command, tmp_path: Path) -> None:
    file = tmp_path / "duel.csv"
    words = ("--memory", "bm25", "--memories", "naive,sliding_window", "-q", "-o", file)
    assert command("compare", *LITE, *words).status == 0
    rows = csv.DictReader(file.read_text().splitlines())
    memories = [row["system"] for row in rows if row["role"] == "memory"]
    assert sorted(memories) == ["bm25", "naive", "sliding_window"]


@pytest.mark.parametrize("place", range(3))
def test_an_id_may_stand_before_or_after_an_option(place: int, duel: Path, command) -> None:
    words = [str(duel), f"company+0+{NAME}#1"]
    words.insert(place, "--play")
    outcome = command("explain", *words)
    assert outcome.status in (0, 1) and f"company+0+{NAME}: version " in outcome.text


@pytest.mark.parametrize("name", [NAME, NAME.replace(":", "%3A").replace("=", "%3D")])
def test_a_system_is_chosen_by_its_readable_or_its_escaped_name(name: str, duel: Path, ran) -> None:
    assert ran("diff", duel, duel, "--agent", name).out.startswith(f"{NAME}: 0 improved")


@pytest.mark.parametrize("words", ["list", "bench --help", "verify --help", "score {}"])
def test_a_narrow_terminal_is_kept_to(
    words: str, duel: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = command(*(word.format(duel) for word in words.split())).out
    assert max(map(len, out.splitlines())) <= 40
