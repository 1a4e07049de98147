"""Results as one small table for each reasoner and budget: as text, and as HTML for notebooks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any

from memorygym.reports.columns import score_name
from memorygym.reports.stored_results import StoredRun
from memorygym.reports.table import Column, Table
from memorygym.reports.terminal import count
from memorygym.runs.comparison.system_specs import UNLIMITED
from memorygym.runs.objects import TRUSTED
from memorygym.stats import FEWEST_TASKS, TOO_FEW, Estimate

Row = Mapping[str, Any]


def tables(run: StoredRun) -> list[Table[Row]]:
    """The tables of a run: one for agents; one per reasoner and budget for a comparison."""
    if run.comparison is None:
        return [_of_agents(run)]
    return [_of_systems(run, report) for report in run.comparison["reports"]]


def _of_systems(run: StoredRun, report: Row) -> Table[Row]:
    against = {pair["system"]: pair["adjusted"] for pair in report["over_recency"]}
    rows = [
        row for role in ("memory", "reference") for row in report["rows"] if row["role"] == role
    ]
    budget = "" if report["budget"] is None else f", budget {report['budget']:,} tokens"
    tasks = count(report["tasks"], "task")
    title = f"{run.heading}, {tasks}, reasoner {report['reasoner']}{budget}"
    faults = [
        f"{run.label(row['system'])}: a fault of the set-up, not a score: it answers more than with"
        " all that it holds"
        for row in report["rows"]
        if row["fault"]
    ]
    score = score_name(run.recipe["track"], report["reasoner"]).replace(" ", "\n")
    columns: list[Column[Row]] = [
        Column("system", lambda row: run.label(row["system"])),
        *_share(score, lambda row: _estimate(row["figures"]["accuracy"])),
        Column("rank", lambda row: row["rank"]),
        Column("p", lambda row: against.get(row["system"]), "p vs\nrecency", "p value"),
        Column(
            "tokens",
            lambda row: _estimate(row["figures"]["total"]),
            "tokens\nper task",
            "amount",
            "",
        ),
    ]
    return Table(columns, rows, caption=title, notes=[*faults, *_notes(run)])


def _of_agents(run: StoredRun) -> Table[Row]:
    summary, memory = run.document["summary"], run.recipe["memory"]
    rows = [{**figures, "agent": agent, "memory": memory} for agent, figures in summary.items()]
    columns: list[Column[Row]] = [
        Column("agent", lambda row: run.label(row["agent"])),
        Column("memory", lambda row: run.label(row["memory"])),
        *_share("composite", lambda row: _estimate(row["composite"])),
        Column("tasks", lambda row: row["tasks"]),
    ]
    best = sorted(rows, key=lambda row: -round(row["composite"]["mean"], 3))
    return Table(columns, best, caption=run.heading, notes=[*_notes(run)])


def _share(name: str, of: Callable[[Row], Estimate | None]) -> list[Column[Row]]:
    """A mean in percent, and its interval."""
    return [
        Column(name, of, f"{name}\n%", "share", ""),
        Column("interval", lambda row: _ends(of(row)), "95 %\ninterval"),
    ]


def _ends(share: Estimate | None) -> str | None:
    if share is None or not share.has_interval:
        return None
    return f"{100 * share.low:.1f}–{100 * share.high:.1f}"


def _estimate(figure: Row | None) -> Estimate | None:
    """An estimate from its JSON."""
    if figure is None:
        return None
    low, high = figure["low"], figure["high"]
    return Estimate(figure["mean"], -inf if low is None else low, inf if high is None else high, 0)


def _notes(run: StoredRun) -> Iterator[str]:
    """Notes that a reader needs: missing intervals, trusted objects and failures."""
    held = run.comparison["reports"] if run.comparison else [*run.document["summary"].values()]
    if held and max(figures["tasks"] for figures in held) < FEWEST_TASKS:
        yield f"–: {TOO_FEW} (fewer than {FEWEST_TASKS})"
    if objects := run.recipe.get(TRUSTED):
        yield f"trusted: passed as an object and run in this process: {', '.join(objects)}"
    failed = [(_failed(row), row["error"]) for row in run.document["failures"]]
    counts = Counter(name for name, _ in failed)
    for name, n in sorted(counts.items()):
        if name.startswith(UNLIMITED) and name.removeprefix(UNLIMITED) in counts:
            continue  # The note of the memory itself says why.
        times = count(n, "time") + "; the first time" * (n > 1)
        yield f"{name} failed {times}: {dict(reversed(failed))[name]}"


def _failed(row: Mapping[str, Any]) -> str:
    """What failed: a memory, an agent, or a provider's model."""
    match row["kind"]:
        case "provider":
            return f"{row['agent']} (provider)"
        case "agent":
            return f"agent {row['agent']}"
    return str(row["memory"])
