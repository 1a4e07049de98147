"""The tasks of a run: which the settings choose, each generated when it is needed, their limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart, clip
from memorygym.core.track import TaskOptions, TaskRecipe, Track, find
from memorygym.core.types import JSON, Budget, Task
from memorygym.datasets.instances.folder import folder_tasks
from memorygym.runs.settings import (
    CAPACITY,
    PARAMETERS,
    TaskSettings,
    listed,
)


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of a run."""

    track: str
    recipes: Sequence[TaskRecipe]
    recipe: Mapping[str, JSON]
    """What identifies the set of tasks. A secret appears only as its hash."""
    description: str
    """The tasks in a few words."""


LIFTED = Budget()
"""No limits, for an `unbounded` agent."""
LARGEST = 1_000_000
"""Most episodes of a run."""


def check_episodes(*factors: int) -> None:
    """Raises BadSettings if their product is more than a run can hold."""
    if (planned := prod(factors)) > LARGEST:
        number = f"{planned:,}" if planned < LARGEST**3 else "endless"
        raise BadSettings(
            f"{number} episodes are too many for a run: give fewer seeds, repeats or agents, for at"
            f" most {LARGEST:,} together"
        )


def generated(track: str, options: TaskOptions) -> Tasks:
    """The tasks that a track generates. Raises UnknownPart or BadSettings."""
    source, seeds = find(track), options.seeds
    many = seeds.stop - seeds.start  # `len` fails for a range longer than a machine word.
    if many > 1:
        first = source.tasks(replace(options, seeds=range(seeds.start, seeds.start + 1)))
        check_episodes(len(first), many)
    if not (recipes := source.tasks(options)):
        raise BadSettings(
            f"the track {source.name} makes no task from the seeds {[*seeds][:3]}; give other seeds"
        )
    parameters = "".join(f", {name} {value}" for name, value in options.parameters.items())
    return _tasks(
        source.name,
        recipes,
        f"{source.name} track{parameters}",
        seeds=list(options.seeds),
        parameters=dict(sorted(options.parameters.items())),
        salt=salt_hash(options.salt),
    )


def _tasks(track: str, recipes: Sequence[TaskRecipe], description: str, **chosen_by: JSON) -> Tasks:
    """Tasks with what identifies them."""
    recipe: dict[str, JSON] = {
        "track": track,
        "templates": sorted({recipe.template for recipe in recipes}),
        "seeds": sorted({recipe.seed for recipe in recipes}),
        "parameters": {},
        "salt": None,
        "data": None,
    }
    return Tasks(track, recipes, recipe | chosen_by, description)


@dataclass(frozen=True, slots=True)
class MissingTask:
    """A task from a file that was not given: it has a name and cannot be generated."""

    template: str
    seed: int

    def generate(self) -> Any:
        """Raises BadSettings."""
        raise BadSettings(
            f"the task {self.template} {self.seed} is in a file that was not given: give the --data"
            " of the run"
        )


def again(recipe: Mapping[str, Any], salt: str = "", data: str | None = None) -> Tasks:
    """The tasks of a run's recipe; `data` are their files, if they have any. Raises UnknownPart for
    an unknown track, and BadSettings for another secret than the run's.

    Tasks of a private test set cannot be generated without its secret, nor tasks without their
    file.
    """
    track = registry.require_name("tracks", str(recipe["track"]))  # A file must not import code.
    if stored := recipe["data"]:
        if data:
            first, many = stored.get("from"), len(stored["tasks"])
            return stored_tasks(data, None if first is None else range(first, first + many))
        tasks = [MissingTask(template, seed) for template, seed in stored["tasks"]]
        missing = [task for task in tasks if task.seed in recipe["seeds"]]
        return Tasks(track, missing, recipe, f"{track} track, of a file")
    if salt and salt_hash(salt) != recipe["salt"]:
        raise BadSettings(
            "--salt: that is not the secret of the run; give the one that it was made with"
        )
    seeds = recipe["seeds"]
    first, last = min(seeds), max(seeds)
    check_seed(first)
    check_seed(last)
    if len(seeds) != last - first + 1:
        raise BadSettings(
            f"the recipe lists the seeds {clip(str(seeds), 60)}; those of a run are consecutive"
        )
    made = generated(track, TaskOptions(range(first, last + 1), salt, recipe["parameters"]))
    return replace(made, recipe={**recipe, "templates": made.recipe["templates"]})


def unknown_part(recipe: Mapping[str, Any]) -> str:
    """The part of another person's run that is not installed here; "" if all are.

    A part of another name would be imported and called when the run is played again.
    """
    memories = recipe["memories"] if recipe["kind"] == "compare" else [recipe["memory"]]
    tracks, known = registry.names("tracks"), [*registry.names("memory"), "oracle"]
    strange = [f"track {recipe['track']}"] if recipe["track"] not in tracks else []
    strange += [
        f"{parameter} {text}" for parameter, text in recipe["parameters"].items() if ":" in text
    ]
    strange += [f"memory {spec}" for spec in memories if registry.split_spec(spec)[0] not in known]
    return f"{strange[0]} is not installed here" if strange else ""


