"""What `memorygym.evaluate`, `compare` and `load_results` return: tables, figures, explanations."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memorygym.core.errors import BadSettings, BadTrace, UnknownPart
from memorygym.reports.columns import figure_column, rows_table, score_name, summary_table
from memorygym.reports.exports import failure_row
from memorygym.reports.misses import MissFilter, failure_notes, history_of, misses_of
from memorygym.reports.stored_runs import numbered
from memorygym.reports.table import Column, Table, frame
from memorygym.reports.terminal import count
from memorygym.runs.comparison.figures import ACCURACY, FIGURES, Report, SystemRow
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results import RunResults, check_version, source_note
from memorygym.runs.settings import check_argument
from memorygym.runs.summary import Summary
from memorygym.stats import FEWEST_TASKS, TOO_FEW

if TYPE_CHECKING:
    import pandas

    from memorygym.reports.plots import Plot

TABLES = ("rows", "summary", "questions")
PLAYED = ("reasoner", "budget", "system", "template", "seed")
"""What a row of questions() says of its episode."""
Records = list[dict[str, Any]]


class Explanation(str):
    """A text that the Python prompt and notebooks show line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Results:
    """The results of one run, or of several of one kind and one benchmark version."""

    def __init__(self, runs: Sequence[RunResults], folder: object = None) -> None:
        if not runs:
            raise BadSettings("no results: give the folder of a run, as load_results('duel')")
        for run in runs[1:]:
            check_version(runs[0].version, run.version)
            if run.kind != runs[0].kind:
                raise BadSettings(
                    f"{runs[0].folder} is of memorygym {runs[0].kind}, {run.folder} of"
                    f" {run.kind}: load runs of one kind"
                )
        for run in runs:
            if not run.valid:
                raise BadSettings(f"{run.folder}: {run.invalid_text}")
        self.runs = tuple(runs)
        self._folder = folder  # A temporary folder lives as long as this object.

    @property
    def version(self) -> str:
        """The benchmark version; only results of one version are compared."""
        return self.runs[0].version

    @property
    def kind(self) -> str:
        """compare, or bench for `evaluate`."""
        return self.runs[0].kind

    @property
    def folders(self) -> list[Path]:
        """The folders of traces and tables; the folder is temporary unless `output=` named it."""
        return [run.folder for run in self.runs if run.folder]

    def rows(self) -> Records:
        """One plain dict per system (or agent) and task; docs/columns.md explains the columns."""
        return [row for run in self.runs for row in rows_table(run).records()]

    def summary(self) -> Records:
        """One plain dict per system (or agent), with means and 95 % intervals over tasks."""
        return [row for run in self.runs for row in summary_table(run).records()]

    def questions(self) -> Records:
        """One plain dict per system and question of a comparison."""
        if self.kind != "compare":
            raise BadSettings("only a comparison keeps a row a question; take rows() or explain()")
        return [
            {
                **({"run": run.name} if run.name else {}),
                **{name: getattr(played, name) for name in PLAYED},
                **asdict(case),
            }
            for run in self.runs
            for played, case in run.cases()
        ]

    @property
    def failures(self) -> Records:
        """The episodes without a score, each with its error."""
        return [failure_row(failure) for run in self.runs for failure in run.failures]

    def __str__(self) -> str:
        texts = [table.text() for run in self.runs for table in tables(run)]
        said = dict.fromkeys(run.surroundings for run in self.runs)
        return "\n\n".join(filter(None, [*texts, *said, source_note(self.runs)]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The results as HTML for a notebook."""
        return "".join(table.html() for run in self.runs for table in tables(run))

    def to_pandas(self, table: str = "rows") -> "pandas.DataFrame":
        """The rows, the summary or the questions as a DataFrame (extra `data`)."""
        check_argument("table", table, str)
        if table not in TABLES:
            raise UnknownPart("table", table, TABLES)
        return frame(getattr(self, table)())

    def explain(self, id: str = "", **wanted: Any) -> "Explanation":
        """Why questions were missed, as `memorygym explain` says it; `id` names one question or
        episode as the list prints it. Print it, or let a notebook show it."""
        check_argument("id", id, str)
        filter = MissFilter.from_keywords("explain", wanted)
        name, number = numbered(id)
        texts, unknown = list[str](), list[UnknownPart]()
        for run in self.runs:
            try:
                text = self._explained(run, name, number, filter)
            except UnknownPart as error:  # It may be of another run.
                unknown.append(error)
            else:
                texts.append(f"{run.heading}\n\n{text}" if run.name else text)
        if not texts:
            raise unknown[0]
        return Explanation("\n\n".join(texts))

    def _explained(self, run: RunResults, name: str, number: int | None, filter: MissFilter) -> str:
        if number:
            return history_of(_folder(run), name, number)
        misses = misses_of(_folder(run), name, filter)
        if misses.damaged:
            more = f" and {len(misses.damaged) - 1} more" * (len(misses.damaged) > 1)
            raise BadTrace(
                f"{misses.damaged[0]}{more}: its misses would be left out; repeat the call that"
                " played the run, which plays the episode again"
            )
        return misses.text()

    def plot(self, path: str | Path | None = None, kind: str = "auto") -> "Plot":
        """Draws the results, and writes the picture if a path is given (extra `plot`).

        `kind` is forest, budget, cost, length, facts, hops, retention or rewrite; auto is budget
        for a comparison at several budgets, else forest.
        """
        check_argument("kind", kind, str)
        if path is not None:
            check_argument("path", path, str | Path)
        from memorygym.reports.plots import draw

        picture = draw(self.runs, kind)
        if path is not None:
            picture.save(path)
        return picture


def _folder(run: RunResults) -> Path:
    """The folder of a run, which every run of `Results` has."""
    assert run.folder
    return run.folder


def tables(run: RunResults) -> Sequence[Table[Any]]:
    """The small tables of a run: one for agents; one per reasoner and budget for a comparison."""
    if not run.compared:
        return [_of_agents(run)]
    return [_of_systems(run, report) for report in run.reports]


def _of_systems(run: RunResults, report: Report) -> Table[SystemRow]:
    score = score_name(run.track, report.reasoner).replace(" ", "\n")
    columns: list[Column[SystemRow]] = [
        Column("system", lambda row: run.label(row.system)),
        figure_column(FIGURES[ACCURACY], f"{score}\n%", ""),
        figure_column(FIGURES[ACCURACY], "95 %\ninterval", "–"),
        Column("rank", lambda row: row.rank),
        Column("p", lambda row: row.p_adjusted, "p vs\nrecency", "p value"),
        figure_column(FIGURES["total"], "tokens\nper task", ""),
    ]
    budget = "" if report.budget is None else f", budget {report.budget:,} tokens"
    tasks = count(len(report.tasks), "task")
    caption = f"{run.heading}, {tasks}, reasoner {report.reasoner}{budget}"
    faults = [
        f"{run.label(row.system)}: a fault of the set-up, not a score: it answers more than with"
        " all that it holds"
        for row in report.rows
        if row.fault
    ]
    rows = report.of("memory", "reference")
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
    yield from failure_notes(run.failures)
