"""Instances on disk: a folder that is the same bytes wherever and however often it is begun.

    DIR/manifest.json             what is made; once all is made, the SHA-256 of every file
    DIR/instances/NUMBER-ID.json  one instance, written whole or not at all as it is made

What was stopped, even by kill -9, goes on where it was: the instances that are whole are kept.
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
from memorygym.datasets.instances.schemas import instance_id, misfit, track_of

MANIFEST = "memorygym-manifest-1"


class InstanceRecipe(Protocol):
    """What a track makes one instance of."""

    @property
    def template(self) -> str:
        """The stratum: what results group it by."""

    @property
    def seed(self) -> int:
        """The number of the instance in its stratum."""

    def parameters(self) -> Mapping[str, JSON]:
        """All else that its bytes depend on."""

    def instance(self) -> dict[str, Any]:
        """The instance, with its verification."""


@dataclass(frozen=True, slots=True)
class InstanceJob:
    """An instance to be made."""

    folder: Path
    number: int
    recipe: InstanceRecipe


@dataclass(frozen=True, slots=True)
class InstanceFile:
    """A file of an instance."""

    name: str
    """Relative to the folder; "" if the instance was not accepted, and so is in no file."""
    sha256: str
    template: str
    tokens: int
    """That are shown before the questions are asked."""
    target: int
    attempts: int = 1
    """How many were dealt until one was accepted."""
    failed: tuple[str, ...] = ()
    """The checks that did not accept it."""


def about(track: str, instances: Instances, recipe: Mapping[str, JSON]) -> dict[str, JSON]:
    """What a manifest says before anything is made."""
    return {
        "schema": MANIFEST,
        "canary": CANARY,
        "track": track,
        "instance_schema": instances.schema,
        "generator_version": find(track).version,
        "recipe": dict(recipe),
    }


def recipes_digest(recipes: Sequence[InstanceRecipe]) -> str:
    """Of all that the instances depend on, what lies outside the command line too."""
    told: list[JSON] = [[one.template, one.seed, dict(one.parameters())] for one in recipes]
    return json_hash(told)


@contextmanager
def open_folder(folder: Path, new: Mapping[str, JSON]) -> Iterator[None]:
    """Begins a folder, or goes on with one of the same `about`; no other process may.

    Raises BadSettings if the folder holds anything else or is in use. One that was begun and holds
    no instance yet is begun again: its first recipe may have been a mistake.
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
    """Raises BadSettings with the first thing that differs, and where it stands."""
    for name, wanted in new.items():
        kept = old.get(name)
        if isinstance(kept, dict) and isinstance(wanted, dict):
            gone = {key: None for key in kept if key not in wanted}
            _check_same(folder, kept, {**wanted, **gone}, f"{place}{name}: ")
        elif kept != wanted:
            raise BadSettings(
                f"{folder} holds instances of another {place}{name}: {canonical(kept)}, not"
                f" {canonical(wanted)}; give a new folder"
            )


def make(job: InstanceJob) -> InstanceFile:
    """Makes an instance and writes it, unless it is there."""
    for path in sorted(job.folder.glob(f"instances/{job.number:06}-*.json")):
        if (made := _kept(job, path)) is not None:
            return made
        path.unlink()
    instance = job.recipe.instance()
    failed = failed_checks(instance["verification"])
    if not failed and misfit(track_of(instance, str(job.folder)), instance):
        failed = ["schema"]
    if failed:
        return _made(job, instance, None, failed)
    path = job.folder / f"instances/{job.number:06}-{instance['instance_id']}.json"
    write_atomically(path, as_file(instance))
    return _made(job, instance, path)


def _kept(job: InstanceJob, path: Path) -> InstanceFile | None:
    """The file of an instance, if it is whole."""
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
    result = instance["verification"]
    length = result["checks"]["length"]
    return InstanceFile(
        f"instances/{path.name}" if path else "",
        sha256(path.read_bytes()).hexdigest() if path else "",
        job.recipe.template, length["tokens"], length["target"], result.get("attempts", 1),
        tuple(failed),
    )  # fmt: skip


def as_file(instance: Mapping[str, Any]) -> Iterator[bytes]:
    """The bytes of an instance in pieces; fields stay in order, for texts are told in theirs."""
    for piece in json.JSONEncoder(indent=1, ensure_ascii=False).iterencode(instance):
        yield piece.encode()
    yield b"\n"


def failed_checks(verification: Mapping[str, Any]) -> list[str]:
    """The names of the checks that did not accept an instance."""
    failed = [name for name, check in verification["checks"].items() if not check["ok"]]
    return failed if failed or verification["accepted"] else ["accepted"]


def finish(folder: Path, new: Mapping[str, JSON], rows: Sequence[InstanceFile]) -> None:
    """Writes the manifest of all that was made, in the order of the recipes."""
    made = [row for row in rows if row.name]
    attempts = sum(row.attempts for row in rows)
    counts: dict[str, JSON] = {"planned": len(rows), "instances": len(made), "dealt": attempts}
    files: dict[str, JSON] = {row.name: row.sha256 for row in made}
    tokens = sum(row.tokens for row in made)
    document = {**new, "files": files, "counts": counts, "tokens": tokens}
    write_atomically(folder / "manifest.json", [json_bytes(document)])


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder. Raises BadSettings if it has none that can be read."""
    path = folder / "manifest.json"
    try:
        found = parse(path.read_bytes(), path)
    except FileNotFoundError:
        raise BadSettings(
            f"{folder} is no folder of instances: it holds no manifest.json, which `memorygym"
            " generate` writes"
        ) from None
    if found.get("schema") != MANIFEST:
        raise BadSettings(f"{path}: schema {found.get('schema')!r}; this version reads {MANIFEST}")
    if not isinstance(found.get("files"), dict):
        raise BadSettings(f"{path} is damaged: it lists no files")
    return found


def read_instance(path: Path) -> dict[str, Any]:
    """An instance that fits the schema of its track. Raises BadSettings with what is wrong."""
    instance = parse(path.read_bytes(), path)
    if problem := misfit(track_of(instance, str(path)), instance):
        raise BadSettings(f"{path} does not fit its schema: {problem}")
    return instance


def instance_files(folder: Path) -> list[Path]:
    """The files of the instances, in order. Raises BadSettings if there are none."""
    found = sorted(folder.glob("instances/*.json"))
    if not found:
        raise BadSettings(f"{folder} holds no instances: no file instances/*.json")
    return found


def parse(data: bytes, path: Path) -> dict[str, Any]:
    """The JSON object of a file. Raises BadSettings for anything else."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON")

    try:
        found = json.loads(data, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise BadSettings(f"{path} is no JSON object but {type(found).__name__}")
    return found
