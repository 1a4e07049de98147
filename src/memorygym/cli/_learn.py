"""`memorygym training learn`: trains a small policy of structured decisions."""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from memorygym.cli._checks import add_quiet, check_counts, given_path
from memorygym.cli._task_options import add_track, track_of
from memorygym.core.errors import BadSettings
from memorygym.training.settings import Training

if TYPE_CHECKING:
    from memorygym.training.learner import Learner

EVERY = 10
"""Iterations between two lines, and between two checkpoints."""
HELP = {
    "seed": "of the tasks, the first weights and the choices",
    "iterations": "how many times tasks are played and learned from",
    "groups": "tasks of an iteration",
    "group": "episodes of a task, which are compared with each other",
    "epochs": "passes over the decisions of an iteration",
    "minibatches": "steps of a pass",
    "rate": "step size at the start",
    "clip": "how far a ratio of probabilities may leave 1",
    "entropy": "weight of the entropy",
    "shaping": "weight of the potential difference; 0 rewards the end alone",
    "reward": "at the end: score, or a part of it such as breadth",
    "hidden": "width of the network",
}

DEFAULTS = {field.name: field.default for field in fields(Training)}


def add(part: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_track(part.add_argument_group("what is played: tasks of the split train"), "all ten")
    how = part.add_argument_group("how it learns")
    for name, text in HELP.items():
        default = DEFAULTS[name]
        metavar = {int: "N", float: "X", str: "NAME"}[type(default)]
        how.add_argument(
            f"--{name}", type=type(default), default=default, metavar=metavar,
            help=f"{text} (default: {default})",
        )  # fmt: skip
    out = part.add_argument_group("what comes out")
    out.add_argument(
        "--output", "-o", type=given_path, required=True, metavar="FILE",
        help="the policy (.json), which is also the checkpoint: the same command goes on from it",
    )  # fmt: skip
    out.add_argument("--force", action="store_true", help="begin anew, over a file that exists")
    out.add_argument("--workers", type=int, metavar="N", help="processes that make tasks ahead")
    add_quiet(out)


def run(args: argparse.Namespace) -> int:
    """Trains, or goes on with a training that was stopped."""
    check_counts(args, "workers")
    track, parameters = track_of(args)
    chosen = {name: getattr(args, name) for name in HELP}
    training = Training(track=track.name, parameters=parameters, **chosen)
    learner = _learner(args.output, training, anew=args.force)
    started = learner.iteration
    if started and not args.quiet:
        print(f"{args.output}: goes on after iteration {started}", file=sys.stderr)

    def each(learner: "Learner") -> None:
        ended = learner.iteration == training.iterations
        if learner.iteration > 1 and learner.iteration % EVERY and not ended:
            return
        learner.save(args.output)
        if not args.quiet:
            recent = learner.curve[-EVERY:]
            mean = 100 * sum(recent) / len(recent)
            print(f"iteration {learner.iteration:>4}  mean score {mean:5.1f}", flush=True)

    learner.train(workers=args.workers or 0, each=each)
    if started == training.iterations:
        print(f"{args.output} is trained already; --iterations trains longer, --force anew")
    else:
        agent = f"memorygym.training.manager:learned:policy={args.output}"
        print(f"written: {args.output}; play it with --agent {agent}")
    return 0


def _learner(path: Path, training: Training, *, anew: bool) -> "Learner":
    """A new learner, or the one of a file. Raises BadSettings for another training's file, or
    without the extra `train`."""
    from memorygym.training import Learner

    if path.is_dir() or path.suffix == ".gz":
        what = "a folder" if path.is_dir() else "the name of a compressed file"
        raise BadSettings(f"{path} is {what}: name a file, such as policy.json")
    if path.exists() and not anew:
        return Learner.load(path, training)
    learner = Learner.new(training)
    learner.save(path)  # Now, so that a path that cannot be written ends before the work.
    return learner
