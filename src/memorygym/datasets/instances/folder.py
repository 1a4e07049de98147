"""Instances on disk: a folder with the same bytes on every machine.

    DIR/manifest.json             the recipe; once finished, the SHA-256 of every file
    DIR/instances/NUMBER-ID.json  one instance, written whole or not at all

An interrupted run resumes where it stopped, even after kill -9: complete instances are kept.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn, Protocol

from memorygym.core.errors import BadSettings
from memorygym.core.files import claimed_folder, json_bytes, write_atomically
from memorygym.core.json_values import canonical, json_hash
from memorygym.core.trace import CANARY
from memorygym.core.track import Instances, find
from memorygym.core.types import JSON
from memorygym.datasets.instances.schemas import instance_id, schema_problem, track_of

MANIFEST = "memorygym-manifest-1"


class InstanceRecipe(Protocol):
    """A track's recipe of one instance."""

    @property
    def template(self) -> str:
        """The stratum, by which results are grouped."""

    @property
    def seed(self) -> int:
        """The number of the instance in its stratum."""

    def parameters(self) -> Mapping[str, JSON]:
        """Everything else that its bytes depend on."""

    def instance(self) -> dict[str, Any]:
        """The instance, with its verification."""


@dataclass(frozen=True, slots=True)
class InstanceJob:
    """An instance to generate."""

    folder: Path
    number: int
    recipe: InstanceRecipe


@dataclass(frozen=True, slots=True)
class InstanceFile:
    """The file of an instance."""

    name: str
    """Its path relative to the folder; "" if the instance was rejected and has no file."""
    sha256: str
    template: str
    tokens: int
    """Tokens shown before the questions."""
    target: int
    attempts: int = 1
    """How many instances were generated until one was accepted."""
    failed: tuple[str, ...] = ()
    """The names of the checks that it failed."""


def manifest_header(
    track: str, instances: Instances, recipe: Mapping[str, JSON]
) -> dict[str, JSON]:
    """The fields of a manifest that are known before anything is generated."""
    return {
        "schema": MANIFEST,
        "canary": CANARY,
        "track": track,
        "instance_schema": instances.schema,
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


def make(job: InstanceJob) -> InstanceFile:
    """Generates an instance and writes it, unless its file exists."""
    for path in sorted(job.folder.glob(f"instances/{job.number:06}-*.json")):
        if (stored := _kept(job, path)) is not None:
            return stored
        path.unlink()
    instance = job.recipe.instance()
    failed = failed_checks(instance["verification"])
    if not failed and schema_problem(track_of(instance, str(job.folder)), instance):
        failed = ["schema"]
    if failed:
        return _made(job, instance, None, failed)
    path = job.folder / f"instances/{job.number:06}-{instance['instance_id']}.json"
    write_atomically(path, as_file(instance))
    return _made(job, instance, path)


def _kept(job: InstanceJob, path: Path) -> InstanceFile | None:
    """The file of an instance, if it is complete."""
    data = path.read_bytes()
    try:
        instance = parse(data, path)
        id = instance_id(instance)
        is_named = instance["instance_id"] == id and path.name == f"{job.number:06}-{id}.json"
        is_whole = is_named and b"".join(as_file(instance)) == data
        return _made(job, instance, path) if is_whole else None
    except (BadSettings, KeyError, TypeError):
        return None


def _made(
    job: InstanceJob, instance: Mapping[str, Any], path: Path | None, failed: Sequence[str] = ()
) -> InstanceFile:
    verification = instance["verification"]
    length = verification["checks"]["length"]
    return InstanceFile(
        f"instances/{path.name}" if path else "",
        sha256(path.read_bytes()).hexdigest() if path else "",
        job.recipe.template,
        length["tokens"],
        length["target"],
        verification.get("attempts", 1),
        tuple(failed),
    )


def as_file(instance: Mapping[str, Any]) -> Iterator[bytes]:
    """The bytes of an instance in pieces; fields keep their order, for texts are shown in it."""
    for piece in json.JSONEncoder(indent=1, ensure_ascii=False).iterencode(instance):
        yield piece.encode()
    yield b"\n"


def failed_checks(verification: Mapping[str, Any]) -> list[str]:
    """The names of the checks that an instance failed."""
    failed = [name for name, check in verification["checks"].items() if not check["ok"]]
    return failed if failed or verification["accepted"] else ["accepted"]


def finish(folder: Path, new: Mapping[str, JSON], rows: Sequence[InstanceFile]) -> None:
    """Writes the finished manifest, with the files in the order of the recipes."""
    accepted = [row for row in rows if row.name]
    attempts = sum(row.attempts for row in rows)
    counts: dict[str, JSON] = {
        "planned": len(rows),
        "instances": len(accepted),
        "attempts": attempts,
    }
    files: dict[str, JSON] = {row.name: row.sha256 for row in accepted}
    tokens = sum(row.tokens for row in accepted)
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


def read_instance(path: Path) -> dict[str, Any]:
    """An instance that fits its track's schema. Raises BadSettings that names the problem."""
    instance = parse(path.read_bytes(), path)
    if problem := schema_problem(track_of(instance, str(path)), instance):
        raise BadSettings(f"{path} does not fit its schema: {problem}")
    return instance


def instance_files(folder: Path) -> list[Path]:
    """The files of the instances, in order. Raises BadSettings if there are none."""
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
