"""Tasks on disk: a folder with the same bytes on every machine.

    DIR/manifest.json             the recipe; once finished, the SHA-256 of every file
    DIR/instances/NUMBER-ID.json  one task, written whole or not at all

An interrupted run resumes where it stopped, even after kill -9: complete files are kept.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn, Protocol

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.files import claimed_folder, json_bytes, write_atomically
from memorygym.core.json_types import from_json, to_json
from memorygym.core.json_values import canonical, json_hash
from memorygym.core.tokens import count
from memorygym.core.trace import CANARY
from memorygym.core.track import TaskRecipe, Track, find
from memorygym.core.types import JSON, Task, content_id

MANIFEST, TASK = "memorygym-manifest-1", "memorygym-task-1"
"""The schemas of the manifest and of a task's file."""
QUESTION = "question"
"""The kind of the events that ask; the texts of all others are what a memory must keep."""


class InstanceRecipe(TaskRecipe, Protocol):
    """The recipe of a task that is written to a file."""

    def parameters(self) -> Mapping[str, JSON]:
        """Everything but template and seed that its bytes depend on; `tokens` is its length."""


@dataclass(frozen=True, slots=True)
class TaskFile:
    """The content of a task's file."""

    schema: str
    canary: str
    generator_version: str
    """The version of the track that generated the task."""
    task: Task


@dataclass(frozen=True, slots=True)
class InstanceFile:
    """The file of a task."""

    name: str
    """Its path relative to the folder."""
    sha256: str
    template: str
    tokens: int
    """Tokens shown besides the questions."""
    target: int
    attempts: int
    """How many drafts were generated until one was accepted."""


def manifest_header(track: str, recipe: Mapping[str, JSON]) -> dict[str, JSON]:
    """The fields of a manifest that are known before anything is generated."""
    return {
        "schema": MANIFEST,
        "canary": CANARY,
        "track": track,
        "generator_version": find(track).version,
        "recipe": dict(recipe),
    }


def recipes_hash(recipes: Sequence[InstanceRecipe]) -> str:
    """The hash of everything that the instances depend on, also outside the command line."""
    recipe_data: list[JSON] = [
        [recipe.template, recipe.seed, dict(recipe.parameters())] for recipe in recipes
    ]
    return json_hash(recipe_data)


@contextmanager
def open_folder(folder: Path, new: Mapping[str, JSON]) -> Iterator[None]:
    """Starts a folder, or resumes one with the same manifest header, and locks it.

    Raises BadSettings if the folder holds anything else or is in use. A folder without instances
    is started again with the new header.
    """
    with claimed_folder(folder, "manifest.json", "instances", "instances") as path:
        old = read_manifest(folder) if path.exists() else {}
        if old and any(folder.glob("instances/*.json")):
            _check_same(folder, old, new)
        else:
            write_atomically(path, [json_bytes({**new, "files": {}})])
        yield


def _check_same(
    folder: Path, old: Mapping[str, Any], new: Mapping[str, Any], place: str = ""
) -> None:
    """Raises BadSettings that names the first difference."""
    for name, new_value in new.items():
        old_value = old.get(name)
        if isinstance(old_value, dict) and isinstance(new_value, dict):
            removed = {key: None for key in old_value if key not in new_value}
            _check_same(folder, old_value, {**new_value, **removed}, f"{place}{name}: ")
        elif old_value != new_value:
            raise BadSettings(
                f"{folder} holds instances of another {place}{name}: {canonical(old_value)}, not"
                f" {canonical(new_value)}; give a new folder"
            )


def make(folder: Path, numbered: tuple[int, InstanceRecipe]) -> InstanceFile:
    """Generates the task of a number and writes it, unless its file exists."""
    number, recipe = numbered
    for path in sorted(folder.glob(f"instances/{number:06}-*.json")):
        if (task := _kept(number, path)) is not None:
            break
        path.unlink()
    else:
        task = recipe.generate()
        path = folder / f"instances/{number:06}-{task.id}.json"
        write_atomically(path, as_file(task))
    digest = sha256(path.read_bytes()).hexdigest()
    target, attempt = recipe.parameters()["tokens"], task.recipe.get("attempt", 0)
    assert isinstance(target, int) and isinstance(attempt, int)
    name, tokens = f"instances/{path.name}", shown_tokens(task)
    return InstanceFile(name, digest, recipe.template, tokens, target, attempt + 1)


