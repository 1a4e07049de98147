"""The official harness runs where a Docker daemon answers; elsewhere one line says what is amiss.

Docker and the harness are stand-ins: a program `docker` and a package `swebench` on the paths.
"""

from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.tracks.repair.swegym import predictions
from memorygym.tracks.repair.swegym.__main__ import main
from memorygym.tracks.repair.swegym.session import DockerShell
from tests.tracks.repair.swegym import recorded

DOCKER = """#!/bin/bash
case "$1" in
  version) [ -e "$0.down" ] && echo "Cannot connect to the Docker daemon" >&2 && exit 1; echo 28;;
  run) [ "${@: -3:1}" = known ] && echo c0ffee || { echo "no such image" >&2; exit 125; };;
  exec) cd "$(dirname "$0")"; shift 7; "$@";;
esac
"""
HARNESS = """
import argparse, json, os
parser = argparse.ArgumentParser()
for name in ("dataset_name", "dataset_path", "predictions_path", "run_id"):
    parser.add_argument("--" + name)
args = parser.parse_args()
rows = json.load(open(args.predictions_path))
ids = [id for id, row in rows.items() if row["model_patch"]]
if args.dataset_path:
    os.makedirs(folder := f"logs/run_evaluation/{args.run_id}")
    report = {"ids_resolved": ids[:1], "ids_unresolved": ids[1:]}
    json.dump(report, open(f"{folder}/report.json", "w"))
elif args.dataset_name != "broken":
    report = {"resolved_ids": ids[:1], "unresolved_ids": ids[1:2], "error_ids": ids[2:]}
    report["infra_failure_ids"] = ids[1:2]
    json.dump(report, open(f"org__m.{args.run_id}.json", "w"))
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for Docker's client, whose containers are its own folder."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").write_text(DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path / "bin" / "docker"


def evaluate(tmp_path: Path, dataset: str = "") -> int:
    recorded.write(tmp_path / "lite.jsonl", recorded.bench())
    patches = enumerate((*[recorded.PATCH] * 3, ""), start=12)
    rows = [(f"ann__maps-{number}", "org/m", patch) for number, patch in patches]
    predictions.write(tmp_path / "preds.json", [predictions.Prediction(*row) for row in rows])
    words = [
        "evaluate",
        str(tmp_path / "preds.json"),
        "--dataset",
        dataset or str(tmp_path / "lite.jsonl"),
    ]
    return main([*words, "-o", str(tmp_path / "judged")])


def test_without_a_daemon_one_line_names_the_alternative(
    docker: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docker.with_name("docker.down").touch()
    assert evaluate(tmp_path) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "Cannot connect to the Docker daemon; without Docker, `--track repair` measures" in line
    docker.unlink()
    assert evaluate(tmp_path) == 2
    assert "docker is not installed; without Docker" in capsys.readouterr().err


@pytest.mark.usefixtures("docker")
def test_a_missing_harness_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(tmp_path) == 2
    assert "the harness is missing: pip install swebench" in capsys.readouterr().err


@pytest.fixture
def official(docker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for both harnesses."""
    for name in ("swebench/harness/run_evaluation.py", "swesmith/harness/eval.py"):
        (tmp_path / "lib" / name).parent.mkdir(parents=True)
        (tmp_path / "lib" / name).write_text(HARNESS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    monkeypatch.syspath_prepend(tmp_path / "lib")


@pytest.mark.usefixtures("official")
@pytest.mark.parametrize("dataset", ["", "SWE-bench/SWE-bench_Lite"])
def test_what_the_harness_could_not_judge_is_no_failure_of_the_patch(
    dataset: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(tmp_path, dataset) == 3
    assert capsys.readouterr().out == (
        "resolved: 1 ann__maps-12\nunresolved: 1 ann__maps-15\n"
        "unjudged: 2 ann__maps-13 ann__maps-14\n"
    )


@pytest.mark.usefixtures("official")
def test_instances_of_swe_smith_have_a_harness_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = recorded.write(tmp_path / "smith.json", recorded.smith())
    assert evaluate(tmp_path, str(file)) == 0
    assert "unresolved: 3 ann__maps-13 ann__maps-14 ann__maps-15\n" in capsys.readouterr().out


@pytest.mark.usefixtures("official")
def test_a_harness_without_a_report_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(tmp_path, "broken") == 2
    assert "swebench ended with 0 and left 0 reports, not one" in capsys.readouterr().err


@pytest.mark.usefixtures("docker")
def test_commands_run_in_a_container_of_the_image() -> None:
    shell = DockerShell.started("known")
    assert shell.container == "c0ffee"
    assert shell.run("cat; exit 3", "a text") == (3, "a text")
    shell.close()
    with pytest.raises(BadSettings, match="docker cannot start other: no such image"):
        DockerShell.started("other")
