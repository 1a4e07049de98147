"""The sources of tasks: a track's parameters, a folder of instances, a file of a data set."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, TaskRecipe, Track, find
from memorygym.core.types import JSON, Task
from memorygym.datasets.instances.loader import folder_tasks
from memorygym.runs.settings import checked_salt
from memorygym.runs.tasks import generated

MANY = 10
"""Number of seeds unless they are given."""
OWN = ("seed", "seeds", "role", "memory", "budget", "capacity", "tool_mode")
"""Arguments of all tracks."""
SALT, FOLDER, TEMPLATE, ALL = "salt_file", "data", "template", "all"
OF_FILES = ("format", "file", "most")
"""Arguments of a track whose tasks are in a file."""

Source = Mapping[str, JSON]
"""A source, as a sample's metadata hold it."""
Name = tuple[str, int]
"""Template and seed of a task."""


def check_arguments(track: Track, arguments: Mapping[str, Any]) -> None:
    """Raises UnknownPart for an argument that the track does not have."""
    known: Sequence[str] = (*OWN, SALT, *track.parameters(), *[FOLDER] * bool(track.instances))
    if track.files:
        known = (*OWN, *OF_FILES)
    elif track.instances and FOLDER in arguments:
        known = (*OWN, FOLDER)
    for name in arguments:
        if name not in known:
            raise UnknownPart("argument", name, known)


def source_of(track: Track, arguments: Mapping[str, Any]) -> dict[str, JSON]:
    """The source that checked arguments name. Raises BadSettings."""
    if track.files:
        return _of_file(track.name, arguments)
    if FOLDER in arguments:
        return {"folder": _path(arguments[FOLDER])}
    stated = {
        name: arguments[name] for name in track.parameters() if arguments.get(name) is not None
    }
    if stated.get(TEMPLATE) == ALL:
        del stated[TEMPLATE]
    parameters = {**track.official, **{name: text(value) for name, value in stated.items()}}
    seeds = _seeds(arguments)
    salt_file = ""
    if SALT in arguments:  # Inspect reads `-T salt_file=` as None.
        path = "" if arguments[SALT] is None else str(arguments[SALT])
        salt_file = _path(checked_salt(path, SALT))
    return {
        "parameters": dict[str, JSON](parameters),
        "seeds": [seeds.start, seeds.stop],
        SALT: salt_file,
    }


def _of_file(track: str, arguments: Mapping[str, Any]) -> dict[str, JSON]:
    for name in ("format", "file"):
        if name not in arguments:
            raise BadSettings(f"{track} plays the tasks of a file: give -T {name}=…")
    file = {"format": str(arguments["format"]), "file": _path(arguments["file"])}
    return {**file, "most": positive("most", arguments.get("most"))}


def _path(value: object) -> str:
    return str(Path(str(value)).resolve())


def names(track: str, source: Source, arguments: Mapping[str, Any]) -> list[Name]:
    """The tasks that were asked for; of tasks on disk all, unless seeds are given."""
    for cached in (_listed, _tasks):  # Files may have changed since.
        cached.cache_clear()
    listed = [*_listed(track, json.dumps(source))]
    if "parameters" in source:
        return listed
    if arguments.get("seed") is None:
        return listed if arguments.get("seeds") is None else listed[: _seeds(arguments).stop]
    chosen = [name for name in listed if name[1] in _seeds(arguments)]
    if not chosen:
        seeds = sorted({seed for _, seed in listed})
        few = ", ".join(map(str, seeds[:10])) + ", …" * (len(seeds) > 10)
        raise BadSettings(f"seed {arguments['seed']}: there is no such task; seeds are {few}")
    return chosen


def _seeds(arguments: Mapping[str, Any]) -> range:
    """The one seed if given, else the first `seeds`. Raises BadSettings."""
    if arguments.get("seed") is not None:
        if (first := whole("seed", arguments["seed"])) < 0:
            raise BadSettings(f"seed {first}: give 0 or more")
        return range(first, first + 1)
    return range(positive("seeds", arguments.get("seeds")) or MANY)


def salt_of(source: Source) -> str:
    """The secret of a private test set; "" for the public set. Raises BadSettings.

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
    return _tasks(track, json.dumps(source), name)


@lru_cache(maxsize=1)
def _tasks(track: str, source: str, name: Name) -> Task:
    return _listed(track, source)[name].generate()


@lru_cache(maxsize=8)
def _listed(track: str, source: str) -> Mapping[Name, TaskRecipe]:
    """The tasks of a source in order; none is generated yet."""
    return {
        (recipe.template, recipe.seed): recipe for recipe in _recipes(track, json.loads(source))
    }


def _recipes(track: str, source: Mapping[str, Any]) -> Iterator[TaskRecipe]:
    match source:
        case {"folder": folder}:
            recipes = folder_tasks(Path(folder))
            if recipes[0].track != track:
                raise BadSettings(f"{folder} holds instances of {recipes[0].track}, not of {track}")
            yield from recipes
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
    """A number of `-T`, at least 1; None if there is none. Raises BadSettings."""
    if value is None:
        return None
    if (number := whole(name, value)) < 1:
        raise BadSettings(f"{name} {number}: give at least 1")
    return number


def whole(name: str, value: object) -> int:
    """A number of `-T`. Raises BadSettings."""
    if type(value) is not int:
        raise BadSettings(f"{name} {value!r}: give a whole number")
    return value