def _kept(number: int, path: Path) -> Task | None:
    """The task of a file, if the file is complete."""
    try:
        task = read_task(path)
    except BadSettings:
        return None
    is_named = task.id == task_id(task) and path.name == f"{number:06}-{task.id}.json"
    return task if is_named and b"".join(as_file(task)) == path.read_bytes() else None


def shown_tokens(task: Task) -> int:
    """The tokens of all texts besides the questions."""
    return sum(count(event.text) for event in task.events if event.kind != QUESTION)


def task_id(task: Task) -> str:
    """The id of a task: a hash of everything else in it.

    >>> from memorygym.core.types import Budget
    >>> task_id(Task("", "codeqa", {}, "Answer.", (), Budget(), None))
    'codeqa-faca2f41d5f4a600'
    """
    return f"{task.track}-{content_id(to_json(replace(task, id='')))}"


def as_file(task: Task) -> Iterator[bytes]:
    """The bytes of a task's file, in pieces."""
    content = to_json(TaskFile(TASK, CANARY, find(task.track).version, task))
    for piece in json.JSONEncoder(indent=1, ensure_ascii=False).iterencode(content):
        yield piece.encode()
    yield b"\n"


def finish(folder: Path, new: Mapping[str, JSON], rows: Sequence[InstanceFile]) -> None:
    """Writes the finished manifest, with the files in the order of the recipes."""
    counts: dict[str, JSON] = {
        "instances": len(rows),
        "attempts": sum(row.attempts for row in rows),
    }
    files: dict[str, JSON] = {row.name: row.sha256 for row in rows}
    tokens = sum(row.tokens for row in rows)
    document = {**new, "files": files, "counts": counts, "tokens": tokens}
    write_atomically(folder / "manifest.json", [json_bytes(document)])


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder. Raises BadSettings if it has no valid one."""
    path = folder / "manifest.json"
    try:
        manifest = parse(path.read_bytes(), path)
    except FileNotFoundError:
        raise BadSettings(
            f"{folder} is not a folder of instances: it has no manifest.json; make one with"
            " `memorygym generate`"
        ) from None
    if manifest.get("schema") != MANIFEST:
        raise BadSettings(
            f"{path}: schema {manifest.get('schema')!r}; this version reads {MANIFEST}"
        )
    if not isinstance(manifest.get("files"), dict):
        raise BadSettings(f"{path} is damaged: it lists no files")
    return manifest


def read_task(path: Path) -> Task:
    """The task of a file. Raises BadSettings that names the problem."""
    return parsed_file(parse(path.read_bytes(), path), str(path)).task


def parsed_file(document: Mapping[str, Any], place: str) -> TaskFile:
    """The content of a task's file, with the gold table of its track. Raises BadSettings."""
    if (schema := document.get("schema", document.get("format"))) != TASK:
        raise BadSettings(f"{place} is not a task: its schema is {schema!r}; this reads {TASK}")
    try:
        content = from_json(TaskFile, document)
        track = generating_tracks().get(content.task.track)
        if track is None:
            raise BadSettings(f"{place} is of no track that writes tasks: {content.task.track!r}")
        gold = track.gold(content.task.gold) if track.gold else content.task.gold
    except ValueError as error:
        raise BadSettings(f"{place}: {error}") from error
    return replace(content, task=replace(content.task, gold=gold))


def generating_tracks() -> Mapping[str, Track]:
    """The tracks whose tasks can be written to files, by name."""
    tracks = (find(name) for name in registry.names("tracks"))
    return {track.name: track for track in tracks if track.instances}


def instance_files(folder: Path) -> list[Path]:
    """The files of the tasks, in order. Raises BadSettings if there are none."""
    files = sorted(folder.glob("instances/*.json"))
    if not files:
        raise BadSettings(f"{folder} holds no instances: no file instances/*.json")
    return files


def parse(data: bytes, path: Path) -> dict[str, Any]:
    """The JSON object of a file. Raises BadSettings for anything else."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not valid JSON")

    try:
        document = json.loads(data, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise BadSettings(f"{path} is not a JSON object but {type(document).__name__}")
    return document
