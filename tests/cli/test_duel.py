"""The folder of a comparison works with status, score, explain and diff as a run of agents does."""

import json
import shutil
from pathlib import Path

import pytest

from memorygym.runs.results import FILE
from tests.reports.trace_rows import Rows, alter

BM25, FEWER = "strong+bm25+300", "strong+bm25:top_k=2+300"


@pytest.fixture
def copy(duel: Path, tmp_path: Path) -> Path:
    """The folder, to be altered."""
    return Path(shutil.copytree(duel, tmp_path / "a copy"))


def test_misses_are_those_of_the_memories_by_system(duel: Path, ran) -> None:
    out = ran("explain", str(duel)).out
    assert "42 of 80 questions missed in 8 episodes" in out and "15/20" in out
    assert "+none+" not in out and "+recency+" not in out and "+held:" not in out
    assert "left out: full, held:bm25, held:bm25:top_k=2, none, oracle, recency" in out
    every = ran("explain", duel, "--memory", "all").out
    assert "company+0+strong+none+all#1 " in every and "left out" not in every
    misses = ran("explain", duel, "--json").rows()
    assert {row["memory"] for row in misses} == {"bm25", "bm25:top_k=2"}
    assert [row["id"] for row in misses] == [
        line.split()[0] for line in out.splitlines() if line.startswith("company+") and "#" in line
    ]


def test_a_reference_and_a_single_trace_are_listed_on_request(duel: Path, ran) -> None:
    assert "18 of 20 questions missed" in ran("explain", duel, "--memory", "none").out
    trace = duel / "traces" / "company+0+strong+none+all.jsonl.gz"
    assert "9 of 10 questions missed" in ran("explain", trace).out


def test_scores_have_a_table_for_every_budget(duel: Path, command) -> None:
    out = command("score", str(duel)).out
    assert FEWER in out and all(len(line) <= 80 for line in out.splitlines())
    heads = [line for line in out.splitlines() if line.startswith("version ")]
    assert len(heads) == 3 and out.count(" accuracy ") == 3
    assert [text in out for text in ("300 tokens", "600 tokens", "no budget")] == [True] * 3
    results = json.loads((duel / "results.json").read_bytes())
    by_name = {row["episode"]: row for row in results["episodes"]}
    for row in command("score", duel, "--json").rows():
        kept = by_name[row["episode"]]
        assert (row["composite"], row["accuracy"]) == (kept["composite"], kept["accuracy"])


def test_two_comparisons_are_paired_system_by_system(duel: Path, copy: Path, command) -> None:
    def change(lines: Rows) -> None:
        results = (line["result"] for line in lines[1:])
        (right,) = (r["right"] for r in results if r["place"]["episode"] == f"company+0+{BM25}")
        right[5] = not right[5]

    alter(copy / FILE, change)
    status, out, err = command("diff", str(duel), str(copy), "--fail-on-regression")
    assert status == 2 and "its score is not the one in the results" in err
    assert out.count("accuracy") == 4 and "+none+" not in out
    assert f"{BM25}: 0 improved, 1 regressed, 19 unchanged of 20 questions" in out
    assert f"  company+0+{BM25}#6\n" in out
    out = command("diff", str(duel), str(copy), "--agent", "strong+none+all").out
    assert out.startswith("strong+none+all: 0 improved, 0 regressed")


@pytest.mark.parametrize("name", [BM25, "strong+oracle+600", "strong+none", "strong+full+all"])
def test_an_episode_of_a_comparison_is_played_again(name: str, duel: Path, ran) -> None:
    out = ran("explain", str(duel), f"company+1+{name}", "--play").out
    assert "the trace is the same bytes as the one in the run" in out
    assert out.startswith(f"company+1+{name}") and "accuracy" in out


TOOLS = {
    "status": [], "explain": [], "score": [], "diff": ["--agent", "strong"],
    "explain --play": ["company+0", "--play"], "score --check": ["--check"],
    "pack": [], "leaderboard": [],
}  # fmt: skip


@pytest.mark.parametrize(("layout", "commit"), [("2", "a37886c"), ("3", "cdf0fd66")])
@pytest.mark.parametrize("tool", TOOLS)
def test_a_folder_of_an_earlier_layout_is_named_with_the_version_that_reads_it(
    tool: str, layout: str, commit: str, copy: Path, command
) -> None:
    text = (copy / "run.json").read_text()
    (copy / "run.json").write_text(text.replace("memorygym-run-4", f"memorygym-run-{layout}"))
    words = [str(copy), *([str(copy)] if tool == "diff" else []), *TOOLS[tool]]
    status, out, err = command(tool.split(maxsplit=1)[0], *words)
    said = " ".join((out + err).split())
    assert status == (1 if tool == "score --check" else 2)
    assert "made by an earlier version of memorygym (layout memorygym-r" in said
    assert f"play it again, or read it with commit {commit}" in said
