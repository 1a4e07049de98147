"""`memorygym compare` on question-answering tracks, and on tasks in files."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import memorygym
from memorygym.cli import main
from tests.datasets import published

RESEARCH = "research:hops=2,4:tokens=10k"
PARAGRAPHS = [
    [f"Title {n}", [f"Sentence one of {n}.", f"The value of {n} is {n}."]] for n in "abcd"
]
HOTPOT = [
    {
        "_id": f"q{number}", "question": f"What is the value of {name}?", "answer": name,
        "type": "bridge", "level": "easy", "context": PARAGRAPHS,
        "supporting_facts": [[f"Title {name}", 1]],
    }
    for number, name in enumerate("abc")
]  # fmt: skip


def compared(folder: Path, *options: str, memories: str = "bm25") -> dict[str, Any]:
    """The content of compare.json."""
    status = main(["compare", "--memories", memories, "-q", "-o", str(folder), *options])
    assert status == 0
    document: dict[str, Any] = json.loads((folder / "compare.json").read_bytes())
    return document


@pytest.fixture(scope="module")
def research(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison of four instances; no test alters it."""
    folder = tmp_path_factory.mktemp("compared") / "run"
    compared(folder, "--track", RESEARCH, "--seeds", "4", "--curve", "hops", "--curve", "length")
    return folder


def test_the_document_states_version_and_tasks(research: Path) -> None:
    document = json.loads((research / "compare.json").read_bytes())
    assert document["version"].startswith("research-v")
    assert document["recipe"]["parameters"] == {"hops": "2,4", "tokens": "10k"}
    assert document["recipe"]["templates"] == ["hops2-10k", "hops4-10k"]


def test_upper_and_lower_bound_have_their_scores(research: Path) -> None:
    (report,) = json.loads((research / "compare.json").read_bytes())["reports"]
    means = {row["system"]: row["figures"]["accuracy"]["mean"] for row in report["rows"]}
    assert (means["oracle"], means["full"], means["none"]) == (1, 1, 0)
    assert {row["figures"]["exact"] for row in report["rows"]} == {None}


def test_every_question_states_its_hops_and_its_length(research: Path) -> None:
    with (research / "questions.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    assert {row["hops"] for row in rows} == {"2", "4"}
    assert all(9_900 <= int(row["length"]) <= 10_100 for row in rows)


@pytest.mark.parametrize("curve", ["hops", "length"])
def test_the_curve_is_kept(research: Path, curve: str) -> None:
    with (research / f"{curve}.csv").open(newline="") as file:
        bins = {row["bin"] for row in csv.DictReader(file)}
    assert bins == ({"2", "4"} if curve == "hops" else {"8–16k"})


def test_a_miss_is_explained(research: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(research), "hops4-10k+1+strong+none+all#1"]) == 0
    out = capsys.readouterr().out
    assert "WRONG" in out and "observed" in out and "used" in out


@pytest.mark.slow
def test_a_miss_about_code_is_explained_paragraph_by_paragraph(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    compared(folder, "--track", "codeqa:hops=2:tokens=10k", "--seed", "0")
    assert main(["explain", str(folder), "--memory", "none"]) == 0
    missed = [
        line.split()[0] for line in capsys.readouterr().out.splitlines() if "none+all#" in line
    ]
    assert missed
    for name in missed:
        assert main(["explain", str(folder), name]) == 0
        out = capsys.readouterr().out
        assert "Noted of" in out and out.count("\n") < 100


def test_a_secret_generates_other_instances_and_is_stored_as_its_hash(tmp_path: Path) -> None:
    first, second = (
        compared(tmp_path / salt, "--track", RESEARCH, "--seed", "0", "--salt", salt)
        for salt in ("hush", "hash")
    )
    assert first["recipe"]["salt"] != second["recipe"]["salt"]
    assert "hush" not in (tmp_path / "hush" / "compare.json").read_text()


def test_a_folder_of_instances_is_played(tmp_path: Path) -> None:
    made = str(tmp_path / "made")
    assert main(["generate", "--track", "research:tokens=10k", "--n", "2", "-o", made]) == 0
    document = compared(tmp_path / "run", "--data", made)
    assert [report["tasks"] for report in document["reports"]] == [2]


def test_a_data_set_is_played(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(HOTPOT))
    document = compared(tmp_path / "run", "--data", f"hotpotqa:{path}", "--budget", "60")
    means = {
        row["system"]: row["figures"]["accuracy"]["mean"] for row in document["reports"][0]["rows"]
    }
    assert (means["oracle"], means["none"]) == (1, 0)


def test_a_scripted_reader_of_a_data_set_is_shown_evidence_and_has_no_accuracy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, run = f"locomo:{published.file_of('locomo', tmp_path)}", tmp_path / "run"
    compared(run, "--data", data, "--budget", "60", "--curve", "hops")
    text = capsys.readouterr().out
    assert "accuracy" not in text.lower().replace("accuracy against", "")
    assert "Evidence shown: the share of questions" in text and "Exact match" not in text
    table = str(memorygym.load_results(run))
    assert "evidence" in table and "accuracy" not in table
    (report,) = json.loads((run / "compare.json").read_bytes())["reports"]
    means = {row["system"]: row["figures"]["accuracy"]["mean"] for row in report["rows"]}
    assert (means["oracle"], means["none"]) == (1, 0)  # Without evidence it does not refuse.


def test_an_unknown_reasoner_is_not_taken_for_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = f"hotpotqa:{published.file_of('hotpotqa', tmp_path)}"
    options = ["compare", "--memories", "bm25", "--data", data, "--reasoner", "strong,weak"]
    assert main(options) == 2
    message = capsys.readouterr().err
    assert "no reasoner of the track data named 'weak'; choose from strong" in message


def test_a_data_set_that_is_a_folder_is_played(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    published.file_of("longmemeval_v2", folder)
    document = compared(tmp_path / "run", "--data", f"longmemeval_v2:{folder}")
    assert "longmemeval_v2" in str(document["recipe"]["data"])


@pytest.mark.parametrize("others", [["most=2"], ["most=1", "--seed", "0"]])
def test_a_folder_with_another_run_is_not_changed(
    others: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = f"locomo:{published.file_of('locomo', tmp_path)}"
    compared(tmp_path / "run", "--data", f"{data}:most=1", "--seed", "1")
    parameter, *seed = others
    words = ["--memories", "bm25", "-q", "-o", str(tmp_path / "run"), *(seed or ["--seed", "1"])]
    assert main(["compare", "--data", f"{data}:{parameter}", *words]) == 2
    assert "holds a run with " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--track", "data"], "--track data: it generates no tasks; give --data FORMAT:FILE"),
        (["--track", "reserch"], "did you mean research?"),
        (["--track", "research:hopps=2"], "did you mean hops?"),
        (["--track", "research:tokens=many"], "give a number such as"),
        (["--track", "worlds:hops=2"], "no parameter of the track worlds named 'hops'"),
        (
            ["--track", "research", "--tier", "lite"],
            "research named 'tier'",
        ),
        (["--data", "nowhere"], "no such folder"),
        (["--data", "hotpotqa:x:least=3"], "choose from most"),
        (["--data", "x", "--track", "research"], "give one of them"),
        (["--data", "hotpotqa:x", "--salt", "s"], "the tasks of hotpotqa:x are finished"),
    ],
)
def test_a_choice_that_cannot_be_played_is_named(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--memories", "bm25", "-q", *options]) == 2
    assert message in capsys.readouterr().err
