"""The options that say which task is dealt, the same for every command that deals one."""

import argparse
from typing import Any

from memorygym import registry
from memorygym.errors import BadSettings
from memorygym.runs.tasks import CAPACITY, checked_salt
from memorygym.tracks.worlds.dealing.tiers import TIERS, Sizes
from memorygym.tracks.worlds.settings import Settings

LAST_SEED = 999_999_999
"""IDs of questions hold nine digits."""


def add_task(parser: argparse.ArgumentParser) -> None:
    """Declares --template, --seed, --tier and --salt."""
    parser.add_argument(
        "--template", "-t", required=True, help="a world: see `memorygym list worlds`"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="0 unless given")
    parser.add_argument("--tier", default="standard", help=f"one of {', '.join(TIERS)}")
    add_salt(parser)


class _Salt(argparse.Action):
    def __call__(self, _: object, namespace: argparse.Namespace, given: Any, *__: object) -> None:
        setattr(namespace, self.dest, checked_salt(given, "--salt"))


def add_salt(
    parser: argparse.ArgumentParser | argparse._ArgumentGroup,
    what: str = "a secret that deals a sealed set",
) -> None:
    """Declares --salt, "" unless given."""
    parser.add_argument("--salt", action=_Salt, default="", help=what)


def add_worlds(parser: argparse._ArgumentGroup, seeds: str) -> None:
    """Declares which worlds are dealt; `seeds` says how many without --seeds."""
    parser.add_argument("--template", "-t", help="one world (default: all ten)")
    parser.add_argument(
        "--tier", metavar="TIER", help=f"one of {', '.join(TIERS)} (default: standard)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="a single seed")
    parser.add_argument("--seeds", type=int, metavar="N", help=f"seeds 0 to N-1 (default: {seeds})")
    add_salt(parser)
    add_sizes(parser)


def add_limits(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Declares what ends an event, and what memory may hold."""
    parser.add_argument("--turns", type=int, metavar="N", help="most replies in one event")
    parser.add_argument(
        "--patience", type=int, metavar="N",
        help="identical failing calls in a row after which an event ends (default: 3)",
    )  # fmt: skip
    parser.add_argument(
        "--capacity", type=int, metavar="N",
        help="tokens that the memory may hold and show (default: what the tasks say, else"
        f" {CAPACITY:,})",
    )  # fmt: skip


def add_sizes(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Declares what may be set beside the tier."""
    for name in ("entities", "tokens", "questions", "corrections", "writes"):
        what = (
            "length of the stream, in tokens"
            if name == "tokens"
            else f"instead of the tier's {name}"
        )
        parser.add_argument(f"--{name}", type=int, metavar="N", help=what)


def check_seed(seed: int) -> None:
    """Raises BadSettings for a seed that no episode can have."""
    if seed < 0:
        raise BadSettings(f"seed {seed}: seeds are counted from 0")
    if seed > LAST_SEED:
        raise BadSettings(f"seed {seed}: give at most {LAST_SEED:,}")


def seeds_of(args: argparse.Namespace, default: int) -> range:
    """What --seed or --seeds names. Raises BadSettings."""
    if args.seed is not None and args.seeds is not None:
        raise BadSettings(f"--seed {args.seed} and --seeds {args.seeds}: give one of them")
    if args.seed is not None:
        check_seed(args.seed)
        return range(args.seed, args.seed + 1)
    return range(default if args.seeds is None else args.seeds)


def check_counts(args: argparse.Namespace, *names: str) -> None:
    """Raises BadSettings if one of these options is given and below 1."""
    for name in names:
        if (given := getattr(args, name)) is not None and given < 1:
            raise BadSettings(f"--{name.replace('_', '-')} {given}: give at least 1")


def settings_of(args: argparse.Namespace, sizes: Sizes | None = None) -> Settings:
    """The world that the options name. Raises UnknownPart or BadSettings."""
    check_seed(args.seed)
    registry.load("worlds", args.template, "WORLD")
    return Settings(args.template, args.seed, args.tier, sizes or Sizes(), args.salt)
