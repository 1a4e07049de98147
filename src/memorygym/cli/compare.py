"""Hold the reasoner fixed, change only the memory: what it adds, what it costs, where it loses."""

import argparse
import sys
from contextlib import ExitStack, closing
from pathlib import Path

from memorygym.cli._checks import check_counts, refuse, workers_of
from memorygym.cli._model_options import add_judge, add_sampling, judge_of, sampling_of
from memorygym.cli._task_options import add_tasks, tasks_of
from memorygym.core.errors import BadSettings
from memorygym.core.text import one_line
from memorygym.core.track import find as track_named
from memorygym.models.model import Model
from memorygym.models.reply_log import ReplyLog
from memorygym.models.specs import find
from memorygym.reports import comparison_report
from memorygym.reports.comparison_report import ComparisonFindings, perform
from memorygym.reports.comparison_tables import Setting, agreement_text, report_text
from memorygym.reports.curves import CURVES, by_clock, by_tokens, curve_text, plot
from memorygym.runs.comparison import system_specs
from memorygym.runs.comparison.memory_specs import check_view, plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import invalid_text, played_checks
from memorygym.runs.model_roles import OFFLINE, ModelRoles, asked_reasoners, check_slip
from memorygym.runs.results.results_file import document, keep
from memorygym.runs.tasks import Tasks, check_episodes

