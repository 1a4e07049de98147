"""The data of a plot as plain numbers: the marks of every system, by kind of plot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import find
from memorygym.reports.columns import score_name
from memorygym.reports.curves import CURVES, curve
from memorygym.runs.comparison.figures import Report, SystemRow
from memorygym.runs.comparison.system_specs import UNBOUNDED
from memorygym.runs.results import RunResults
from memorygym.stats import Estimate

BOUNDS = {"none": "lower bound (none)", "oracle": "upper bound (oracle)"}
"""The references of a comparison that are drawn as lines."""
LONGEST = 30
"""Characters of a name in a picture."""
AUTO, FOREST, BUDGET, COST = "auto", "forest", "budget", "cost"
AXES = {
    FOREST: "", BUDGET: "context budget (tokens)", COST: "tokens per task (logarithmic scale)",
    "length": "text read before the question (tokens)",
    "facts": "facts that the question needs",
    "hops": "lookups that the question combines",
    "retention": "text read since the oldest needed fact (tokens)",
    "rewrite": "changes of the most often changed needed fact",
}  # fmt: skip
"""The label of the horizontal axis, by kind of plot."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: a share with its 95 % interval, at a place of the horizontal axis."""

    x: float
    mean: float
    low: float
    high: float

    @property
    def has_interval(self) -> bool:
        """Not with too few tasks."""
        return self.low < self.high


