"""The options that say on which tasks memories are compared: worlds, instances or a data set."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from memorygym import registry
from memorygym.commands._recipe import add_worlds, check_seed, seeds_of, sizes_of, templates_of
from memorygym.core import JSON, Task
from memorygym.errors import BadSettings, UnknownPart
from memorygym.instances.files import instance_files, read_instance, read_manifest
from memorygym.isolation.tasks import Tasks, of_worlds
from memorygym.runner import Dealt, Settings, salt_hash

WORLDS, DATA = "worlds", "data"
SEEDS, INSTANCES = 1, 10
TOKENS = "20k"
OF_WORLDS = ("template", "entities", "tokens", "questions", "corrections", "writes")
"""Options that no other track obeys."""


def add_tasks(group: argparse._ArgumentGroup) -> None:
    """Declares --track and what says which of its tasks are played."""
    group.add_argument(
        "--track", default=WORLDS, metavar="TRACK",
        help="the kind of task (`memorygym list tracks`), its knobs after colons, as in"
        f" research:hops=2,4:tokens=50k (default: {WORLDS})",
    )  # fmt: skip
    group.add_argument(
        "--data", metavar="WHAT",
        help="instead of a track: the folder of `memorygym generate`, or FORMAT:FILE of a data set"
        " (`memorygym datasets`), as in locomo:locomo10.json:most=20",
    )  # fmt: skip
    add_worlds(group, SEEDS)


def tasks_of(args: argparse.Namespace) -> Tasks:
    """What the options name. Raises UnknownPart or BadSettings."""
    if args.data is not None:
        return _read(args)
    track, knobs = registry.split(args.track)
    registry.known("tracks", track)
    if track != WORLDS:
        return _made(args, track, knobs)
    if knobs:
        raise BadSettings(f"{args.track}: worlds has no knobs; give --tier, --tokens, …")
    names, sizes, seeds = templates_of(args), sizes_of(args), seeds_of(args, SEEDS)
    return of_worlds(
        [Settings(name, seed, args.tier, sizes, args.salt) for name in names for seed in seeds]
    )


@dataclass(frozen=True, slots=True)
class Made:
    """An instance that is made when it is played."""

    track: str
    recipe: Any
    """Of the track: `instance()` makes it."""

    @property
    def template(self) -> str:
        """What results group it by."""
        return str(self.recipe.template)

    @property
    def seed(self) -> int:
        """Its number."""
        return int(self.recipe.seed)

    def deal(self) -> Task:
        """The task."""
        task: Task = registry.load("tracks", self.track, "task_of")(
            self.recipe.instance(), self.template, self.seed
        )
        return task


def _made(args: argparse.Namespace, track: str, knobs: Mapping[str, str]) -> Tasks:
    refuse_worlds(args, track)
    options = options_of(track, knobs)
    if args.salt:
        options.seed = int(sha256(args.salt.encode()).hexdigest(), 16)
    if args.seed is not None:
        check_seed(args.seed)
    seeds = seeds_of(args, INSTANCES)
    options.n = seeds.stop
    recipes = [r for r in registry.load("tracks", track, "recipes")(options) if r.seed in seeds]
    told = "".join(f", {name} {value}" for name, value in knobs.items())
    recipe: dict[str, JSON] = {
        "track": track,
        "templates": sorted({recipe.template for recipe in recipes}),
        "seeds": sorted({recipe.seed for recipe in recipes}),
        "knobs": dict(knobs),
        "salt": salt_hash(args.salt),
    }
    return Tasks(track, [Made(track, r) for r in recipes], recipe, f"{track} track{told}")


@dataclass(frozen=True, slots=True)
class Kept:
    """An instance in a folder of `memorygym generate`."""

    track: str
    path: Path
    seed: int

    @property
    def template(self) -> str:
        """All of a folder are one group: hops and length are told of each question."""
        return self.track

    def deal(self) -> Task:
        """The task. Raises BadSettings for a file that is damaged."""
        task_of = registry.load("tracks", self.track, "task_of")
        task: Task = task_of(read_instance(self.path), self.template, self.seed)
        return task


def _read(args: argparse.Namespace) -> Tasks:
    """Tasks that lie on disk."""
    if args.track != WORLDS:
        raise BadSettings(f"--data {args.data} and --track {args.track}: give one of them")
    refuse_worlds(args, "data")
    if args.salt:
        raise BadSettings(f"--salt: {args.data} is not dealt, so no secret can deal it")
    folder = Path(args.data)
    if folder.is_dir():
        track = str(read_manifest(folder)["track"])
        registry.known("tracks", track)
        dealt: Sequence[Dealt] = [
            Kept(track, path, number) for number, path in enumerate(instance_files(folder))
        ]
        digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    else:
        track = DATA
        name, knobs = registry.split(args.data)
        format, colon, file = name.partition(":")
        if not colon:
            raise BadSettings(f"--data {args.data}: no such folder; give a data set as FORMAT:FILE")
        if unknown := sorted(knobs.keys() - {"most"}):
            raise UnknownPart("knob of --data", unknown[0], ["most"])
        most = whole("most", knobs["most"]) if knobs else None
        dealt = registry.load("tracks", DATA, "recipes_of")(format, Path(file), most)
        digest = sha256(Path(file).read_bytes()).hexdigest()
    if args.seed is not None or args.seeds is not None:
        chosen = seeds_of(args, 1)
        dealt = dealt[chosen.start : chosen.stop]
    if not dealt:
        raise BadSettings(f"--seed {args.seed}: {args.data} has fewer tasks")
    recipe: dict[str, JSON] = {"track": track, "data": digest, "tasks": len(dealt)}
    return Tasks(track, dealt, recipe, f"{track} track, {Path(args.data).name}")


def refuse_worlds(args: argparse.Namespace, track: str) -> None:
    """Raises BadSettings for an option that only worlds obey."""
    given = [name for name in OF_WORLDS if getattr(args, name) not in (None, "")]
    given += ["tier"] if args.tier != "standard" else []
    if given:
        raise BadSettings(
            f"--{given[0]} is of worlds; what the {track} track can be told stands after its name,"
            " as in --track research:tokens=20k"
        )


class _Knobs(argparse.ArgumentParser):
    """Reads knobs as the options of `generate` are read."""

    def error(self, message: str) -> NoReturn:
        raise BadSettings(f"track {self.prog}: {message.replace('--', '')}")


def options_of(track: str, knobs: Mapping[str, str]) -> argparse.Namespace:
    """The track's own options, as knobs set them. Raises BadSettings."""
    parser = _Knobs(track, add_help=False, allow_abbrev=False)
    parser.add_argument("--tokens", default=TOKENS)
    registry.load("tracks", track, "add_options")(parser)
    stated = vars(parser.parse_args([]))
    for name in knobs:
        if name.replace("-", "_") not in stated:
            raise UnknownPart(f"knob of the track {track}", name, stated)
    words: Sequence[str] = [f"--{name.replace('_', '-')}={value}" for name, value in knobs.items()]
    options = parser.parse_args(words)
    options.tokens = [tokens_of(part) for part in str(options.tokens).split(",")]
    options.seed = 0
    return options


def whole(name: str, text: str) -> int:
    """A whole number. Raises BadSettings."""
    if not text.isdecimal():
        raise BadSettings(f"{name} {text!r}: give a whole number")
    return int(text)


def tokens_of(text: str) -> int:
    """A number of tokens: 20000, 20k or 1M. Raises BadSettings.

    >>> tokens_of("20k"), tokens_of("1.5M")
    (20000, 1500000)
    """
    unit = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    try:
        return round(float(text[:-1] if unit > 1 else text) * unit)
    except ValueError:
        raise BadSettings(f"tokens {text!r}: give a number such as 20000, 20k or 1M") from None
