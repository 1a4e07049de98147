"""Tasks on disk: a folder with the same bytes on every machine, written, read and checked.

    DIR/manifest.json             the recipe; once finished, the SHA-256 of every file
    DIR/instances/NUMBER-ID.json  one task, written whole or not at all

An interrupted run resumes where it stopped, even after kill -9: complete files are kept.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.files import claimed_folder, json_bytes, write_atomically
from memorygym.core.json_types import from_json, to_json
from memorygym.core.json_values import canonical
from memorygym.core.tokens import count
from memorygym.core.trace import CANARY
from memorygym.core.track import TaskRecipe, Track, find
from memorygym.core.types import JSON, Task, content_id

MANIFEST, TASK = "memorygym-manifest-1", "memorygym-task-1"
"""The schemas of the manifest and of a task's file."""
QUESTION = "question"
"""The kind of the events that ask; the texts of all others are what a memory must keep."""
FILE_CHECKS = ("read", "manifest", "canary", "schema", "id", "version")
"""Names of the checks of every file, besides those of its track."""
YOURS = "--plug pkg.mod:OBJECT names one of yours"
"""How a folder of a track that is not installed can be read."""
_NAME = re.compile(r"instances/([0-9]{6,})-([\w-]+)\.json").fullmatch


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
    """A task's file that was written."""

    name: str
    """Its path relative to the folder."""
    sha256: str
    template: str
    tokens: int
    """Tokens shown besides the questions."""
    target: int
    attempts: int
    """How many drafts were generated until one was accepted."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that exists or that the manifest lists."""

    folder: Path
    name: str
    sha256: str | None
    """Its hash in the manifest; None if the manifest does not list it."""

    def mismatch(self, data: bytes) -> str:
        """How these bytes differ from what the manifest says of them; "" if they do not."""
        if self.sha256 is None:
            return "the manifest does not list it"
        digest = sha256(data).hexdigest()
        return "" if digest == self.sha256 else f"its SHA-256 is {digest}, not {self.sha256}"


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task in a folder of `memorygym generate`."""

    track: str
    path: Path
    seed: int

    @property
    def template(self) -> str:
        """The track's name: a folder is one group, because results list hops and length anyway."""
        return self.track

    def generate(self) -> Task:
        """The task. Raises BadSettings if the file is damaged, changed or of another version."""
        content = read_file(self.path)
        task, made, current = content.task, content.generator_version, find(self.track).version
        if task.track != self.track:
            raise BadSettings(f"{self.path} is of {task.track}, not of {self.track}")
        if made != current:
            raise BadSettings(
                f"{self.path} was made by {made}; this is {current}; generate the folder anew"
            )
        if task.id != (id := task_id(task)):
            raise BadSettings(
                f"{self.path} was changed: its id is {task.id}, but its content is {id}; generate"
                " the folder anew"
            )
        return replace(task, recipe={**task.recipe, "template": self.template, "seed": self.seed})


def generating_tracks() -> Mapping[str, Track]:
    """The tracks whose tasks can be written to files, by name."""
    tracks = (find(name) for name in registry.names("tracks"))
    return {track.name: track for track in tracks if track.instances}


def task_id(task: Task) -> str:
    """The id of a task: a hash of everything else in it.

    >>> from memorygym.core.types import Budget
    >>> task_id(Task("", "codeqa", {}, "Answer.", (), Budget(), None))
    'codeqa-faca2f41d5f4a600'
    """
    return f"{task.track}-{content_id(to_json(replace(task, id='')))}"


def manifest_header(track: str, recipe: Mapping[str, JSON]) -> dict[str, JSON]:
    """The fields of a manifest that are known before anything is generated."""
    return {
        "schema": MANIFEST,
        "canary": CANARY,
        "track": track,
        "generator_version": find(track).version,
        "recipe": recipe,
    }


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


def make(folder: Path, numbered: tuple[int, TaskRecipe]) -> InstanceFile:
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
    parameters, attempt = task.recipe["parameters"], task.recipe.get("attempt", 0)
    assert isinstance(parameters, Mapping) and isinstance(attempt, int)
    target = parameters["tokens"]
    assert isinstance(target, int)
    digest, name = sha256(path.read_bytes()).hexdigest(), f"instances/{path.name}"
    return InstanceFile(name, digest, recipe.template, shown_tokens(task), target, attempt + 1)


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


