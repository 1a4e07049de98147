"""Tasks on disk: valid ones are read, and anything else is refused."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.core.track import TaskOptions, find
from memorygym.datasets.instances.folder import (
    as_file,
    instance_files,
    read_manifest,
    read_task,
    task_id,
)
from tests.datasets.instances.plugins import plugged


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of two tasks, with the track known during the tests."""
    out = tmp_path_factory.mktemp("made") / "out"
    with plugged(tmp_path_factory.mktemp("plug")):
        main(["generate", "--track", "toytrack:tokens=300", "--n", "2", "-o", str(out)])
        yield out


def test_written_tasks_are_read_unchanged(folder: Path) -> None:
    recipe = find("toytrack").tasks(TaskOptions(range(1), "", {"tokens": "300"}))[0]
    (first, *_) = instance_files(folder)
    assert read_task(first) == recipe.generate()
    for path in instance_files(folder):
        task = read_task(path)
        assert b"".join(as_file(task)) == path.read_bytes()
        assert task.id == task_id(task)
    assert read_manifest(folder)["track"] == "toytrack"


def test_the_id_is_of_everything_else(folder: Path) -> None:
    task = read_task(min(folder.glob("instances/*.json")))
    assert task_id(replace(task, id="")) == task.id
    assert task_id(replace(task, system="Write.")) != task.id
    assert task_id(replace(task, gold=replace(task.gold, questions=()))) != task.id


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
    ],
)
def test_the_first_bad_field_is_named(
    old: str, new: str, message: str, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_text(min(folder.glob("instances/*.json")).read_text().replace(old, new, 1))
    with pytest.raises(BadSettings, match=message):
        read_task(path)


def test_a_folder_without_instances_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="holds no instances: no file instances/"):
        instance_files(tmp_path)
