"""`memorygym generate`: the same bytes in every process, and only the requested instances."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import sleep

import pytest

from memorygym.cli import main
from memorygym.core.trace import CANARY
from memorygym.core.track import TaskOptions, find
from memorygym.datasets.instances.folder import generating_tracks, instance_files, read_task
from tests.datasets.instances.plugins import plug, start
from tests.slow import mostly_slow

pytestmark = pytest.mark.usefixtures("toytrack")
TRACKS = sorted(generating_tracks())


def toy(**parameters: object) -> list[str]:
    """The command that generates instances with these parameters."""
    stated = "".join(f":{name}={value}" for name, value in parameters.items())
    return ["generate", "--track", f"toytrack{stated}", "--n", "3"]


SIX = toy(tokens="200,1k")


def held(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_output_counts_instances_and_tokens(tmp_path: Path, ran) -> None:
    out = tmp_path / "out"
    printed = ran(*SIX, "-o", out).out
    assert printed.startswith(
        "stratum   instances  asked tokens  achieved tokens\n"
        "──────────────────────────────────────────────────\n"
        "toy-200           3           200              200\n"
        "toy-1000          3         1,000            1,000\n"
    )
    last = f"6 instances, 3,600 tokens in {out}; 0 of 6 attempts rejected"
    assert " ".join(printed.split()).endswith(last)


def test_the_manifest_lists_the_request_and_every_file(tmp_path: Path, command) -> None:
    command(*toy(tokens="200,1k"), "-o", str(tmp_path / "out"))
    files = held(tmp_path / "out")
    manifest = json.loads(files.pop("manifest.json"))
    assert sorted(manifest["files"]) == sorted(set(files) - {"lock"})
    assert manifest["counts"] == {"instances": 6, "attempts": 6}
    assert manifest["recipe"]["parameters"] == {"tokens": "200,1k"}
    assert (manifest["generator_version"], manifest["canary"]) == ("toytrack-v1", CANARY)
    assert all(CANARY.encode() in data for name, data in files.items() if name != "lock")


def test_neither_the_folder_nor_the_number_of_workers_changes_a_byte(
    tmp_path: Path, command
) -> None:
    command(*SIX, "-o", str(tmp_path / "one"), "--workers", "1")
    command(*SIX, "-o", str(tmp_path / "elsewhere" / "two"), "--workers", "2")
    assert held(tmp_path / "one") == held(tmp_path / "elsewhere" / "two")


def test_a_folder_is_of_one_process_and_a_killed_run_resumes_to_the_same_bytes(
    tmp_path: Path, command
) -> None:
    out = tmp_path / "killed"
    process = start(plug(tmp_path / "again"), *SIX, "-o", str(out), seconds=0.3)
    while len(list(out.glob("instances/*.json"))) < 2:
        assert process.poll() is None
        sleep(0.01)
    status, _, err = command(*SIX, "-o", str(out))
    assert status == 2 and f"another process is writing into {out}" in err
    process.kill()
    process.communicate()
    begun = {name: (out / name).stat().st_mtime_ns for name in held(out) if "instances" in name}
    assert 2 <= len(begun) < 6
    sleep(0.5)  # Its workers end when they notice that it is gone.
    assert command(*SIX, "-o", str(out)).status == 0
    assert {name: (out / name).stat().st_mtime_ns for name in begun} == begun
    command(*SIX, "-o", str(tmp_path / "whole"))
    assert held(out) == held(tmp_path / "whole")


@pytest.mark.parametrize("damage", [b"", b"{", b'{"schema": "memorygym-task-1"}', None])
def test_a_damaged_instance_is_generated_again(
    damage: bytes | None, tmp_path: Path, command
) -> None:
    command(*SIX, "-o", str(tmp_path))
    sound = held(tmp_path)
    first = min(tmp_path.glob("instances/*.json"))
    first.write_bytes(first.read_bytes().replace(b"Bob2", b"Bob3") if damage is None else damage)
    (tmp_path / "instances" / "000001-x.json.1.part").write_bytes(b"{")
    assert command(*SIX, "-o", str(tmp_path)).status == 0
    assert held(tmp_path) == sound


OTHERS = {
    "recipe: n: 3, not 4": [*SIX, "--n", "4"],
    'recipe: parameters: tokens: "200,1k", not "200"': toy(tokens="200"),
    "recipe: seed: 0, not 1": [*SIX, "--seed", "1"],
    'recipe: parameters: keys: null, not "odd"': toy(tokens="200,1k", keys="odd"),
}


@pytest.mark.parametrize("difference", OTHERS)
def test_another_recipe_in_the_folder_is_refused(difference: str, tmp_path: Path, command) -> None:
    command(*SIX, "-o", str(tmp_path))
    sound = held(tmp_path)
    status, _, err = command(*OTHERS[difference], "-o", str(tmp_path))
    assert status == 2 and err.endswith("; give a new folder\n")
    assert err.startswith(f"memorygym: {tmp_path} holds instances of another {difference}")
    assert held(tmp_path) == sound


def test_a_folder_without_any_instance_takes_another_recipe(tmp_path: Path, command) -> None:
    assert command(*SIX, "-o", str(tmp_path / "one")).status == 0
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_bytes())
    (tmp_path / "two" / "instances").mkdir(parents=True)
    begun = manifest | {"recipe": {"seed": 7}, "files": {}}
    (tmp_path / "two" / "manifest.json").write_text(json.dumps(begun))
    assert command(*SIX, "-o", str(tmp_path / "two")).status == 0
    assert held(tmp_path / "one") == held(tmp_path / "two")


def test_the_parameters_of_a_track_are_printed(ran) -> None:
    assert "parameters of toytrack: keys:" in ran("generate", "--help").text


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
def test_generated_files_pass_verify(track: str, generated, ran) -> None:
    ran("verify", generated(track))
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
def test_a_stored_task_is_the_one_that_is_played(track: str, generated) -> None:
    paths = instance_files(generated(track))
    options = TaskOptions(range(len(paths)), "", {"tokens": "10k"})
    for path, recipe in zip(paths, find(track).tasks(options), strict=True):
        stored = read_task(path)
        assert stored.gold.questions and stored.id in path.name
        assert (stored.recipe["template"], stored.recipe["seed"]) == (recipe.template, recipe.seed)