@dataclass(frozen=True, slots=True)
class Series:
    """The marks of one system."""

    name: str
    marks: tuple[Mark, ...]
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Systems that are drawn on the same axes."""

    title: str
    series: tuple[Series, ...]
    bounds: Mapping[str, float] = field(default_factory=dict)
    """Lower and upper bound, and in a plot by budget the systems without one, by name."""
    ticks: Mapping[int, str] = field(default_factory=dict)
    """The names of places on a horizontal axis without numbers."""


def kinds_of(runs: Sequence[RunResults]) -> list[str]:
    """The kinds of plot that these results hold, the default first."""
    if not runs[0].compared:
        return [FOREST]
    cases = [case for run in runs for task in run.measured for case in task.cases]
    values = {kind: {getattr(c, of.figure) for c in cases} for kind, of in CURVES.items()}
    several = any(len(run.recipe["budgets"]) > 1 for run in runs)
    kinds = [FOREST, COST, *(kind for kind in CURVES if len(values[kind]) > 1)]
    return [BUDGET, *kinds] if several else kinds


def panels(runs: Sequence[RunResults], kind: str) -> list[Panel]:
    """The panels of a plot of that kind. Raises UnknownPart if these results hold no such kind."""
    if kind not in (known := kinds_of(runs)):
        if kind in AXES:
            raise BadSettings(
                f"{runs[0].folder}: {_lacking(runs, kind)}; it has {', '.join(known)}"
            )
        raise UnknownPart("plot of these results", kind, known)
    all_panels = [panel for run in runs for panel in _panels(run, kind)]
    if drawn := [panel for panel in all_panels if panel.series]:
        return drawn
    raise BadSettings(f"{runs[0].folder}: no episode ended, so there is nothing to draw")


def _lacking(runs: Sequence[RunResults], kind: str) -> str:
    """Why these results hold no plot of a kind."""
    if not runs[0].compared:
        return f"a bench run has no plot {kind!r}, only one of compare has"
    if kind == BUDGET:
        return "the run has one budget only; give compare several, such as --budget 300,1000"
    return f"all of its questions have the same {AXES[kind]}"


def _panels(run: RunResults, kind: str) -> Iterator[Panel]:
    if not run.compared:
        yield _agents(run)
        return
    reports = run.reports
    if kind != BUDGET:
        yield from (_of_report(run, report, kind) for report in reports)
        return
    for reasoner in run.recipe["reasoners"]:
        yield _budgets(run, [report for report in reports if report.reasoner == reasoner])


def _title(run: RunResults, reports: Sequence[Report], budget: int | None = None) -> str:
    report = reports[0]
    asked = sorted({report.questions for report in reports})
    questions = f"{asked[0]:,} to {_count(asked[-1], 'question')}"
    questions = questions if len(asked) > 1 else _count(asked[0], "question")
    context = "" if budget is None else f", budget {budget:,} tokens"
    reasoner = shortened(report.reasoner)
    tasks = _count(len(report.tasks), "task")
    return f"{run.heading}\n{tasks}, {questions}, reasoner {reasoner}{context}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' * (n != 1)}"


def _drawn(report: Report) -> list[SystemRow]:
    """The rows that are drawn: systems that finished a task, the memories first."""
    rows = [*report.of("memory"), *report.of("reference")]
    return [row for row in rows if row.system not in BOUNDS and row["accuracy"]]


def _of_report(run: RunResults, report: Report, kind: str) -> Panel:
    title, rows = _title(run, [report], report.budget), _drawn(report)
    if kind in (FOREST, COST):
        return Panel(
            title, tuple(_series(run, row, [_valued(row)]) for row in rows), _bounds(report)
        )
    marks: dict[str, list[Mark]] = {row.system: [] for row in rows}
    bins = [bin for bin in curve(run.of(report), report, kind) if bin.system in marks]
    ordered = sorted({bin.place for bin in bins})
    place_of = {
        place: number if isinstance(place, str) else place for number, place in enumerate(ordered)
    }
    for bin in bins:
        marks[bin.system].append(_mark(place_of[bin.place], bin.accuracy))
    questions = {bin.place: 0 for bin in bins}
    for bin in bins:
        questions[bin.place] = max(questions[bin.place], bin.questions)
    names = {place_of[bin.place]: f"{bin.name}\nn = {questions[bin.place]}" for bin in bins}
    return Panel(
        title,
        tuple(_series(run, row, marks[row.system]) for row in rows),
        ticks={place: names[place] for place in sorted(names)},
    )


def _budgets(run: RunResults, reports: Sequence[Report]) -> Panel:
    """Accuracy by budget, one line per system; `full`, without a budget, is level."""
    rows: dict[str, SystemRow] = {}
    marks: dict[str, list[Mark]] = {}
    bounds = _bounds(reports[-1])
    for report in reports:
        for row in _drawn(report):
            mark = _mark(report.budget or 0, row["accuracy"])
            if row.system in UNBOUNDED:
                bounds[f"{row.system} (no budget)"] = mark.mean
                continue
            rows.setdefault(row.system, row)
            marks.setdefault(row.system, []).append(mark)
    series = (_series(run, row, marks[system]) for system, row in rows.items())
    return Panel(_title(run, reports), tuple(series), bounds)


def shortened(name: str) -> str:
    """The name with an ellipsis for its middle, if it is long.

    >>> len(shortened("a" * 80)), shortened("bm25")
    (30, 'bm25')
    """
    half = (LONGEST - 1) // 2
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1 - half]}…{name[-half:]}"


def _series(run: RunResults, row: SystemRow, marks: Sequence[Mark]) -> Series:
    return Series(shortened(run.label(row.system)), tuple(marks), row.role == "reference")


def _valued(row: SystemRow) -> Mark:
    """Accuracy against cost."""
    total = row["total"]
    # A logarithmic axis has no 0.
    return _mark(max(1, total.mean if total else 1), row["accuracy"])


def _bounds(report: Report) -> dict[str, float]:
    """The means of lower and upper bound, if they were played."""
    rows = ((name, report.row(system)) for system, name in BOUNDS.items())
    return {name: figure.mean for name, row in rows if row and (figure := row["accuracy"])}


def _agents(run: RunResults) -> Panel:
    """The composite of every agent; lower and upper bound are agents of the track."""
    by_agent = {summary.who: summary for summary in run.summaries}
    bounds, lines = dict[str, float](), set[str]()
    for role, agent in find(run.track).references.items():
        summary = run.references.get(role) or by_agent.get(agent)
        if summary and role in ("lower bound", "upper bound"):
            bounds[f"{role} ({agent})"] = summary.composite.mean
            lines.add(agent)
    series = [
        Series(shortened(run.label(summary.who)), (_mark(0, summary.composite),))
        for summary in run.summaries
        if summary.who not in lines
    ]
    tasks = max((summary.tasks for summary in run.summaries), default=0)
    memory = shortened(run.label(run.recipe["memory"]))
    return Panel(f"{run.heading}\n{_count(tasks, 'task')}, memory {memory}", tuple(series), bounds)


def _mark(x: float, figure: Estimate | None) -> Mark:
    """Without an interval the bounds are those of the mean."""
    assert figure
    if not figure.has_interval:
        return Mark(x, figure.mean, figure.mean, figure.mean)
    return Mark(x, figure.mean, figure.low, figure.high)


def score_label(runs: Sequence[RunResults]) -> str:
    """What the runs' scores are called."""
    if not runs[0].compared:
        return "composite score"
    names = {score_name(run.track, who) for run in runs for who in run.recipe["reasoners"]}
    return " or ".join(sorted(names))
