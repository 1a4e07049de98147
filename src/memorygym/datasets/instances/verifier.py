"""The verification of a folder of tasks: every file is read and every check is run again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import canonical
from memorygym.core.trace import CANARY
from memorygym.datasets.instances.folder import (
    InstanceRecipe,
    TaskFile,
    as_file,
    generating_tracks,
    parse,
    parsed_file,
    read_manifest,
    recipes_hash,
    task_id,
)

FILE_CHECKS = ("read", "manifest", "canary", "schema", "id", "version")
"""Names of the checks of every file, besides those of its track."""
MOST_INSTANCES = 1_000_000
"""Most instances that a manifest may claim."""
_NAME = re.compile(r"instances/([0-9]{6,})-[\w-]+\.json").fullmatch


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that exists or that the manifest lists."""

    folder: Path
    name: str
    sha256: str | None
    """Its hash in the manifest; None if the manifest does not list it."""
    again: bool = False
    """Whether to generate it again."""
    recipe: InstanceRecipe | None = None
    """Its recipe; None if the manifest asks for no such file."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """The results of all checks of a file."""

    name: str
    problems: Mapping[str, str]
    """By check: its problem, "" if it passed."""


def files_of(folder: Path) -> tuple[list[ListedFile], str]:
    """The files of a folder in order, and the problem of its manifest ("" if none).

    Raises BadSettings for a folder without files and manifest.
    """
    existing = {f"instances/{path.name}" for path in folder.glob("instances/*.json")}
    listed: Mapping[str, Any] = {}
    problem = ""
    try:
        manifest = read_manifest(folder)
        listed = manifest["files"]
        problem = _manifest_problem(manifest)
    except BadSettings as error:
        if not existing:
            raise
        problem = str(error)
    names = sorted(existing.union(name for name in listed if _NAME(name)))
    return [ListedFile(folder, name, listed.get(name)) for name in names], problem


def with_recipes(folder: Path, files: Sequence[ListedFile]) -> list[ListedFile]:
    """The files with their recipes from the manifest. Raises BadSettings if it has none."""
    manifest = read_manifest(folder)
    track, recipe = generating_tracks().get(str(manifest.get("track"))), manifest.get("recipe")
    if track is None or track.instances is None or not isinstance(recipe, dict):
        raise BadSettings(f"{folder}: its manifest has no recipe; generate the folder anew")
    try:
        if recipe["n"] > MOST_INSTANCES:
            raise ValueError(f"n {recipe['n']} is more than {MOST_INSTANCES:,}")
        request = recipe["parameters"], recipe["n"], recipe["seed"]
        recipes = track.instances.recipes(*request)
    except Exception as error:  # A manifest from elsewhere may contain anything.
        raise BadSettings(f"{folder}: the recipe in its manifest is refused: {error}") from error
    if recipes_hash(recipes) != recipe.get("sha256"):
        raise BadSettings(f"{folder}: this version's recipe differs from its manifest's")
    numbered = {f"{number:06}": recipe for number, recipe in enumerate(recipes)}
    names = [_NAME(file.name) for file in files]
    return [
        replace(file, again=True, recipe=numbered.get(name[1]) if name else None)
        for file, name in zip(files, names, strict=True)
    ]


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
    return ""


def check(file: ListedFile) -> FileReport:
    """Runs all checks of a file; after a failure, checks that depend on it are skipped."""
    return FileReport(file.name, dict(_problems(file)))


def _problems(file: ListedFile) -> Iterator[tuple[str, str]]:
    """Each check with its problem; "" if it passed."""
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
    yield "manifest", _manifest_mismatch(file, data)
    is_marked = document.get("canary") == CANARY
    yield "canary", "" if is_marked else f"its canary is {document.get('canary')!r}"
    if file.again:
        yield "generated_again", _generated_problem(file.recipe, data)
    try:
        content = parsed_file(document, file.name)
    except BadSettings as error:
        yield "schema", str(error)
        return
    yield "schema", ""
    yield from _task_problems(file, content)


def _manifest_mismatch(file: ListedFile, data: bytes) -> str:
    if file.sha256 is None:
        return "the manifest does not list it"
    digest = sha256(data).hexdigest()
    return "" if digest == file.sha256 else f"its SHA-256 is {digest}, not {file.sha256}"


def _generated_problem(recipe: InstanceRecipe | None, data: bytes) -> str:
    if recipe is None:
        return "the manifest asks for no instance of this name"
    try:
        generated = recipe.generate()
    except BadSettings as error:
        return f"it cannot be generated: {error}"
    is_same = b"".join(as_file(generated)) == data
    return "" if is_same else f"generating gives {generated.id}, not these bytes"


def _task_problems(file: ListedFile, content: TaskFile) -> Iterator[tuple[str, str]]:
    task, track = content.task, generating_tracks()[content.task.track]
    id, name = task_id(task), Path(file.name).stem.partition("-")[2]
    stated = {"id": task.id, "name": name}
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
