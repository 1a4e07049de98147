"""Play agents or a model on a track; --validate runs its self-test."""

import argparse
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from memorygym.cli._checks import outputs_of, tell_failures
from memorygym.cli._settings import add_settings, settings_of
from memorygym.core.files import write_atomically
from memorygym.reports import tables
from memorygym.reports.exports import result_file, write_exports
from memorygym.reports.run_difference import differences
from memorygym.reports.terminal import fit
from memorygym.runs.jobs import evaluation_of
from memorygym.runs.results import RunResults, load, perform
from memorygym.runs.settings import BenchSettings
from memorygym.scoring.usage import Price, cost_of, read_prices


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_settings(parser, BenchSettings)


def run(args: argparse.Namespace) -> int:
    """Plays and reports; the exit code is 1 if a check failed, 3 if a provider did."""
    settings = settings_of(BenchSettings, args)
    with ExitStack() as stack:
        folder, file = outputs_of(args, stack)
        against = load(settings.against) if settings.against else None
        prices = read_prices(settings.prices) if settings.prices else {}
        evaluation = evaluation_of(settings, stack)
        run = perform(
            evaluation,
            folder,
            settings.workers_of(waits=evaluation.model_roles.waits),
            traced=settings.verbose,
            quiet=settings.quiet,
        )
        return conclude(run, settings, prices, file, against)


def conclude(
    run: RunResults,
    settings: BenchSettings,
    prices: Mapping[str, Price],
    file: Path | None = None,
    against: RunResults | None = None,
) -> int:
    """Writes the exports of a run that ended and prints its tables; returns the exit code."""
    if run.folder:
        write_exports(run.folder, run)
    if settings.verbose:
        print(_questions(run))
    failed = [invariant for invariant in run.header.invariants if not invariant.holds]
    low = [s for s in run.summaries if 100 * s.composite.mean < (settings.fail_under or 0)]
    if not settings.quiet:
        print(_report(run, prices))
    if run.header.invariants and (failed or not settings.quiet):
        print("\n" + tables.invariants_table(failed if settings.quiet else run.header.invariants))
    status = tell_failures(run.failures)
    if file:
        write_atomically(file, [result_file(run, file)])
    if against:
        print("\n" + tables.against_text(differences(run, against), run, against))
    for summary in low:
        score = 100 * summary.composite.mean
        print(f"{summary.who}: {score:.1f} is under {settings.fail_under:g}")
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
