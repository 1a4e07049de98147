"""The options that say on which tasks memories are compared: worlds, instances or a data set."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from memorygym import registry
from memorygym.commands._recipe import add_worlds, check_seed, seeds_of, sizes_of, templates_of
from memorygym.core import JSON
from memorygym.errors import BadSettings, UnknownPart
from memorygym.instances.tasks import kept
from memorygym.isolation.tasks import Tasks, of_worlds
from memorygym.settings import Settings, salt_hash
from memorygym.track import Options, TaskRecipe, find

WORLDS, DATA = "worlds", "data"
SEEDS, INSTANCES = 1, 10
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
    add_worlds(group, f"{SEEDS}; {INSTANCES} on any other track")


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


def _made(args: argparse.Namespace, track: str, knobs: Mapping[str, str]) -> Tasks:
    refuse_worlds(args, track)
    if args.seed is not None:
        check_seed(args.seed)
    options = Options(seeds_of(args, INSTANCES), args.salt, knobs)
    dealt = find(track).tasks(options)
    told = "".join(f", {name} {value}" for name, value in knobs.items())
    recipe: dict[str, JSON] = {
        "track": track,
        "templates": sorted({one.template for one in dealt}),
        "seeds": sorted({one.seed for one in dealt}),
        "knobs": dict(knobs),
        "salt": salt_hash(args.salt),
    }
    return Tasks(track, dealt, recipe, f"{track} track{told}")


def _read(args: argparse.Namespace) -> Tasks:
    """Tasks that lie on disk."""
    if args.track != WORLDS:
        raise BadSettings(f"--data {args.data} and --track {args.track}: give one of them")
    refuse_worlds(args, "data")
    if args.salt:
        raise BadSettings(f"--salt: {args.data} is not dealt, so no secret can deal it")
    found = _of_folder(args) if Path(args.data).is_dir() else _of_file(args)
    if args.seed is None and args.seeds is None:
        return found
    chosen = seeds_of(args, 1)
    dealt = found.dealt[chosen.start : chosen.stop]
    if not dealt:
        raise BadSettings(f"--seed {args.seed}: {args.data} has fewer tasks")
    recipe = {**found.recipe, "seeds": [one.seed for one in dealt]}
    return replace(found, dealt=dealt, recipe=recipe)


def _of_folder(args: argparse.Namespace) -> Tasks:
    """The instances of a folder."""
    folder = Path(args.data)
    dealt = kept(folder)
    track = dealt[0].track
    digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    recipe: dict[str, JSON] = {"track": track, "data": digest, "seeds": [d.seed for d in dealt]}
    return Tasks(track, dealt, recipe, f"{track} track, folder {folder.name or folder}")


def _of_file(args: argparse.Namespace) -> Tasks:
    """The samples of a data set."""
    name, knobs = registry.split(args.data)
    format, colon, file = name.partition(":")
    if not colon:
        raise BadSettings(f"--data {args.data}: no such folder; give a data set as FORMAT:FILE")
    if unknown := sorted(knobs.keys() - {"most"}):
        raise UnknownPart("knob of --data", unknown[0], ["most"])
    most = whole("most", knobs["most"]) if knobs else None
    dealt = _files(format, Path(file), most)
    recipe: dict[str, JSON] = {
        "track": DATA,
        "data": _digest(Path(file)),
        "format": format,
        "knobs": dict(knobs),
        "seeds": [one.seed for one in dealt],
    }
    told = "".join(f", {name} {value}" for name, value in knobs.items())
    return Tasks(DATA, dealt, recipe, f"{DATA} track, {format}:{Path(file).name}{told}")


def _files(format: str, path: Path, most: int | None) -> Sequence[TaskRecipe]:
    files = find(DATA).files
    assert files
    return files(format, path, most)


def _digest(path: Path) -> str:
    """Of a file, or of every file of a folder."""
    digest = sha256()
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()


def refuse_worlds(args: argparse.Namespace, track: str) -> None:
    """Raises BadSettings for an option that only worlds obey."""
    given = [name for name in OF_WORLDS if getattr(args, name) not in (None, "")]
    given += ["tier"] if args.tier != "standard" else []
    if given:
        raise BadSettings(
            f"--{given[0]} is of worlds; what the {track} track can be told stands after its name,"
            " as in --track research:tokens=20k"
        )


def whole(name: str, text: str) -> int:
    """A whole number. Raises BadSettings."""
    if not text.isdecimal():
        raise BadSettings(f"{name} {text!r}: give a whole number")
    return int(text)