def salt_hash(salt: str) -> str | None:
    """The hash of a private test set's secret; None for the public set."""
    return sha256(salt.encode()).hexdigest() if salt else None


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of `bench` that are limits in place of a task's; None leaves the task's."""

    turns: int | None = None
    """Most replies within one event."""
    patience: int | None = None
    """Identical failing calls in a row that end an event."""
    capacity: int | None = None
    """Most tokens that the memory may store, and put into a context."""

    def applied(self, task: Task) -> Task:
        """The task with these limits; its recipe holds those that are set."""
        limits = {name: value for name, value in self.to_json().items() if value is not None}
        budget = replace(task.budget, **{n: v for n, v in limits.items() if n != "capacity"})
        if self.capacity or budget.capacity is None:
            most = self.capacity or CAPACITY
            budget = replace(budget, capacity=most, view=most)
        return replace(task, budget=budget, recipe={**task.recipe, **limits})

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return {name: getattr(self, name) for name in Limits.__slots__}


DATA = "data"
"""The track of data sets."""
FEWEST = 10
"""Fewest tasks of a run whose seeds are not given."""
LAST_SEED = 999_999_999
"""IDs of questions hold nine digits."""


def enough_seeds(track: Track, fewest: int = FEWEST) -> int:
    """As many as make that many tasks of the official set."""
    return -(-fewest // max(1, len(track.tasks(TaskOptions(range(1), "", track.official)))))


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
    whole = _of_folder(Path(data)) if Path(data).is_dir() else _of_file(data)
    some = whole.recipes if chosen is None else whole.recipes[chosen.start : chosen.stop]
    if chosen is not None and not some:
        count = len(whole.recipes)
        raise BadSettings(f"{data} has {count} tasks, so none of number {chosen.start}")
    # `from` is recorded, so that the command can be repeated.
    first: dict[str, JSON] = {} if chosen is None else {"from": chosen.start}
    tasks: list[JSON] = [[recipe.template, recipe.seed] for recipe in some]
    about: dict[str, JSON] = {**whole.recipe, "tasks": tasks, **first}
    return _tasks(whole.track, some, whole.description, data=about)


def _of_folder(folder: Path) -> Tasks:
    """The instances of a folder, with the digest of its manifest."""
    recipes = folder_tasks(folder)
    track, digest = recipes[0].track, sha256((folder / "manifest.json").read_bytes()).hexdigest()
    description = f"{track} track, folder {folder.name or folder}"
    return Tasks(track, recipes, {"sha256": digest}, description)


def _of_file(data: str) -> Tasks:
    """The samples of a data set, with the digest of its files."""
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
    description = f"{DATA} track, {format}:{file.name}{settings}"
    return Tasks(DATA, recipes, {"sha256": digest}, description)


def _digest(path: Path) -> str:
    """The digest of a file, or of every file of a folder."""
    digest = sha256()
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()


def tasks_of(settings: TaskSettings, seeds: int | None = None) -> Tasks:
    """The tasks that the settings choose; `seeds` is the default, else enough for ten tasks.

    Raises UnknownPart or BadSettings.
    """
    if settings.data is not None:
        return _stored(settings, str(settings.data))
    track, parameters = track_of(settings)
    chosen = seeds_of(settings, seeds or enough_seeds(track))
    return generated(track.name, TaskOptions(chosen, settings.salt or "", parameters))


def track_of(settings: TaskSettings) -> tuple[Track, Mapping[str, str]]:
    """The track that the settings name, and its parameters. Raises UnknownPart or BadSettings."""
    name, stated = registry.split_spec(settings.track)
    track = find(name)
    chosen = {name: getattr(settings, name) for name in settings.given(*PARAMETERS)}
    further: Mapping[str, object] = settings.parameters or {}
    known = track.parameters()
    for parameter in [*further, *chosen]:
        if parameter not in known:
            raise UnknownPart(f"parameter of the track {track.name}", str(parameter), known)
    parameters = agreed(_texts(chosen), _texts(further), "parameters")
    return track, {**settings.defaults(track), **agreed(parameters, stated, name)}


def _texts(parameters: Mapping[str, object]) -> dict[str, str]:
    return {name: ",".join(map(str, listed(value))) for name, value in parameters.items()}


def seeds_of(settings: TaskSettings, default: int) -> range:
    """The chosen seeds. Raises BadSettings."""
    seed, seeds = settings.seed, settings.seeds
    if seed is not None and seeds is not None:
        raise BadSettings(f"--seed {seed} and --seeds {seeds}: give one of them")
    if seed is not None:
        check_seed(seed)
        return range(seed, seed + 1)
    if not isinstance(seeds, range):
        return range(default if seeds is None else seeds)
    if seeds.step != 1 or not seeds or seeds[0] < 0 or seeds[-1] > LAST_SEED:
        raise BadSettings(f"seeds={seeds}: give whole numbers from 0 in a row, as range(5, 10)")
    return seeds


def check_seed(seed: int) -> None:
    """Raises BadSettings for a seed that no episode can have."""
    if seed < 0:
        raise BadSettings(f"seed {seed}: seeds are counted from 0")
    if seed > LAST_SEED:
        raise BadSettings(f"seed {seed}: give at most {LAST_SEED:,}")


def _stored(settings: TaskSettings, data: str) -> Tasks:
    """Tasks from a folder or a file."""
    for name in settings.given("track", *PARAMETERS, "parameters", "salt"):
        flags = f"{settings.spelled('data')} and {settings.spelled(name)}"
        raise BadSettings(
            f"{flags} are both given: the tasks of {data} are finished; give one of them"
        )
    every = settings.seed is None and settings.seeds is None
    try:
        return stored_tasks(data, None if every else seeds_of(settings, 1))
    except OSError as error:
        raise settings.bad("data", f"{error.strerror}; give a file to read") from error
