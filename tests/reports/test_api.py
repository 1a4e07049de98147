"""The Python API plays as the commands do, takes objects, and names every mistake."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from statistics import fmean
from typing import Any

import pytest

import memorygym
from memorygym.cli import main
from memorygym.core.types import Task
from memorygym.memories.markdown import Markdown
from memorygym.models.scripted import Scripted
from memorygym.runs.results import FILE
from tests.memories.shims.stand_ins import Words
from tests.reports.own_parts import LastMessages, Silent

LITE: dict[str, Any] = {"template": "company", "tier": "lite", "seeds": 1}
TWICE: dict[str, Any] = {**LITE, "seeds": 2}
WORDS = ["--template", "company", "--tier", "lite", "--seeds", "1", "-q"]
SAME = ("run.json", "compare.json", "compare.csv", "questions.csv", "results.json", FILE)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> memorygym.Results:
    """A comparison of a user's memory with a built-in one."""
    folder = tmp_path_factory.mktemp("api") / "duel"
    return memorygym.compare([LastMessages, "bm25"], output=folder, **TWICE)


def files(folder: Path) -> dict[str, bytes]:
    """The files that must have the same bytes."""
    return {name: (folder / name).read_bytes() for name in SAME if (folder / name).exists()}


@pytest.mark.parametrize(
    ("call", "parts", "words"),
    [
        (memorygym.compare, ["bm25", "markdown"], ["compare", "--memory", "bm25,markdown"]),
        (memorygym.evaluate, ["naive", "strategic"], ["bench", "--agent", "naive", "strategic"]),
    ],
)
def test_a_call_writes_the_same_bytes_as_the_command(
    call: Callable[..., object], parts: list[str], words: list[str], tmp_path: Path
) -> None:
    assert main([*words, "-o", str(tmp_path / "a"), *WORDS]) == 0
    call(parts, output=tmp_path / "b", **LITE)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_an_object_scores_as_its_spec_does(mixed: memorygym.Results) -> None:
    spec = "tests.reports.own_parts:LastMessages"
    named = memorygym.compare([spec, "bm25"], **TWICE)
    own, same = (
        [{**row, "system": "", "trusted": False} for row in results.summary()]
        for results in (mixed, named)
    )
    assert own == same


def test_an_object_is_marked_as_trusted_everywhere(mixed: memorygym.Results) -> None:
    assert {row["system"] for row in mixed.rows() if row["trusted"]} == {"LastMessages"}
    assert {row["system"] for row in mixed.summary() if row["trusted"]} == {"LastMessages"}
    recipe = json.loads((mixed.folders[0] / "results.json").read_bytes())["recipe"]
    assert [*recipe["trusted"]] == ["LastMessages"]
    for shown in (str(mixed), repr(mixed), mixed._repr_html_()):
        assert "LastMessages (trusted)" in shown


def test_rows_average_to_the_summary(mixed: memorygym.Results) -> None:
    for row in mixed.summary():
        accuracies = [r["accuracy"] for r in mixed.rows() if r["system"] == row["system"]]
        assert fmean(accuracies) == pytest.approx(row["accuracy"], abs=1e-5)


@pytest.mark.data
@pytest.mark.parametrize("table", ["rows", "summary", "questions"])
def test_a_frame_has_the_columns_and_rows_of_its_table(
    table: str, mixed: memorygym.Results
) -> None:
    rows, frame = getattr(mixed, table)(), mixed.to_pandas(table)
    assert ([*frame.columns], len(frame)) == ([*rows[0]], len(rows))


@pytest.mark.parametrize(
    ("memory", "name"),
    [
        (LastMessages(300), "LastMessages"),
        (lambda: LastMessages(300), "lambda"),
        (Words, "Words"),
        ({"short": LastMessages(300)}, "short"),
    ],
)
def test_objects_factories_and_stores_are_memories(memory: object, name: str) -> None:
    results = memorygym.compare(memory, template="company", tier="lite", seeds=1, workers=2)
    assert (results.failures, name in str(results)) == ([], True)


def test_an_agent_may_be_a_class_a_function_of_the_task_or_an_object() -> None:
    tasks: list[Task] = []

    def made(task: Task) -> Silent:
        tasks.append(task)
        return Silent()

    results = memorygym.evaluate([Silent, made], memory=Markdown, **LITE)
    assert not results.failures
    assert [row["trusted"] for row in results.rows()] == [True] * 2
    assert {task.gold for task in tasks} == {None}


def test_the_same_call_resumes_a_run_and_another_object_does_not(tmp_path: Path) -> None:
    memorygym.compare(LastMessages(300), output=tmp_path / "run", **LITE)
    memorygym.compare(LastMessages(300), output=tmp_path / "run", **LITE)
    with pytest.raises(memorygym.MemoryGymError, match="the code of LastMessages has changed"):
        memorygym.compare(LastMessages(200), output=tmp_path / "run", **LITE)


