"""Tasks generated from parameters, or read from a folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.track import Instances, TaskOptions, TaskRecipe
from memorygym.core.types import Task
from memorygym.datasets.instances.folder import (
    generating_tracks,
    instance_files,
    read_manifest,
    read_task,
)


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


def tasks_of(instances: Instances) -> Callable[[TaskOptions], Sequence[TaskRecipe]]:
    """The field `tasks` of a track whose tasks can be written to files."""
    return partial(_chosen, instances)


def _chosen(instances: Instances, options: TaskOptions) -> list[TaskRecipe]:
    """The recipes of the given numbers; with a secret, of a private test set. Raises UnknownPart or
    BadSettings."""
    seed = int(sha256(options.salt.encode()).hexdigest(), 16) if options.salt else 0
    recipes = instances.recipes(options.parameters, options.seeds.stop, seed)
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
