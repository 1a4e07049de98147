"""Instances are read as they are published, and patches are written as the harness reads them."""

import json
import sys
from pathlib import Path

import pytest

from memorygym.tracks.repair.swegym import instances, predictions
from memorygym.tracks.repair.swegym.__main__ import main
from tests.datasets.trajectory_files import openhands
from tests.tracks.repair.swegym import recorded


def test_every_family_is_recognised_with_its_image_and_tests(tmp_path: Path) -> None:
    rows = (recorded.bench(), recorded.gym(), recorded.smith())
    items = list(instances.read(recorded.write(tmp_path / "all.jsonl", *rows)))
    assert [(item.family, item.image) for item in items] == [  # type: ignore[union-attr]
        ("SWE-bench", "docker.io/swebench/sweb.eval.x86_64.ann_1776_maps-12:latest"),
        ("SWE-Gym", "docker.io/xingyaoww/sweb.eval.x86_64.ann_s_maps-12:latest"),
        ("SWE-smith", "swesmith.x86_64.ann__maps.0a1b"),
    ]
    assert [len(item.passing) for item in items] == [2, 1, 1]  # type: ignore[union-attr]


def test_a_file_is_shown_and_what_is_no_instance_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = recorded.bench(FAIL_TO_PASS="t.py::a")
    file = recorded.write(tmp_path / "lite.json", recorded.smith(), broken)
    assert main(["show", str(file)]) == 0
    out, err = capsys.readouterr()
    assert out == (
        "SWE-smith: 1 instances of 1 repositories; issues of 0 tokens; 1 tests to mend, 1 to keep;"
        " without an issue: 1\n"
    )
    assert err == "left out record 1 (line 2): FAIL_TO_PASS is 't.py::a', not a list of tests\n"


def test_parquet_without_pyarrow_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test.parquet").write_bytes(b"PAR1....PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["show", str(tmp_path / "test.parquet")]) == 2
    assert "which pyarrow reads: pip install pyarrow" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["preds.json", "all_preds.jsonl"])
def test_trajectories_become_predictions_that_are_read_again(name: str, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    recorded.write(tmp_path / "run" / "ann__maps-12.traj.json", recorded.mini())
    recorded.write(tmp_path / "run" / "output.jsonl", openhands())
    out = tmp_path / name
    assert main(["predictions", str(tmp_path / "run"), "--name", "m+bm25", "-o", str(out)]) == 0
    items = list(predictions.read(out))
    assert [item.row for item in items] == [  # type: ignore[union-attr]
        {"model_name_or_path": "m+bm25", "instance_id": "ann__maps-12",
         "model_patch": recorded.PATCH},
        {"model_name_or_path": "m+bm25", "instance_id": "ann__dates-7",
         "model_patch": "diff --git a/src/dates.py b/src/dates.py\n"},
    ]  # fmt: skip


def test_preds_json_is_the_object_by_instance_that_mini_swe_agent_writes(tmp_path: Path) -> None:
    patch = predictions.Prediction("ann__maps-12", "m", "")
    predictions.write(tmp_path / "preds.json", [patch])
    assert json.loads((tmp_path / "preds.json").read_text()) == {
        "ann__maps-12": {
            "model_name_or_path": "m", "instance_id": "ann__maps-12", "model_patch": "",
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("second", "name", "reason"),
    [
        (("ann__maps-12", "m", ""), "preds.json", "ann__maps-12 has two patches"),
        (("ann__maps-13", "n", ""), "preds.json", "patches of m, n: write a file for each"),
        (("ann__maps-13", "m", ""), "preds.txt", "the harness reads .json and .jsonl"),
    ],
)
def test_predictions_that_the_harness_would_misread_are_refused(
    second: tuple[str, str, str], name: str, reason: str, tmp_path: Path
) -> None:
    both = [predictions.Prediction(*row) for row in (("ann__maps-12", "m", ""), second)]
    with pytest.raises(predictions.BadSettings, match=reason):
        predictions.write(tmp_path / name, both)


def test_a_trajectory_that_submitted_nothing_is_an_empty_prediction(tmp_path: Path) -> None:
    row = recorded.mini()
    row["info"]["submission"] = None
    (item,) = predictions.read(recorded.write(tmp_path / "a.traj.json", row))
    assert item == predictions.Prediction("ann__maps-12", "org/m", "")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"instance_id": "a"}, "the record has no text as its patch (model_patch, info.submission"),
        ({"model_patch": ""}, "instance_id is missing"),
        ([{"role": "user", "content": ""}], "not an object"),
    ],
)
def test_what_has_no_patch_is_named(row: object, reason: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(row))
    (item,) = predictions.read(tmp_path / "b.json")
    assert reason in item.text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("patch", "cleaned"),
    [
        ("$ git diff\r\ndiff --git a/x b/x\r\n+y\r\n", "diff --git a/x b/x\n+y\n"),
        ("diff --git a/x b/x\n+of Windows\r\n", "diff --git a/x b/x\n+of Windows\r\n"),
        ("diff --git a/x b/x\n+y\n ", "diff --git a/x b/x\n+y\n \n"),
        ("", ""),
    ],
)
def test_only_what_a_terminal_added_is_taken_from_a_patch(patch: str, cleaned: str) -> None:
    assert predictions.cleaned(patch) == cleaned
