"""The data of a plot as plain numbers: the marks of every system, by kind of plot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import find
from memorygym.reports.columns import score_name
from memorygym.reports.comparison_files import to_rounded_json
from memorygym.reports.curves import CURVES, binned
from memorygym.reports.stored_results import StoredRun
from memorygym.runs.comparison.system_specs import UNBOUNDED

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
Report = Mapping[str, Any]
"""An object of compare.json: a report, or a row of one."""


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


def kinds_of(runs: Sequence[StoredRun]) -> list[str]:
    """The kinds of plot that these results hold, the default first."""
    if runs[0].kind != "compare":
        return [FOREST]
    cases = [case for run in runs for task in run.played for case in task.cases]
    values = {kind: {getattr(c, of.figure) for c in cases} for kind, of in CURVES.items()}
    several = any(len(run.recipe["budgets"]) > 1 for run in runs)
    kinds = [FOREST, COST, *(kind for kind in CURVES if len(values[kind]) > 1)]
    return [BUDGET, *kinds] if several else kinds


def panels(runs: Sequence[StoredRun], kind: str) -> list[Panel]:
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


def _lacking(runs: Sequence[StoredRun], kind: str) -> str:
    """Why these results hold no plot of a kind."""
    if runs[0].kind != "compare":
        return f"a bench run has no plot {kind!r}, only one of compare has"
    if kind == BUDGET:
        return "the run has one budget only; give compare several, such as --budget 300,1000"
    return f"all of its questions have the same {AXES[kind]}"


def _panels(run: StoredRun, kind: str) -> Iterator[Panel]:
    if run.comparison is None:
        yield _agents(run)
        return
    reports = run.comparison["reports"]
    if kind != BUDGET:
        yield from (_of_report(run, report, kind) for report in reports)
        return
    for reasoner in run.recipe["reasoners"]:
        yield _budgets(run, [report for report in reports if report["reasoner"] == reasoner])


def _title(run: StoredRun, reports: Sequence[Report], budget: int | None = None) -> str:
    report = reports[0]
    asked = sorted({report["questions"] for report in reports})
    questions = f"{asked[0]:,} to {_count(asked[-1], 'question')}"
    questions = questions if len(asked) > 1 else _count(asked[0], "question")
    context = "" if budget is None else f", budget {budget:,} tokens"
    reasoner = shortened(report["reasoner"])
    tasks = _count(report["tasks"], "task")
    return f"{run.heading}\n{tasks}, {questions}, reasoner {reasoner}{context}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' * (n != 1)}"


def _drawn(report: Report) -> list[Report]:
    """The rows that are drawn: systems that finished a task, the memories first."""
    rows = [
        row
        for row in report["rows"]
        if row["role"] != "unlimited" and row["system"] not in BOUNDS and row["figures"]["accuracy"]
    ]
    return sorted(rows, key=lambda row: row["role"] != "memory")


def _of_report(run: StoredRun, report: Report, kind: str) -> Panel:
    title, rows = _title(run, [report], report["budget"]), _drawn(report)
    if kind in (FOREST, COST):
        return Panel(
            title, tuple(_series(run, row, [_valued(row)]) for row in rows), _bounds(report)
        )
    played = run.under(report["reasoner"], report["budget"])
    bins = binned(played, [row["system"] for row in rows], kind)
    marks: dict[str, list[Mark]] = {row["system"]: [] for row in rows}
    ordered = sorted({bin.place for bin in bins})
    place_of = {
        place: number if isinstance(place, str) else place for number, place in enumerate(ordered)
    }
    for bin in bins:
        marks[bin.system].append(_mark(place_of[bin.place], to_rounded_json(bin.accuracy)))
    questions = {bin.place: 0 for bin in bins}
    for bin in bins:
        questions[bin.place] = max(questions[bin.place], bin.questions)
    names = {place_of[bin.place]: f"{bin.name}\nn = {questions[bin.place]}" for bin in bins}
    return Panel(
        title,
        tuple(_series(run, row, marks[row["system"]]) for row in rows),
        ticks={place: names[place] for place in sorted(names)},
    )


def _budgets(run: StoredRun, reports: Sequence[Report]) -> Panel:
    """Accuracy by budget, one line per system; `full`, without a budget, is level."""
    rows: dict[str, Report] = {}
    marks: dict[str, list[Mark]] = {}
    bounds = _bounds(reports[-1])
    for report in reports:
        for row in _drawn(report):
            if row["system"] in UNBOUNDED:
                bounds[f"{row['system']} (no budget)"] = row["figures"]["accuracy"]["mean"]
                continue
            rows.setdefault(row["system"], row)
            accuracy = row["figures"]["accuracy"]
            marks.setdefault(row["system"], []).append(_mark(report["budget"], accuracy))
    series = (_series(run, row, marks[system]) for system, row in rows.items())
    return Panel(_title(run, reports), tuple(series), bounds)


def shortened(name: str) -> str:
    """The name with an ellipsis for its middle, if it is long.

    >>> len(shortened("a" * 80)), shortened("bm25")
    (30, 'bm25')
    """
    half = (LONGEST - 1) // 2
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1 - half]}…{name[-half:]}"


def _series(run: StoredRun, row: Report, marks: Sequence[Mark]) -> Series:
    return Series(shortened(run.label(row["system"])), tuple(marks), row["role"] == "reference")


def _valued(row: Report) -> Mark:
    """Accuracy against cost."""
    cost = max(1, row["figures"]["total"]["mean"])  # A logarithmic axis has no 0.
    return _mark(cost, row["figures"]["accuracy"])


def _bounds(report: Report) -> dict[str, float]:
    """The means of lower and upper bound, if they were played."""
    accuracies = {row["system"]: row["figures"]["accuracy"] for row in report["rows"]}
    return {
        name: accuracies[system]["mean"]
        for system, name in BOUNDS.items()
        if accuracies.get(system)
    }


def _agents(run: StoredRun) -> Panel:
    """The composite of every agent; lower and upper bound are agents of the track."""
    summary, beside = run.document["summary"], run.document["references"]
    bounds, lines = dict[str, float](), set[str]()
    for role, agent in find(run.recipe["track"]).references.items():
        row = beside.get(role) or summary.get(agent)
        if row and role in ("lower bound", "upper bound"):
            bounds[f"{role} ({agent})"] = row["composite"]["mean"]
            lines.add(agent)
    agents = sorted(summary.items(), key=lambda item: -item[1]["composite"]["mean"])
    series = [
        Series(shortened(run.label(agent)), (_mark(0, row["composite"]),))
        for agent, row in agents
        if agent not in lines
    ]
    tasks = max((row["tasks"] for row in summary.values()), default=0)
    memory = shortened(run.label(run.recipe["memory"]))
    return Panel(f"{run.heading}\n{_count(tasks, 'task')}, memory {memory}", tuple(series), bounds)


def _mark(x: float, figure: Mapping[str, Any]) -> Mark:
    """Without an interval the bounds are those of the mean."""
    mean, low, high = (figure[name] for name in ("mean", "low", "high"))
    return Mark(x, mean, mean if low is None else low, mean if high is None else high)


def score_label(runs: Sequence[StoredRun]) -> str:
    """What the runs' scores are called."""
    if runs[0].kind != "compare":
        return "composite score"
    recipes = [run.recipe for run in runs]
    names = {score_name(recipe["track"], who) for recipe in recipes for who in recipe["reasoners"]}
    return " or ".join(sorted(names))
