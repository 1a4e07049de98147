"""Compare memories under a fixed reasoner: what each adds, what it costs, where it loses facts."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from memorygym.cli._checks import outputs_of
from memorygym.cli._settings import add_settings, settings_of
from memorygym.core.files import json_bytes, write_atomically
from memorygym.core.text import one_line
from memorygym.reports.comparison_text import comparison_text
from memorygym.reports.exports import result_file, write_exports
from memorygym.reports.stored_runs import readable
from memorygym.reports.survival import check_folder, problem_lines
from memorygym.reports.survival import perform as replay
from memorygym.reports.table import rows_csv
from memorygym.reports.terminal import fit
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import invalid_text, played_checks
from memorygym.runs.comparison.survival import survival_of
from memorygym.runs.jobs import comparison_of
from memorygym.runs.results import perform
from memorygym.runs.settings import OFFLINE, CompareSettings


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_settings(parser, CompareSettings)
    parser.epilog = (
        "Example, offline: `memorygym compare --memory bm25,llm_summarizing -o duel`; then"
        " `memorygym explain duel` lists the misses with their causes."
    )


def run(args: argparse.Namespace) -> int:
    """Plays and reports; the exit code is 1 if a check failed, 3 if a provider did."""
    settings = settings_of(CompareSettings, args)
    with ExitStack() as stack:
        if settings.trajectories:
            return _replayed(settings, args, stack)
        comparison = comparison_of(settings, stack)
        return conclude(comparison, settings, *outputs_of(args, stack))


def conclude(
    comparison: Comparison,
    settings: CompareSettings,
    folder: Path | None = None,
    file: Path | None = None,
) -> int:
    """Plays what is missing of a comparison, writes its exports, prints its tables; returns the
    exit code."""
    checks = played_checks(comparison)
    if not all(check.holds for check in checks):
        print(invalid_text(checks))
        return 1
    workers = settings.workers_of(waits=comparison.model_roles.waits)
    run = perform(comparison, folder, workers, checks=checks, quiet=settings.quiet)
    # Before printing: the reader may close the pipe.
    if folder:
        write_exports(folder, run, settings.curve if run.valid else ())
    if file:
        write_atomically(file, [result_file(run, file)])
    tasks, curves = comparison.tasks.description, settings.curve
    text = comparison_text(run, tasks, curves, details=settings.all)
    print(text if run.valid else "\n".join(fit(run.invalid_text)))
    for failure in run.failures:
        print(one_line(f"{readable(failure.place.episode)}: {failure.error}"), file=sys.stderr)
    if any(failure.kind == "provider" for failure in run.failures):
        return 3
    return 1 if run.failures or not run.valid else 0


def _replayed(settings: CompareSettings, args: argparse.Namespace, stack: ExitStack) -> int:
    """Replays recorded logs past memories, without an agent."""
    folder, file = outputs_of(args, stack)
    job = survival_of(settings, stack)
    check_folder(folder)
    paths = list({path.resolve(): path for path in settings.trajectories}.values())
    workers = settings.workers_of(waits=job.model_roles.waits)
    writer = settings.memory_model or OFFLINE
    report = replay(job, paths, str(writer), workers, quiet=settings.quiet)
    if folder:
        report.write(folder)
    if file:
        as_csv = file.suffix.lower() == ".csv"
        data = rows_csv(report.rows()).encode() if as_csv else json_bytes(report.document())
        write_atomically(file, [data])
    print(report.text(details=settings.all))
    for line in problem_lines(report):
        print(line, file=sys.stderr)
    errors = [played for _, played in report.figures.errors]
    return 3 if any(played.provider for played in errors) else int(bool(errors))
