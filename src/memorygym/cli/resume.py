"""Play what is missing of a run, from its own folder, and print its tables."""

import argparse
from contextlib import ExitStack, closing
from dataclasses import replace

from memorygym.cli import bench, compare
from memorygym.cli._checks import given_path, refuse
from memorygym.cli._settings import add_options
from memorygym.core.errors import BadSettings
from memorygym.core.track import version_of
from memorygym.models.reply_log import ReplyLog
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.jobs import source_of
from memorygym.runs.model_roles import Recall, UnusedModel, anew, asks_models, from_log
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results import about_run, perform, plan_of
from memorygym.runs.settings import BenchSettings, CompareSettings
from memorygym.runs.store import Run

OPTIONS = ("api_base", "replay", "salt", "data", "workers", "quiet")
"""What a run's folder does not keep, and what may change from one session to the next."""
SHOWN = ("all", "curve")
"""What a comparison prints."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "folder", type=given_path, metavar="RUN", help="the folder of `bench -o` or `compare -o`"
    )
    add_options(
        parser,
        BenchSettings,
        *OPTIONS,
        salt="the secret of its private test set",
        data="the folder or FORMAT:FILE of its tasks, if they are not generated",
    )
    add_options(parser.add_argument_group("of a comparison"), CompareSettings, *SHOWN)
    parser.epilog = (
        "A run keeps the settings of what is played, but no secrets, keys and paths. Episodes that"
        " ended are not played again; those that failed are."
    )


def run(args: argparse.Namespace) -> int:
    """Plays the rest; the exit code is that of the command which began the run."""
    about = about_run(args.folder)
    recipe, now = about["recipe"], version_of(about["recipe"]["track"])
    if about["version"] != now:
        raise BadSettings(
            f"{args.folder} holds a run of {about['version']}, and this code plays {now}: use the"
            " code that began it, or a new folder"
        )
    if objects := recipe.get(TRUSTED):
        call = "evaluate" if recipe["kind"] == "bench" else "compare"
        raise BadSettings(
            f"{args.folder} was played with objects of Python ({', '.join(objects)}): repeat"
            f" memorygym.{call}(…, output={str(args.folder)!r}) with them"
        )
    if recipe["salt"] and not args.salt:
        raise BadSettings(f"{args.folder} is of a private test set: give its --salt")
    asks, run = asks_models(recipe), Run(args.folder)
    refuse(args, () if recipe["data"] else ("data",), "a run of files")
    refuse(args, () if asks else ("api_base", "replay"), "a run that asks a model")
    refuse(args, SHOWN if recipe["kind"] == "bench" else (), "a comparison")
    left = asks and any(run.trace(place.episode) is None for place in plan_of(args.folder, about))
    with ExitStack() as stack:
        recall: Recall = anew(args.api_base) if left else UnusedModel  # Which needs no key.
        if args.replay:
            recall = from_log(stack.enter_context(closing(ReplyLog(args.replay, record=False))))
        source = source_of(recipe, args.salt or "", recall, args.data)
        described = about.get("tasks", source.tasks.description)
        source = replace(source, tasks=replace(source.tasks, description=described))
        if isinstance(source, Evaluation):
            settings = BenchSettings(workers=args.workers, quiet=args.quiet)
            workers = settings.workers_of(waits=source.model_roles.waits)
            played = perform(source, args.folder, workers, quiet=args.quiet)
            return bench.conclude(played, settings, {})
        shown = {name: getattr(args, name) for name in SHOWN}
        chosen = CompareSettings(workers=args.workers, quiet=args.quiet, **shown)
        return compare.conclude(source, chosen, args.folder)
