"""Where tasks that are no worlds come from: knobs, a folder of instances, a file of a data set."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from memorygym import registry
from memorygym.adapters.inspect_ai.recipes import chosen_seeds, salt_file_of, secret, whole
from memorygym.core import JSON, Task
from memorygym.errors import BadSettings, UnknownPart
from memorygym.instances.tasks import kept, knobs_of, made
from memorygym.tracks.worlds.settings import Dealt

INSTANCES = 10
"""Instances that are made unless seeds are given."""
OWN = ("seed", "seeds", "memory", "budget", "capacity", "tool_mode")
"""Arguments that all such tracks have."""
SALT, FOLDER = "salt_file", "data"
OF_FILES = ("format", "file", "most")
"""Arguments of a track whose tasks lie in a file."""

Source = Mapping[str, JSON]
"""As a sample's metadata hold it."""
Name = tuple[str, int]
"""Template and seed of a task."""


def is_dealt(track: str) -> bool:
    """Whether the tasks of a track are made of instances or a file, and are no worlds."""
    return hasattr(registry.load_module("tracks", track), "recipes") or _lies_in_files(track)


def _lies_in_files(track: str) -> bool:
    return hasattr(registry.load_module("tracks", track), "recipes_of")


def source_of(track: str, given: Mapping[str, Any]) -> dict[str, JSON]:
    """What the arguments name. Raises UnknownPart or BadSettings."""
    if _lies_in_files(track):
        _check(given, OF_FILES)
        return _of_file(track, given)
    if FOLDER in given:
        _check(given, [FOLDER])
        return {"folder": _path(given[FOLDER])}
    own, known = {*OWN, SALT}, knobs_of(track)
    _check(given, [FOLDER, SALT, *known])
    knobs: dict[str, JSON] = {name: text(given[name]) for name in given if name not in own}
    return {"knobs": knobs, "n": _seeds(given).stop, SALT: salt_file_of(given)}


def _check(given: Mapping[str, Any], others: Sequence[str]) -> None:
    for name in given:
        if name not in (*OWN, *others):
            raise UnknownPart("argument", name, (*OWN, *others))


def _of_file(track: str, given: Mapping[str, Any]) -> dict[str, JSON]:
    for name in ("format", "file"):
        if name not in given:
            raise BadSettings(f"{track} plays the tasks of a file: give -T {name}=…")
    most = given.get("most")
    return {
        "format": str(given["format"]),
        "file": _path(given["file"]),
        "most": None if most is None else positive("most", most),
    }


def _path(value: object) -> str:
    return str(Path(str(value)).resolve())


def names(track: str, source: Source, given: Mapping[str, Any]) -> list[Name]:
    """The tasks that are asked for: of those that lie on disk all, unless seeds are given."""
    for cached in (_listed, _dealt):  # What lies on disk may have changed since.
        cached.cache_clear()
    listed = [*_listed(track, json.dumps(source))]
    if given.get("seed") is None:
        return listed if given.get("seeds") is None else listed[: _seeds(given).stop]
    seed = given["seed"]
    found = [name for name in listed if name[1] in _seeds(given)]
    if not found:
        raise BadSettings(f"seed {seed}: there is no such task; seeds are {_few(listed)}")
    return found


def _few(listed: Sequence[Name]) -> str:
    seeds = sorted({seed for _, seed in listed})
    return ", ".join(map(str, seeds[:10])) + ", …" * (len(seeds) > 10)


def _seeds(given: Mapping[str, Any]) -> range:
    many = given.get("seeds")
    return chosen_seeds(given.get("seed"), INSTANCES if many is None else many)


def salt_of(source: Source) -> str:
    """The secret of a sealed set, "" for what everybody can make. Raises BadSettings."""
    return secret(str(source[SALT])) if source.get(SALT) else ""


def deal(track: str, source: Source, name: Name) -> Task:
    """The task of that name."""
    return _dealt(track, json.dumps(source), name)


@lru_cache(maxsize=1)
def _dealt(track: str, source: str, name: Name) -> Task:
    return _listed(track, source)[name].deal()


@lru_cache(maxsize=8)
def _listed(track: str, source: str) -> Mapping[Name, Dealt]:
    """The tasks of a source in order; none is dealt yet."""
    return {(one.template, one.seed): one for one in _found(track, json.loads(source))}


def _found(track: str, source: Mapping[str, Any]) -> Iterator[Dealt]:
    match source:
        case {"folder": folder}:
            found = kept(Path(folder))
            if found[0].track != track:
                raise BadSettings(f"{folder} holds instances of {found[0].track}, not of {track}")
            yield from found
        case {"format": format, "file": file, "most": most}:
            yield from registry.load("tracks", track, "recipes_of")(format, Path(file), most)
        case {"knobs": knobs, "n": many}:
            yield from made(track, knobs, range(many), salt_of(source))


def text(value: object) -> str:
    """A knob as it was written, before Inspect read it as YAML.

    >>> text(["2", 4]), text(True), text("20k")
    ('2,4', 'true', '20k')
    """
    if isinstance(value, (list, tuple)):
        return ",".join(map(text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def positive(name: str, value: object) -> int:
    """A number that `-T` gave, at least 1. Raises BadSettings."""
    if (number := whole(name, value)) < 1:
        raise BadSettings(f"{name} {number}: give at least 1")
    return number
