"""Plots of results with matplotlib (extra `plot`); same results, same bytes; no display needed.

First the data of a plot, the estimates of every system at places of an axis; then how it is drawn.
The colours are those of Okabe and Ito, for colour-blind readers; marks differ too.
"""

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from memorygym.core.errors import BadSettings, UnknownPart, missing
from memorygym.core.files import write_atomically
from memorygym.core.track import find
from memorygym.reports.columns import score_name
from memorygym.reports.curves import CURVES, curve, largest
from memorygym.reports.terminal import clip_middle, count
from memorygym.runs.comparison.figures import ACCURACY, Report, SystemRow
from memorygym.runs.comparison.system_specs import UNBOUNDED, role_of
from memorygym.runs.results import RunResults
from memorygym.stats import TOO_FEW, Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BOUNDS = {"none": "lower bound (none)", "oracle": "upper bound (oracle)"}
"""The references of a comparison that are drawn as lines."""
AUTO, FOREST, BUDGET, COST = "auto", "forest", "budget", "cost"
AXES = {
    FOREST: "",
    BUDGET: "context budget (tokens)",
    COST: "tokens per task (logarithmic scale)",
    **{kind: of.axis for kind, of in CURVES.items() if of.axis},
}
"""The label of the horizontal axis, by kind of plot."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKS = "osD^vPX*<>"
GREY, LIGHT = "#6E6E6E", "#D9D9D9"
SHARES = (-3, 103)
"""Percent, with room for marks at the ends."""
DODGE, MOST = 0.05, 0.4
"""The distance of two marks at one place, and of all of them, as a part of that of two places."""
NEAR = 5
"""Percent between lines whose names would overlap."""
HOLLOW = {"mfc": "white", "alpha": 1}
"""The look of a mark without an interval."""
SCATTERED = {"linestyle": "none", "alpha": 0.75}
"""The look of marks that no line joins, and that may hide each other."""
NEARBY = {"textcoords": "offset points", "color": GREY}
"""The look of a name beside its line."""
Look = dict[str, Any]
"""The colour, mark and line of a system, as matplotlib names them."""
WIDTH = 5.5
"""Inches: the text of a page of a paper."""
NAME, TITLE, LEGEND, CAPTION = 30, 60, 26, 60
"""Characters of a name, of a line of a title, of names that stand three abreast in a legend, and of
a line under the axis."""
STYLE = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 8.5,
    "axes.titlesize": 8.5, "axes.titlelocation": "left", "axes.spines.top": False,
    "axes.spines.right": False, "axes.linewidth": 0.7, "lines.linewidth": 1.4,
    "lines.markersize": 5.0, "legend.frameon": False, "legend.fontsize": 8.0,
    "svg.fonttype": "none", "svg.hashsalt": "memorygym", "savefig.dpi": 200,
    "axes.axisbelow": True, "figure.constrained_layout.use": True,
}  # fmt: skip
SILENT: Mapping[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "memorygym"}, "png": {"Software": "memorygym"},
    "pdf": {"CreationDate": None, "Creator": "memorygym", "Producer": "memorygym"},
}  # fmt: skip
"""Metadata of a picture by format, without clock or version."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Systems that are drawn on the same axes."""

    title: str
    series: Mapping[str, Mapping[float, Estimate]]
    """By system, and by place on the horizontal axis."""
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
    """The panels of a plot of that kind. Raises UnknownPart if there is no such kind, and
    BadSettings if these results do not hold it."""
    if kind not in (known := kinds_of(runs)):
        if kind not in AXES:
            raise UnknownPart("plot of these results", kind, known)
        if not runs[0].compared:
            why = f"a bench run has no plot {kind!r}, only one of compare has"
        elif kind == BUDGET:
            why = "the run has one budget only; give compare several, such as --budget 300,1000"
        else:
            why = f"all of its questions have the same {AXES[kind]}"
        raise BadSettings(f"{runs[0].folder}: {why}; it has {', '.join(known)}")
    all_panels = [panel for run in runs for panel in _panels(run, kind)]
    if drawn := [panel for panel in all_panels if panel.series]:
        return drawn
    raise BadSettings(f"{runs[0].folder}: no episode ended, so there is nothing to draw")


def _panels(run: RunResults, kind: str) -> Iterator[Panel]:
    if not run.compared:
        yield _agents(run)
    elif kind == BUDGET:
        for reasoner in run.recipe["reasoners"]:
            yield _budgets(run, [report for report in run.reports if report.reasoner == reasoner])
    else:
        yield from (_of_report(run, report, kind) for report in run.reports)


