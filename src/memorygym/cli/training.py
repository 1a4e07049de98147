"""Make training data, profile the rewards of tasks, and train policies, small or large."""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from memorygym.cli._checks import tell_failures
from memorygym.cli._settings import add_actions, add_options, add_settings, settings_of
from memorygym.core.errors import BadSettings, missing
from memorygym.core.files import is_standard_output, json_bytes, write_atomically
from memorygym.reports.training_curve import curve_lines, draw_curve, smoke_lines
from memorygym.reports.training_text import data_lines, profile_lines
from memorygym.runs.settings import PARAMETERS, Settings, options
from memorygym.runs.tasks import track_of
from memorygym.training import profile
from memorygym.training.card import card, card_path, repeated
from memorygym.training.data import check_free, make_data, options_of
from memorygym.training.settings import (
    DataSettings,
    GrpoSettings,
    LearnSettings,
    ProfileSettings,
    SftSettings,
    SmokeSettings,
    Training,
)

if TYPE_CHECKING:
    from memorygym.training.learner import Learner

ACTIONS = {
    "data": "play tasks and write what happened as data for supervised fine-tuning",
    "profile": "how rewards vary from try to try, task by task",
    "learn": "train a small policy that decides what to store",
    "sft": "fine-tune a language model on data, with TRL",
    "grpo": "train a language model on episodes that it plays, with TRL",
    "smoke": "train a tiny language model on this machine, offline, to see that it works",
}
TUNING: Mapping[str, type[Settings]] = {
    "sft": SftSettings, "grpo": GrpoSettings, "smoke": SmokeSettings,
}  # fmt: skip
EVERY = 10
"""Iterations of `learn` between two lines, and between two checkpoints."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions."""
    actions = add_actions(parser, ACTIONS)
    add_settings(actions["data"], DataSettings)
    add_settings(actions["profile"], ProfileSettings)
    for name, settings in TUNING.items():
        add_settings(actions[name], settings)
    learn = actions["learn"]
    played = learn.add_argument_group("what is played: tasks of the split train")
    add_options(played, LearnSettings, "track", *PARAMETERS)
    add_options(learn.add_argument_group("how it learns"), Training, *options(Training))
    out = learn.add_argument_group("what comes out")
    add_options(out, LearnSettings, "output", "force", "quiet")


def run(args: argparse.Namespace) -> int:
    """Runs the action; 1 if an episode failed, 3 if a provider did."""
    if args.action == "learn":
        return _learn(args)
    if args.action in TUNING:
        return _tune(args.action, settings_of(TUNING[args.action], args))
    with ExitStack() as stack:
        if args.output and is_standard_output(args.output):
            stack.enter_context(redirect_stdout(sys.stderr))
        if args.action == "data":
            return _data(settings_of(DataSettings, args))
        return _profile(settings_of(ProfileSettings, args), stack)


def _tune(action: str, settings: Settings) -> int:
    """Trains a language model, shows its curve and draws it; 1 if a smoke run learned nothing."""
    # TRL's `rollout_func` may change, TRL uses what transformers renamed, and peft looks for a
    # kernel for 4 bits on a CPU: what a user cannot mend is not told.
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    warnings.simplefilter("ignore", FutureWarning)
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    try:
        from memorygym.training import fine_tuning, smoke
    except ModuleNotFoundError as error:
        raise missing(f"training {action}", error.name, "train") from error
    if isinstance(settings, SmokeSettings):
        with ExitStack() as stack:
            kept = settings.output or Path(stack.enter_context(TemporaryDirectory()))
            learned = smoke.run(kept, settings.seed)
            print("\n".join(smoke_lines(learned)))
        return int(not all(each.learned for each in learned))
    if isinstance(settings, SftSettings):
        log = fine_tuning.sft(settings)
    else:
        assert isinstance(settings, GrpoSettings)
        log = fine_tuning.grpo(settings)
    print("\n".join(curve_lines(log)))
    draw_curve(log).save(settings.output / "curve.svg")
    print(f"written: {settings.output}; play it with --model hf:{settings.output}")
    return 0


def _data(settings: DataSettings) -> int:
    options, output = options_of(settings), Path(settings.output or "")
    beside = card_path(output)
    for path in filter(None, (output, beside)):
        check_free(path, force=settings.force)
    workers = settings.workers_of(waits=False)
    made = make_data(options, output, force=settings.force, workers=workers, quiet=settings.quiet)
    if beside:
        write_atomically(beside, [card(made, output.name, repeated(settings)).encode()])
    print("\n".join(data_lines(made, output, beside)))
    return tell_failures(made.failures)


def _profile(settings: ProfileSettings, stack: ExitStack) -> int:
    output = Path(settings.output) if settings.output else None
    if output:
        check_free(output, force=settings.force)
    profiled, failures = profile.play(settings, stack)
    status = tell_failures(failures)
    if not profiled.tasks:
        return status
    if output:
        write_atomically(output, [json_bytes(profiled.to_json())])
    print("\n".join(profile_lines(profiled, scripted=settings.model is None)))
    return status


def _learn(args: argparse.Namespace) -> int:
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

    learner.train(each)
    if started == training.iterations:
        print(f"{args.output} is trained already; --iterations trains longer, --force anew")
    else:
        agent = f"memorygym.training.manager:learned:policy={args.output}"
        print(f"written: {args.output}; play it with --agent {agent}")
    return 0


def _learner(path: Path, training: Training, *, anew: bool) -> "Learner":
    """A new learner, or the one of a file. Raises BadSettings for another training's file, or
    without the extra `gym`."""
    from memorygym.training import Learner

    if path.is_dir() or path.suffix == ".gz":
        what = "a folder" if path.is_dir() else "the name of a compressed file"
        raise BadSettings(f"{path} is {what}: name a file, such as policy.json")
    if path.exists() and not anew:
        return Learner.load(path, training)
    learner = Learner.new(training)
    learner.save(path)  # Now, so that a path that cannot be written ends before the work.
    return learner
