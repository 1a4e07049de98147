"""Tasks generated from parameters, which are the options of `generate`, or read from a folder."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import Instances, TaskOptions, TaskRecipe
from memorygym.core.types import Task
from memorygym.datasets.instances.folder import (
    InstanceRecipe,
    generating_tracks,
    instance_files,
    read_manifest,
    read_task,
)

TOKENS = "20k"


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task in a folder of `memorygym generate`."""

    track: str
    path: Path
    seed: int

    @property
    def template(self) -> str:
        """The track's name: a folder is one group, because results list hops and length anyway."""
        return self.track

    def generate(self) -> Task:
        """The task. Raises BadSettings if the file is damaged."""
        task = read_task(self.path)
        if task.track != self.track:
            raise BadSettings(f"{self.path} is of {task.track}, not of {self.track}")
        return replace(task, recipe={**task.recipe, "template": self.template, "seed": self.seed})


def tasks_of(track: str, instances: Instances) -> Callable[[TaskOptions], Sequence[TaskRecipe]]:
    """The field `tasks` of a track whose tasks can be written to files."""
    return partial(_chosen, track, instances)


def _chosen(track: str, instances: Instances, options: TaskOptions) -> list[TaskRecipe]:
    """The recipes of the given numbers; with a secret, of a private test set. Raises UnknownPart or
    BadSettings."""
    seed = int(sha256(options.salt.encode()).hexdigest(), 16) if options.salt else 0
    recipes = requested(track, instances, options.parameters, options.seeds.stop, seed)
    return [recipe for recipe in recipes if recipe.seed in options.seeds]


def folder_tasks(folder: Path) -> list[StoredTask]:
    """The tasks of a folder. Raises BadSettings unless its files match its manifest."""
    manifest = read_manifest(folder)
    track = str(manifest.get("track"))
    if track not in generating_tracks():
        raise BadSettings(f"{folder}: its manifest names no track that writes tasks: {track!r}")
    if manifest.get("counts") is None:
        raise BadSettings(f"{folder} is not finished; repeat its `memorygym generate` to resume")
    listed: Mapping[str, object] = manifest["files"]
    paths = instance_files(folder)
    existing = {f"instances/{path.name}": path for path in paths}
    for name in sorted({*listed, *existing}):
        if name not in existing or sha256(existing[name].read_bytes()).hexdigest() != listed.get(
            name
        ):
            raise BadSettings(
                f"{folder}: {name} does not match the manifest;"
                f" `memorygym verify {folder}` says why"
            )
    return [StoredTask(track, path, number) for number, path in enumerate(paths)]


class _Parameters(argparse.ArgumentParser):
    """A parser that reads parameters like the options of `generate`."""

    def error(self, message: str) -> NoReturn:
        raise BadSettings(f"track {self.prog}: {message.replace('--', '')}")


def requested(
    track: str, instances: Instances, parameters: Mapping[str, str], n: int, seed: int
) -> Sequence[InstanceRecipe]:
    """The first `n` recipes with these parameters. Raises UnknownPart or BadSettings."""
    parser, known = _parser(track, instances), parameters_of(instances)
    for name in parameters:
        if name.replace("-", "_") not in known:
            raise UnknownPart(f"parameter of the track {track}", name, known)
    words = [f"--{name.replace('_', '-')}={value}" for name, value in parameters.items()]
    options = parser.parse_args(words)
    options.tokens = lengths(str(options.tokens))
    options.n, options.seed = n, seed
    return instances.recipes(options)


def parameters_of(instances: Instances) -> dict[str, str]:
    """The track's parameters, each with its meaning."""
    actions = _parser("", instances)._actions
    return {
        action.dest: str(action.help) for action in sorted(actions, key=lambda action: action.dest)
    }


def _parser(track: str, instances: Instances) -> _Parameters:
    parser = _Parameters(track, add_help=False, allow_abbrev=False)
    parser.add_argument("--tokens", default=TOKENS, help=f"length of the instances ({TOKENS})")
    instances.declare(parser)
    return parser


def lengths(text: str) -> list[int]:
    """Numbers of tokens. Raises BadSettings.

    >>> lengths("10k,1M,20000")
    [10000, 1000000, 20000]
    """
    parts = text.split(",")
    numbers = [tokens_of(part) for part in parts]
    for number, part in zip(numbers, parts, strict=True):
        if number < 1:
            raise BadSettings(f"tokens {part}: give at least 1")
        if numbers.count(number) > 1:
            raise BadSettings(f"tokens {text}: {part} is given more than once")
    return numbers


def tokens_of(text: str) -> int:
    """A number of tokens: 20000, 20k or 1M. Raises BadSettings.

    >>> tokens_of("20k"), tokens_of("1.5M")
    (20000, 1500000)
    """
    unit = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    try:
        return round(float(text[:-1] if unit > 1 else text) * unit)
    except (ValueError, OverflowError):
        raise BadSettings(f"tokens {text!r}: give a number such as 20000, 20k or 1M") from None
