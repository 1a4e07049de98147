"""The columns of every table of results, with their meaning, from which docs/columns.py makes
docs/columns.md.

Where a column is the field of a class, its meaning is the text under that field.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from memorygym.core.outcome import Score
from memorygym.core.track import find
from memorygym.reports.curves import CURVES, Bin, Point
from memorygym.reports.table import Column, Spread, Table, Value
from memorygym.runs.comparison.figures import ACCURACY, FIGURES, Figure, Report, SystemRow, mean_of
from memorygym.runs.comparison.significance import Pair
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.episode_result import Failure, Result
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.runs.results import RunResults
from memorygym.runs.summary import Summary

T = TypeVar("T")
LOW, HIGH = "lower bound of the 95 % interval", "upper bound of the 95 % interval"


def score_name(track: str, reasoner: str) -> str:
    """What the score of a reasoner is: the share of right answers, or, for a scripted reasoner that
    sees the gold table, the share of questions whose evidence it was shown."""
    informed = find(track).reasoners_see_gold and reasoner in find(track).reasoners
    return "evidence shown" if informed else ACCURACY


def figure_column(figure: Figure, heading: str = "", spread: Spread = "±") -> Column[SystemRow]:
    """A figure as a column of the rows of a comparison."""
    return Column(
        figure.name, lambda row: row[figure.name], heading, figure.unit, spread, is_mean=True
    )


def _table(title: str, about: str, columns: Sequence[Column[T]], *more: str) -> Table[T]:
    """A table without its rows: its title, what a row is, and what else is to be said."""
    return Table(columns, title=title, caption=about, notes=more)


def _of(
    name: str,
    meaning: str = "",
    value: Callable[[T], Value] | None = None,
    *,
    is_mean: bool = False,
) -> Column[tuple[Any, T]]:
    """A column of the second part of a row; the first is what it was played under."""
    take = value or attrgetter(name)
    return Column(name, lambda row: take(row[1]), meaning=meaning, is_mean=is_mean)


def _tested(name: str) -> Column[tuple[Any, SystemRow]]:
    """A figure of the test against recency, of the memories that have one."""
    take = attrgetter(name)
    return _of(name, value=lambda row: take(row.over_recency) if row.over_recency else None)


def _case(name: str, case: QuestionCase) -> Value:
    """Right and wrong as 1 and 0."""
    value = getattr(case, name)
    if value is None:
        return None
    return f"{value:g}" if name == "score" or isinstance(value, bool) else str(value)


AT: tuple[Column[tuple[Report | Measurement, object]], ...] = (
    Column("reasoner", lambda row: row[0].reasoner),
    Column("budget", lambda row: row[0].budget),
)
COMPARED: Table[tuple[Report, SystemRow]] = _table(
    "compare.csv, and summary() of a comparison", "One row a system, reasoner and budget.", (
        *AT, _of("system"), _of("role"),
        _of("tasks", "tasks that the system finished", lambda row: len(row.scores)),
        _of("failed"), _of("rank"), _of("fault"), _of("bound"),
        _tested("p"), _of("p_adjusted"), _tested("detectable"),
        *(_of(name, value=itemgetter(name), is_mean=True) for name in FIGURES),
    ), "`summary()` has the column `trusted`, too, and no rows `held:MEMORY`.",
)  # fmt: skip
QUESTIONS: Table[tuple[Measurement, QuestionCase]] = _table(
    "questions.csv, and questions()", "One row a system and question, also those that are left out"
    " of the means because their needed facts do not fit the budget together.", (
        *AT,
        Column("system", lambda row: row[0].system),
        Column("template", lambda row: row[0].template),
        Column("seed", lambda row: row[0].seed),
        *(_of(name, value=partial(_case, name)) for name in QuestionCase.__slots__),
    ),
)  # fmt: skip
PAIRS: Table[tuple[Report, Pair]] = _table(
    "pairs.csv", "One row for every two memories that finished every task.", (
        *AT, _of("system"),
        _of("other"),
        _of("tasks", "tasks that both finished", attrgetter("difference.tasks")),
        _of("low", LOW, attrgetter("difference.low")),
        _of("difference"),
        _of("high", HIGH, attrgetter("difference.high")),
        _of("p"), _of("p_adjusted", value=attrgetter("adjusted")), _of("detectable"),
    ),
)  # fmt: skip
PARETO: Table[tuple[Report, Point]] = _table(
    "pareto.csv", "One row a system that finished every task, the cheapest first.", (
        *AT, _of("system"), _of("accuracy", FIGURES[ACCURACY].meaning),
        _of("tokens", FIGURES["total"].meaning, attrgetter("cost")),
        _of("dominated_by"),
    ),
)  # fmt: skip
CURVE: Table[tuple[Report, Bin]] = _table(
    ", ".join(f"{kind}.csv" for kind in CURVES),
    "One row a system and bin: facts.csv and hops.csv always, the others where `compare --curve`"
    " asked for them. Questions are sorted by: "
    + "; ".join(f"{of.title} ({kind})" for kind, of in CURVES.items())
    + ". The interval is Wilson's, of as many questions as remain when those of a task count as"
    " alike; none of fewer than five tasks.", (
        *AT, _of("system"),
        _of("bin", "the values of its questions; k is 1,000 tokens", attrgetter("name")),
        _of("questions", "how many"),
        _of("low", LOW, attrgetter("accuracy.low")),
        _of("accuracy", FIGURES[ACCURACY].meaning),
        _of("high", HIGH, attrgetter("accuracy.high")),
    ),
)  # fmt: skip
TIMINGS: Table[tuple[Report, tuple[str, float, float]]] = _table(
    "timings.csv", "One row a system; the figures differ from run to run.", (
        *AT, _of("system", value=itemgetter(0)),
        _of("p50_ms", "median of the milliseconds that the memory took in a step", itemgetter(1)),
        _of("p95_ms", "95th percentile of these", itemgetter(2)),
    ),
)  # fmt: skip


Ended = tuple[RunResults, Result | Failure]
"""An episode of a run."""


def _placed(key: str, field: str = "", meaning: str = "") -> Column[Ended]:
    """A part of the key of an episode."""
    of = attrgetter(field or key)
    return Column(key, lambda row: of(row[1].place), meaning=meaning)


def _scored(key: str, of: Callable[[Score], Value] | None = None) -> Column[Ended]:
    """A figure of an episode that has a score."""
    take = of or attrgetter(key)
    return Column(key, lambda row: take(row[1].score) if isinstance(row[1], Result) else None)


def _mean(key: str, field: str, meaning: str) -> Column[Ended]:
    """The mean over the questions that count and have the field."""
    mean = mean_of(field)
    return Column(key, lambda row: mean(_cases(row)), meaning=meaning)


def _cases(row: Ended) -> Sequence[QuestionCase]:
    """The questions of an episode that count."""
    run, place = row[0], row[1].place
    for report in run.reports:
        if report.reasoner == place.agent and place.budget in (None, report.budget):
            return report.cases[place.memory].get(place.task, ())
    return ()


PLACE: tuple[Column[Ended], ...] = (
    Column("version", lambda row: row[0].version),
    *map(_placed, ("track", "template", "seed")),
)
TRUSTS: Column[Ended] = Column(
    "trusted", lambda row: row[0].trusted(row[1].place.memory, row[1].place.agent)
)
ERROR: Column[Ended] = Column(
    "error", lambda row: row[1].error if isinstance(row[1], Failure) else None
)
SYSTEM_ROWS: Table[Ended] = _table(
    "rows() of a comparison",
    "One row a system and task. Their mean over tasks is the accuracy of compare.csv.",
    [
        *PLACE,
        _placed("system", "memory"),
        Column("role", lambda row: role_of(row[1].place.memory)),
        TRUSTS,
        _placed("reasoner", "agent"),
        _placed("budget"),
        Column(
            "questions",
            lambda row: len(_cases(row)),
            meaning="answerable questions whose needed facts fit the budget together",
        ),
        _mean(ACCURACY, "score", FIGURES[ACCURACY].meaning),
        *(_mean(name, name, FIGURES[name].meaning) for name in ("exact", "f1")),
        _mean("context_tokens", "tokens", "tokens that memory showed, mean per question"),
        ERROR,
    ],
)
AGENT_ROWS: Table[Ended] = _table(
    "rows() of an evaluation",
    "One row an agent, task and repeat.",
    [
        *(*PLACE, _placed("agent"), _placed("memory")),
        _placed("repeat", meaning="counted from 0"),
        *(TRUSTS, _scored("composite"), _scored("correct_refusals"), _scored(ACCURACY)),
        _scored("questions", attrgetter("answerable")),
        *(_scored("correct"), _scored("peak_tokens", attrgetter("peak")), _scored("writes"), ERROR),
    ],
    "The named parts of the composite follow it: of worlds breadth, maintenance, reasoning"
    " and efficiency, each from 0 to 1, empty where nothing was asked.",
)
AGENT_SUMMARY: Table[tuple[RunResults, Summary]] = _table(
    "summary() of an evaluation",
    "One row an agent.",
    [
        Column("agent", lambda row: row[1].who),
        Column("memory", lambda row: row[0].recipe["memory"]),
        Column("trusted", lambda row: row[0].trusted(row[1].who, row[0].recipe["memory"])),
        _of("tasks", "tasks that it finished"),
        _of("episodes", "tasks times repeats"),
        _of("composite", is_mean=True),
        _of("correct_refusals", is_mean=True),
        _of(ACCURACY),
    ],
    "The named parts of the composite have three columns each, too.",
)


def rows_table(run: RunResults) -> Table[Any]:
    """One row a system or agent and task, failed ones included."""
    ended: list[Result | Failure] = [*run.results, *run.failures]
    if run.compared:
        rows = [(run, e) for e in ended if role_of(e.place.memory) != "unlimited"]
        return _named(run, SYSTEM_ROWS, rows)
    axes = dict.fromkeys(axis for result in run.results for axis in result.score.axes)
    columns = [_scored(axis, partial(_axis, axis)) for axis in axes]
    table = _extended(AGENT_ROWS, "composite", columns)
    return _named(run, table, ((run, episode) for episode in ended))


def summary_table(run: RunResults) -> Table[Any]:
    """One row a system or agent: means and 95 % intervals over tasks."""
    if run.compared:
        trusts: Column[tuple[Report, SystemRow]] = Column(
            "trusted", lambda row: run.trusted(row[1].system, row[0].reasoner)
        )
        rows = ((r, row) for r in run.reports for row in r.rows if row.role != "unlimited")
        return _named(run, _extended(COMPARED, "role", [trusts]), rows)
    axes = dict.fromkeys(axis for summary in run.summaries for axis in summary.axes)
    columns = [_of(axis, value=partial(_axis, axis), is_mean=True) for axis in axes]
    table = _extended(AGENT_SUMMARY, "composite", columns)
    return _named(run, table, ((run, summary) for summary in run.summaries))


def _axis(axis: str, of: Score | Summary) -> Value:
    return of.axes.get(axis)


def _extended(table: Table[T], after: str, columns: Sequence[Column[T]]) -> Table[T]:
    """The table with more columns after that of a name."""
    at = 1 + [column.key for column in table.columns].index(after)
    return replace(table, columns=[*table.columns[:at], *columns, *table.columns[at:]])


def _named(run: RunResults, table: Table[T], rows: Iterable[T]) -> Table[T]:
    """The table with rows, after the name of the run if it stands beside others."""
    name: list[Column[T]] = [Column("run", lambda _: run.name)] if run.name else []
    return replace(table, columns=[*name, *table.columns]).filled(rows)
