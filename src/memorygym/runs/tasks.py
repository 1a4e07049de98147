"""What is played: the tasks of one track, each made when it is needed, and under which limits."""

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
    """What must agree for two sets to be one; a salt only as its hash."""
    told: str
    """What they are, in a few words."""


LIFTED = Budget()
"""No limits: for an agent that is `unbounded`."""
CAPACITY = 1000
"""Tokens that a memory may hold on a track whose tasks set no limit."""
LARGEST = 1_000_000
"""Most episodes of a run."""


def check_episodes(*factors: int) -> None:
    """Raises BadSettings if their product is more than a run can hold."""
    if (planned := prod(factors)) > LARGEST:
        told = f"{planned:,}" if planned < LARGEST**3 else "endless"
        raise BadSettings(
            f"{told} episodes are too many for a run: give fewer seeds, repeats or agents, for at"
            f" most {LARGEST:,} together"
        )


def generated(track: str, options: TaskOptions) -> Tasks:
    """The tasks that the track makes. Raises UnknownPart or BadSettings."""
    made = find(track)
    seeds = options.seeds
    if (many := seeds.stop - seeds.start) > 1:  # A range of more than a machine word has no len.
        first = made.tasks(replace(options, seeds=range(seeds.start, seeds.start + 1)))
        check_episodes(len(first), many)
    if not (recipes := made.tasks(options)):
        raise BadSettings(f"the track {made.name} makes no task of the seeds {[*seeds][:3]}")
    recipe = {
        **_recipe(made.name, recipes),
        "seeds": list(options.seeds),
        "parameters": dict(sorted(options.parameters.items())),
        "salt": salt_hash(options.salt),
    }
    told = "".join(f", {name} {value}" for name, value in options.parameters.items())
    return Tasks(made.name, recipes, recipe, f"{made.name} track{told}")


def from_disk(recipes: Sequence[TaskRecipe], track: str, digest: str, told: str) -> Tasks:
    """Tasks that lie in files, which the digest tells apart."""
    data: JSON = {"sha256": digest, "tasks": [[one.template, one.seed] for one in recipes]}
    return Tasks(track, recipes, {**_recipe(track, recipes), "data": data}, told)


def _recipe(track: str, recipes: Sequence[TaskRecipe]) -> dict[str, JSON]:
    templates, seeds = {one.template for one in recipes}, {one.seed for one in recipes}
    told: dict[str, JSON] = {"track": track, "templates": sorted(templates), "seeds": sorted(seeds)}
    return {**told, "parameters": {}, "salt": None, "data": None}


@dataclass(frozen=True, slots=True)
class MissingTask:
    """A task of a file that is not at hand: it has its name, and cannot be made."""

    template: str
    seed: int

    def generate(self) -> Any:
        """Raises BadSettings."""
        raise BadSettings(
            f"the task {self.template} {self.seed} lies in a file that is not given here; repeat"
            " the command that began the run, with its --data"
        )


def again(recipe: Mapping[str, Any], salt: str = "") -> Tasks:
    """The tasks of a run's recipe. Raises UnknownPart for a track that is not known here, or
    BadSettings for a salt that is another.

    Those of a private test set cannot be made without its salt, and none that lie in a file.
    """
    track = registry.require_name("tracks", str(recipe["track"]))  # A file must bring no code in.
    if recipe["data"]:
        places = [one for one in _elsewhere(recipe["data"]) if one.seed in recipe["seeds"]]
        return Tasks(track, places, recipe, f"{track} track, of a file")
    if salt and salt_hash(salt) != recipe["salt"]:
        raise BadSettings("that is not the salt of the run")
    seeds = recipe["seeds"]
    first, last = min(seeds), max(seeds)
    if len(seeds) != last - first + 1:
        raise BadSettings(f"the seeds of a run are in a row, not {clip(str(seeds), 60)}")
    found = generated(track, TaskOptions(range(first, last + 1), salt, recipe["parameters"]))
    made = {**recipe, "templates": found.recipe["templates"]}
    return Tasks(track, found.recipes, made, found.told)


def _elsewhere(data: Mapping[str, Any]) -> list[MissingTask]:
    """The tasks that a run took from a file."""
    try:
        return [
            MissingTask(from_json(str, template), from_json(int, seed))
            for template, seed in data["tasks"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BadSettings(f"the recipe does not tell which tasks it took ({error!r})") from error


def unknown_part(recipe: Mapping[str, Any]) -> str:
    """Which part of somebody else's run is not installed here; "" if all are.

    What has another name would be imported and called when the run is made again.
    """
    memories = recipe["memories"] if recipe["kind"] == "compare" else [recipe["memory"]]
    tracks, known = registry.names("tracks"), [*registry.names("memory"), "oracle"]
    strange = [f"track {recipe['track']}"] if recipe["track"] not in tracks else []
    strange += [
        f"{parameter} {text}" for parameter, text in recipe["parameters"].items() if ":" in text
    ]
    strange += [f"memory {spec}" for spec in memories if registry.split_spec(spec)[0] not in known]
    return f"{strange[0]} is not installed here" if strange else ""


def checked_salt(given: str, name: str) -> str:
    """What was given as `name` to seal a set. Raises BadSettings for nothing: it would not seal."""
    if not given.strip():
        raise BadSettings(
            f"{name} {given!r} is empty, as a variable is that was not set: give a value, or leave"
            f" {name} out for the public set"
        )
    return given


def salt_hash(salt: str) -> str | None:
    """What is told of the secret of a private test set; None for the public one."""
    return sha256(salt.encode()).hexdigest() if salt else None


@dataclass(frozen=True, slots=True)
class Limits:
    """What `bench` sets beside the budget of a task; None leaves it."""

    turns: int | None = None
    """Most replies within one event."""
    patience: int | None = None
    """Identical failing calls in a row that end an event."""
    capacity: int | None = None
    """Tokens that the memory may hold, and put into a view."""

    def applied(self, task: Task) -> Task:
        """The task under these limits; its recipe tells of those that are set."""
        given = {name: value for name, value in self.to_json().items() if value is not None}
        budget = replace(task.budget, **{n: v for n, v in given.items() if n != "capacity"})
        if self.capacity or budget.capacity is None:
            most = self.capacity or CAPACITY
            budget = replace(budget, capacity=most, view=most)
        return replace(task, budget=budget, recipe={**task.recipe, **given})

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return {name: getattr(self, name) for name in Limits.__slots__}
