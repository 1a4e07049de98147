"""Tasks of instances: made from a track's parameters as they are played, or read from a folder."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import Instances, TaskOptions
from memorygym.core.types import Task
from memorygym.datasets.instances.folder import instance_files, read_instance, read_manifest
from memorygym.datasets.instances.schemas import generating_tracks, track_of

TOKENS = "20k"


@dataclass(frozen=True, slots=True)
class GeneratedTask:
    """An instance that is made when it is played."""

    template: str
    """What results group it by."""
    seed: int
    """Its number."""
    make: Callable[[Mapping[str, Any], str, int], Task]
    """Of the track: the task of an instance."""
    recipe: Any
    """Of the track: `instance()` makes it."""

    def generate(self) -> Task:
        """The task."""
        return self.make(self.recipe.instance(), self.template, self.seed)


@dataclass(frozen=True, slots=True)
class StoredTask:
    """An instance in a folder of `memorygym generate`."""

    track: str
    path: Path
    seed: int

    @property
    def template(self) -> str:
        """All of a folder are one group: hops and length are told of each question."""
        return self.track

    def generate(self) -> Task:
        """The task. Raises BadSettings for a file that is damaged."""
        instance = read_instance(self.path)
        if (track := track_of(instance, str(self.path))) != self.track:
            raise BadSettings(f"{self.path} is of {track}, not of {self.track}")
        return generating_tracks()[track].task(instance, self.template, self.seed)


def tasks_of(track: str, instances: Instances) -> Callable[[TaskOptions], Sequence[GeneratedTask]]:
    """The field `tasks` of a track whose tasks are instances."""
    return partial(_made, track, instances)


def _made(track: str, instances: Instances, options: TaskOptions) -> list[GeneratedTask]:
    """The instances of these numbers, of a private set with a salt. Raises UnknownPart or
    BadSettings."""
    parsed = _parsed(track, instances, options.parameters)
    if options.salt:
        parsed.seed = int(sha256(options.salt.encode()).hexdigest(), 16)
    parsed.n = options.seeds.stop
    recipes = instances.recipes(parsed)
    return [
        GeneratedTask(recipe.template, recipe.seed, instances.task, recipe)
        for recipe in recipes
        if recipe.seed in options.seeds
    ]


def kept(folder: Path) -> list[StoredTask]:
    """The instances of a folder. Raises BadSettings unless they are those of its manifest."""
    manifest = read_manifest(folder)
    track = str(manifest.get("track"))
    if track not in generating_tracks():
        raise BadSettings(f"{folder}: its manifest names no track that deals instances: {track!r}")
    if manifest.get("counts") is None:
        raise BadSettings(f"{folder} is not finished; the same `memorygym generate` goes on")
    listed: Mapping[str, object] = manifest["files"]
    paths = instance_files(folder)
    there = {f"instances/{path.name}": path for path in paths}
    for name in sorted({*listed, *there}):
        if name not in there or sha256(there[name].read_bytes()).hexdigest() != listed.get(name):
            raise BadSettings(
                f"{folder}: {name} is not as the manifest has it; `memorygym verify` tells more"
            )
    return [StoredTask(track, path, number) for number, path in enumerate(paths)]


class _Parameters(argparse.ArgumentParser):
    """Reads parameters as the options of `generate` are read."""

    def error(self, message: str) -> NoReturn:
        raise BadSettings(f"track {self.prog}: {message.replace('--', '')}")


def _parsed(track: str, instances: Instances, parameters: Mapping[str, str]) -> argparse.Namespace:
    """The track's own options, as parameters set them. Raises UnknownPart or BadSettings."""
    parser, stated = _parser(track, instances), parameters_of(instances)
    for name in parameters:
        if name.replace("-", "_") not in stated:
            raise UnknownPart(f"parameter of the track {track}", name, stated)
    words: Sequence[str] = [
        f"--{name.replace('_', '-')}={value}" for name, value in parameters.items()
    ]
    options = parser.parse_args(words)
    options.tokens = [tokens_of(part) for part in str(options.tokens).split(",")]
    options.seed = 0
    return options


def parameters_of(instances: Instances) -> dict[str, str]:
    """The names of the track's parameters, each with its meaning."""
    actions = _parser("", instances)._actions
    return {one.dest: str(one.help) for one in sorted(actions, key=lambda one: one.dest)}


def _parser(track: str, instances: Instances) -> _Parameters:
    parser = _Parameters(track, add_help=False, allow_abbrev=False)
    parser.add_argument("--tokens", default=TOKENS, help=f"length of the instances ({TOKENS})")
    instances.declare(parser)
    return parser


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