def as_file(task: Task) -> Iterator[bytes]:
    """The bytes of a task's file, in pieces."""
    content = to_json(TaskFile(TASK, CANARY, find(task.track).version, task))
    for piece in json.JSONEncoder(indent=1, ensure_ascii=False).iterencode(content):
        yield piece.encode()
    yield b"\n"


def finish(folder: Path, new: Mapping[str, JSON], rows: Sequence[InstanceFile]) -> None:
    """Writes the finished manifest, with the files in the order of the recipes."""
    attempts, tokens = sum(row.attempts for row in rows), sum(row.tokens for row in rows)
    document: dict[str, JSON] = {
        **new,
        "files": {row.name: row.sha256 for row in rows},
        "counts": {"instances": len(rows), "attempts": attempts},
        "tokens": tokens,
    }
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
    return read_file(path).task


def read_file(path: Path) -> TaskFile:
    """The content of a task's file. Raises BadSettings that names the problem."""
    return parsed_file(parse(path.read_bytes(), path), str(path))


def _check_playable(task: Task, place: str) -> None:
    """Raises BadSettings for a task without events, or a question that none of them asks or that no
    answer could be right for."""
    if not task.events:
        raise BadSettings(f"{place}: task.events is empty; nothing would be shown or asked")
    asked = {number for number, event in enumerate(task.events) if event.kind == QUESTION}
    for number, question in enumerate(getattr(task.gold, "questions", ())):
        field = f"{place}: gold.questions[{number}]"
        if question.event not in asked:
            raise BadSettings(f"{field}.event is {question.event}, which asks nothing")
        if not question.truth.strip():
            raise BadSettings(f"{field}.truth is empty")


def parsed_file(document: Mapping[str, Any], place: str) -> TaskFile:
    """The content of a task's file, with the gold table of its track. Raises BadSettings."""
    if (schema := document.get("schema", document.get("format"))) != TASK:
        raise BadSettings(f"{place} is not a task: its schema is {schema!r}; this reads {TASK}")
    try:
        content = from_json(TaskFile, document)
        track = generating_tracks().get(content.task.track)
        if track is None:
            raise BadSettings(
                f"{place} is of no track that writes tasks: {content.task.track!r}; {YOURS}"
            )
        gold = track.gold(content.task.gold) if track.gold else content.task.gold
    except ValueError as error:
        raise BadSettings(f"{place}: {error}") from error
    except RecursionError as error:
        raise BadSettings(f"{place}: a list or an object is nested too deeply") from error
    task = replace(content.task, gold=gold)
    _check_playable(task, place)
    return replace(content, task=task)


