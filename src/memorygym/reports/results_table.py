"""Results as one small table for each reasoner and budget: as text, and as HTML for notebooks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from memorygym.core.text import replace_controls
from memorygym.reports.columns import ACCURACY, amount, p_value, score_name
from memorygym.reports.stored_results import StoredRun
from memorygym.reports.terminal import Row, table, uncoloured, wrapped
from memorygym.runs.comparison.system_specs import UNLIMITED
from memorygym.runs.objects import TRUSTED
from memorygym.stats import FEWEST_TASKS, NOTHING, TOO_FEW

COMPARED = (
    "system", "accuracy\n%", "95 %\ninterval", "rank", "p vs\nrecency", "tokens\nper task",
)  # fmt: skip
PLAYED = ("agent", "memory", "composite\n%", "95 %\ninterval", "tasks")


@dataclass(frozen=True, slots=True)
class ResultsTable:
    """A table of systems with its title and notes."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]

    def text(self) -> str:
        """As wide as the terminal at most, like the tables of the commands."""
        first, *heads = self.heads
        rows: list[Row] = [(name, list(map(replace_controls, cells))) for name, *cells in self.rows]
        body = [uncoloured(line) for line in table(first, heads, rows)]
        notes = [wrapped(note) for note in self.notes]
        return "\n".join([wrapped(self.title), "", *body, *notes])

    def html(self) -> str:
        """A table."""
        heads = "".join(f"<th>{escape(head)}</th>" for head in self.heads)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows
        )
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        title = f"<caption>{escape(self.title)}</caption>"
        return f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{notes}"


def tables(run: StoredRun) -> list[ResultsTable]:
    """The tables of a run: one for agents; one per reasoner and budget for a comparison."""
    if run.comparison is None:
        return [_of_agents(run)]
    return [_of_systems(run, report) for report in run.comparison["reports"]]


def _of_systems(run: StoredRun, report: Mapping[str, Any]) -> ResultsTable:
    against = {pair["system"]: pair["adjusted"] for pair in report["over_recency"]}
    rows = []
    for role in ("memory", "reference"):
        for row in report["rows"]:
            if row["role"] == role:
                name, figures = row["system"], row["figures"]
                mean, interval = _share(figures["accuracy"])
                rank = NOTHING if row["rank"] is None else str(row["rank"])
                cost = amount(figures["total"]["mean"]) if figures["total"] else NOTHING
                p = p_value(against.get(name))
                rows.append((run.label(name), mean, interval, rank, p, cost))
    budget = "" if report["budget"] is None else f", budget {report['budget']:,} tokens"
    tasks = f"{report['tasks']} task{'s' * (report['tasks'] != 1)}"
    title = f"{run.heading}, {tasks}, reasoner {report['reasoner']}{budget}"
    faults = [
        f"{run.label(row['system'])}: a fault of the set-up, not a score: it answers more than with"
        " all that it holds"
        for row in report["rows"]
        if row["fault"]
    ]
    name = score_name(run.recipe["track"], report["reasoner"]).replace(" ", "\n")
    heads = [head.replace(ACCURACY, name) for head in COMPARED]
    return ResultsTable(title, heads, rows, [*faults, *_notes(run)])


def _of_agents(run: StoredRun) -> ResultsTable:
    rows = [
        (
            run.label(agent), run.label(run.recipe["memory"]), *_share(figures["composite"]),
            str(figures["tasks"]),
        )
        for agent, figures in run.document["summary"].items()
    ]  # fmt: skip
    best = sorted(rows, key=lambda row: -float(row[2]))
    return ResultsTable(run.heading, PLAYED, best, list(_notes(run)))


def _notes(run: StoredRun) -> Iterator[str]:
    """Notes that a reader needs: missing intervals, trusted objects and failures."""
    held = run.comparison["reports"] if run.comparison else [*run.document["summary"].values()]
    if held and max(figures["tasks"] for figures in held) < FEWEST_TASKS:
        yield f"–: {TOO_FEW} (fewer than {FEWEST_TASKS})"
    if objects := run.recipe.get(TRUSTED):
        yield f"trusted: passed as an object and run in this process: {', '.join(objects)}"
    failed = [(_failed(row), row["error"]) for row in run.document["failures"]]
    counts = Counter(name for name, _ in failed)
    for name, count in sorted(counts.items()):
        if name.startswith(UNLIMITED) and name.removeprefix(UNLIMITED) in counts:
            continue  # The note of the memory itself says why.
        times = "1 time" if count == 1 else f"{count} times; the first time"
        yield f"{name} failed {times}: {dict(reversed(failed))[name]}"


def _failed(row: Mapping[str, Any]) -> str:
    """What failed: a memory, an agent, or a provider's model."""
    match row["kind"]:
        case "provider":
            return f"{row['agent']} (provider)"
        case "agent":
            return f"agent {row['agent']}"
    return str(row["memory"])


def _share(figure: Mapping[str, Any] | None) -> tuple[str, str]:
    """A mean in percent, and its interval."""
    if figure is None:
        return NOTHING, NOTHING
    mean, low, high = (figure[name] for name in ("mean", "low", "high"))
    whole = f"{100 * mean:.1f}"
    if low is None or high is None:
        return whole, NOTHING
    return whole, f"{100 * low:.1f}–{100 * high:.1f}"
