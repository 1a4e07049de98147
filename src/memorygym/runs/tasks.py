"""The tasks of a run, each generated when it is needed, and their limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import prod
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import BadSettings, clip
from memorygym.core.json_types import from_json
from memorygym.core.track import TaskOptions, TaskRecipe, find
from memorygym.core.types import JSON, Budget, Task


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
CAPACITY = 1000
"""Most tokens that a memory may store on a track whose tasks set no limit."""
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
    source = find(track)
    seeds = options.seeds
    if (
        many := seeds.stop - seeds.start
    ) > 1:  # `len` fails for a range longer than a machine word.
        first = source.tasks(replace(options, seeds=range(seeds.start, seeds.start + 1)))
        check_episodes(len(first), many)
    if not (recipes := source.tasks(options)):
        raise BadSettings(
            f"the track {source.name} makes no task from the seeds {[*seeds][:3]}; give other seeds"
        )
    recipe = {
        **_recipe(source.name, recipes),
        "seeds": list(options.seeds),
        "parameters": dict(sorted(options.parameters.items())),
        "salt": salt_hash(options.salt),
    }
    parameters = "".join(f", {name} {value}" for name, value in options.parameters.items())
    return Tasks(source.name, recipes, recipe, f"{source.name} track{parameters}")


def from_disk(recipes: Sequence[TaskRecipe], track: str, digest: str, description: str) -> Tasks:
    """Tasks from files, which the digest identifies."""
    data: JSON = {"sha256": digest, "tasks": [[task.template, task.seed] for task in recipes]}
    return Tasks(track, recipes, {**_recipe(track, recipes), "data": data}, description)


def _recipe(track: str, recipes: Sequence[TaskRecipe]) -> dict[str, JSON]:
    templates, seeds = {recipe.template for recipe in recipes}, {recipe.seed for recipe in recipes}
    selection: dict[str, JSON] = {
        "track": track,
        "templates": sorted(templates),
        "seeds": sorted(seeds),
    }
    return {**selection, "parameters": {}, "salt": None, "data": None}


@dataclass(frozen=True, slots=True)
class MissingTask:
    """A task from a file that was not given: it has a name and cannot be generated."""

    template: str
    seed: int

    def generate(self) -> Any:
        """Raises BadSettings."""
        raise BadSettings(
            f"the task {self.template} {self.seed} is in a file that was not given; repeat the"
            " command that began the run, with its --data"
        )


def again(recipe: Mapping[str, Any], salt: str = "") -> Tasks:
    """The tasks of a run's recipe. Raises UnknownPart for an unknown track, and BadSettings for
    another secret than the run's.

    Tasks of a private test set cannot be generated without its secret, nor tasks from a file.
    """
    track = registry.require_name("tracks", str(recipe["track"]))  # A file must not import code.
    if recipe["data"]:
        missing = [task for task in _missing(recipe["data"]) if task.seed in recipe["seeds"]]
        return Tasks(track, missing, recipe, f"{track} track, of a file")
    if salt and salt_hash(salt) != recipe["salt"]:
        raise BadSettings(
            "--salt: that is not the secret of the run; give the one that it was made with"
        )
    seeds = recipe["seeds"]
    first, last = min(seeds), max(seeds)
    if len(seeds) != last - first + 1:
        raise BadSettings(
            f"the recipe lists the seeds {clip(str(seeds), 60)}; those of a run are consecutive"
        )
    tasks = generated(track, TaskOptions(range(first, last + 1), salt, recipe["parameters"]))
    updated = {**recipe, "templates": tasks.recipe["templates"]}
    return Tasks(track, tasks.recipes, updated, tasks.description)


def _missing(data: Mapping[str, Any]) -> list[MissingTask]:
    """The tasks that a run took from a file, which was not given."""
    try:
        return [
            MissingTask(from_json(str, template), from_json(int, seed))
            for template, seed in data["tasks"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BadSettings(
            f"the recipe of the run does not say which tasks it took ({error!r})"
        ) from error


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


def checked_salt(salt: str, name: str) -> str:
    """The secret that was given as the option `name`. Raises BadSettings if it is empty."""
    if not salt.strip():
        raise BadSettings(
            f"{name} {salt!r} is empty, perhaps from an unset variable: give a value, or leave"
            f" {name} out for the public set"
        )
    return salt


def salt_hash(salt: str) -> str | None:
    """The hash of a private test set's secret; None for the public set."""
    return sha256(salt.encode()).hexdigest() if salt else None


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that `bench` sets in place of a task's; None leaves the task's."""

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