def test_explain_gives_the_text_of_the_command(
    mixed: memorygym.Results, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(mixed.folders[0])
    assert main(["explain", folder, "--memory", "bm25", "--limit", "1"]) == 0
    listed = capsys.readouterr().out
    assert listed == f"{mixed.explain(system='bm25', limit=1)}\n"
    miss = next(line.split()[0] for line in listed.splitlines() if "#" in line)
    assert main(["explain", folder, miss]) == 0
    assert capsys.readouterr().out == f"{mixed.explain(miss)}\n"
    with pytest.raises(memorygym.MemoryGymError, match="no option of explain named 'sytem'"):
        mixed.explain(sytem="bm25")


def test_status_of_a_stopped_run_with_an_object_names_the_call(
    mixed: memorygym.Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "traces").mkdir()
    (tmp_path / "run.json").write_bytes((mixed.folders[0] / "run.json").read_bytes())
    assert main(["status", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "in Python, the same call again: memorygym.compare(…, output=" in out
    assert "with LastMessages" in out


def test_a_model_may_be_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memorygym.runs.evaluation.cpu_count", lambda: 2)
    model = Scripted(lambda *_: "")
    results = memorygym.evaluate(model=model, **TWICE)
    assert ([row["trusted"] for row in results.rows()], results.failures) == ([True] * 2, [])
    compared = memorygym.compare("bm25", reasoner=["strong", model], **LITE)
    assert {row["reasoner"] for row in compared.rows() if row["trusted"]} == {"Scripted"}


def test_tasks_of_a_folder_are_played(tmp_path: Path) -> None:
    words = ["--track", "research:tokens=8k:hops=2", "--n", "2", "-o", str(tmp_path / "set")]
    assert main(["generate", *words]) == 0
    results = memorygym.compare("bm25", data=tmp_path / "set")
    assert {row["track"] for row in results.rows()} == {"research"}
    with pytest.raises(memorygym.MemoryGymError, match="and track are both given"):
        memorygym.compare("bm25", data=tmp_path / "set", track="research")


def test_results_of_two_versions_are_refused_with_both_names(
    mixed: memorygym.Results, tmp_path: Path
) -> None:
    other = copytree(mixed.folders[0], tmp_path / "other")
    text = (other / "run.json").read_text("utf-8")
    (other / "run.json").write_text(text.replace(mixed.version, "worlds-v2"), "utf-8")
    with pytest.raises(memorygym.MemoryGymError) as error:
        memorygym.load_results(mixed.folders[0], other)
    assert mixed.version in str(error.value) and "worlds-v2" in str(error.value)


def test_rows_of_several_runs_name_their_run(mixed: memorygym.Results, tmp_path: Path) -> None:
    folder = mixed.folders[0]
    both = memorygym.load_results(folder, copytree(folder, tmp_path / "copy"))
    for table in (both.rows(), both.summary(), both.questions()):
        assert {row["run"] for row in table} == {"duel", "copy"}
    assert "run" not in memorygym.load_results(folder).rows()[0]
    text = both.explain("company+0+strong+bm25+1000#1")
    assert text.startswith("duel: worlds track") and "\n\ncopy: worlds track" in text
    with pytest.raises(memorygym.MemoryGymError, match="given twice"):
        memorygym.load_results(folder, folder / "..", folder)


def test_a_missing_or_damaged_trace_and_an_unfinished_run_are_named(
    mixed: memorygym.Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copytree(mixed.folders[0], tmp_path / "copy")
    trace = copy / "traces/company+0+strong+bm25+1000.jsonl.gz"
    results = memorygym.load_results(copy)
    trace.write_bytes(trace.read_bytes()[:-50])
    with pytest.raises(memorygym.MemoryGymError, match="its misses would be left out"):
        results.explain(system="bm25")
    trace.unlink()
    with pytest.raises(memorygym.MemoryGymError, match=r"strong\+bm25\+1000 is missing"):
        results.explain(system="bm25")
    assert results.explain(system="LastMessages")
    (copy / FILE).unlink()
    assert main(["explain", str(copy)]) == 0
    assert "run unfinished: 15 of 16 episodes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("package", "call", "extra"),
    [("matplotlib", "plot", "plot"), ("pandas", "to_pandas", "data")],
)
def test_a_missing_extra_is_named_with_its_install_line(
    package: str, call: str, extra: str, mixed: memorygym.Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "memorygym.reports.plots", raising=False)
    with pytest.raises(memorygym.MemoryGymError) as error:
        getattr(mixed, call)()
    assert f'pip install "agent-memorygym[{extra}]"' in str(error.value)


def test_importing_the_package_imports_none_of_its_rooms() -> None:
    code = "import sys, memorygym; print([m for m in sys.modules if m.startswith('memorygym.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in memorygym.__all__:
        assert getattr(memorygym, name) is not None
    assert {*memorygym.__all__} <= {*dir(memorygym)}
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = memorygym.nothing
