"""Instances of a folder are played as their manifest lists them, or not at all."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.datasets.instances.loader import folder_tasks, tokens_of


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated") / "out"
    words = ["generate", "--track", "research:tokens=8k:hops=2", "--n", "2", "-o", str(folder)]
    assert main(words) == 0
    return folder


def copy_of(generated: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "instances").mkdir(parents=True)
    for path in (generated / "manifest.json", *generated.glob("instances/*.json")):
        (folder / path.relative_to(generated)).write_bytes(path.read_bytes())
    return folder


def first_file(folder: Path) -> Path:
    return min(folder.glob("instances/*.json"))


def edit_manifest(folder: Path, **fields: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def other_answer(folder: Path) -> None:
    path = first_file(folder)
    path.write_text(path.read_text().replace('"truth": "', '"truth": "Not '))


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "another answer": (other_answer, "does not match the manifest"),
    "an instance too few": (lambda folder: first_file(folder).unlink(), "does not match the mani"),
    "an instance too many": (
        lambda folder: (folder / "instances" / "x.json").write_text("{}"),
        "instances/x.json does not match the manifest",
    ),
    "no track": (lambda folder: edit_manifest(folder, track=None), "no track that writes tasks"),
    "a track without files": (
        lambda folder: edit_manifest(folder, track="worlds"), "writes tasks: 'worlds'",
    ),
    "not finished": (lambda folder: edit_manifest(folder, counts=None), "is not finished"),
}  # fmt: skip


def test_a_folder_gives_its_instances_in_order(generated: Path) -> None:
    tasks = folder_tasks(generated)
    assert [(task.track, task.seed) for task in tasks] == [("research", 0), ("research", 1)]
    assert tasks[1].generate().id in tasks[1].path.name


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_that_differs_from_its_manifest_is_refused(
    change: str, generated: Path, tmp_path: Path
) -> None:
    folder = copy_of(generated, tmp_path)
    change_folder, message = CHANGES[change]
    change_folder(folder)
    with pytest.raises(BadSettings, match=message):
        folder_tasks(folder)


def test_a_track_of_ones_own_is_written_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_REMEMBERED", {})
    monkeypatch.setattr(registry, "_EXTERNAL", {})
    own = "tests.datasets.instances.toytrack:TRACK:tokens=200"
    words = ["generate", "--track", own, "--n", "1", "--workers", "1", "-o", str(tmp_path / "out")]
    assert main(words) == 0
    assert [task.track for task in folder_tasks(tmp_path / "out")] == ["toytrack"]


def test_instances_of_another_track_are_refused(generated: Path, tmp_path: Path) -> None:
    folder = copy_of(generated, tmp_path)
    edit_manifest(folder, track="codeqa")
    with pytest.raises(BadSettings, match="is of research, not of codeqa"):
        folder_tasks(folder)[0].generate()


@pytest.mark.parametrize("text", ["", "k", "inf", "-inf", "nan", "1e400", "1e308M"])
def test_an_invalid_number_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match="give a number such as 20000, 20k or 1M"):
        tokens_of(text)
