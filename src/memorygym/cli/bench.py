"""Play agents or a model on a track; --validate runs its self-test."""

import argparse
from collections.abc import Mapping
from contextlib import ExitStack

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.cli._checks import (
    add_output,
    check_counts,
    given_path,
    outputs_of,
    refuse,
    tell_failures,
    workers_of,
)
from memorygym.cli._model_options import OPTIONS, add_model, model_roles_of
from memorygym.cli._task_options import PARAMETERS, add_capacity, add_tasks, tasks_of
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.track import find
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.reports import tables
from memorygym.reports.exports import result_file, write_exports
from memorygym.reports.run_difference import differences
from memorygym.reports.terminal import fit
from memorygym.runs.evaluation import OFFICIAL_SEEDS, Evaluation
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import RunResults, load, perform
from memorygym.runs.tasks import Limits, Tasks, check_episodes
from memorygym.scoring.usage import Price, cost_of, read_prices

SHORTEST_SALT = 16
"""Characters: a shorter secret can be guessed from its published hash."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    who = parser.add_argument_group("who plays")
    who.add_argument(
        "--agent", "--strategy", nargs="+", action="extend", metavar="AGENT",
        help="scripted agents (`memorygym list agents`), or your own as pkg.mod:OBJECT (default:"
        " all of the track)",
    )  # fmt: skip
    who.add_argument("--model", help="its name at an OpenAI-compatible endpoint, or hf:FOLDER")
    who.add_argument("--api-base", metavar="URL", help="the endpoint (default: OPENAI_BASE_URL)")
    who.add_argument(
        "--memory", "--backend", default="markdown", metavar="MEMORY",
        help="their memory (`memorygym list memory`), or your own as pkg.mod:make (default:"
        " markdown)",
    )  # fmt: skip
    add_model(parser)
    _add_task_options(parser.add_argument_group("what is played"))
    _add_output_options(parser.add_argument_group("what comes out"))


def _add_task_options(group: argparse._ArgumentGroup) -> None:
    add_tasks(group, str(OFFICIAL_SEEDS))
    group.add_argument("--turns", type=int, metavar="N", help="maximum replies in one event")
    group.add_argument(
        "--patience", type=int, metavar="N",
        help="identical failing calls in a row after which an event ends (default: 3)",
    )  # fmt: skip
    add_capacity(group)
    group.add_argument(
        "--repeats", type=int, default=1, metavar="K", help="play every task K times"
    )
    group.add_argument(
        "--official",
        action="store_true",
        help="the official set: of worlds the standard tier, seeds 0-9, all domains",
    )


def _add_output_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--validate", action="store_true", help="check every invariant; exit 1 if one fails"
    )
    add_output(group)
    group.add_argument(
        "--against",
        type=given_path,
        metavar="RUN",
        help="print the difference from an earlier run",
    )
    group.add_argument(
        "--fail-under", type=float, metavar="X", help="exit 1 if a composite is below X (0-100)"
    )
    group.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    group.add_argument("--verbose", "-v", action="store_true", help="show every question")
    group.add_argument(
        "--quiet", "-q", action="store_true", help="print failures only, and no progress line"
    )


def run(args: argparse.Namespace) -> int:
    """Plays and reports; the exit code is 1 if a check failed, 3 if a provider did."""
    with ExitStack() as stack:
        return _benched(args, stack)


def _benched(args: argparse.Namespace, stack: ExitStack) -> int:
    outputs = outputs_of(args, stack)
    against = load(args.against) if args.against else None
    prices = read_prices(args.prices) if args.prices else {}
    run = perform(
        evaluation_of(args, stack), outputs.folder, workers_of(args, waits=args.model is not None),
        traced=args.verbose, quiet=args.quiet,
    )  # fmt: skip
    if outputs.folder:
        write_exports(outputs.folder, run)
    if args.verbose:
        print(_questions(run))
    failed = [invariant for invariant in run.header.invariants if not invariant.holds]
    low = [s for s in run.summaries if 100 * s.composite.mean < (args.fail_under or 0)]
    if not args.quiet:
        print(_report(run, prices))
    if run.header.invariants and (failed or not args.quiet):
        print("\n" + tables.invariants_table(failed if args.quiet else run.header.invariants))
    status = tell_failures(run.failures)
    if outputs.file:
        write_atomically(outputs.file, [result_file(run, outputs.file)])
    if against:
        print("\n" + tables.against_text(differences(run, against), run, against))
    for summary in low:
        score = 100 * summary.composite.mean
        print(f"{summary.who}: {score:.1f} is under {args.fail_under:g}")
    return status or int(bool(failed or low))


def _report(run: RunResults, prices: Mapping[str, Price]) -> str:
    """The tables."""
    stuck = sum(result.stuck for result in run.results)
    lines = [
        *fit(tables.first_line(len(run.episodes), run.failures, stuck)),
        *fit(tables.heading(run.about)),
    ]
    if run.summaries:
        lines += ["", tables.results_table(run.summaries, run.references)]
        for summary in run.summaries:
            cost = cost_of(summary.who, summary.usage.values(), prices)
            for line in tables.details(summary, run.failures, cost):
                lines += fit(line)
    return "\n".join(lines)


def _questions(run: RunResults) -> str:
    """Every question of every episode, and the causes of the misses."""
    lines = []
    for place in (result.place for result in run.results):
        lines += ["", f"== {place.agent} on {place.template}, seed {place.seed}"]
        lines += tables.questions_text(run.traces[place.episode])
    return "\n".join([*lines, "", tables.causes_table(run.summaries)])


def evaluation_of(args: argparse.Namespace, stack: ExitStack) -> Evaluation:
    """The evaluation that the options describe; `stack` closes the files that it opens.

    Raises UnknownPart, BadSettings or BadKey.
    """
    _check_numbers(args)
    has_model = args.model is not None  # An empty name is a mistake, such as an unset variable.
    if has_model and (args.validate or args.agent):
        raise BadSettings("--model plays a model alone; leave --validate and --agent out")
    if args.validate and args.agent:
        raise BadSettings("--validate plays every agent; leave --agent out")
    if args.official:
        _check_official(args)
    check_memory(args.memory)
    tasks = tasks_of(args, OFFICIAL_SEEDS)
    if not has_model:
        refuse(args, OPTIONS, "--model; scripted agents ask no model")
    names = (args.model,) if has_model else _agents(args, tasks)
    check_episodes(len(tasks.recipes), args.repeats, len(names))
    # An impossible task is an error before anything is played or a folder is made.
    tasks.recipes[0].generate()
    return Evaluation(
        tasks=tasks,
        agents=names,
        memory=args.memory,
        limits=Limits(args.turns, args.patience, args.capacity),
        model_roles=model_roles_of(args, stack) if has_model else ModelRoles(),
        repeats=args.repeats,
        validate=args.validate,
    )


def _agents(args: argparse.Namespace, tasks: Tasks) -> tuple[str, ...]:
    """The scripted agents that the options name, each once. Raises UnknownPart for another name."""
    own = agents_of(find(tasks.track))
    names = tuple(dict.fromkeys(args.agent or own))
    for name in names:
        check_agent(name, own)
    return names


def _check_official(args: argparse.Namespace) -> None:
    fixed = ("seed", "seeds", "turns", "patience", "capacity", "data", *PARAMETERS)
    chosen = [name for name in fixed if getattr(args, name) is not None]
    _, parameters = registry.split_spec(args.track)
    if chosen or parameters:
        raise BadSettings(
            f"--official is the track's official set, seeds 0-{OFFICIAL_SEEDS - 1}: leave"
            f" {f'--{chosen[0]}' if chosen else f'the parameter {next(iter(parameters))}'} out"
        )
    if args.salt and len(args.salt) < SHORTEST_SALT:
        raise BadSettings(
            f"a secret of {len(args.salt)} characters can be guessed from its published hash: give"
            f" --salt at least {SHORTEST_SALT} characters"
        )


def _check_numbers(args: argparse.Namespace) -> None:
    check_counts(args, "seeds", "workers", "turns", "patience", "capacity", "repeats")
    if args.repeats > 1 and args.model is None:
        raise BadSettings(
            f"{args.repeats} repeats of a scripted agent would be {args.repeats} equal episodes:"
            " --repeats is for --model"
        )
    if args.fail_under is not None and not 0 <= args.fail_under <= 100:
        raise BadSettings(f"--fail-under {args.fail_under:g}: a composite lies between 0 and 100")
