"""`memorygym compare --trajectories`: recorded logs replayed past memories, without an agent."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from memorygym.cli._checks import check_counts, given_path, outputs_of, refuse, workers_of
from memorygym.cli._model_options import reply_log_of, sampling_of
from memorygym.cli._task_options import PARAMETERS, WORLDS
from memorygym.core.errors import BadSettings
from memorygym.core.files import json_bytes, write_atomically
from memorygym.models.specs import find
from memorygym.reports.comparison_files import rows_csv
from memorygym.reports.survival import check_folder, perform, problem_lines
from memorygym.runs.comparison.survival import SurvivalJob, memories_of
from memorygym.runs.comparison.system_specs import ComparisonLimits
from memorygym.runs.model_roles import OFFLINE, ModelRoles, check_slip

OF_TASKS = (
    "data",
    "seed",
    "seeds",
    "salt",
    *PARAMETERS,
    "judge",
    "judge_prompt",
    "curve",
)
"""Options of generated tasks, which a log is not."""


def add_trajectories(parser: argparse._ArgumentGroup) -> None:
    """Declares the options of recorded logs."""
    parser.add_argument(
        "--trajectories", type=given_path, nargs="+", action="extend", metavar="FILE", default=[],
        help="instead of tasks: logs of your agents (OpenAI messages, tau-bench, tau2, SWE-agent,"
        " mini-swe-agent, Inspect), files or folders; measures which values that later calls need"
        " a memory still shows (docs/your-logs.md)",
    )  # fmt: skip
    parser.add_argument(
        "--redact", action=argparse.BooleanOptionalAction, default=True,
        help="mask keys and passwords of the logs in what is printed and kept (default: yes)",
    )  # fmt: skip


def run(args: argparse.Namespace, specs: list[str], budgets: list[int]) -> int:
    """Replays and reports; the exit code is 1 if a replay failed, 3 if a provider did."""
    refuse(args, OF_TASKS, "tasks; leave it out beside --trajectories")
    for name, default in (("track", WORLDS), ("reasoner", "strong")):
        if getattr(args, name) != default:
            raise BadSettings(f"--{name} is for tasks; leave it out beside --trajectories")
    check_counts(args, "workers", "capacity")
    if budgets[0] < 1:
        raise BadSettings(f"--budget {budgets[0]}: give at least 1")
    with ExitStack() as stack:
        outputs, roles = outputs_of(args, stack), _model_roles(args, stack)
        check_folder(outputs.folder)
        limits = [ComparisonLimits(view, args.capacity) for view in budgets]
        job = SurvivalJob(memories_of(specs), limits, roles, args.redact)
        report = perform(
            job, _distinct(args.trajectories), args.memory_model or OFFLINE,
            workers_of(args, waits=roles.waits), quiet=args.quiet,
        )  # fmt: skip
        if outputs.folder:
            report.write(outputs.folder)
        if outputs.file:
            as_csv = outputs.file.suffix.lower() == ".csv"
            data = rows_csv(report.rows()).encode() if as_csv else json_bytes(report.document())
            write_atomically(outputs.file, [data])
        print(report.text(details=args.all))
    for line in problem_lines(report):
        print(line, file=sys.stderr)
    errors = [played for _, played in report.figures.errors]
    return 3 if any(played.provider for played in errors) else int(bool(errors))


def _distinct(paths: list[Path]) -> list[Path]:
    """The paths, each once."""
    return list({path.resolve(): path for path in paths}.values())


def _model_roles(args: argparse.Namespace, stack: ExitStack) -> ModelRoles:
    """The model that memories call, if one is named."""
    if args.memory_model in (None, OFFLINE):
        refuse(args, ("temperature", "max_tokens", "model_seed", "replay"), "a --memory-model")
        return ModelRoles()
    check_slip("memory model", args.memory_model, [OFFLINE])
    reply_log = reply_log_of(args, stack)
    model = find(args.memory_model, args.api_base, reply_log, **sampling_of(args))
    return ModelRoles(writing=model)
