"""The data of a plot: the estimates of every system at places of an axis, by kind of plot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import find
from memorygym.reports.columns import score_name
from memorygym.reports.curves import CURVES, curve, largest
from memorygym.reports.terminal import count
from memorygym.runs.comparison.figures import ACCURACY, Report, SystemRow
from memorygym.runs.comparison.system_specs import UNBOUNDED, role_of
from memorygym.runs.results import RunResults
from memorygym.stats import Estimate

BOUNDS = {"none": "lower bound (none)", "oracle": "upper bound (oracle)"}
"""The references of a comparison that are drawn as lines."""
LONGEST = 30
"""Characters of a name in a picture."""
AUTO, FOREST, BUDGET, COST = "auto", "forest", "budget", "cost"
AXES = {
    FOREST: "",
    BUDGET: "context budget (tokens)",
    COST: "tokens per task (logarithmic scale)",
    **{kind: of.axis for kind, of in CURVES.items() if of.axis},
}
"""The label of the horizontal axis, by kind of plot."""


@dataclass(frozen=True, slots=True)
class Series:
    """The estimates of one system."""

    name: str
    points: Mapping[float, Estimate]
    """By place on the horizontal axis."""
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Systems that are drawn on the same axes."""

    title: str
    series: Sequence[Series]
    bounds: Mapping[str, float] = field(default_factory=dict)
    """Lower and upper bound, and in a plot by budget the systems without one, by name."""
    ticks: Mapping[int, str] = field(default_factory=dict)
    """The names of places on a horizontal axis without numbers."""


def kinds_of(runs: Sequence[RunResults]) -> list[str]:
    """The kinds of plot that these results hold, the default first."""
    if not runs[0].compared:
        return [FOREST]
    cases = [case for run in runs for task in run.measured for case in task.cases]
    drawn = {kind: of.figure for kind, of in CURVES.items() if of.axis}
    kinds = [k for k, field in drawn.items() if len({getattr(case, field) for case in cases}) > 1]
    several = any(len(run.recipe["budgets"]) > 1 for run in runs)
    return [*([BUDGET] if several else []), FOREST, COST, *kinds]


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
    elif kind == BUDGET:
        for reasoner in run.recipe["reasoners"]:
            yield _budgets(run, [report for report in run.reports if report.reasoner == reasoner])
    else:
        yield from (_of_report(run, report, kind) for report in run.reports)


def _title(run: RunResults, reports: Sequence[Report], budget: int | None = None) -> str:
    report = reports[0]
    asked = sorted({report.questions for report in reports})
    fewest = f"{asked[0]:,} to " * (len(asked) > 1)
    context = "" if budget is None else f", budget {budget:,} tokens"
    tasks, questions = count(len(report.tasks), "task"), count(asked[-1], "question")
    reasoner = shortened(report.reasoner)
    return f"{run.heading}\n{tasks}, {fewest}{questions}, reasoner {reasoner}{context}"


def _drawn(report: Report) -> Iterator[tuple[SystemRow, Estimate]]:
    """The rows that are drawn: systems that finished a task, the memories first."""
    for row in report.of("memory", "reference"):
        if row.system not in BOUNDS and (accuracy := row[ACCURACY]):
            yield row, accuracy


def _of_report(run: RunResults, report: Report, kind: str) -> Panel:
    """Accuracy alone, by cost, or by a property of the questions."""
    title = _title(run, [report], report.budget)
    if kind in (FOREST, COST):
        series = [
            # A logarithmic axis has no 0.
            _series(run, row.system, {max(1, total.mean if (total := row["total"]) else 1): share})
            for row, share in _drawn(report)
        ]
        return Panel(title, series, _bounds(report))
    points: dict[str, dict[float, Estimate]] = {row.system: {} for row, _ in _drawn(report)}
    bins = [bin for bin in curve(report, kind) if bin.system in points]
    for bin in bins:
        points[bin.system][int(bin.place)] = bin.accuracy
    return Panel(
        title,
        [_series(run, system, own) for system, own in points.items()],
        ticks={int(bin.place): f"{bin.name}\nn = {bin.questions}" for bin in largest(bins)},
    )


def _budgets(run: RunResults, reports: Sequence[Report]) -> Panel:
    """Accuracy by budget, one line per system; `full`, without a budget, is level."""
    bounds, points = _bounds(reports[-1]), dict[str, dict[float, Estimate]]()
    for report in reports:
        for row, accuracy in _drawn(report):
            if row.system in UNBOUNDED:
                bounds[f"{row.system} (no budget)"] = accuracy.mean
            else:
                points.setdefault(row.system, {})[report.budget or 0] = accuracy
    series = [_series(run, system, own) for system, own in points.items()]
    return Panel(_title(run, reports), series, bounds)


def shortened(name: str) -> str:
    """The name with an ellipsis for its middle, if it is long.

    >>> len(shortened("a" * 80)), shortened("bm25")
    (30, 'bm25')
    """
    half = (LONGEST - 1) // 2
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1 - half]}…{name[-half:]}"


def _series(run: RunResults, system: str, points: Mapping[float, Estimate]) -> Series:
    return Series(shortened(run.label(system)), points, role_of(system) == "reference")


def _bounds(report: Report) -> dict[str, float]:
    """The means of lower and upper bound, if they were played."""
    rows = ((name, report.row(system)) for system, name in BOUNDS.items())
    return {name: figure.mean for name, row in rows if row and (figure := row[ACCURACY])}


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
        Series(shortened(run.label(agent)), {0: summary.composite})
        for agent, summary in by_agent.items()
        if agent not in lines
    ]
    tasks = count(max((summary.tasks for summary in run.summaries), default=0), "task")
    memory = shortened(run.label(run.recipe["memory"]))
    return Panel(f"{run.heading}\n{tasks}, memory {memory}", series, bounds)


def score_label(runs: Sequence[RunResults]) -> str:
    """What the runs' scores are called."""
    if not runs[0].compared:
        return "composite score"
    names = {score_name(run.track, who) for run in runs for who in run.recipe["reasoners"]}
    return " or ".join(sorted(names))
