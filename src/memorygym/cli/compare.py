"""Compare memories under a fixed reasoner: what each adds, what it costs, where it loses facts."""

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace

from memorygym.cli._checks import (
    add_output,
    add_quiet,
    check_counts,
    given_path,
    outputs_of,
    refuse,
    workers_of,
)
from memorygym.cli._model_options import (
    add_judge,
    add_sampling,
    judge_of,
    reply_log_of,
    sampling_of,
)
from memorygym.cli._task_options import add_tasks, tasks_of
from memorygym.cli._trajectories import add_trajectories
from memorygym.cli._trajectories import run as run_trajectories
from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.text import one_line
from memorygym.core.track import find as track_named
from memorygym.models.model import Model
from memorygym.models.specs import find
from memorygym.reports.columns import score_name
from memorygym.reports.comparison_text import Setting, agreement_text, report_text
from memorygym.reports.curves import CURVES, curve_text
from memorygym.reports.exports import curve_of, result_file, splits_of, write_exports
from memorygym.reports.stored_runs import readable
from memorygym.reports.terminal import fit
from memorygym.runs.comparison import system_specs
from memorygym.runs.comparison.memory_specs import check_view, plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import invalid_text, played_checks
from memorygym.runs.model_roles import OFFLINE, ModelRoles, asked_reasoners, check_slip
from memorygym.runs.results import RunResults, perform
from memorygym.runs.tasks import check_episodes

