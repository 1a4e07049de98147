"""The options that say which tasks are played: those of a track, a folder, or a data set's file."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from memorygym import registry
from memorygym.commands._recipe import add_worlds, check_seed, seeds_of
from memorygym.core import JSON
from memorygym.errors import BadSettings, UnknownPart
from memorygym.instances.tasks import kept
from memorygym.runs.tasks import Tasks, dealt, from_disk
from memorygym.track import Options, Track, find

WORLDS, DATA = "worlds", "data"
"""What is played unless --track or --data says otherwise, and the track of data sets."""
KNOBS = ("template", "tier", "entities", "tokens", "questions", "corrections", "writes")
"""Options that are knobs of a track, for those who play worlds."""
TASKS = 10
"""Tasks that are played, at least, unless seeds are given."""


def add_tasks(group: argparse._ArgumentGroup, seeds: str) -> None:
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
    add_worlds(group, seeds)


def tasks_of(args: argparse.Namespace, seeds: int | None = None) -> Tasks:
    """What the options name; `seeds` is how many unless they say it, else enough for ten tasks.

    Raises UnknownPart or BadSettings.
    """
    if args.data is not None:
        return _read(args)
    name, stated = registry.split(args.track)
    track = find(name)
    knobs = {**track.official, **_knobs(args, track), **stated}
    if args.seed is not None:
        check_seed(args.seed)
    return dealt(track.name, Options(seeds_of(args, seeds or _enough(track)), args.salt, knobs))


def _enough(track: Track) -> int:
    """Seeds that make ten tasks of the official set."""
    return -(-TASKS // max(1, len(track.tasks(Options(range(1), "", track.official)))))


def _knobs(args: argparse.Namespace, track: Track) -> dict[str, str]:
    """The options that are knobs. Raises BadSettings for one that the track does not have."""
    given = {name: str(getattr(args, name)) for name in KNOBS if getattr(args, name) is not None}
    known = track.knobs()
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
    found = _of_folder(args) if Path(args.data).is_dir() else _of_file(args)
    if args.seed is None and args.seeds is None:
        return found
    chosen = seeds_of(args, 1)
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


def _of_folder(args: argparse.Namespace) -> Tasks:
    """The instances of a folder."""
    folder = Path(args.data)
    found = kept(folder)
    track = found[0].track
    digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    return from_disk(found, track, digest, f"{track} track, folder {folder.name or folder}")


def _of_file(args: argparse.Namespace) -> Tasks:
    """The samples of a data set."""
    name, knobs = registry.split(args.data)
    format, colon, file = name.partition(":")
    if not colon:
        raise BadSettings(f"--data {args.data}: no such folder; give a data set as FORMAT:FILE")
    if unknown := sorted(knobs.keys() - {"most"}):
        raise UnknownPart("knob of --data", unknown[0], ["most"])
    most = whole("most", knobs["most"]) if knobs else None
    files = find(DATA).files
    assert files
    found = files(format, Path(file), most)
    told = "".join(f", {name} {value}" for name, value in knobs.items())
    digest = sha256(f"{_digest(Path(file))} {format} {most}".encode()).hexdigest()
    return from_disk(found, DATA, digest, f"{DATA} track, {format}:{Path(file).name}{told}")


def _digest(path: Path) -> str:
    """Of a file, or of every file of a folder."""
    digest = sha256()
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()


def whole(name: str, text: str) -> int:
    """A whole number. Raises BadSettings."""
    if not text.isdecimal():
        raise BadSettings(f"{name} {text!r}: give a whole number")
    return int(text)
