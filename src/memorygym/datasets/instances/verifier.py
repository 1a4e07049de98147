"""Whether a folder of instances is what it says: every file read again, every proof run again."""

import re
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import canonical
from memorygym.core.trace import CANARY
from memorygym.core.track import Instances, find
from memorygym.datasets.instances.folder import (
    InstanceRecipe,
    as_file,
    failed_checks,
    parse,
    read_manifest,
    recipes_digest,
)
from memorygym.datasets.instances.schemas import (
    generating_tracks,
    instance_id,
    misfit,
    own_options,
    track_of,
)

OF_FILES = ("read", "manifest", "canary", "schema", "id", "version", "as_written")
"""What is checked of every file beside what its track proves."""
MOST = 1_000_000
"""Instances that a folder is believed to have been made of."""
_NAME = re.compile(r"instances/([0-9]{6,})-[\w-]+\.json").fullmatch


@dataclass(frozen=True, slots=True)
class File:
    """A file that is there, or that the manifest lists."""

    folder: Path
    name: str
    sha256: str | None
    """As the manifest has it."""
    again: bool = False
    """Whether it is to be dealt again."""
    recipe: InstanceRecipe | None = None
    """From what; None if nothing asks for such a file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; "" is nothing wrong."""

    check: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file, and everything that could be checked of it."""

    name: str
    findings: tuple[Finding, ...]


def files_of(folder: Path) -> tuple[list[File], str]:
    """The files of a folder in order, and what is wrong with its manifest ("" if nothing).

    Raises BadSettings for a folder that holds neither.
    """
    there = {f"instances/{path.name}" for path in folder.glob("instances/*.json")}
    listed: Mapping[str, Any] = {}
    problem = ""
    try:
        manifest = read_manifest(folder)
        listed = manifest["files"]
        problem = _manifest_problem(manifest)
    except BadSettings as error:
        if not there:
            raise
        problem = str(error)
    names = sorted(there.union(name for name in listed if _NAME(name)))
    return [File(folder, name, listed.get(name)) for name in names], problem


def to_generate_again(folder: Path, files: Sequence[File]) -> list[File]:
    """The files with the recipes that the manifest names. Raises BadSettings if it names none."""
    manifest = read_manifest(folder)
    track, told = manifest.get("track"), manifest.get("recipe")
    instances = generating_tracks().get(str(track))
    if instances is None or not isinstance(told, dict):
        raise BadSettings(f"{folder}: its manifest does not say what was asked for")
    try:
        recipes = instances.recipes(_asked(instances, told))
    except Exception as error:  # Whoever wrote the manifest may have asked for anything.
        raise BadSettings(f"{folder}: what its manifest asks for is refused: {error}") from error
    if recipes_digest(recipes) != told.get("sha256"):
        raise BadSettings(f"{folder}: this version deals another recipe than its manifest names")
    numbered = {f"{number:06}": recipe for number, recipe in enumerate(recipes)}
    names = [_NAME(file.name) for file in files]
    return [
        replace(file, again=True, recipe=numbered.get(name[1]) if name else None)
        for file, name in zip(files, names, strict=True)
    ]


def _asked(instances: Instances, told: Mapping[str, Any]) -> Namespace:
    """The command line again; a path that the manifest leaves out is as if not given."""
    if told["n"] > MOST:
        raise ValueError(f"n {told['n']} is more than {MOST:,}")
    given = {"n": told["n"], "tokens": told["tokens"], "seed": told["seed"], **told["options"]}
    return Namespace(**{**own_options(instances), **given})


def _manifest_problem(manifest: Mapping[str, Any]) -> str:
    files, counts = manifest["files"], manifest.get("counts")
    if strange := [name for name in files if not _NAME(name)]:
        return f"the manifest lists {strange[0]!r}, which is no name of an instance's file"
    if counts is None:
        return "the manifest lists no files yet: `memorygym generate` has not finished"
    if manifest.get("canary") != CANARY:
        return "the manifest has no canary"
    if not isinstance(counts, dict) or counts.get("instances") != len(files):
        return f"the manifest counts {canonical(counts)} and lists {len(files)} files"
    return ""


def check(file: File) -> Checked:
    """All that can be checked of a file; what no longer makes sense after a failure is left out."""
    return Checked(file.name, tuple(_findings(file)))


def _findings(file: File) -> Iterator[Finding]:
    path = file.folder / file.name
    try:
        data = path.read_bytes()
        instance = parse(data, path)
    except FileNotFoundError:
        yield Finding("read", "the manifest lists it, but it is not there")
        return
    except OSError as error:
        yield Finding("read", f"cannot be read: {error.strerror}")
        return
    except BadSettings as error:
        yield Finding("read", str(error).removeprefix(f"{path} "))
        return
    yield Finding("read")
    yield Finding("manifest", _unlisted(file, data))
    is_marked = instance.get("canary") == CANARY
    yield Finding("canary", "" if is_marked else f"its canary is {instance.get('canary')!r}")
    try:
        track = track_of(instance, file.name)
        problem = misfit(track, instance)
    except BadSettings as error:
        track, problem = "", str(error)
    yield Finding("schema", problem)
    if file.again:
        yield Finding("dealt_again", _otherwise(file.recipe, data))
    if not problem:
        yield from _proven(file, track, instance)


def _unlisted(file: File, data: bytes) -> str:
    if file.sha256 is None:
        return "the manifest does not list it"
    digest = sha256(data).hexdigest()
    return "" if digest == file.sha256 else f"its SHA-256 is {digest}, not {file.sha256}"


def _otherwise(recipe: InstanceRecipe | None, data: bytes) -> str:
    if recipe is None:
        return "the manifest asks for no instance of this name"
    try:
        generated = recipe.instance()
    except BadSettings as error:
        return f"nothing is dealt: {error}"
    is_same = b"".join(as_file(generated)) == data
    return "" if is_same else f"what is dealt is {generated['instance_id']}, and not these bytes"


def _proven(file: File, track: str, instance: Mapping[str, Any]) -> Iterator[Finding]:
    id, given = instance_id(instance), instance["instance_id"]
    named = Path(file.name).stem.partition("-")[2]
    wrong = [f"its {what} is {has}" for what, has in (("id", given), ("name", named)) if has != id]
    yield Finding("id", f"{', '.join(wrong)}, but its content is {id}" if wrong else "")
    version = instance["generator_version"]
    ours = find(track).version
    yield Finding("version", "" if version == ours else f"made by {version}; this is {ours}")
    try:
        found = generating_tracks()[track].verification(instance)
        failed = failed_checks(found)
    except Exception as error:  # noqa: BLE001  # A proof that cannot run rejects what it is of.
        yield Finding("as_written", f"its proof cannot be run ({type(error).__name__}: {error})")
        return
    yield Finding("as_written", _unlike(instance["verification"], found))
    for name, one in found["checks"].items():
        yield Finding(name, canonical(one) if name in failed else "")
    if failed == ["accepted"]:
        yield Finding("accepted", "no check failed, and yet it is not accepted")


def _unlike(written: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The first check of which the file says other than the proof."""
    told = written.get("checks")
    checks = told if isinstance(told, dict) else {}
    for name in dict.fromkeys([*found["checks"], *checks]):
        one, other = checks.get(name), found["checks"].get(name)
        if canonical(one) != canonical(other):
            return f"the file says of {name} {canonical(one)}, the proof {canonical(other)}"
    if written.get("accepted") is not found["accepted"]:
        return f"the file says accepted: {canonical(written.get('accepted'))}"
    return ""
