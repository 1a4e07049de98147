"""The choice of tasks when a command or a call does not list them: enough seeds of a track, or the
tasks in a folder or a data set's file."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, Track, find
from memorygym.core.types import JSON
from memorygym.datasets.instances.loader import folder_tasks
from memorygym.runs.tasks import Tasks, from_disk

DATA = "data"
"""The track of data sets."""
TASKS = 10
"""Fewest tasks of a run whose seeds are not given."""
LAST_SEED = 999_999_999
"""IDs of questions hold nine digits."""


def enough_seeds(track: Track) -> int:
    """As many as make ten tasks of the official set."""
    return -(-TASKS // max(1, len(track.tasks(TaskOptions(range(1), "", track.official)))))


def agreed(chosen: Mapping[str, str], stated: Mapping[str, str], where: str) -> dict[str, str]:
    """Parameters that options chose, and those stated elsewhere, together. Raises BadSettings if
    they differ.

    >>> agreed({"tier": "lite"}, {"tokens": "9k"}, "track")
    {'tier': 'lite', 'tokens': '9k'}
    """
    for name in chosen.keys() & stated.keys():
        if chosen[name] != stated[name]:
            raise BadSettings(
                f"{name} {chosen[name]} and {where} with {name}={stated[name]} differ: give one"
            )
    return {**chosen, **stated}


def stored_tasks(data: str, chosen: range | None = None) -> Tasks:
    """The tasks of a folder or a data set's file, or some of them, counted from 0.

    Raises UnknownPart or BadSettings.
    """
    tasks = _of_folder(Path(data)) if Path(data).is_dir() else _of_file(data)
    if chosen is None:
        return tasks
    some = tasks.recipes[chosen.start : chosen.stop]
    if not some:
        raise BadSettings(
            f"{data} has {len(tasks.recipes)} tasks, so none of number {chosen.start}"
        )
    about = tasks.recipe["data"]
    assert isinstance(about, Mapping)
    taken = from_disk(some, tasks.track, str(about["sha256"]), tasks.description)
    names: list[JSON] = [[recipe.template, recipe.seed] for recipe in some]
    # `from` is recorded, so that the command can be repeated.
    part: dict[str, JSON] = {**about, "tasks": names, "from": chosen.start}
    return replace(taken, recipe={**taken.recipe, "data": part})


def _of_folder(folder: Path) -> Tasks:
    """The instances of a folder."""
    recipes = folder_tasks(folder)
    track = recipes[0].track
    digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    return from_disk(recipes, track, digest, f"{track} track, folder {folder.name or folder}")


def _of_file(data: str) -> Tasks:
    """The samples of a data set."""
    name, parameters = registry.split_spec(data)
    format, colon, text = name.partition(":")
    if format not in registry.names("datasets") and ":" in text:
        # A format of one's own is `pkg.mod:object`.
        attribute, _, text = text.partition(":")
        format = f"{format}:{attribute}"
    if not colon:
        raise BadSettings(f"data {data}: no such folder; give a data set as FORMAT:FILE")
    if unknown := sorted(parameters.keys() - {"most"}):
        raise UnknownPart("parameter of data", unknown[0], ["most"])
    if parameters and not parameters["most"].isdecimal():
        raise BadSettings(f"most {parameters['most']!r}: give a whole number")
    file, most = Path(text), int(parameters["most"]) if parameters else None
    files = find(DATA).files
    assert files
    recipes = files(format, file, most)
    settings = "".join(f", {name} {value}" for name, value in parameters.items())
    digest = sha256(f"{_digest(file)} {format} {most}".encode()).hexdigest()
    return from_disk(recipes, DATA, digest, f"{DATA} track, {format}:{file.name}{settings}")


def _digest(path: Path) -> str:
    """The digest of a file, or of every file of a folder."""
    digest = sha256()
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()
