"""Make training data, profile the rewards of tasks, and train a small policy."""

import argparse
import shlex
import sys
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from pathlib import Path

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.cli import _learn
from memorygym.cli._checks import tell_failures
from memorygym.cli._settings import add_settings, settings_of
from memorygym.core.errors import BadSettings
from memorygym.core.files import is_standard_output, json_bytes, write_atomically
from memorygym.core.track import Track
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.reports.table import plain
from memorygym.reports.terminal import fit
from memorygym.runs.engine import perform
from memorygym.runs.episode_result import Failure, ResultOptions
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.jobs import agent_roles
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.settings import OF_AN_AGENT
from memorygym.runs.tasks import Limits, Tasks, check_episodes, seeds_of, track_of
from memorygym.training.card import bars, card, lengths
from memorygym.training.data import DataOptions, DataSummary, check_free, default_agent, make_data
from memorygym.training.profile import Profile, profile_of
from memorygym.training.settings import DataSettings, ProfileSettings
from memorygym.training.tasks import recipes

SEEDS, TRIES = 10, 4
"""Seeds of a data set or a profile, and tries of a model at each task of one, by default."""
CARD = ".card.md"
"""What the name of a data set's card ends in."""
NO_MEANING = ("output", "force", "workers", "quiet")
"""Settings that change nothing in a data set."""
SETTINGS = {"data": DataSettings, "profile": ProfileSettings}


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line in (
        ("data", "play tasks and write what happened as data for supervised fine-tuning"),
        ("profile", "how rewards vary from try to try, task by task"),
        ("learn", "train a small policy that decides what to store"),
    ):
        form = parser.formatter_class
        part = actions.add_parser(
            name, help=line, description=line, formatter_class=form, allow_abbrev=False
        )
        if name in SETTINGS:
            add_settings(part, SETTINGS[name])
        else:
            _learn.add(part)


def run(args: argparse.Namespace) -> int:
    """Runs the action; 1 if an episode failed, 3 if a provider did."""
    if args.action == "learn":
        return _learn.run(args)
    with ExitStack() as stack:
        if args.output and is_standard_output(args.output):
            stack.enter_context(redirect_stdout(sys.stderr))
        if args.action == "data":
            return _run_data(settings_of(DataSettings, args))
        return _run_profile(settings_of(ProfileSettings, args), stack)


def _run_data(settings: DataSettings) -> int:
    if settings.min_score is not None and not 0 <= settings.min_score <= 100:
        raise settings.bad("min_score", "a score lies between 0 and 100", f"{settings.min_score:g}")
    track, parameters = track_of(settings)
    options = DataOptions(
        track=track.name,
        parameters=parameters,
        seeds=seeds_of(settings, SEEDS),
        agents=tuple(name.strip() for name in (settings.agent or "").split(",") if name.strip()),
        memory=settings.memory,
        limits=Limits(capacity=settings.capacity),
        format=settings.format,
        segments=settings.segments,
        min_score=(settings.min_score or 0) / 100,
    )
    output, force = Path(settings.output or ""), settings.force
    # Rows that go to a pipe or a device have no card.
    beside = None
    if output.is_file() or not output.exists():
        beside = output.with_name(f"{output.name}{CARD}")
    for path in filter(None, (output, beside)):
        check_free(path, force=force)
    workers = settings.workers_of(waits=False)
    made = make_data(options, output, force=force, workers=workers, quiet=settings.quiet)
    if beside:
        write_atomically(beside, [card(made, output.name, _command(settings)).encode()])
    print("\n".join(_data_page(made, output, beside)))
    return tell_failures(made.failures)


def _command(settings: DataSettings) -> str:
    """The command that makes the same data set; the name of its file is left out."""
    words = ["python", "-m", "memorygym.training", "data"]
    for name in settings.given():
        if name not in NO_MEANING:
            value = getattr(settings, name)
            words += [settings.spelled(name), *([] if value is True else [str(value)])]
    return shlex.join([*words, "-o", "FILE"])


