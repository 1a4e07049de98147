"""Instances on disk: valid ones are read, and anything else is refused with what it looks like."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.datasets.instances.folder import (
    as_file,
    instance_files,
    read_instance,
    read_manifest,
)
from memorygym.datasets.instances.schemas import instance_id
from tests.datasets.instances.plugins import plugged


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of two instances, with the track known during the tests."""
    out = tmp_path_factory.mktemp("made") / "out"
    with plugged(tmp_path_factory.mktemp("plug")):
        main(["generate", "--track", "toytrack:tokens=300", "--n", "2", "-o", str(out)])
        yield out


def test_written_instances_are_read_unchanged(folder: Path) -> None:
    for path in folder.glob("instances/*.json"):
        instance = read_instance(path)
        assert b"".join(as_file(instance)) == path.read_bytes()
        assert instance["instance_id"] == instance_id(instance)
    assert read_manifest(folder)["track"] == "toytrack"


def test_the_id_ignores_the_verification_and_the_order_of_fields(folder: Path) -> None:
    instance = read_instance(min(folder.glob("instances/*.json")))
    other = {**dict(reversed(instance.items())), "verification": {}}
    assert instance_id(other) == instance["instance_id"]
    assert instance_id({**instance, "answer": "Rome"}) != instance["instance_id"]


FOREIGN: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "is not JSON (Expecting property name"),
    "a number that JSON lacks": ('{"a": NaN}', "is not JSON (NaN is not valid JSON)"),
    "a list": ([], "is not a JSON object but list"),
    "nothing known": ({"a": 1}, "it names no schema, not memorygym-"),
    "a trace": ({"format": "memorygym-trace-3"}, "it looks like a trace"),
    "results": ({"schema": "memorygym-results-4"}, "it looks like the export of a run"),
    "a manifest": ({"schema": "memorygym-manifest-1"}, "the manifest of a folder of instances"),
    "HotpotQA": ({"context": [], "supporting_facts": []}, "a row of HotpotQA or 2Wiki"),
    "LongMemEval": ({"haystack_sessions": [], "question": ""}, "a row of LongMemEval"),
    "an older schema": ({"schema": "memorygym-toytrack-0"}, "its schema is 'memorygym-toytrack-0'"),
    "a field less": ({"schema": "memorygym-toytrack-1"}, "does not fit its schema: instance must"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_another_file_is_refused_with_the_format_it_resembles(
    kind: str, folder: Path, tmp_path: Path
) -> None:
    content, message = FOREIGN[kind]
    path = tmp_path / "a.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(BadSettings) as error:
        read_instance(path)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)


def test_the_first_bad_field_is_named(folder: Path, tmp_path: Path) -> None:
    instance = read_instance(min(folder.glob("instances/*.json")))
    instance["facts"][1][2] = 7
    path = tmp_path / "a.json"
    path.write_bytes(b"".join(as_file(instance)))
    with pytest.raises(BadSettings, match=r"instance\.facts\[1\]\[2\] must be string"):
        read_instance(path)


def test_a_folder_without_instances_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="holds no instances: no file instances/"):
        instance_files(tmp_path)
