"""Results as one small table for each reasoner and budget: as text, and as HTML for notebooks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from memorygym.core.text import replace_controls
from memorygym.reports.columns import ACCURACY, amount, p_value, score_name
from memorygym.reports.terminal import Row, table, uncoloured, wrapped
from memorygym.runs.comparison.figures import Report
from memorygym.runs.comparison.system_specs import UNLIMITED
from memorygym.runs.episode_result import Failure
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results import RunResults
from memorygym.stats import FEWEST_TASKS, NOTHING, TOO_FEW, Estimate

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


def tables(run: RunResults) -> list[ResultsTable]:
    """The tables of a run: one for agents; one per reasoner and budget for a comparison."""
    if not run.compared:
        return [_of_agents(run)]
    return [_of_systems(run, report) for report in run.reports]


def _of_systems(run: RunResults, report: Report) -> ResultsTable:
    over = report.significance.over_recency
    rows = []
    for row in [*report.of("memory"), *report.of("reference")]:
        total, pair = row["total"], over.get(row.system)
        rows.append(
            (
                run.label(row.system),
                *_share(row["accuracy"]),
                NOTHING if row.rank is None else str(row.rank),
                p_value(pair.adjusted if pair else None),
                amount(total.mean if total else None),
            )
        )
    budget = "" if report.budget is None else f", budget {report.budget:,} tokens"
    tasks = f"{len(report.tasks)} task{'s' * (len(report.tasks) != 1)}"
    title = f"{run.heading}, {tasks}, reasoner {report.reasoner}{budget}"
    faults = [
        f"{run.label(row.system)}: a fault of the set-up, not a score: it answers more than with"
        " all that it holds"
        for row in report.rows
        if row.fault
    ]
    name = score_name(run.track, report.reasoner).replace(" ", "\n")
    heads = [head.replace(ACCURACY, name) for head in COMPARED]
    return ResultsTable(title, heads, rows, [*faults, *_notes(run)])


def _of_agents(run: RunResults) -> ResultsTable:
    memory = run.label(run.recipe["memory"])
    rows = [
        (run.label(summary.who), memory, *_share(summary.composite), str(summary.tasks))
        for summary in run.summaries
    ]
    return ResultsTable(run.heading, PLAYED, rows, list(_notes(run)))


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
    for name, count in sorted(counts.items()):
        if name.startswith(UNLIMITED) and name.removeprefix(UNLIMITED) in counts:
            continue  # The note of the memory itself says why.
        times = "1 time" if count == 1 else f"{count} times; the first time"
        yield f"{name} failed {times}: {dict(reversed(failed))[name]}"


def _failed(failure: Failure) -> str:
    """What failed: a memory, an agent, or a provider's model."""
    match failure.kind:
        case "provider":
            return f"{failure.place.agent} (provider)"
        case "agent":
            return f"agent {failure.place.agent}"
    return failure.place.memory


def _share(figure: Estimate | None) -> tuple[str, str]:
    """A mean in percent, and its interval."""
    if figure is None:
        return NOTHING, NOTHING
    whole = f"{100 * figure.mean:.1f}"
    if not figure.has_interval:
        return whole, NOTHING
    return whole, f"{100 * figure.low:.1f}–{100 * figure.high:.1f}"
