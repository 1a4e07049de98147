"""What a plot shows, as plain numbers: the marks of every system, by kind of plot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from memorygym.core.errors import UnknownPart
from memorygym.core.track import find
from memorygym.reports.curves import CURVES, binned
from memorygym.reports.stored_results import StoredRun

FLOOR, CEILING = "none", "oracle"
"""The references of a comparison that are drawn as lines."""
FOREST, BUDGET, COST = "forest", "budget", "cost"
AXES = {
    FOREST: "", BUDGET: "context budget (tokens)", COST: "tokens per task",
    "length": "text read before the question (tokens)",
    "hops": "lookups that the question combines",
    "retention": "text read since the oldest needed fact (tokens)",
    "rewrite": "changes of the most often changed needed fact",
}  # fmt: skip
"""By kind of plot: what its horizontal axis says."""
Figure = Mapping[str, Any]
"""Mean, low and high of compare.json or results.json."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A share with its 95 % interval, at a place of the horizontal axis."""

    x: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn of one system."""

    name: str
    marks: tuple[Mark, ...]
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Systems that are drawn on the same axes."""

    title: str
    series: tuple[Series, ...]
    bounds: Mapping[str, float] = field(default_factory=dict)
    """Floor and ceiling, by what they are called."""
    ticks: Mapping[int, str] = field(default_factory=dict)
    """Names of places of the horizontal axis, where it has no numbers."""


def kinds_of(runs: Sequence[StoredRun]) -> list[str]:
    """The kinds of plot that these results hold, the default first."""
    if runs[0].kind != "compare":
        return [FOREST]
    cases = [case for run in runs for one in run.played for case in one.cases]
    values = {kind: {getattr(c, of.figure) for c in cases} for kind, of in CURVES.items()}
    several = any(len(run.recipe["budgets"]) > 1 for run in runs)
    found = [FOREST, COST, *(kind for kind in CURVES if len(values[kind]) > 1)]
    return [BUDGET, *found] if several else found


def panels(runs: Sequence[StoredRun], kind: str) -> list[Panel]:
    """What a plot of that kind shows. Raises UnknownPart with the kinds that these results hold."""
    if kind not in (known := kinds_of(runs)):
        raise UnknownPart("plot of these results", kind, known)
    return [panel for run in runs for panel in _panels(run, kind)]


def _panels(run: StoredRun, kind: str) -> Iterator[Panel]:
    if run.comparison is None:
        yield _agents(run)
        return
    reports = run.comparison["reports"]
    if kind == BUDGET:
        for reasoner in run.recipe["reasoners"]:
            own = [report for report in reports if report["reasoner"] == reasoner]
            yield _budgets(run, own, f"{_tasks(own[0])}, reasoner {reasoner}")
        return
    for report in reports:
        title = (
            f"{_tasks(report)}, reasoner {report['reasoner']}, budget {report['budget']:,} tokens"
        )
        yield _of_report(run, report, kind, title)


def _tasks(report: Mapping[str, Any]) -> str:
    return f"{report['tasks']} task{'s' * (report['tasks'] != 1)}"


def _of_report(run: StoredRun, report: Mapping[str, Any], kind: str, title: str) -> Panel:
    rows = [row for row in report["rows"] if row["role"] != "held"]
    memories = [row for row in rows if row["role"] == "memory"]
    others = [row for row in rows if row["role"] == "reference"]
    rows = [row for row in [*memories, *others] if row["arm"] not in (FLOOR, CEILING)]
    bounds = _bounds(report)
    if kind in (FOREST, COST):
        found = [_series(run, row, kind) for row in rows if row["figures"]["accuracy"]]
        return Panel(title, tuple(found), bounds)
    played = run.under(report["reasoner"], report["budget"])
    bins = binned(played, [row["arm"] for row in rows], kind)
    return Panel(
        title,
        tuple(
            Series(
                run.label(row["arm"]),
                tuple(
                    _mark(
                        b.place,
                        {"mean": b.accuracy.mean, "low": b.accuracy.low, "high": b.accuracy.high},
                    )
                    for b in bins
                    if b.arm == row["arm"]
                ),
                row["role"] == "reference",
            )
            for row in rows
        ),
        {},
        {b.place: b.name for b in sorted(bins, key=lambda b: b.place)},
    )


def _series(run: StoredRun, row: Mapping[str, Any], kind: str) -> Series:
    cost = row["figures"]["total"] if kind == COST else None
    mark = _mark(cost["mean"] if cost else 0, row["figures"]["accuracy"])
    return Series(run.label(row["arm"]), (mark,), row["role"] == "reference")


def _bounds(report: Mapping[str, Any]) -> dict[str, float]:
    """The mean of floor and ceiling, if they were played."""
    names = {FLOOR: "floor (none)", CEILING: "ceiling (oracle)"}
    return {
        names[row["arm"]]: row["figures"]["accuracy"]["mean"]
        for row in reversed(report["rows"])
        if row["arm"] in names and row["figures"]["accuracy"]
    }


def _budgets(run: StoredRun, reports: Sequence[Mapping[str, Any]], title: str) -> Panel:
    """Accuracy by budget, a line a system; what knows no budget is a line, too."""
    marks: dict[tuple[str, str], list[Mark]] = {}
    for report in reports:
        for row in report["rows"]:
            if (
                row["role"] != "held"
                and row["arm"] not in (FLOOR, CEILING)
                and row["figures"]["accuracy"]
            ):
                mark = _mark(report["budget"], row["figures"]["accuracy"])
                marks.setdefault((row["role"], row["arm"]), []).append(mark)
    series = [
        Series(run.label(arm), tuple(found), role == "reference")
        for (role, arm), found in sorted(marks.items(), key=lambda item: item[0][0] != "memory")
    ]
    return Panel(title, tuple(series), _bounds(reports[-1]))


def _agents(run: StoredRun) -> Panel:
    """The composite of every agent; floor and ceiling are those of the track."""
    roles = find(run.recipe["track"]).references
    known = {role: run.document["references"].get(role) for role in roles}
    summary = run.document["summary"]
    found = {role: (known[role] or summary.get(agent)) for role, agent in roles.items()}
    bounds = {
        f"{role} ({roles[role]})": found[role]["composite"]["mean"]
        for role in ("floor", "ceiling")
        if found.get(role)
    }
    lines = {roles[role] for role in ("floor", "ceiling") if role in roles}
    agents = sorted(summary.items(), key=lambda item: -item[1]["composite"]["mean"])
    series = [
        Series(run.label(agent), (_mark(0, one["composite"]),))
        for agent, one in agents
        if agent not in lines
    ]
    most = max(one["worlds"] for one in summary.values())
    return Panel(
        f"{most} task{'s' * (most != 1)}, memory {run.label(run.recipe['memory'])}",
        tuple(series),
        bounds,
    )


def _mark(x: float, figure: Figure) -> Mark:
    """A single task has no interval: its bounds are those of the mean."""
    mean, low, high = (figure[name] for name in ("mean", "low", "high"))
    low = mean if low is None or low == -inf else max(0.0, low)
    high = mean if high is None or high == inf else min(1.0, high)
    return Mark(x, mean, low, high)
