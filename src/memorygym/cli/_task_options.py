"""The options that select tasks: of a track, a folder, or the file of a data set."""

import argparse
from collections.abc import Mapping

from memorygym.cli._checks import add_salt
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.track import TaskOptions, Track, find
from memorygym.runs.task_choice import LAST_SEED, agreed, enough_seeds, stored_tasks
from memorygym.runs.tasks import CAPACITY, Tasks, generated
from memorygym.tracks.worlds.generator.tiers import TIERS

WORLDS = "worlds"
"""The track that is played unless --track or --data names another."""
PARAMETERS = ("template", "tier", "entities", "tokens", "questions", "corrections", "writes")
"""Options that set a parameter of a track; the track worlds has all of them."""


def check_seed(seed: int) -> None:
    """Raises BadSettings for a seed that no episode can have."""
    if seed < 0:
        raise BadSettings(f"seed {seed}: seeds are counted from 0")
    if seed > LAST_SEED:
        raise BadSettings(f"seed {seed}: give at most {LAST_SEED:,}")


def add_tasks(group: argparse._ArgumentGroup, seeds: str) -> None:
    """Declares the tasks that are played; `seeds` is the default of --seeds in words, "" where a
    single task is played."""
    add_track(group, "all ten" if seeds else "the first")
    group.add_argument(
        "--data", metavar="WHAT",
        help="instead of a track: the folder of `memorygym generate`, or FORMAT:FILE of a data set"
        " (`memorygym datasets`), as in locomo:locomo10.json:most=20",
    )  # fmt: skip
    add_seeds(group, seeds)
    add_salt(group)


def add_track(group: argparse._ArgumentGroup, domains: str) -> None:
    """Declares the track and its parameters; `domains` are those of worlds by default, in words."""
    group.add_argument(
        "--track", default=WORLDS, metavar="TRACK",
        help="the kind of task (`memorygym list tracks`), its parameters after colons, as in"
        f" research:hops=2,4:tokens=50k (default: {WORLDS})",
    )  # fmt: skip
    group.add_argument(
        "--template", "-t", "--templates", metavar="DOMAIN",
        help=f"one domain, or several with commas between (default: {domains})",
    )  # fmt: skip
    group.add_argument(
        "--tier", metavar="TIER", help=f"one of {', '.join(TIERS)} (default: standard)"
    )
    for name in PARAMETERS[2:]:
        help_text = f"instead of the tier's {name}"
        help_text = "length of the documents, in tokens" if name == "tokens" else help_text
        group.add_argument(f"--{name}", type=int, metavar="N", help=help_text)


def add_seeds(group: argparse._ArgumentGroup, seeds: str) -> None:
    """Declares --seed and, with its default in words, --seeds."""
    help_text = "a single seed" if seeds else "(default: 0)"
    group.add_argument("--seed", type=int, metavar="N", help=help_text)
    group.set_defaults(seeds=None)
    if seeds:
        help_text = f"seeds 0 to N-1 (default: {seeds})"
        group.add_argument("--seeds", type=int, metavar="N", help=help_text)


def add_capacity(group: argparse._ArgumentGroup) -> None:
    """Declares --capacity, in place of that of the tasks."""
    group.add_argument(
        "--capacity", type=int, metavar="N",
        help="maximum tokens that the memory may hold and show (default: the tasks' own, else"
        f" {CAPACITY:,})",
    )  # fmt: skip


def tasks_of(args: argparse.Namespace, seeds: int | None = None) -> Tasks:
    """The tasks that the options name; `seeds` is the default, else as many as make ten tasks.

    Raises UnknownPart or BadSettings.
    """
    if args.data is not None:
        return _stored(args)
    track, parameters = track_of(args)
    seeds = seeds or enough_seeds(track)
    return generated(track.name, TaskOptions(seeds_of(args, seeds), args.salt, parameters))


def track_of(args: argparse.Namespace) -> tuple[Track, Mapping[str, str]]:
    """The track that the options name, and its parameters. Raises UnknownPart or BadSettings."""
    name, stated = registry.split_spec(args.track)
    track = find(name)
    return track, {**track.official, **agreed(_parameters(args, track), stated, name)}


def seeds_of(args: argparse.Namespace, default: int) -> range:
    """The seeds that --seed or --seeds names. Raises BadSettings."""
    if args.seed is not None and args.seeds is not None:
        raise BadSettings(f"--seed {args.seed} and --seeds {args.seeds}: give one of them")
    if args.seed is not None:
        check_seed(args.seed)
        return range(args.seed, args.seed + 1)
    return range(default if args.seeds is None else args.seeds)


def _parameters(args: argparse.Namespace, track: Track) -> dict[str, str]:
    """The options that set parameters. Raises BadSettings for one that the track does not have."""
    chosen = {
        name: str(getattr(args, name)) for name in PARAMETERS if getattr(args, name) is not None
    }
    known = track.parameters()
    for name in chosen:
        if name not in known:
            raise BadSettings(
                f"--{name} is no parameter of the track {track.name}; it has"
                f" {', '.join(known) or 'none'}, as in --track research:tokens=20k"
            )
    return chosen


def _stored(args: argparse.Namespace) -> Tasks:
    """Tasks from a folder or a file."""
    chosen = [name for name in PARAMETERS if getattr(args, name) is not None]
    if args.track != WORLDS or chosen:
        other = f"--track {args.track}" if args.track != WORLDS else f"--{chosen[0]}"
        raise BadSettings(f"--data {args.data} and {other}: give one of them")
    if args.salt:
        raise BadSettings(
            f"--salt: {args.data} holds finished tasks, which no secret changes: leave --salt out"
        )
    every = args.seed is None and args.seeds is None
    return stored_tasks(args.data, None if every else seeds_of(args, 1))