BUDGET = 1000
NOT_TIMED = "accuracy against milliseconds: give --output, which keeps the time of every step"
OF_A_MODEL = ("temperature", "max_tokens", "model_seed", "replay")
"""Options that no scripted reasoner obeys."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    what = parser.add_argument_group("what is compared")
    what.add_argument(
        "--memories", required=True, metavar="LIST",
        help="what is compared, commas between: names (`memorygym list memory`), parameters after"
        " colons (bm25:top_k=5), your own as pkg.mod:make; none, full, recency and oracle are"
        " always there",
    )  # fmt: skip
    what.add_argument(
        "--budget", "--budgets", default=str(BUDGET), metavar="N[,N]", dest="budgets",
        help="tokens that a memory may put before an event; of several a report each (default:"
        f" {BUDGET})",
    )  # fmt: skip
    what.add_argument(
        "--capacity", type=int, metavar="N",
        help="most tokens that a memory may hold (default: no limit; with tools, what a view has)",
    )  # fmt: skip
    what.add_argument(
        "--memory-model", metavar="MODEL",
        help=f"the model that memories ask (default: {OFFLINE}, which is offline and exact)",
    )  # fmt: skip
    fixed = parser.add_argument_group("what is held fixed")
    fixed.add_argument(
        "--reasoner", default="strong", metavar="LIST",
        help="who answers from what memory shows: strong, weak or a model's name; of several,"
        " whether they rank the memories alike (default: strong)",
    )  # fmt: skip
    add_tasks(fixed, "enough for ten tasks")
    how = parser.add_argument_group("how models are asked")
    how.add_argument("--api-base", metavar="URL", help="the endpoint (default: OPENAI_BASE_URL)")
    add_sampling(how)
    how.add_argument(
        "--replay", type=Path, metavar="FILE", help="recorded replies instead of the endpoint"
    )
    add_judge(how)
    _add_out(parser.add_argument_group("what comes out"))
    parser.epilog = (
        "Example, offline: `memorygym compare --memories bm25,llm_summarizing -o duel`; then"
        " `memorygym explain duel` lists the misses, and tells why of each."
    )


def _add_out(out: argparse._ArgumentGroup) -> None:
    out.add_argument(
        "--output", "-o", type=Path, metavar="DIR",
        help="keep traces, JSON and CSV there; the same command goes on after a stop",
    )  # fmt: skip
    out.add_argument(
        "--pareto", action="store_true",
        help="draw accuracy against tokens and, with --output, milliseconds",
    )  # fmt: skip
    out.add_argument(
        "--curve", choices=tuple(CURVES), action="append", default=[],
        help="accuracy by tokens between telling and need, tokens shown, lookups combined, or by"
        " how often the fact was rewritten; may be given several times",
    )  # fmt: skip
    out.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    out.add_argument("--quiet", "-q", action="store_true", help="no progress line")


def comparison_of(args: argparse.Namespace, stack: ExitStack) -> Comparison:
    """What the options ask for; `stack` closes what it opens. Raises UnknownPart, BadSettings or
    BadKey."""
    check_counts(args, "seeds", "workers", "capacity")
    specs = [spec.strip() for spec in args.memories.split(",") if spec.strip()]
    if not specs:  # A mistake, such as an unset variable.
        raise BadSettings(f"--memories {args.memories!r}: name at least one")
    tasks = tasks_of(args)
    check_episodes(len(tasks.recipes), 1, len(specs) + len(system_specs.REFERENCES))
    limits = [system_specs.ComparisonLimits(view, args.capacity) for view in _budgets(args, tasks)]
    reasoners, model_roles = model_roles_of(args, tasks.track, stack)
    return Comparison(tasks, plug_all(specs), limits, reasoners, model_roles)


def _budgets(args: argparse.Namespace, tasks: Tasks) -> list[int]:
    """The budgets, each once, smallest first."""
    try:
        budgets = sorted({int(text) for text in args.budgets.split(",")})
    except ValueError:
        raise BadSettings(f"--budget {args.budgets}: give whole numbers, commas between") from None
    check_view(track_named(tasks.track), tasks.recipes[0].generate(), budgets[0])
    return budgets


def _writer(args: argparse.Namespace) -> str | None:
    """The model that memories ask, if it is not the offline one."""
    return None if args.memory_model == OFFLINE else args.memory_model


def model_roles_of(
    args: argparse.Namespace, track: str, stack: ExitStack
) -> tuple[tuple[str, ...], ModelRoles]:
    """Who reasons, and which models are asked; raises as `comparison_of`."""
    named = tuple(dict.fromkeys(name.strip() for name in args.reasoner.split(",")))
    asked = asked_reasoners(track, named)
    writer = _writer(args)
    if not asked:
        refuse(args, ("judge", "judge_prompt"), "a model as --reasoner; scripted answers are exact")
    if not asked and writer is None:
        refuse(args, OF_A_MODEL, "a model as --reasoner or --memory-model; no model is asked")
    reply_log = (
        stack.enter_context(closing(ReplyLog(args.replay, record=False))) if args.replay else None
    )

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
    with ExitStack() as stack:
        return _compared(args, comparison_of(args, stack))


def _compared(args: argparse.Namespace, comparison: Comparison) -> int:
    played = played_checks(comparison)
    if not all(gate.holds for gate in played):
        print(invalid_text(played))
        return 1
    workers = workers_of(args, waits=comparison.model_roles.waits)
    found = perform(comparison, args.output, workers, quiet=args.quiet)
    outcome = comparison_report.outcome_of(found, played)
    valid = outcome.valid
    if args.output:  # Before anything is printed: whoever reads it may have heard enough.
        comparison_report.write_files(args.output, found, outcome, args.curve if valid else ())
        if valid:
            summed = document(found.about, found.outcomes, {})
            keep(args.output, summed, found.outcomes)
    print(
        _text(args, comparison, found, outcome)
        if valid
        else comparison_report.invalid_of(found, outcome)
    )
    for failed in found.failed:
        print(one_line(f"{failed.place.episode}: {failed.error}"), file=sys.stderr)
    if any(failed.kind == "provider" for failed in found.failed):
        return 3
    return 1 if found.failed or not valid else 0


def _text(
    args: argparse.Namespace,
    comparison: Comparison,
    found: ComparisonFindings,
    outcome: comparison_report.ComparisonOutcome,
) -> str:
    """The tables of every reasoner and budget, what was asked for beside them, the agreement."""
    version_hash, tasks = str(found.about["version_hash"]), comparison.tasks
    plain = track_named(tasks.track).headline is None
    setting = Setting(tasks.description, version_hash, args.capacity, _writer(args), plain)
    parts = []
    for report in outcome.reports:
        clock = comparison_report.clock_for(found, report)
        parts.append(report_text(report, setting, clock))
        if args.pareto:
            parts.append(plot(by_tokens(report), "tokens a task"))
            parts.append(plot(by_clock(report, clock), "ms a step") if clock else NOT_TIMED)
        parts += [
            curve_text(comparison_report.curve_of(found, report, kind), kind) for kind in args.curve
        ]
    return "\n\n".join([*parts, *map(agreement_text, outcome.agreements)])
