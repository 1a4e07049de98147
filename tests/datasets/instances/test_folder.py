"""Tasks on disk: those that the manifest lists are read and played; anything else is refused."""

import json
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.datasets.instances.folder import folder_tasks, instance_files, read_task
from memorygym.datasets.instances.loader import tokens_of
from tests.datasets.instances.plugins import plugged


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of two tasks, with the track known during the tests."""
    out = tmp_path_factory.mktemp("made") / "out"
    with plugged(tmp_path_factory.mktemp("plug")):
        assert main(["generate", "--track", "toytrack:tokens=300", "--n", "2", "-o", str(out)]) == 0
        yield out


@pytest.fixture
def folder(generated: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(generated, tmp_path / "out"))


FOREIGN: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "is not JSON (Input data was truncated)"),
    "a number that JSON lacks": ('{"a": NaN}', "is not JSON (JSON is malformed: invalid character"),
    "a list": ([], "is not a JSON object (Expected `object`, got `array`)"),
    "nothing known": ({"a": 1}, "its schema is None; this reads memorygym-task-"),
    "a trace": ({"format": "memorygym-trace-3"}, "its schema is 'memorygym-trace-3'"),
    "a field less": ({"schema": "memorygym-task-1"}, "lacks canary, generator_version, task"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_another_file_is_refused_with_its_problem(kind: str, tmp_path: Path) -> None:
    content, message = FOREIGN[kind]
    path = tmp_path / "a.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(BadSettings) as error:
        read_task(path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"track": "toytrack"', '"track": "worlds"', "no track that writes tasks: 'worlds'"),
        ('"kind": "text"', '"kind": 7', r"task.events\[0\].kind is 7, not a text"),
        ('"kind": "bridge"', '"kind": 7', r"gold.questions\[0\].kind is 7, not a text"),
        ('"event": ', '"event": 9', r"gold.questions\[0\].event is 9\d+, which asks nothing"),
        ('"event": ', '"event": -', r"gold.questions\[0\].event is -\d+, which asks nothing"),
        ('"truth": "', '"truth": " ", "text": "', r"gold.questions\[0\].truth is empty"),
        ('"state": {', f'"state": {{"a": {"[" * 900}{"]" * 900}', "is nested too deeply"),
    ],
)
def test_the_first_bad_field_is_named(old: str, new: str, message: str, folder: Path) -> None:
    path = first_file(folder)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(BadSettings, match=message):
        read_task(path)


def first_file(folder: Path) -> Path:
    return instance_files(folder)[0]


def edit_manifest(folder: Path, **fields: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def other_answer(folder: Path) -> None:
    path = first_file(folder)
    path.write_text(path.read_text().replace('"truth": "', '"truth": "Not '))


def listed_again(folder: Path, old: str, new: str) -> None:
    """Changes the first file and puts its new hash in the manifest."""
    path = first_file(folder)
    path.write_text(path.read_text().replace(old, new, 1))
    listed = json.loads((folder / "manifest.json").read_text())["files"]
    digest = sha256(path.read_bytes()).hexdigest()
    edit_manifest(folder, files={**listed, f"instances/{path.name}": digest})


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "another answer": (other_answer, "does not match the manifest"),
    "an instance too few": (lambda folder: first_file(folder).unlink(), "does not match the mani"),
    "an instance too many": (
        lambda folder: (folder / "instances" / "x.json").write_text("{}"),
        "instances/x.json does not match the manifest",
    ),
    "no instance": (
        lambda folder: [path.unlink() for path in instance_files(folder)],
        "holds no instances: no file instances/",
    ),
    "no track": (lambda folder: edit_manifest(folder, track=None), "no track that writes tasks"),
    "a track without files": (
        lambda folder: edit_manifest(folder, track="worlds"), "writes tasks: 'worlds'",
    ),
    "another track": (
        lambda folder: edit_manifest(folder, track="codeqa"), "is of toytrack, not of codeqa",
    ),
    "another answer with a fresh hash": (
        lambda folder: listed_again(folder, '"truth": "', '"truth": "Not '),
        "was changed: its id is toytrack-.*, but its content is toytrack-",
    ),
    "a file of another version": (
        lambda folder: listed_again(folder, '"toytrack-v', '"toytrack-v0'),
        r"was made by toytrack-v0\d+; this is toytrack-v\d+",
    ),
    "not finished": (lambda folder: edit_manifest(folder, counts=None), "is not finished"),
}  # fmt: skip


def test_a_folder_gives_its_instances_in_order(generated: Path) -> None:
    tasks = folder_tasks(generated)
    assert [(task.track, task.seed) for task in tasks] == [("toytrack", 0), ("toytrack", 1)]
    assert tasks[1].generate().id in tasks[1].path.name


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_that_differs_from_its_manifest_is_refused(change: str, folder: Path) -> None:
    change_folder, message = CHANGES[change]
    change_folder(folder)
    with pytest.raises(BadSettings, match=message):
        folder_tasks(folder)[0].generate()


@pytest.mark.parametrize("text", ["", "k", "inf", "-inf", "nan", "1e400", "1e308M"])
def test_an_invalid_number_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match="give a number such as 20000, 20k or 1M"):
        tokens_of(text)
