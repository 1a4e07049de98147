"""Every track that generates instances: `generate`, `verify` and its published schema."""

from pathlib import Path

import jsonschema
import pytest

from memorygym.core.trace import CANARY
from memorygym.datasets.instances.folder import instance_files, read_instance
from memorygym.datasets.instances.schemas import generating_tracks, schema_of
from tests.datasets.instances.plugins import start
from tests.slow import mostly_slow

TRACKS = sorted(generating_tracks())
TWO = ("--n", "2", "--tokens", "10k", "--seed", "5", "-o")


@mostly_slow("track", TRACKS, quick=1)
def test_generated_files_pass_verify(track: str, tmp_path: Path, command) -> None:
    assert command("generate", track, *TWO, str(tmp_path)).status == 0
    status, out, _ = command("verify", str(tmp_path))
    assert status == 0, out
    assert all(CANARY in path.read_text("utf-8") for path in tmp_path.rglob("*.json"))


@mostly_slow("track", TRACKS, quick=1)
def test_every_process_generates_the_same_bytes(
    track: str, tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    here, there = tmp_path / "here", tmp_path / "there"
    process = start(tmp_path, "generate", track, *TWO, str(there))
    assert command("generate", track, *TWO, str(here)).status == 0
    assert (process.communicate()[1], process.returncode) == ("", 0)
    assert (here / "manifest.json").read_bytes() == (there / "manifest.json").read_bytes()


@pytest.mark.parametrize("track", TRACKS)
def test_instances_are_played_as_tasks_with_a_question(track: str, tmp_path: Path, command) -> None:
    command("generate", track, *TWO, str(tmp_path))
    for path in instance_files(tmp_path):
        instance = read_instance(path)
        task = generating_tracks()[track].task(instance, "stratum", 3)
        assert task.gold.questions
        assert (task.recipe["template"], task.recipe["seed"]) == ("stratum", 3)
        assert task.recipe["instance"] in path.name


@pytest.mark.parametrize("track", TRACKS)
def test_the_published_schema_is_valid(track: str) -> None:
    jsonschema.Draft7Validator.check_schema(schema_of(track))
