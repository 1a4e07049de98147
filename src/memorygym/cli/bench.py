"""Play agents or a model on a track; --validate runs its self-test."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.cli._checks import check_counts, refuse, workers_of
from memorygym.cli._model_options import OPTIONS, add_model, model_roles_of
from memorygym.cli._task_options import PARAMETERS, add_tasks, tasks_of
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.text import one_line, wrap_lines
from memorygym.core.track import find
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.reports import tables
from memorygym.runs.evaluation import OFFICIAL_SEEDS, Evaluation, Findings, perform
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results.results_file import compare, read_results, write_results
from memorygym.runs.tasks import CAPACITY, Limits, Tasks, check_episodes
from memorygym.scoring.usage import Price, cost_of, read_prices

SHORTEST_SALT = 16
"""Characters: a shorter salt can be guessed from its published hash."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    who = parser.add_argument_group("who plays")
    who.add_argument(
        "--strategy", nargs="+", metavar="AGENT", help="scripted agents (default: all)"
    )
    who.add_argument("--model", help="its name at an OpenAI-compatible endpoint, or hf:FOLDER")
    who.add_argument("--api-base", metavar="URL", help="the endpoint (default: OPENAI_BASE_URL)")
    who.add_argument("--backend", default="markdown", help="memory (default: markdown)")
    add_model(parser)
    _add_what(parser.add_argument_group("what is played"))
    _add_out(parser.add_argument_group("what comes out"))


def _add_what(what: argparse._ArgumentGroup) -> None:
    add_tasks(what, str(OFFICIAL_SEEDS))
    what.add_argument("--turns", type=int, metavar="N", help="most replies in one event")
    what.add_argument(
        "--patience", type=int, metavar="N",
        help="identical failing calls in a row after which an event ends (default: 3)",
    )  # fmt: skip
    what.add_argument(
        "--capacity", type=int, metavar="N",
        help="tokens that the memory may hold and show (default: what the tasks say, else"
        f" {CAPACITY:,})",
    )  # fmt: skip
    what.add_argument("--repeats", type=int, default=1, metavar="K", help="play every task K times")
    what.add_argument(
        "--official",
        action="store_true",
        help="the official set: of worlds the standard tier, seeds 0-9, all domains",
    )


def _add_out(out: argparse._ArgumentGroup) -> None:
    out.add_argument(
        "--validate", action="store_true", help="check every invariant; exit 1 if one fails"
    )
    out.add_argument(
        "--run", type=Path, metavar="DIR",
        help="keep traces, replies and results there; the same command goes on after a stop",
    )  # fmt: skip
    out.add_argument("--output", "-o", type=Path, metavar="FILE", help="write results as JSON")
    out.add_argument(
        "--against", type=Path, metavar="RESULTS", help="earlier results: print the difference"
    )
    out.add_argument(
        "--fail-under", type=float, metavar="X", help="exit 1 if a composite is below X (0-100)"
    )
    out.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    out.add_argument("--verbose", "-v", action="store_true", help="show every question")
    out.add_argument("--quiet", "-q", action="store_true", help="print only what fails")


def run(args: argparse.Namespace) -> int:
    """Plays and reports; the exit code is 1 if a check failed, 3 if a provider did."""
    against = read_results(args.against) if args.against else None
    prices = read_prices(args.prices) if args.prices else {}
    found = perform(
        evaluation_of(args), args.run, workers_of(args, waits=args.model is not None),
        traced=args.verbose, quiet=args.quiet,
    )  # fmt: skip
    if args.verbose:
        print(_questions(found))
    failed = [row for row in found.invariants if not row.holds]
    low = [s for s in found.summaries if 100 * s.composite.mean < (args.fail_under or 0)]
    if not args.quiet:
        print(_report(found, prices))
    if found.invariants and (failed or not args.quiet):
        print("\n" + tables.invariants_table(failed if args.quiet else found.invariants))
    for failure in found.failures:
        place = failure.place
        where = f"{place.template} seed {place.seed}, {place.agent}"
        print(one_line(f"{where}: {failure.error}"), file=sys.stderr)
    if args.output:
        write_results(args.output, found.document)
    if against:
        print("\n" + tables.against_text(compare(found.document, against), found.document, against))
    for one in low:
        print(f"{one.who}: {100 * one.composite.mean:.1f} is under {args.fail_under:g}")
    if found.failures:
        return 3 if any(failure.kind == "provider" for failure in found.failures) else 1
    return 1 if failed or low else 0


def _report(found: Findings, prices: Mapping[str, Price]) -> str:
    """The tables."""
    planned, rows = found.document["episodes_planned"], found.document["episodes"]
    lines = [
        *wrap_lines(tables.first_line(planned, found.failures, sum(row["stuck"] for row in rows))),
        *wrap_lines(tables.heading(found.document)),
    ]
    if found.summaries:
        lines += ["", tables.results_table(found.summaries, found.references)]
        failures = found.document["failures"]
        for one in found.summaries:
            for line in tables.details(one, failures, cost_of(one.who, one.usage.values(), prices)):
                lines += wrap_lines(line)
    return "\n".join(lines)


def _questions(found: Findings) -> str:
    """Every question of every episode, and why each miss was missed."""
    lines = []
    for result in found.results:
        assert result.trace
        lines += ["", f"== {result.agent} on {result.template}, seed {result.seed}"]
        lines += wrap_lines(tables.questions_text(result.trace))
    return "\n".join([*lines, "", *wrap_lines(tables.causes_table(found.summaries))])


def evaluation_of(args: argparse.Namespace) -> Evaluation:
    """What the options ask for. Raises UnknownPart, BadSettings or BadKey."""
    _check_numbers(args)
    asked = args.model is not None  # An empty name is a mistake, such as an unset variable.
    if asked and (args.validate or args.strategy):
        raise BadSettings("--model plays a model alone; leave --validate and --strategy out")
    if args.validate and args.strategy:
        raise BadSettings("--validate plays every agent; leave --strategy out")
    if args.official:
        _check_official(args)
    check_memory(args.backend)
    tasks = tasks_of(args, OFFICIAL_SEEDS)
    if not asked:
        refuse(args, OPTIONS, "--model; scripted agents ask none")
    names = (args.model,) if asked else _agents(args, tasks)
    check_episodes(len(tasks.recipes), args.repeats, len(names))
    # Whatever cannot be is to be found before anything is played or a folder is made.
    tasks.recipes[0].generate()
    return Evaluation(
        tasks=tasks,
        agents=names,
        memory=args.backend,
        limits=Limits(args.turns, args.patience, args.capacity),
        model_roles=model_roles_of(args) if asked else ModelRoles(),
        repeats=args.repeats,
        validate=args.validate,
    )


def _agents(args: argparse.Namespace, tasks: Tasks) -> tuple[str, ...]:
    """The scripted agents that the options name, each once and checked to exist."""
    own = agents_of(find(tasks.track))
    names = tuple(dict.fromkeys(args.strategy or own))
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
            f"a salt of {len(args.salt)} characters can be guessed from its hash, which is"
            f" published: give at least {SHORTEST_SALT}"
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
    if args.output and not args.output.parent.is_dir():
        raise BadSettings(f"{args.output}: there is no folder {args.output.parent}")
