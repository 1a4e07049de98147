"""One word a thing: -o, --memory and --agent mean the same everywhere; options stand anywhere."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from tests.episodes import lite

LITE = ["-t", "company", "--tier", "lite", "--seeds", "1", "-q"]
NAME = "company+0+strong+bm25:top_k=2+300"


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_a_results_file_receives_the_result_alone(ending: str, command, tmp_path: Path) -> None:
    file = tmp_path / f"results{ending}"
    assert command("bench", *LITE, "--agent", "naive", "-o", str(file)).status == 0
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    text = file.read_text()
    rows = (
        [*csv.DictReader(text.splitlines())] if ending == ".csv" else json.loads(text)["episodes"]
    )
    assert len(rows) == 1 and "naive" in rows[0].values()


def test_any_other_name_is_the_folder_of_the_run(command, tmp_path: Path) -> None:
    words = ["--strategy", "naive", "--backend", "markdown", "--run", str(tmp_path / "run")]
    assert command("bench", *LITE, *words).status == 0
    assert (tmp_path / "run" / "results.json").exists()
    status, _, err = command("bench", *LITE, "-o", "a", "-o", "b")
    assert status == 2 and "--output a and b: give one of them" in err


def test_memories_are_a_list_or_repeated(command, tmp_path: Path) -> None:
    file = tmp_path / "duel.csv"
    words = ["--memory", "bm25", "--memories", "naive,sliding_window", "-o", str(file)]
    assert command("compare", *LITE, *words).status == 0
    rows = csv.DictReader(file.read_text().splitlines())
    memories = [row["system"] for row in rows if row["role"] == "memory"]
    assert sorted(memories) == ["bm25", "naive", "sliding_window"]


@pytest.mark.parametrize("place", range(3))
def test_an_id_may_stand_before_or_after_an_option(place: int, duel: Path, command) -> None:
    words = [str(duel), f"{NAME}#1"]
    words.insert(place, "--play")
    status, out, _ = command("explain", *words)
    assert status in (0, 1) and f"{NAME}: version " in " ".join(out.split())


@pytest.mark.parametrize("name", ["strong+bm25:top_k=2+300", "strong+bm25%3Atop_k%3D2+300"])
def test_a_system_is_chosen_by_its_readable_or_its_escaped_name(
    name: str, duel: Path, command
) -> None:
    status, out, _ = command("diff", str(duel), str(duel), "--agent", name)
    assert status == 0 and out.startswith("strong+bm25:top_k=2+300: 0 improved")


def test_the_word_after_judge_may_be_the_file(command) -> None:
    rows = Path(__file__).parents[1] / "cases" / "judge_rows.jsonl"
    assert command("grade", "--judge", str(rows)) == command("grade", str(rows), "--judge")


def test_a_cut_trace_is_named_when_results_are_checked(command, tmp_path: Path) -> None:
    lite("naive", folder=tmp_path / "run")
    assert command("score", "--check", str(tmp_path / "run")).out.endswith("reproduced\n")
    (trace,) = (tmp_path / "run" / "traces").iterdir()
    lines = gzip.decompress(trace.read_bytes()).splitlines(keepends=True)
    trace.write_bytes(gzip.compress(b"".join(lines[:-3])))
    status, out, _ = command("score", "--check", str(tmp_path / "run"))
    assert status == 1 and f"traces/{trace.name}" in out


def test_tables_fit_a_narrow_terminal(duel: Path, command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = command("score", str(duel)).out
    assert max(len(line) for line in out.splitlines()) <= 40


def test_an_agent_may_be_made_for_its_task(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made_for.py").write_text(
        "from memorygym.tracks.worlds.agents.honest import naive\n\n\n"
        "def make(task):\n    assert task.events and task.gold is None\n    return naive()\n"
    )
    monkeypatch.chdir(tmp_path)
    status, out, _ = command("bench", *LITE[:-1], "--agent", "made_for:make")
    assert status == 0 and "made_for:make" in out
