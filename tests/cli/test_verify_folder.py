"""`memorygym verify DIR`: a sound folder passes, and every planted defect is named by its check."""

import json
import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.types import content_id
from memorygym.datasets.instances.folder import read_task
from memorygym.tracks._qa.closed_book import SYSTEM, prompt
from tests.servers.openai import serving

Content = dict[str, Any]
pytestmark = pytest.mark.usefixtures("toytrack")


@pytest.fixture
def folder(tmp_path: Path, ran) -> Path:
    """Two instances."""
    words = ("--track", "toytrack:tokens=300", "--n", "2", "--workers", "1", "-q")
    ran("generate", *words, "-o", out := tmp_path / "out")
    return out


@pytest.fixture
def failures(folder: Path, command) -> Callable[..., list[str]]:
    """The failures of the folder, as "check: reason"."""

    def listed(*words: str) -> list[str]:
        status, out, _ = command("verify", folder, "--json", "--workers", "1", *words)
        rows = json.loads(out)["failures"]
        assert status == (1 if rows else 0)
        return [f"{row['check']}: {row['reason']}" for row in rows]

    return listed


def first(folder: Path) -> Path:
    return min(folder.glob("instances/*.json"))


def manifest_of(folder: Path, **changes: Any) -> dict[str, Any]:
    """The manifest, of which these fields are changed."""
    path = folder / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_bytes()) | changes
    path.write_text(json.dumps(manifest))
    return manifest


def alter(folder: Path, how: Callable[[Content], object]) -> None:
    """Alters the first task, with its id, its name and the manifest as its maker would."""
    old = first(folder)
    content = json.loads(old.read_bytes())
    how(content)
    task = content["task"]
    task["id"] = f"toytrack-{content_id({**task, 'id': ''})}"
    old.unlink()
    new = old.with_name(f"000000-{task['id']}.json")
    new.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    files = manifest_of(folder)["files"]
    del files[f"instances/{old.name}"]
    files[f"instances/{new.name}"] = sha256(new.read_bytes()).hexdigest()
    manifest_of(folder, files=files)


def test_a_sound_folder_passes_every_check(folder: Path, ran) -> None:
    out = ran("verify", folder).out
    rows = dict(re.findall(r"^(\w+) +(\d+ +\d+)$", out, re.MULTILINE))
    assert rows.pop("manifest").split() == ["3", "0"]
    assert {tuple(row.split()) for row in rows.values()} == {("2", "0")}
    assert {"read", "id", "schema", "leave_one_out", "length"} <= set(rows)
    assert out.endswith(f"2 instances in {folder}: 2 pass, 0 fail\nall checks passed\n")


def state_twice(content: Content) -> None:
    events = content["task"]["events"]
    events.insert(2, events[0])
    content["task"]["gold"]["questions"][0]["event"] += 1


def forget(content: Content) -> None:
    content["task"]["events"][1]["text"] = "on on on on on on on"


def put(**fields: object) -> Callable[[Content], object]:
    return lambda content: content.update(fields)


def put_in(*path: Any, value: object) -> Callable[[Content], object]:
    """Sets what stands at the path in the task."""

    def how(content: Content) -> None:
        place: Any = content["task"]
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return how


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        (put(canary="none"), ["canary: its canary is 'none'"]),
        (put(generator_version="v0"), ["version: made by v0; this is toytrack-v1"]),
        (put(extra=1), ["schema: instances/000000-"]),
        (put(schema="memorygym-results-3"), ["schema: instances/000000-"]),
        (
            put_in("gold", "questions", 0, "text", value="raise"),
            ["checks: cannot be run (RuntimeError: the check"],
        ),
        (put_in("events", 0, "free_edits", value="no"), ["schema: instances/000000-"]),
        (state_twice, ["length: {"]),
        (forget, ["solvable: {", "full: {", "leave_one_out: {", "length: {"]),
    ],
)
def test_a_planted_defect_is_named_by_its_check(
    how: Callable[[Content], object], wanted: list[str], folder: Path, failures
) -> None:
    alter(folder, how)
    problems = failures()
    assert len(problems) == len(wanted), problems
    for problem, start in zip(problems, wanted, strict=True):
        assert problem.startswith(start)


def test_an_altered_byte_breaks_the_hash_and_the_id(folder: Path, failures) -> None:
    path = first(folder)
    path.write_bytes(path.read_bytes().replace(b"Bob2", b"Bub2"))
    manifest, id = failures()
    assert re.fullmatch("manifest: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}", manifest)
    assert re.fullmatch(r"id: its id is (\S+), its name is \1, but its content is \S+", id)


