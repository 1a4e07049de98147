"""codeqa: files of a package and a debugging session stream past a memory, then are asked about."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from memorygym.core import Task
from memorygym.errors import BadSettings
from memorygym.instances.tasks import knobs_of, tasks_of
from memorygym.track import Instances, Track
from memorygym.tracks._qa.hooks import SHARED
from memorygym.tracks.codeqa.dealing.settings import SCHEMA, VERSION

if TYPE_CHECKING:
    from memorygym.tracks.codeqa.answering import CodeReader
    from memorygym.tracks.codeqa.dealing.recipe import Recipe


def add_options(group: Any) -> None:
    """The options of this track, for a parser or a group of one."""
    group.add_argument(
        "--source", default="synth", metavar="synth|DIR|NAME",
        help="where the code comes from: dealt, a folder, or a pinned distribution (synth)",
    )  # fmt: skip
    group.add_argument(
        "--form", default="mixed", choices=("files", "session", "mixed"),
        help="show files, a debugging session that opens them, or both by turns (mixed)",
    )  # fmt: skip
    group.add_argument(
        "--questions", type=int, default=6, metavar="N", help="questions of an instance (6)"
    )
    group.add_argument(
        "--hops", default="", metavar="LIST",
        help="hops of the questions, in turn (1,2,3,4; of real code 1,2,3)",
    )  # fmt: skip
    group.add_argument(
        "--near-miss", type=int, default=2, metavar="N",
        help="siblings of each name and topic, with other values (2)",
    )  # fmt: skip
    group.add_argument(
        "--stale", type=int, default=1, metavar="N",
        help="earlier values of what is asked for, which hold no longer (1)",
    )  # fmt: skip
    group.add_argument(
        "--crowd", type=int, default=25, metavar="PERCENT",
        help="share of what a dealt package is filled up with that mentions what is asked about"
        " and what is called alike; real code has its own (25)",
    )  # fmt: skip


def recipes(args: argparse.Namespace) -> list["Recipe"]:
    """Instance i is of length i, cyclically. Raises BadSettings with what can be reached."""
    from memorygym.tracks.codeqa.dealing.recipe import Recipe
    from memorygym.tracks.codeqa.dealing.settings import Settings

    told = str(args.hops) or ("1,2,3,4" if args.source == "synth" else "1,2,3")
    try:
        hops = tuple(int(part) for part in told.split(","))
    except ValueError as error:
        raise BadSettings(f"hops {told!r} are no numbers; write them as 1,2,3") from error
    every = [
        Settings(
            tokens, args.questions, hops, args.form, args.near_miss, args.stale, args.source,
            args.crowd,
        )
        for tokens in args.tokens
    ]  # fmt: skip
    return [Recipe(every[n % len(every)], n, args.seed) for n in range(args.n)]


def task_of(instance: Mapping[str, Any], template: str, seed: int) -> Task:
    """See task.task_of."""
    from memorygym.tracks.codeqa import task

    return task.task_of(instance, template, seed)


def verification(instance: Mapping[str, Any]) -> dict[str, Any]:
    """See proving.verification."""
    from memorygym.tracks.codeqa import proving

    return proving.verification(instance)


def facts(_: str) -> "CodeReader":
    """The strong reader; it needs nothing of the pinned message."""
    from memorygym.tracks.codeqa.answering import CodeReader

    return CodeReader()


INSTANCES = Instances(
    schema=SCHEMA,
    package=__name__,
    declare=add_options,
    recipes=recipes,
    task=task_of,
    verification=verification,
)
TRACK = Track(
    **SHARED,
    name="codeqa",
    version=VERSION,
    tasks=tasks_of("codeqa", INSTANCES),
    facts=facts,
    knobs=lambda: knobs_of(INSTANCES),
    instances=INSTANCES,
)
