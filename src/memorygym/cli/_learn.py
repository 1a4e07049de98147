"""`memorygym training learn`: trains a small policy of structured decisions."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memorygym.cli._settings import add_options, settings_of
from memorygym.core.errors import BadSettings
from memorygym.runs.settings import PARAMETERS, options
from memorygym.runs.tasks import track_of
from memorygym.training.settings import LearnSettings, Training

if TYPE_CHECKING:
    from memorygym.training.learner import Learner

EVERY = 10
"""Iterations between two lines, and between two checkpoints."""


def add(part: argparse.ArgumentParser) -> None:
    """Declares the options."""
    played = part.add_argument_group("what is played: tasks of the split train")
    add_options(played, LearnSettings, "track", *PARAMETERS)
    add_options(part.add_argument_group("how it learns"), Training, *options(Training))
    out = part.add_argument_group("what comes out")
    add_options(out, LearnSettings, "output", "force", "workers", "quiet")


def run(args: argparse.Namespace) -> int:
    """Trains, or goes on with a training that was stopped."""
    settings = settings_of(LearnSettings, args, seed=None)
    track, parameters = track_of(settings)
    chosen = {name: getattr(args, name) for name in options(Training)}
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