BUDGET = 1000
OF_A_MODEL = ("temperature", "max_tokens", "model_seed", "replay")
"""Options that only apply to a model."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    group = parser.add_argument_group("what is compared")
    group.add_argument(
        "--memory", "--memories", action="append", default=[], metavar="LIST",
        help="memories, separated by commas, or repeat the option: names (`memorygym list memory`),"
        " parameters after colons (bm25:top_k=5), your own as pkg.mod:make; none, full, recency and"
        " oracle are always added; with --trajectories, by default all that ship",
    )  # fmt: skip
    group.add_argument(
        "--budget", "--budgets", default=str(BUDGET), metavar="N[,N]", dest="budgets",
        help="maximum tokens of context that a memory may show per event; one report for each"
        f" (default: {BUDGET})",
    )  # fmt: skip
    group.add_argument(
        "--capacity", type=int, metavar="N",
        help="maximum tokens that a memory may hold (default: no limit; with tools, the context"
        " budget)",
    )  # fmt: skip
    group.add_argument(
        "--memory-model", metavar="MODEL",
        help=f"the model that memories call (default: {OFFLINE}, offline and deterministic)",
    )  # fmt: skip
    fixed = parser.add_argument_group("what is held fixed")
    fixed.add_argument(
        "--reasoner", default="strong", metavar="LIST",
        help="who answers from the context: strong, weak or a model's name; for several, also"
        " whether they rank the memories alike (default: strong)",
    )  # fmt: skip
    add_tasks(fixed, "enough for ten tasks")
    add_trajectories(fixed)
    how = parser.add_argument_group("how models are asked")
    how.add_argument("--api-base", metavar="URL", help="the endpoint (default: OPENAI_BASE_URL)")
    add_sampling(how)
    how.add_argument(
        "--replay", type=given_path, metavar="FILE", help="use recorded replies, ask no endpoint"
    )
    add_judge(how)
    _add_output_options(parser.add_argument_group("what comes out"))
    parser.epilog = (
        "Example, offline: `memorygym compare --memory bm25,llm_summarizing -o duel`; then"
        " `memorygym explain duel` lists the misses with their causes."
    )


def _add_output_options(group: argparse._ArgumentGroup) -> None:
    add_output(group)
    group.add_argument(
        "--all", action="store_true",
        help="print every table: also gains, evidence recall, costs while reading and answering,"
        " what was held, accuracy by facts needed and by lookups, milliseconds",
    )  # fmt: skip
    group.add_argument(
        "--curve", choices=tuple(CURVES), action="append", default=[], metavar="KIND",
        help="accuracy by tokens since the fact was stated (retention), tokens shown (length),"
        " facts needed (facts), lookups combined (hops), how often the fact changed (rewrite), what"
        " is asked (kind, type); may be repeated",
    )  # fmt: skip
    group.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    add_quiet(group)


def comparison_of(args: argparse.Namespace, stack: ExitStack) -> Comparison:
    """The comparison that the options describe; `stack` closes the files that it opens.

    Raises UnknownPart, BadSettings or BadKey.
    """
    check_counts(args, "seeds", "workers", "capacity")
    specs = _specs(args)
    if not specs:
        raise BadSettings("name at least one memory: --memory bm25 (`memorygym list memory`)")
    tasks = tasks_of(args)
    check_episodes(len(tasks.recipes), 1, len(specs) + len(system_specs.REFERENCES))
    budgets = _budgets(args)
    check_view(track_named(tasks.track), tasks.recipes[0].generate(), budgets[0])
    limits = [system_specs.ComparisonLimits(view, args.capacity) for view in budgets]
    reasoners, model_roles = model_roles_of(args, tasks.track, stack)
    return Comparison(tasks, plug_all(specs), limits, reasoners, model_roles)


def _specs(args: argparse.Namespace) -> list[str]:
    """The memories that --memory names. Raises BadSettings if it is given and names none."""
    names = ",".join(args.memory)
    specs = [spec.strip() for spec in names.split(",") if spec.strip()]
    if args.memory and not specs:  # A mistake, such as an unset variable.
        raise BadSettings(f"--memory {names!r}: name at least one")
    return specs


def _budgets(args: argparse.Namespace) -> list[int]:
    """The budgets, each once, smallest first."""
    try:
        return sorted({int(text) for text in args.budgets.split(",")})
    except ValueError:
        raise BadSettings(f"--budget {args.budgets}: give whole numbers, commas between") from None


def _writer(args: argparse.Namespace) -> str | None:
    """The model that memories call, if it is not the offline one."""
    return None if args.memory_model == OFFLINE else args.memory_model


def model_roles_of(
    args: argparse.Namespace, track: str, stack: ExitStack
) -> tuple[tuple[str, ...], ModelRoles]:
    """The reasoners, and the models that are asked; raises as `comparison_of`."""
    named = tuple(dict.fromkeys(name.strip() for name in args.reasoner.split(",")))
    asked = asked_reasoners(track, named)
    writer = _writer(args)
    if not asked:
        refuse(args, ("judge", "judge_prompt"), "a model as --reasoner; scripted answers are exact")
    if not asked and writer is None:
        refuse(args, OF_A_MODEL, "a model as --reasoner or --memory-model; no model is asked")
    reply_log = reply_log_of(args, stack)

    def model(name: str) -> Model:
        return find(name, args.api_base, reply_log, **sampling_of(args))

    # An empty name is a mistake, such as an unset variable.
    if writer is not None:
        check_slip("memory model", writer, [OFFLINE])
    models = {name: model(name) for name in asked}
    writing = None if writer is None else model(writer)
    return named, ModelRoles(models, writing, judge_of(args, reply_log))


def run(args: argparse.Namespace) -> int:
    """Plays and reports; the exit code is 1 if a check failed, 3 if a provider did."""
    if args.trajectories:
        return run_trajectories(args, _specs(args), _budgets(args))
    with ExitStack() as stack:
        return _compared(args, stack)


def _compared(args: argparse.Namespace, stack: ExitStack) -> int:
    comparison = comparison_of(args, stack)
    outputs = outputs_of(args, stack)
    checks = played_checks(comparison)
    if not all(check.holds for check in checks):
        print(invalid_text(checks))
        return 1
    workers = workers_of(args, waits=comparison.model_roles.waits)
    run = perform(comparison, outputs.folder, workers, checks=checks, quiet=args.quiet)
    # Before printing: the reader may close the pipe.
    if outputs.folder:
        write_exports(outputs.folder, run, args.curve if run.valid else ())
    if outputs.file:
        write_atomically(outputs.file, [result_file(run, outputs.file)])
    print(_text(args, comparison, run) if run.valid else "\n".join(fit(run.invalid_text)))
    for failure in run.failures:
        print(one_line(f"{readable(failure.place.episode)}: {failure.error}"), file=sys.stderr)
    if any(failure.kind == "provider" for failure in run.failures):
        return 3
    return 1 if run.failures or not run.valid else 0


def _text(args: argparse.Namespace, comparison: Comparison, run: RunResults) -> str:
    """The tables of every reasoner and budget, the curves, the agreement of reasoners."""
    tasks = comparison.tasks
    published = track_named(tasks.track).files is not None
    setting = Setting(
        tasks.description, run.version, args.capacity, _writer(args), published=published
    )
    parts = []
    for report in run.reports:
        score = score_name(tasks.track, report.reasoner)
        splits = splits_of(run, report) if args.all else None
        parts.append(report_text(report, replace(setting, score=score), run.clock(report), splits))
        parts += [curve_text(curve_of(run, report, kind), kind, score) for kind in args.curve]
    return "\n\n".join([*parts, *map(agreement_text, run.agreements)])