def parse(data: bytes, path: Path) -> dict[str, Any]:
    """The JSON object of a file. Raises BadSettings for anything else."""
    from msgspec import DecodeError, ValidationError
    from msgspec.json import decode

    try:
        return decode(data, type=dict[str, Any])
    except ValidationError as error:
        raise BadSettings(f"{path} is not a JSON object ({error})") from error
    except (DecodeError, ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is not JSON ({error})") from error


def instance_files(folder: Path) -> list[Path]:
    """The files of the tasks, in order. Raises BadSettings if there are none."""
    files = sorted(folder.glob("instances/*.json"))
    if not files:
        raise BadSettings(f"{folder} holds no instances: no file instances/*.json")
    return files


def folder_tasks(folder: Path) -> list[StoredTask]:
    """The tasks of a folder. Raises BadSettings unless its files match its manifest."""
    manifest = read_manifest(folder)
    track = str(manifest.get("track"))
    if track not in generating_tracks():
        why = f"its manifest names no track that writes tasks: {track!r}; {YOURS}"
        raise BadSettings(f"{folder}: {why}")
    if manifest.get("counts") is None:
        raise BadSettings(f"{folder} is not finished; repeat its `memorygym generate` to resume")
    paths = instance_files(folder)
    for file in _listed(folder, manifest["files"]):
        path = folder / file.name
        if path not in paths or file.mismatch(path.read_bytes()):
            raise BadSettings(
                f"{folder}: {file.name} does not match the manifest;"
                f" `memorygym verify {folder}` says why"
            )
    return [StoredTask(track, path, number) for number, path in enumerate(paths)]


def files_of(folder: Path) -> tuple[list[ListedFile], str]:
    """The files of a folder in order, and the problem of its manifest ("" if none).

    Raises BadSettings for a folder without files and manifest.
    """
    try:
        manifest = read_manifest(folder)
    except BadSettings as error:
        if files := _listed(folder, {}):
            return files, str(error)
        raise
    return _listed(folder, manifest["files"]), _manifest_problem(manifest)


def _listed(folder: Path, listed: Mapping[str, str]) -> list[ListedFile]:
    """The files that exist, and those that a manifest lists."""
    existing = {f"instances/{path.name}" for path in folder.glob("instances/*.json")}
    names = sorted(existing.union(filter(_NAME, listed)))
    return [ListedFile(folder, name, listed.get(name)) for name in names]


def _manifest_problem(manifest: Mapping[str, Any]) -> str:
    files, counts = manifest["files"], manifest.get("counts")
    if invalid := [name for name in files if not _NAME(name)]:
        return f"the manifest lists {invalid[0]!r}, which is not the name of a task's file"
    if counts is None:
        return "the manifest lists no files yet: `memorygym generate` has not finished"
    if manifest.get("canary") != CANARY:
        return "the manifest has no canary"
    if not isinstance(counts, dict) or counts.get("instances") != len(files):
        return f"the manifest counts {canonical(counts)} and lists {len(files)} files"
    name, recipe = manifest.get("track"), manifest.get("recipe")
    track = generating_tracks().get(str(name))
    if track is None or any(not file.partition("-")[2].startswith(f"{name}-") for file in files):
        return f"the manifest's track is {name!r}, which is not that of its files"
    if (made := manifest.get("generator_version")) != track.version:
        return f"the manifest was made by {made}; this is {track.version}"
    if not isinstance(recipe, dict) or not isinstance(recipe.get("parameters"), dict):
        return "the manifest has no recipe"
    if recipe.get("n") != len(files):
        asked = canonical(recipe.get("n"))
        return f"the manifest's recipe asks for n {asked} and it lists {len(files)} files"
    return ""


def check(file: ListedFile) -> tuple[str, dict[str, str]]:
    """The name of a file and, by check, its problem ("" if it passed); after a failure, checks that
    depend on it are skipped."""
    return file.name, dict(_problems(file))


def _problems(file: ListedFile) -> Iterator[tuple[str, str]]:
    path = file.folder / file.name
    try:
        data = path.read_bytes()
        document = parse(data, path)
    except FileNotFoundError:
        yield "read", "the manifest lists it, but it does not exist"
        return
    except OSError as error:
        yield "read", f"cannot be read: {error.strerror}"
        return
    except BadSettings as error:
        yield "read", str(error).removeprefix(f"{path} ")
        return
    yield "read", ""
    yield "manifest", file.mismatch(data)
    is_marked = document.get("canary") == CANARY
    yield "canary", "" if is_marked else f"its canary is {document.get('canary')!r}"
    try:
        content = parsed_file(document, file.name)
    except BadSettings as error:
        yield "schema", str(error)
        return
    yield "schema", ""
    yield from _task_problems(path.stem.partition("-")[2], content)


def _task_problems(name: str, content: TaskFile) -> Iterator[tuple[str, str]]:
    task, track = content.task, generating_tracks()[content.task.track]
    id, stated = task_id(task), {"id": task.id, "name": name}
    wrong = [f"its {label} is {value}" for label, value in stated.items() if value != id]
    yield "id", f"{', '.join(wrong)}, but its content is {id}" if wrong else ""
    made, current = content.generator_version, track.version
    yield "version", "" if made == current else f"made by {made}; this is {current}"
    assert track.instances
    try:
        results = track.instances.verification(task)
    except Exception as error:  # noqa: BLE001  # A check that cannot run counts as failed.
        yield "checks", f"cannot be run ({type(error).__name__}: {error})"
        return
    for check_name, result in results.items():
        yield check_name, "" if result["ok"] else canonical(result)
