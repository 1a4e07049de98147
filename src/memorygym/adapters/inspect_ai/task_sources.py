"""Where tasks come from: a track's parameters, a folder of instances, a file of a data set."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, TaskRecipe, Track, find
from memorygym.core.types import JSON, Task
from memorygym.datasets.instances.loader import folder_tasks
from memorygym.runs.tasks import checked_salt, generated

MANY = 10
"""Seeds that are played unless they are given."""
OWN = ("seed", "seeds", "role", "memory", "budget", "capacity", "tool_mode")
"""Arguments that all tracks have."""
SALT, FOLDER, TEMPLATE, ALL = "salt_file", "data", "template", "all"
OF_FILES = ("format", "file", "most")
"""Arguments of a track whose tasks lie in a file."""

Source = Mapping[str, JSON]
"""As a sample's metadata hold it."""
Name = tuple[str, int]
"""Template and seed of a task."""


def check_arguments(track: Track, given: Mapping[str, Any]) -> None:
    """Raises UnknownPart for an argument that the track does not have."""
    known: Sequence[str] = (*OWN, SALT, *track.parameters(), *[FOLDER] * bool(track.instances))
    if track.files:
        known = (*OWN, *OF_FILES)
    elif track.instances and FOLDER in given:
        known = (*OWN, FOLDER)
    for name in given:
        if name not in known:
            raise UnknownPart("argument", name, known)


def source_of(track: Track, given: Mapping[str, Any]) -> dict[str, JSON]:
    """What checked arguments name. Raises BadSettings."""
    if track.files:
        return _of_file(track.name, given)
    if FOLDER in given:
        return {"folder": _path(given[FOLDER])}
    stated = {name: given[name] for name in track.parameters() if given.get(name) is not None}
    if stated.get(TEMPLATE) == ALL:
        del stated[TEMPLATE]
    parameters = {**track.official, **{name: text(value) for name, value in stated.items()}}
    seeds = _seeds(given)
    salt_file = ""
    if SALT in given:  # Inspect reads `-T salt_file=` as None.
        told = "" if given[SALT] is None else str(given[SALT])
        salt_file = _path(checked_salt(told, SALT))
    return {
        "parameters": dict[str, JSON](parameters),
        "seeds": [seeds.start, seeds.stop],
        SALT: salt_file,
    }


def _of_file(track: str, given: Mapping[str, Any]) -> dict[str, JSON]:
    for name in ("format", "file"):
        if name not in given:
            raise BadSettings(f"{track} plays the tasks of a file: give -T {name}=…")
    file = {"format": str(given["format"]), "file": _path(given["file"])}
    return {**file, "most": positive("most", given.get("most"))}


def _path(value: object) -> str:
    return str(Path(str(value)).resolve())


def names(track: str, source: Source, given: Mapping[str, Any]) -> list[Name]:
    """The tasks that are asked for: of those that lie on disk all, unless seeds are given."""
    for cached in (_listed, _dealt):  # What lies on disk may have changed since.
        cached.cache_clear()
    listed = [*_listed(track, json.dumps(source))]
    if "parameters" in source:
        return listed
    if given.get("seed") is None:
        return listed if given.get("seeds") is None else listed[: _seeds(given).stop]
    found = [name for name in listed if name[1] in _seeds(given)]
    if not found:
        seeds = sorted({seed for _, seed in listed})
        few = ", ".join(map(str, seeds[:10])) + ", …" * (len(seeds) > 10)
        raise BadSettings(f"seed {given['seed']}: there is no such task; seeds are {few}")
    return found


def _seeds(given: Mapping[str, Any]) -> range:
    """That seed alone if one is given, else the first `seeds`. Raises BadSettings."""
    if given.get("seed") is not None:
        if (first := whole("seed", given["seed"])) < 0:
            raise BadSettings(f"seed {first}: seeds are counted from 0")
        return range(first, first + 1)
    return range(positive("seeds", given.get("seeds")) or MANY)


def salt_of(source: Source) -> str:
    """The secret of a private set, "" for what everybody can make. Raises BadSettings.

    It is read from a file: a log keeps arguments, so none of them holds it.
    """
    if not (path := source.get(SALT)):
        return ""
    try:
        secret = Path(str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{SALT} {path}: cannot be read ({error})") from error
    if not secret:
        raise BadSettings(f"{SALT} {path}: holds no secret")
    return secret


def generate(track: str, source: Source, name: Name) -> Task:
    """The task of that name."""
    return _dealt(track, json.dumps(source), name)


@lru_cache(maxsize=1)
def _dealt(track: str, source: str, name: Name) -> Task:
    return _listed(track, source)[name].generate()


@lru_cache(maxsize=8)
def _listed(track: str, source: str) -> Mapping[Name, TaskRecipe]:
    """The tasks of a source in order; none is dealt yet."""
    return {(one.template, one.seed): one for one in _found(track, json.loads(source))}


def _found(track: str, source: Mapping[str, Any]) -> Iterator[TaskRecipe]:
    match source:
        case {"folder": folder}:
            found = folder_tasks(Path(folder))
            if found[0].track != track:
                raise BadSettings(f"{folder} holds instances of {found[0].track}, not of {track}")
            yield from found
        case {"format": format, "file": file, "most": most}:
            files = find(track).files
            assert files
            yield from files(format, Path(file), most)
        case {"parameters": parameters, "seeds": [first, end]}:
            yield from generated(
                track, TaskOptions(range(first, end), salt_of(source), parameters)
            ).recipes


def text(value: object) -> str:
    """A parameter as it was written, before Inspect read it as YAML.

    >>> text(["2", 4]), text(True), text("20k")
    ('2,4', 'true', '20k')
    """
    if isinstance(value, (list, tuple)):
        return ",".join(map(text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def positive(name: str, value: object) -> int | None:
    """A number that `-T` gave, at least 1; None if it gave none. Raises BadSettings."""
    if value is None:
        return None
    if (number := whole(name, value)) < 1:
        raise BadSettings(f"{name} {number}: give at least 1")
    return number


def whole(name: str, value: object) -> int:
    """A number that `-T` gave. Raises BadSettings."""
    if type(value) is not int:
        raise BadSettings(f"{name} {value!r}: give a whole number")
    return value
