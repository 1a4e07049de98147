"""`memorygym rm` and `memgym-eval-rm`: figures of anybody's file, and clear refusals."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main, rm
from memorygym.memrm import openings
from memorygym.memrm.judge import CompactionJudgement, Lost
from tests.memrm.stand_in import OverlapJudge, compactions

pytestmark = pytest.mark.rm


@pytest.fixture(autouse=True)
def judge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The stand-in instead of the model file, and a log outside the repository."""
    monkeypatch.setattr("memorygym.memrm.model.load", lambda path: OverlapJudge())
    monkeypatch.setattr(openings, "PLACE", tmp_path / "openings.jsonl")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Sixty labelled compactions as anybody's file."""
    path = tmp_path / "mine.jsonl"
    lines = [
        {
            "full": [message.to_openai() for message in row.full],
            "compacted": row.compacted[0].content,
            "safe": row.safe,
            "needs": [{"text": probe.text, "kept": probe.kept} for probe in row.needs],
            "group": row.group,
        }
        for row in compactions(60)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def splits_of(capsys: pytest.CaptureFixture[str]) -> Mapping[str, Any]:
    document = json.loads(capsys.readouterr().out)
    assert document["model"] == "stand-in"
    splits: Mapping[str, Any] = document["splits"]
    return splits


def test_a_file_with_needs_gives_the_auroc_of_needs_under_its_name(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rm", "evaluate", "--split", str(file), "--mode", "needs", "--json"]) == 0

    split = splits_of(capsys)["mine"]
    assert split["needs"]["auroc"] == 1.0 and len(split["data"]) == 16


def test_a_file_without_event_labels_is_evaluated_by_its_needs_unless_told_otherwise(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps({**row, "safe": None}) + "\n" for row in rows))

    assert main(["rm", "evaluate", "--split", str(file), "--json"]) == 0
    assert splits_of(capsys)["mine"]["mode"] == "needs"
    assert main(["rm", "evaluate", "--split", str(file), "--mode", "blind"]) == 2
    assert "--mode needs would work (60 rows)" in capsys.readouterr().err


def test_an_answer_that_is_planted_in_a_need_changes_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["rm", "evaluate", "--split", str(file), "--mode", "needs", "--json"]
    main(words)
    before = capsys.readouterr().out
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    for row in rows:
        row["needs"] = [{**need, "answer": need["text"], "p": 1} for need in row["needs"]]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    main(words)

    assert capsys.readouterr().out == before


def test_half_a_file_is_evaluated_with_its_broken_line_named_and_exit_code_2(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = file.read_text()
    file.write_text(half := text[: len(text) // 2])

    assert main(["rm", "evaluate", "--split", str(file), "--json"]) == 2

    output = capsys.readouterr()
    assert "is cut off; copy the file again, or remove this record; left out" in output.err
    assert json.loads(output.out)["splits"]["mine"]["n"] == half.count("\n")


def test_the_table_names_the_judge_the_ceiling_and_every_baseline(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rm", "evaluate", "--split", str(file)]) == 0

    lines = capsys.readouterr().out.splitlines()
    for name in ("MemRM", "ceiling", "majority", "length ratio", "entity survival"):
        assert any(line.startswith(name) for line in lines)


def test_a_file_of_one_label_has_dashes_where_a_figure_is_not_defined(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps({**row, "safe": True}) + "\n" for row in rows))

    assert main(["rm", "evaluate", "--split", str(file)]) == 0
    assert "MemRM                –" in capsys.readouterr().out


def test_memgym_eval_rm_takes_a_dataset(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["memgym-eval-rm", "--dataset", str(file), "--json"])

    with pytest.raises(SystemExit, match="0"):
        rm.evaluate_command()

    assert "mine" in splits_of(capsys)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["evaluate", "--split", "idd"], "no such split or file; choose from iid"),
        (["evaluate", "--split", "iid", "--mode", "blnd"], "invalid choice: 'blnd'"),
        (["score", "--full", "nowhere.json", "--compacted", "x"], "nowhere.json: No such file"),
        (["scores"], "invalid choice: 'scores'"),
        (["evaluate", "--spilt", "iid"], "no option named '--spilt'; did you mean --split?"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(
    words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rm", *words]) == 2
    assert problem in capsys.readouterr().err


def test_a_missing_extra_is_one_line_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    monkeypatch.delitem(sys.modules, "memorygym.memrm.model")

    assert main(["rm", "evaluate"]) == 2
    assert 'pip install "agent-memorygym[rm]"' in capsys.readouterr().err


def test_many_broken_rows_are_counted_and_a_few_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"full": "a"}\n' * 40)

    assert main(["rm", "evaluate", "--split", str(file)]) == 2
    assert capsys.readouterr().err.count("\n") < 10


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `judge_compaction` was asked; it answers always the same."""
    asked: dict[str, Any] = {}

    def judge_compaction(full: object, compacted: object, needs: object, model: object) -> Any:
        asked.update(full=full, compacted=compacted, needs=needs)
        lost = (Lost("The room\nis 12. " * 5, 0.954, 0.3),)
        return CompactionJudgement(0.91, "harmful", lost, (Lost("Which room?", 0.8),), "stand-in")

    monkeypatch.setattr("memorygym.memrm.judge.judge_compaction", judge_compaction)
    return asked


def test_score_reads_json_and_text_and_prints_what_is_believed_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scored: dict[str, Any]
) -> None:
    (tmp_path / "a.json").write_text('[{"role": "user", "content": "The room is 12."}]')
    (tmp_path / "b.txt").write_text("A room.")
    (tmp_path / "needs").write_text("Which room?\n")
    words = ["--full", "a.json", "--compacted", "b.txt", "--needs", "needs"]
    paths = [word if word[0] == "-" else str(tmp_path / word) for word in words]

    assert main(["rm", "score", *paths]) == 0

    assert capsys.readouterr().out == (
        "harmful: p_harmful 0.910\n"
        "needs, with the probability that each is lost:\n"
        "  0.80  Which room?\n"
        "believed lost, with the share of each that is gone:\n"
        "  0.95  The room is 12. The room is 12. The room is 12. The room is 12. The room\n"
        "        is 12.\n"
    )
    assert scored["needs"] == ["Which room?"]
    assert main(["rm", "score", *paths, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "harmful"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no text, so nothing can be lost"),
        ('[{"role": "user", "content": " "}]', "holds no text, so nothing can be lost"),
        ('{"full": "The room is 12."}', "[0] has no content, so it is no chat message"),
    ],
)
def test_a_full_context_that_says_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scored: dict[str, Any], text: str,
    reason: str,
) -> None:  # fmt: skip
    path = tmp_path / "full.json"
    path.write_text(text)

    assert main(["rm", "score", "--full", str(path), "--compacted", str(path)]) == 2
    assert reason in capsys.readouterr().err
