"""Results as one small table for each reasoner and budget: as text, and as HTML for notebooks."""

from collections import Counter
from collections.abc import Iterator

from memorygym.reports.columns import score_name
from memorygym.reports.table import Column, Table
from memorygym.reports.terminal import count
from memorygym.runs.comparison.figures import ACCURACY, Report, SystemRow
from memorygym.runs.comparison.system_specs import UNLIMITED
from memorygym.runs.episode_result import Failure
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results import RunResults
from memorygym.runs.summary import Summary
from memorygym.stats import FEWEST_TASKS, TOO_FEW


def tables(run: RunResults) -> list[Table[SystemRow] | Table[Summary]]:
    """The tables of a run: one for agents; one per reasoner and budget for a comparison."""
    if not run.compared:
        return [_of_agents(run)]
    return [_of_systems(run, report) for report in run.reports]


def _of_systems(run: RunResults, report: Report) -> Table[SystemRow]:
    over = report.significance.over_recency

    def p(row: SystemRow) -> float | None:
        return over[row.system].adjusted if row.system in over else None

    score = score_name(run.track, report.reasoner).replace(" ", "\n")
    columns: list[Column[SystemRow]] = [
        Column("system", lambda row: run.label(row.system)),
        Column("accuracy", lambda row: row[ACCURACY], f"{score}\n%", "share", ""),
        Column("interval", lambda row: row[ACCURACY], "95 %\ninterval", "share", "–"),
        Column("rank", lambda row: row.rank),
        Column("p", p, "p vs\nrecency", "p value"),
        Column("total", lambda row: row["total"], "tokens\nper task", "amount", ""),
    ]
    rows = [*report.of("memory"), *report.of("reference")]
    budget = "" if report.budget is None else f", budget {report.budget:,} tokens"
    tasks = count(len(report.tasks), "task")
    caption = f"{run.heading}, {tasks}, reasoner {report.reasoner}{budget}"
    faults = [
        f"{run.label(row.system)}: a fault of the set-up, not a score: it answers more than with"
        " all that it holds"
        for row in report.rows
        if row.fault
    ]
    return Table(columns, rows, caption=caption, notes=[*faults, *_notes(run)])


def _of_agents(run: RunResults) -> Table[Summary]:
    memory = run.label(run.recipe["memory"])
    columns: list[Column[Summary]] = [
        Column("agent", lambda summary: run.label(summary.who)),
        Column("memory", lambda _: memory),
        Column("composite", lambda summary: summary.composite, "composite\n%", "share", ""),
        Column("interval", lambda summary: summary.composite, "95 %\ninterval", "share", "–"),
        Column("tasks", lambda summary: summary.tasks),
    ]
    return Table(columns, run.summaries, caption=run.heading, notes=[*_notes(run)])


def _notes(run: RunResults) -> Iterator[str]:
    """Notes that a reader needs: missing intervals, trusted objects and failures."""
    tasks = [len(report.tasks) for report in run.reports]
    tasks = tasks if run.compared else [summary.tasks for summary in run.summaries]
    if tasks and max(tasks) < FEWEST_TASKS:
        yield f"–: {TOO_FEW} (fewer than {FEWEST_TASKS})"
    if objects := run.recipe.get(TRUSTED):
        yield f"trusted: passed as an object and run in this process: {', '.join(objects)}"
    failed = [(_failed(failure), failure.error) for failure in run.failures]
    counts = Counter(name for name, _ in failed)
    for name, n in sorted(counts.items()):
        if name.startswith(UNLIMITED) and name.removeprefix(UNLIMITED) in counts:
            continue  # The note of the memory itself says why.
        times = count(n, "time") + "; the first time" * (n > 1)
        yield f"{name} failed {times}: {dict(reversed(failed))[name]}"


def _failed(failure: Failure) -> str:
    """What failed: a memory, an agent, or a provider's model."""
    match failure.kind:
        case "provider":
            return f"{failure.place.agent} (provider)"
        case "agent":
            return f"agent {failure.place.agent}"
    return failure.place.memory