def _data_page(made: DataSummary, output: Path, beside: Path | None) -> list[str]:
    rows = []
    for agent in made.options.agents:
        kept = [each for each in made.kept if each.agent == agent]
        scores = [100 * each.score for each in kept]
        mean = f"{sum(scores) / len(scores):.1f}" if scores else "–"
        tokens, trained = sum(sum(e.lengths) for e in kept), sum(e.trained for e in kept)
        many = sum(len(each.lengths) for each in kept)
        rows.append((agent, f"{len(kept):,}", mean, f"{many:,}", f"{tokens:,}", f"{trained:,}"))
    heads = ("agent", "episodes", "mean score", "rows", "tokens", "trained on")
    lines = [*plain(heads, rows).lines(), ""]
    if made.left_out:
        lowest = f"{100 * made.options.min_score:g}"
        lines.append(f"{len(made.left_out)} episodes scored below {lowest} and are left out")
    if all(each.score == 0 for each in made.kept):
        lines += fit(
            "every episode scored 0, so there is nothing to imitate; try another --agent or"
            " --memory, or more --capacity"
        )
    lines += ["tokens of a row", *bars(lengths(made)), ""]
    lines += fit(f"written: {output}" + (f", and its card {beside}" if beside else ""))
    return lines


def _run_profile(settings: ProfileSettings, stack: ExitStack) -> int:
    output = Path(settings.output) if settings.output else None
    if output:
        check_free(output, force=settings.force)
    check_memory(settings.memory)
    track, parameters = track_of(settings)
    name = _player(settings, track)
    tasks = recipes(track.name, settings.split, seeds_of(settings, SEEDS), **parameters)
    repeats = settings.repeats or (TRIES if settings.model else 1)
    check_episodes(len(tasks), repeats)
    has_model = settings.model is not None
    job = Evaluation(
        tasks=Tasks(track.name, tasks, {}, track.name),
        agents=(name,),
        memory=settings.memory,
        limits=Limits(capacity=settings.capacity),
        model_roles=agent_roles(name, settings, stack) if has_model else ModelRoles(),
        repeats=repeats,
    ).job(ResultOptions(causes=False))
    workers = settings.workers_of(waits=has_model)
    outcomes = perform(replace(job, workers=workers, quiet=settings.quiet))
    status = tell_failures([each for each in outcomes if isinstance(each, Failure)])
    if not (profile := profile_of(name, outcomes)).tasks:
        return status
    if output:
        write_atomically(output, [json_bytes(profile.to_json())])
    print("\n".join(_profile_page(profile, scripted=not has_model)))
    return status


def _player(settings: ProfileSettings, track: Track) -> str:
    """The model or the scripted agent. Raises UnknownPart or BadSettings."""
    if settings.model is not None:
        if settings.agent is not None:
            raise BadSettings("--model plays a model alone; leave --agent out")
        return settings.model
    settings.refuse((*OF_AN_AGENT, "api_base"), "--model; scripted agents ask no model")
    name = settings.agent or default_agent(track)
    check_agent(name, agents_of(track))
    return name


def _profile_page(profile: Profile, *, scripted: bool) -> list[str]:
    rows = [
        (
            f"{task.template} {task.seed}",
            len(task.rewards),
            f"{task.mean:.3f}",
            f"{task.variance:.4f}",
        )
        for task in profile.tasks
    ]
    shares = (
        f"{profile.agent}: {100 * profile.at_zero:.0f} % of {len(profile.tasks)} tasks at reward 0,"
        f" {100 * profile.at_one:.0f} % at reward 1;"
    )
    if scripted:
        note = "a scripted agent repeats itself, so the variance says nothing of a learner's tries"
    elif all(len(task.rewards) == 1 for task in profile.tasks):
        note = "one try at a task shows no variance: give more --repeats"
    else:
        share = f"{100 * profile.constant:.0f} %"
        note = f"{share} without variance, whose tries teach a policy gradient nothing"
    lines = plain(("task", "tries", "mean reward", "variance"), rows).lines()
    return [*lines, "", *fit(f"{shares} {note}"), "", "mean reward", *bars(profile.histogram())]