def _agents(run: RunResults) -> Panel:
    """The composite of every agent; lower and upper bound are agents of the track."""
    by_agent = {summary.who: summary for summary in run.summaries}
    bounds, lines = dict[str, float](), set[str]()
    for role, agent in find(run.track).references.items():
        summary = run.references.get(role) or by_agent.get(agent)
        if summary and role in ("lower bound", "upper bound"):
            bounds[f"{role} ({agent})"] = summary.composite.mean
            lines.add(agent)
    tasks = count(max((summary.tasks for summary in run.summaries), default=0), "task")
    memory = clip_middle(run.label(run.recipe["memory"]), NAME)
    series = {
        run.label(agent): {0.0: summary.composite}
        for agent, summary in by_agent.items()
        if agent not in lines
    }
    return Panel(_wrapped(run.heading, f"{tasks}, memory {memory}"), series, bounds)


def _of_report(run: RunResults, report: Report, kind: str) -> Panel:
    """Accuracy alone, by cost, or by a property of the questions."""
    title = _title(run, [report], report.budget)
    if kind in (FOREST, COST):
        series = {
            # A logarithmic axis has no 0.
            run.label(row.system): {max(1, total.mean if (total := row["total"]) else 1): share}
            for row, share in _drawn(report)
        }
        return Panel(title, series, _bounds(report))
    systems = [row.system for row, _ in _drawn(report)]
    bins = [bin for bin in curve(report, kind) if bin.system in systems]
    points = {run.label(system): dict[float, Estimate]() for system in systems}
    for bin in bins:
        points[run.label(bin.system)][int(bin.place)] = bin.accuracy
    ticks = {int(bin.place): f"{bin.name}\nn = {bin.questions}" for bin in largest(bins)}
    return Panel(title, points, ticks=ticks)


def _budgets(run: RunResults, reports: Sequence[Report]) -> Panel:
    """Accuracy by budget, one line per system; `full`, without a budget, is level."""
    bounds, points = _bounds(reports[-1]), dict[str, dict[float, Estimate]]()
    for report in reports:
        for row, accuracy in _drawn(report):
            if row.system in UNBOUNDED:
                bounds[f"{row.system} (no budget)"] = accuracy.mean
            else:
                points.setdefault(run.label(row.system), {})[report.budget or 0] = accuracy
    return Panel(_title(run, reports), points, bounds)


def _drawn(report: Report) -> Iterator[tuple[SystemRow, Estimate]]:
    """The rows that are drawn: systems that finished a task, the memories first."""
    for row in report.of("memory", "reference"):
        if row.system not in BOUNDS and (accuracy := row[ACCURACY]):
            yield row, accuracy


def _bounds(report: Report) -> dict[str, float]:
    """The means of lower and upper bound, if they were played."""
    rows = ((name, report.row(system)) for system, name in BOUNDS.items())
    return {name: figure.mean for name, row in rows if row and (figure := row[ACCURACY])}


def _title(run: RunResults, reports: Sequence[Report], budget: int | None = None) -> str:
    report = reports[0]
    asked = sorted({report.questions for report in reports})
    fewest = f"{asked[0]:,} to " * (len(asked) > 1)
    context = "" if budget is None else f", budget {budget:,} tokens"
    tasks, questions = count(len(report.tasks), "task"), count(asked[-1], "question")
    reasoner = clip_middle(report.reasoner, NAME)
    return _wrapped(run.heading, f"{tasks}, {fewest}{questions}, reasoner {reasoner}{context}")


def _wrapped(*lines: str) -> str:
    return "\n".join(part for line in lines for part in wrap(line, TITLE))


