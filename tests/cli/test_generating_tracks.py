"""Every track that generates instances: `generate`, `verify` and its published schema."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from memorygym.cli import main
from memorygym.core.trace import CANARY
from memorygym.datasets.instances.folder import instance_files, read_instance
from memorygym.datasets.instances.schemas import generating_tracks, schema_of
from tests.datasets.instances.plugins import start
from tests.slow import mostly_slow

TRACKS = sorted(generating_tracks())


def two(track: str, folder: Path) -> list[str]:
    """The command that generates two instances."""
    words = ["generate", "--track", f"{track}:tokens=10k", "--n", "2", "--seed", "5"]
    return [*words, "-o", str(folder)]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of two instances of a track; nobody alters it."""

    @cache
    def folder(track: str) -> Path:
        path = tmp_path_factory.mktemp(track)
        assert main(two(track, path)) == 0
        return path

    return folder


@mostly_slow("track", TRACKS, quick=1)
def test_generated_files_pass_verify(track: str, generated, command) -> None:
    status, out, _ = command("verify", str(generated(track)))
    assert status == 0, out
    assert all(CANARY in path.read_text("utf-8") for path in generated(track).rglob("*.json"))


@mostly_slow("track", TRACKS, quick=1)
def test_every_process_generates_the_same_bytes(
    track: str, tmp_path: Path, generated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    here, there = generated(track), tmp_path / "there"
    process = start(tmp_path, *two(track, there))
    assert (process.communicate()[1], process.returncode) == ("", 0)
    assert (here / "manifest.json").read_bytes() == (there / "manifest.json").read_bytes()


@pytest.mark.parametrize("track", TRACKS)
def test_instances_are_played_as_tasks_with_a_question(track: str, generated) -> None:
    for path in instance_files(generated(track)):
        instance = read_instance(path)
        task = generating_tracks()[track].task(instance, "stratum", 3)
        assert task.gold.questions
        assert (task.recipe["template"], task.recipe["seed"]) == ("stratum", 3)
        assert task.recipe["instance"] in path.name


@pytest.mark.parametrize("track", TRACKS)
def test_the_published_schema_is_valid(track: str) -> None:
    jsonschema.Draft7Validator.check_schema(schema_of(track))