def test_a_renamed_file_is_named(folder: Path, failures) -> None:
    path = first(folder)
    path.rename(path.with_name("000000-toytrack-0.json"))
    assert [problem.partition(",")[0] for problem in failures()] == [
        "manifest: the manifest does not list it",
        "id: its name is toytrack-0",
        "read: the manifest lists it",
    ]


def test_a_truncated_file_is_listed_and_the_others_are_checked(folder: Path, command) -> None:
    path = first(folder)
    path.write_bytes(path.read_bytes()[:500])
    outcome = command("verify", folder)
    assert outcome.status == 1
    assert f"FAILS read: instances/{path.name}: is not JSON (" in outcome.text
    assert f"\n2 instances in {folder}: 1 pass, 1 fail\n" in outcome.out


def test_a_file_that_cannot_be_read_is_named(folder: Path, failures) -> None:
    (folder / "instances" / "000002-more.json").mkdir()
    assert failures() == ["read: cannot be read: Is a directory"]


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("{", "manifest: {path} is not JSON ("),
        ("[]", "manifest: {path} is not a JSON object (Expected `object`"),
        ('{"schema": "x"}', "manifest: {path}: schema 'x'; this version reads memorygym-manif"),
        ("", "manifest: {folder} is not a folder of instances: it has no manifest.json"),
    ],
)
def test_every_file_is_checked_if_the_manifest_is_missing(
    manifest: str, problem: str, folder: Path, failures
) -> None:
    path = folder / "manifest.json"
    path.unlink()
    if manifest:
        path.write_text(manifest)
    problems = failures()
    assert problems[0].startswith(problem.format(path=path, folder=folder))
    assert problems[1:] == ["manifest: the manifest does not list it"] * 2


def test_a_manifest_that_is_not_finished_or_points_elsewhere_is_named(
    folder: Path, failures
) -> None:
    manifest_of(folder, files={**manifest_of(folder)["files"], "../secret.json": "0"})
    assert failures() == [
        "manifest: the manifest lists '../secret.json', which is not the name of a task's file"
    ]
    manifest_of(folder, files={}, counts=None)
    assert failures()[0] == (
        "manifest: the manifest lists no files yet: `memorygym generate` has not finished"
    )


RECIPE = {"n": 2, "parameters": {"tokens": "300"}, "seed": 0}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"track": "codeqa"}, "the manifest's track is 'codeqa', which is not that of its files"),
        ({"track": 5}, "the manifest's track is 5, which is not that of its files"),
        ({"generator_version": "toytrack-v0"}, "the manifest was made by toytrack-v0; this is toy"),
        ({"recipe": None}, "the manifest has no recipe"),
        ({"recipe": {**RECIPE, "parameters": 5}}, "the manifest has no recipe"),
        ({"recipe": {**RECIPE, "n": 5}}, "the manifest's recipe asks for n 5 and it lists 2 files"),
        ({"recipe": {**RECIPE, "n": "2"}}, 'the manifest\'s recipe asks for n "2" and it lists 2'),
    ],
)
def test_a_manifest_of_other_tasks_is_named(
    changes: dict[str, Any], problem: str, folder: Path, failures
) -> None:
    manifest_of(folder, **changes)
    (failure,) = failures()
    assert failure.startswith(f"manifest: {problem}")


def test_workers_change_nothing(folder: Path, command) -> None:
    shutil.copy(first(folder), folder / "instances" / "000007-again.json")
    outputs = [command("verify", folder, "--json", "--workers", n) for n in ("1", "2")]
    assert outputs[0] == outputs[1]


def test_a_model_that_knows_the_answer_is_counted(folder: Path, ran) -> None:
    assert json.loads(ran("verify", folder, "--json").out)["llm_closed_book"] == "not run"
    city = read_task(first(folder)).gold.questions[0].truth
    with serving(oracle=lambda messages, tools: (city, [])) as server:
        words = ("--llm", "oracle", "--samples", "2", "--api-base", server.url, "-q")
        text = ran("verify", folder, *words).text
    assert "2 of 4 right without the texts (50.0 %, too few instances for an interval)" in text
    asked = [message["content"] for message in server.bodies[0]["messages"]]
    assert asked == [SYSTEM, "What is the city of lab of Ada?"]


def test_the_prompt_is_unchanged(snapshot) -> None:
    messages = prompt("What is the city of lab of Ada?")
    snapshot("closed_book", "\n\n".join(f"{each.role}:\n{each.content}" for each in messages))