class Plot:
    """A picture that a notebook shows; alter its matplotlib `figure` before saving."""

    def __init__(self, figure: "Figure") -> None:
        self.figure = figure

    def save(self, path: str | Path) -> None:
        """Writes a .svg, .png or .pdf file. Raises BadSettings for another ending."""
        path = Path(path)
        form = path.suffix.removeprefix(".").lower()
        if form not in SILENT:
            raise BadSettings(f"{path}: give a name that ends in .svg, .png or .pdf")
        if not path.parent.is_dir():
            raise BadSettings(f"{path}: there is no folder {path.parent}")
        write_atomically(path, [self.as_bytes(form)])

    def as_bytes(self, form: str) -> bytes:
        """The file as svg, png or pdf."""
        file = BytesIO()
        with styled(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.figure.savefig(file, format=form, metadata=SILENT[form])
        lacking = [warning for warning in caught if "missing from font" in str(warning.message)]
        others = [warning for warning in caught if warning not in lacking]
        # One for all signs that the font lacks; the viewer of an SVG chooses its own font.
        for it in [*others, *lacking[: form != "svg"]]:
            warnings.warn_explicit(it.message, it.category, it.filename, it.lineno)
        return file.getvalue()

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """What a notebook shows, and how wide in pixels."""
        return self.as_bytes("png"), {"width": round(100 * WIDTH)}


@contextmanager
def styled() -> Iterator[None]:
    """The style of every picture. Raises if matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError as error:
        raise missing("plot", "matplotlib", "plot") from error
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def draw(runs: Sequence[RunResults], kind: str = AUTO) -> Plot:
    """Draws a plot of that kind. Raises as `panels`, and BadSettings without matplotlib."""
    kind = kinds_of(runs)[0] if kind == AUTO else kind
    all_panels = panels(runs, kind)
    forest, looks = kind == FOREST, _looks(all_panels)
    score = _score_label(runs)
    label = AXES[kind] or score
    heights = [_height(panel, kind) for panel in all_panels]
    with styled():
        from matplotlib.figure import Figure

        below = 0.3 if forest else 0.5 + 0.16 * ceil(len(looks) / _columns(looks))
        figure = Figure(figsize=(WIDTH, sum(heights) + below))
        axes = figure.subplots(len(all_panels), squeeze=False, height_ratios=heights)[:, 0]
        for panel, axis in zip(all_panels, axes, strict=True):
            if forest:
                _forest(axis, panel, looks)
            else:
                _curves(axis, panel, kind, looks)
                _places(axis, panel, all_panels, kind)
                axis.set_ylabel(score)
            axis.set_xlabel(label)
        if not forest:
            _legend(figure, axes, looks)
        axes[-1].set_xlabel("\n".join([label, *wrap(_caption(all_panels), CAPTION)]))
        figure.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
    return Plot(figure)


def _score_label(runs: Sequence[RunResults]) -> str:
    """What the runs' scores are called."""
    if not runs[0].compared:
        return "composite score (%)"
    names = {score_name(run.track, who) for run in runs for who in run.recipe["reasoners"]}
    return f"{' or '.join(sorted(names))} (%)"


def _height(panel: Panel, kind: str) -> float:
    """Inches."""
    title = 0.15 * (len(panel.title.splitlines()) - 2)
    return title + (1.1 + 0.26 * len(panel.series) if kind == FOREST else 2.7)


def _caption(all_panels: Sequence[Panel]) -> str:
    """What the intervals are, and why some marks have none."""
    shares = any(panel.ticks for panel in all_panels)
    kind = "of a share (Wilson, questions of a task correlated)" + "; n: questions" * shares
    all_series = [points for panel in all_panels for points in panel.series.values()]
    whole = all(mark.has_interval for points in all_series for mark in points.values())
    return f"mean and 95 % interval {kind}" + f"; hollow: {TOO_FEW}" * (not whole)


def _legend(figure: "Figure", axes: Sequence[Any], looks: Mapping[str, Look]) -> None:
    """One legend for all panels."""
    parts = [zip(*axis.get_legend_handles_labels(), strict=True) for axis in axes]
    handles = {name: handle for part in parts for handle, name in part}
    names = [name for name in looks if name in handles]
    texts = [clip_middle(name, NAME) for name in names]
    columns = _columns(looks)
    figure.legend(
        [handles[name] for name in names], texts, loc="outside lower center", ncols=columns
    )


def _columns(names: Collection[str]) -> int:
    """The columns of a legend: fewer for long names."""
    return 3 if max(map(len, names), default=0) <= LEGEND else 2


def _forest(axis: Any, panel: Panel, looks: Mapping[str, Look]) -> None:
    """One row per system, best on top: mean, 95 % interval, and lower and upper bound as lines."""
    for height, (name, points) in enumerate(panel.series.items()):
        (mark,) = points.values()
        look = looks[name] | ({} if mark.has_interval else HOLLOW)
        axis.errorbar(100 * mark.mean, height, xerr=_spread([mark]), capsize=2.5, **look)
    axis.set_yticks(range(len(panel.series)), [clip_middle(name, NAME) for name in panel.series])
    axis.set_ylim(len(panel.series) - 0.4, -0.6)
    axis.set_xlim(*SHARES)
    axis.grid(axis="x", color=LIGHT, linewidth=0.6)
    coordinates = ("data", "axes fraction")
    for name, value in panel.bounds.items():
        axis.axvline(100 * value, color=GREY, linestyle="--", linewidth=1)
        side = "left" if value < 0.5 else "right"
        axis.annotate(name, (100 * value, 1), (0, 2), coordinates, ha=side, **NEARBY)
    axis.set_title(panel.title, pad=15)


def _curves(axis: Any, panel: Panel, kind: str, looks: Mapping[str, Look]) -> None:
    """One line per system along the axis; for costs one point."""
    xs = {x for points in panel.series.values() for x in points}
    dodge = min(DODGE, MOST / len(looks))
    for name, points in panel.series.items():
        look = looks[name] | (SCATTERED if kind == COST else {})
        # Intervals at the same place stand side by side.
        aside = dodge * ([*looks].index(name) - (len(looks) - 1) / 2)
        marks = {
            (_aside(panel, kind, xs, x, aside), 100 * mark.mean): mark for x, mark in points.items()
        }
        xy, error = zip(*marks, strict=True), _spread(marks.values())
        axis.errorbar(*xy, yerr=error, capsize=2.0, elinewidth=0.8, label=name, **look)
        for point, mark in marks.items():
            if not mark.has_interval:
                axis.plot(*point, zorder=3, **look | HOLLOW)
    _levels(axis, panel.bounds)
    axis.set_ylim(*SHARES)
    axis.grid(axis="y", color=LIGHT, linewidth=0.6)
    axis.set_title(panel.title)


def _aside(panel: Panel, kind: str, xs: Collection[float], x: float, aside: float) -> float:
    if panel.ticks:
        return x + aside
    return x * (max(xs) / min(xs)) ** (aside / len(xs)) if kind == BUDGET else x


def _levels(axis: Any, bounds: Mapping[str, float]) -> None:
    """Bounds and systems without a budget as level lines, named at their right ends."""
    names: dict[float, list[str]] = {}
    for name, value in bounds.items():
        names.setdefault(round(100 * value / NEAR) * NEAR, []).append(name)
        style = ":" if name in BOUNDS.values() else (0, (6, 3))
        axis.axhline(100 * value, color=GREY, linestyle=style, linewidth=1)
    coordinates = ("axes fraction", "data")
    for height, level in names.items():
        axis.annotate("\n".join(level), (1, height), (3, 0), coordinates, va="center", **NEARBY)


def _places(axis: Any, panel: Panel, all_panels: Sequence[Panel], kind: str) -> None:
    """The horizontal axis, with the range of all panels: named places, the budgets, or costs."""
    from matplotlib.ticker import LogLocator

    marks = sorted({x for panel in all_panels for own in panel.series.values() for x in own})
    if panel.ticks:
        axis.set_xticks([*panel.ticks], [*panel.ticks.values()])
        axis.set_xlim(marks[0] - 0.5, marks[-1] + 0.5)
        return
    axis.set_xscale("log")
    margin = (marks[-1] / marks[0]) ** (0.06 if kind == COST else 0.2) * 1.05
    axis.set_xlim(marks[0] / margin, marks[-1] * margin)
    if kind == COST:
        wide = marks[-1] > 200 * marks[0]
        axis.xaxis.set_major_locator(LogLocator(subs=(1,) if wide else (1, 2, 5)))
        axis.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:g}k")
    else:
        axis.set_xticks(marks, [f"{place:,.0f}" for place in marks])
    axis.set_xticks([], minor=True)


def _looks(all_panels: Sequence[Panel]) -> dict[str, Look]:
    """Colour and mark by name: the same in every panel."""
    names = dict.fromkeys(name for panel in all_panels for name in panel.series)
    references = [name for name in names if role_of(name) == "reference"]
    looks: dict[str, Look] = {}
    for place, name in enumerate(name for name in names if name not in references):
        colour, mark = COLOURS[place % len(COLOURS)], MARKS[place % len(MARKS)]
        looks[name] = {"color": colour, "marker": mark, "linestyle": "-"}
    for name in references:
        mark, line = ("s", "--") if name == "full" else ("D", ":")
        looks[name] = {"color": GREY, "marker": mark, "linestyle": line}
    return looks


def _spread(marks: Collection[Estimate]) -> list[list[float]]:
    """How far the intervals reach below and above the means, in percent; 0 without an interval."""
    spans = [
        (mark.mean - mark.low, mark.high - mark.mean) if mark.has_interval else (0, 0)
        for mark in marks
    ]
    return [[100 * length for length in side] for side in zip(*spans, strict=True)]
