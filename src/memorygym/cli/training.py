"""Make training data, profile the rewards of tasks, and train a small policy."""

import argparse
import shlex
import sys
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from pathlib import Path

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.cli import _learn
from memorygym.cli._checks import (
    add_quiet,
    check_counts,
    given_path,
    refuse,
    tell_failures,
    workers_of,
)
from memorygym.cli._model_options import OPTIONS, add_model, model_roles_of
from memorygym.cli._task_options import add_capacity, add_seeds, add_track, seeds_of, track_of
from memorygym.core.errors import BadSettings
from memorygym.core.files import is_standard_output, json_bytes, write_atomically
from memorygym.core.track import Track
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.reports.terminal import fit, table
from memorygym.runs.engine import perform
from memorygym.runs.episode_result import Failure, ResultOptions
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.tasks import Limits, Tasks, check_episodes
from memorygym.training.card import bars, card, lengths
from memorygym.training.data import DataOptions, DataSummary, check_free, default_agent, make_data
from memorygym.training.profile import Profile, profile_of
from memorygym.training.rows import FORMATS
from memorygym.training.tasks import SPLITS, recipes

SEEDS = 10
"""Seeds of a data set or a profile by default."""
TRIES = 4
"""Tries of a model at each task of a profile by default."""
CARD = ".card.md"
"""What the name of a data set's card ends in."""
NO_MEANING = ("action", "output", "force", "workers", "quiet")
"""Options that change nothing in a data set."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line, declare in (
        ("data", "play tasks and write what happened as data for supervised fine-tuning", _data),
        ("profile", "how rewards vary from try to try, task by task", _profile),
        ("learn", "train a small policy that decides what to store", _learn.add),
    ):
        part = actions.add_parser(
            name, help=line, description=line, formatter_class=parser.formatter_class,
            allow_abbrev=False,
        )  # fmt: skip
        declare(part)


def _data(part: argparse.ArgumentParser) -> None:
    who = part.add_argument_group("who plays")
    who.add_argument(
        "--agent", "--strategy", metavar="LIST",
        help="scripted agents (`memorygym list agents`), or your own as pkg.mod:OBJECT (default:"
        " the track's best one that does not know the answers)",
    )  # fmt: skip
    _add_memory(who)
    _add_tasks(part)
    out = part.add_argument_group("what comes out")
    _add_output(out, "the file of JSON lines (.jsonl, .jsonl.gz); its card is written beside it")
    out.add_argument(
        "--format", default="openai", metavar="FORMAT",
        help=f"{' or '.join(FORMATS)} (default: openai)",
    )  # fmt: skip
    out.add_argument(
        "--segments", action="store_true",
        help="a row for each context instead of one for each episode: what the agent really saw",
    )  # fmt: skip
    out.add_argument(
        "--min-score", type=float, metavar="X", help="leave episodes below X out (0-100)"
    )


def _profile(part: argparse.ArgumentParser) -> None:
    who = part.add_argument_group("who plays")
    who.add_argument(
        "--agent", "--strategy", metavar="AGENT", help="a scripted agent (default: as for `data`)"
    )
    who.add_argument("--model", help="its name at an OpenAI-compatible endpoint, or hf:FOLDER")
    who.add_argument("--api-base", metavar="URL", help="the endpoint (default: OPENAI_BASE_URL)")
    _add_memory(who)
    add_model(part)
    tasks = _add_tasks(part)
    tasks.add_argument(
        "--split", choices=SPLITS, default="train", help="the split of the tasks (default: train)"
    )
    tasks.add_argument(
        "--repeats", type=int, metavar="K",
        help=f"tries at each task (default: {TRIES} with --model, else 1)",
    )  # fmt: skip
    out = part.add_argument_group("what comes out")
    _add_output(out, "a file that receives the profile as JSON", required=False)


def _add_memory(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--memory", "--backend", default="markdown", metavar="MEMORY",
        help="the memory (`memorygym list memory`; default: markdown)",
    )  # fmt: skip
    add_capacity(group)


def _add_tasks(part: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    group = part.add_argument_group("what is played: tasks of a split that no evaluation plays")
    add_track(group, "all ten")
    add_seeds(group, str(SEEDS))
    return group


def _add_output(group: argparse._ArgumentGroup, about: str, *, required: bool = True) -> None:
    group.add_argument(
        "--output", "-o", type=given_path, required=required, metavar="FILE", help=about
    )
    group.add_argument("--force", action="store_true", help="replace a file that exists")
    group.add_argument("--workers", type=int, metavar="N", help="processes (threads of a model)")
    add_quiet(group)


def run(args: argparse.Namespace) -> int:
    """Runs the action; 1 if an episode failed, 3 if a provider did."""
    if args.action == "learn":
        return _learn.run(args)
    check_counts(args, "seeds", "workers", "capacity")
    with ExitStack() as stack:
        if args.output and is_standard_output(args.output):
            stack.enter_context(redirect_stdout(sys.stderr))
        return {"data": _run_data, "profile": _run_profile}[args.action](args, stack)


def _run_data(args: argparse.Namespace, _: ExitStack) -> int:
    if args.min_score is not None and not 0 <= args.min_score <= 100:
        raise BadSettings(f"--min-score {args.min_score:g}: a score lies between 0 and 100")
    track, parameters = track_of(args)
    options = DataOptions(
        track=track.name,
        parameters=parameters,
        seeds=seeds_of(args, SEEDS),
        agents=tuple(name.strip() for name in (args.agent or "").split(",") if name.strip()),
        memory=args.memory,
        limits=Limits(capacity=args.capacity),
        format=args.format,
        segments=args.segments,
        min_score=(args.min_score or 0) / 100,
    )
    beside = _card_of(args.output)
    for path in filter(None, (args.output, beside)):
        check_free(path, force=args.force)
    workers = workers_of(args, waits=False)
    made = make_data(options, args.output, force=args.force, workers=workers, quiet=args.quiet)
    if beside:
        text = card(made, args.output.name, _command(args))
        write_atomically(beside, [text.encode()])
    print("\n".join(_data_page(made, args.output, beside)))
    return tell_failures(made.failures)


def _card_of(output: Path) -> Path | None:
    """The path of the card; None if the rows go to a pipe or a device."""
    to_file = output.is_file() or not output.exists()
    return output.with_name(f"{output.name}{CARD}") if to_file else None


def _command(args: argparse.Namespace) -> str:
    """The command that makes the same data set; the name of its file is left out."""
    words = ["python", "-m", "memorygym.training", args.action]
    for name, value in vars(args).items():
        if name not in NO_MEANING and value is not None and value is not False:
            option = f"--{name.replace('_', '-')}"
            words += [option] if value is True else [option, str(value)]
    return shlex.join([*words, "-o", "FILE"])


def _data_page(made: DataSummary, output: Path, beside: Path | None) -> list[str]:
    rows = []
    for agent in made.options.agents:
        kept = [each for each in made.kept if each.agent == agent]
        scores = [100 * each.score for each in kept]
        mean = f"{sum(scores) / len(scores):.1f}" if scores else "–"
        tokens, trained = sum(sum(e.lengths) for e in kept), sum(e.trained for e in kept)
        many = sum(len(each.lengths) for each in kept)
        rows.append((agent, [f"{len(kept):,}", mean, f"{many:,}", f"{tokens:,}", f"{trained:,}"]))
    lines = [*table("agent", ["episodes", "mean score", "rows", "tokens", "trained on"], rows), ""]
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


def _run_profile(args: argparse.Namespace, stack: ExitStack) -> int:
    check_counts(args, "repeats")
    if args.output:
        check_free(args.output, force=args.force)
    check_memory(args.memory)
    track, parameters = track_of(args)
    name = _player(args, track)
    tasks = recipes(track.name, args.split, seeds_of(args, SEEDS), **parameters)
    repeats = args.repeats or (TRIES if args.model else 1)
    check_episodes(len(tasks), repeats)
    job = Evaluation(
        tasks=Tasks(track.name, tasks, {}, track.name),
        agents=(name,),
        memory=args.memory,
        limits=Limits(capacity=args.capacity),
        model_roles=model_roles_of(args, stack) if args.model else ModelRoles(),
        repeats=repeats,
    ).job(ResultOptions(causes=False))
    workers = workers_of(args, waits=args.model is not None)
    outcomes = perform(replace(job, workers=workers, quiet=args.quiet))
    status = tell_failures([each for each in outcomes if isinstance(each, Failure)])
    if not (profile := profile_of(name, outcomes)).tasks:
        return status
    if args.output:
        write_atomically(args.output, [json_bytes(profile.to_json())])
    print("\n".join(_profile_page(profile, scripted=args.model is None)))
    return status


def _player(args: argparse.Namespace, track: Track) -> str:
    """The model or the scripted agent. Raises UnknownPart or BadSettings."""
    if args.model is not None and args.agent is not None:
        raise BadSettings("--model plays a model alone; leave --agent out")
    if args.model is not None:
        return str(args.model)
    refuse(args, (*OPTIONS, "api_base"), "--model; scripted agents ask no model")
    name = str(args.agent or default_agent(track))
    check_agent(name, agents_of(track))
    return name


def _profile_page(profile: Profile, *, scripted: bool) -> list[str]:
    rows = [
        (f"{task.template} {task.seed}",
         [str(len(task.rewards)), f"{task.mean:.3f}", f"{task.variance:.4f}"])
        for task in profile.tasks
    ]  # fmt: skip
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
    lines = table("task", ["tries", "mean reward", "variance"], rows)
    return [*lines, "", *fit(f"{shares} {note}"), "", "mean reward", *bars(profile.histogram())]
