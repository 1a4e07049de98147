"""The options that say which tasks are played: those of a track, a folder, or a data set's file."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from memorygym.cli._checks import add_salt
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, Track, find
from memorygym.core.types import JSON
from memorygym.datasets.instances.loader import kept
from memorygym.runs.tasks import Tasks, from_disk, generated
from memorygym.tracks.worlds.generator.tiers import TIERS

WORLDS, DATA = "worlds", "data"
"""What is played unless --track or --data says otherwise, and the track of data sets."""
KNOBS = ("template", "tier", "entities", "tokens", "questions", "corrections", "writes")
"""Options that are knobs of a track, for those who play worlds."""
TASKS = 10
"""Tasks that are played, at least, unless seeds are given."""
LAST_SEED = 999_999_999
"""IDs of questions hold nine digits."""


def check_seed(seed: int) -> None:
    """Raises BadSettings for a seed that no episode can have."""
    if seed < 0:
        raise BadSettings(f"seed {seed}: seeds are counted from 0")
    if seed > LAST_SEED:
        raise BadSettings(f"seed {seed}: give at most {LAST_SEED:,}")


def add_tasks(group: argparse._ArgumentGroup, seeds: str) -> None:
    """Declares which tasks of which track are played; `seeds` says how many without --seeds, and is
    "" where a single one is played."""
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
    group.add_argument(
        "--template", "-t", help=f"one world (default: {'all ten' if seeds else 'the first'})"
    )
    group.add_argument(
        "--tier", metavar="TIER", help=f"one of {', '.join(TIERS)} (default: standard)"
    )
    what = "a single seed" if seeds else "(default: 0)"
    group.add_argument("--seed", type=int, metavar="N", help=what)
    group.set_defaults(seeds=None)
    if seeds:
        what = f"seeds 0 to N-1 (default: {seeds})"
        group.add_argument("--seeds", type=int, metavar="N", help=what)
    add_salt(group)
    for name in KNOBS[2:]:
        what = f"instead of the tier's {name}"
        what = "length of the stream, in tokens" if name == "tokens" else what
        group.add_argument(f"--{name}", type=int, metavar="N", help=what)


def tasks_of(args: argparse.Namespace, seeds: int | None = None) -> Tasks:
    """What the options name; `seeds` is how many unless they say it, else enough for ten tasks.

    Raises UnknownPart or BadSettings.
    """
    if args.data is not None:
        return _read(args)
    name, stated = registry.split_spec(args.track)
    track = find(name)
    parameters = {**track.official, **_knobs(args, track), **stated}
    # As many seeds as make ten tasks of the official set, unless it is said how many.
    seeds = seeds or -(
        -TASKS // max(1, len(track.tasks(TaskOptions(range(1), "", track.official))))
    )
    return generated(track.name, TaskOptions(_seeds(args, seeds), args.salt, parameters))


def _seeds(args: argparse.Namespace, default: int) -> range:
    """What --seed or --seeds names. Raises BadSettings."""
    if args.seed is not None and args.seeds is not None:
        raise BadSettings(f"--seed {args.seed} and --seeds {args.seeds}: give one of them")
    if args.seed is not None:
        check_seed(args.seed)
        return range(args.seed, args.seed + 1)
    return range(default if args.seeds is None else args.seeds)


def _knobs(args: argparse.Namespace, track: Track) -> dict[str, str]:
    """The options that are knobs. Raises BadSettings for one that the track does not have."""
    given = {name: str(getattr(args, name)) for name in KNOBS if getattr(args, name) is not None}
    known = track.parameters()
    for name in given:
        if name not in known:
            raise BadSettings(
                f"--{name} is no knob of the track {track.name}; it has"
                f" {', '.join(known) or 'none'}, as in --track research:tokens=20k"
            )
    return given


def _read(args: argparse.Namespace) -> Tasks:
    """Tasks that lie on disk."""
    given = [name for name in KNOBS if getattr(args, name) is not None]
    if args.track != WORLDS or given:
        other = f"--track {args.track}" if args.track != WORLDS else f"--{given[0]}"
        raise BadSettings(f"--data {args.data} and {other}: give one of them")
    if args.salt:
        raise BadSettings(f"--salt: {args.data} is not dealt, so no secret can deal it")
    found = _of_folder(Path(args.data)) if Path(args.data).is_dir() else _of_file(args.data)
    if args.seed is None and args.seeds is None:
        return found
    chosen = _seeds(args, 1)
    some = found.recipes[chosen.start : chosen.stop]
    if not some:
        raise BadSettings(f"--seed {args.seed}: {args.data} has fewer tasks")
    data = found.recipe["data"]
    assert isinstance(data, Mapping)
    taken = from_disk(some, found.track, str(data["sha256"]), found.told)
    names: list[JSON] = [[one.template, one.seed] for one in some]
    # From where is told, so that the command can be told again.
    part: dict[str, JSON] = {**data, "tasks": names, "from": chosen.start}
    return replace(taken, recipe={**taken.recipe, "data": part})


def _of_folder(folder: Path) -> Tasks:
    """The instances of a folder."""
    found = kept(folder)
    track = found[0].track
    digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    return from_disk(found, track, digest, f"{track} track, folder {folder.name or folder}")


def _of_file(data: str) -> Tasks:
    """The samples of a data set."""
    name, parameters = registry.split_spec(data)
    format, colon, text = name.partition(":")
    if not colon:
        raise BadSettings(f"--data {data}: no such folder; give a data set as FORMAT:FILE")
    if unknown := sorted(parameters.keys() - {"most"}):
        raise UnknownPart("knob of --data", unknown[0], ["most"])
    if parameters and not parameters["most"].isdecimal():
        raise BadSettings(f"most {parameters['most']!r}: give a whole number")
    file, most = Path(text), int(parameters["most"]) if parameters else None
    files = find(DATA).files
    assert files
    found = files(format, file, most)
    told = "".join(f", {name} {value}" for name, value in parameters.items())
    digest = sha256(f"{_digest(file)} {format} {most}".encode()).hexdigest()
    return from_disk(found, DATA, digest, f"{DATA} track, {format}:{file.name}{told}")


def _digest(path: Path) -> str:
    """Of a file, or of every file of a folder."""
    digest = sha256()
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()
