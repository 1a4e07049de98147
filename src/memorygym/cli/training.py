"""Make training data, profile the rewards of tasks, and train a small policy."""

import argparse
import sys
from contextlib import ExitStack, redirect_stdout
from pathlib import Path

from memorygym.cli import _learn
from memorygym.cli._checks import tell_failures
from memorygym.cli._settings import add_actions, add_settings, settings_of
from memorygym.core.files import is_standard_output, json_bytes, write_atomically
from memorygym.reports.training_text import data_lines, profile_lines
from memorygym.training import profile
from memorygym.training.card import card, card_path, repeated
from memorygym.training.data import check_free, make_data, options_of
from memorygym.training.settings import DataSettings, ProfileSettings

ACTIONS = {
    "data": "play tasks and write what happened as data for supervised fine-tuning",
    "profile": "how rewards vary from try to try, task by task",
    "learn": "train a small policy that decides what to store",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions."""
    actions = add_actions(parser, ACTIONS)
    add_settings(actions["data"], DataSettings)
    add_settings(actions["profile"], ProfileSettings)
    _learn.add(actions["learn"])


def run(args: argparse.Namespace) -> int:
    """Runs the action; 1 if an episode failed, 3 if a provider did."""
    if args.action == "learn":
        return _learn.run(args)
    with ExitStack() as stack:
        if args.output and is_standard_output(args.output):
            stack.enter_context(redirect_stdout(sys.stderr))
        if args.action == "data":
            return _data(settings_of(DataSettings, args))
        return _profile(settings_of(ProfileSettings, args), stack)


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
