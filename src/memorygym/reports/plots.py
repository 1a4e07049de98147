"""Plots of results with matplotlib (extra `plot`); same results, same bytes; no display needed.

The colours are those of Okabe and Ito, for colour-blind readers; marks differ too.
"""

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from math import ceil
from pathlib import Path
from textwrap import wrap
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.reports.extras import missing
from memorygym.reports.plot_data import (
    AUTO,
    AXES,
    BOUNDS,
    BUDGET,
    COST,
    FOREST,
    Panel,
    kinds_of,
    panels,
    score_label,
)
from memorygym.runs.results import RunResults
from memorygym.stats import TOO_FEW, Estimate

try:
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator
except ImportError as error:
    raise missing("plot", "matplotlib", "plot") from error

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
TITLE, LEGEND, CAPTION = 60, 26, 60
"""Characters of a line of a title, of names that stand three abreast in a legend, and of a line
under the axis."""
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


class Plot:
    """A picture that a notebook shows; alter its matplotlib `figure` before saving."""

    def __init__(self, figure: Figure) -> None:
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
        with _styled(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.figure.savefig(file, format=form, metadata=SILENT[form])
        texts = {str(warning.message): warning for warning in caught}
        signs = [text for text in texts if "missing from font" in text]
        for warning in texts.values():
            # One for all signs that the font lacks; the viewer of an SVG chooses its own font.
            if str(warning.message) not in signs[form != "svg" :]:
                warnings.warn_explicit(
                    warning.message, warning.category, warning.filename, warning.lineno
                )
        return file.getvalue()

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """What a notebook shows, and how wide in pixels."""
        return self.as_bytes("png"), {"width": round(100 * WIDTH)}


@contextmanager
def _styled() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def draw(runs: Sequence[RunResults], kind: str = AUTO) -> Plot:
    """Draws a plot of that kind. Raises UnknownPart if there is no such kind, and BadSettings if
    these results do not hold it."""
    kind = kinds_of(runs)[0] if kind == AUTO else kind
    all_panels = panels(runs, kind)
    score = f"{score_label(runs)} (%)"
    heights = [_height(panel, kind) for panel in all_panels]
    looks = _looks(all_panels)
    with _styled():
        below = 0.3 if kind == FOREST else 0.5 + 0.16 * ceil(len(looks) / _columns(looks))
        figure = Figure(figsize=(WIDTH, sum(heights) + below))
        axes = figure.subplots(len(all_panels), squeeze=False, height_ratios=heights)[:, 0]
        for panel, axis in zip(all_panels, axes, strict=True):
            if kind == FOREST:
                _forest(axis, panel, looks)
            else:
                _curves(axis, panel, kind, looks)
                _places(axis, panel, all_panels, kind)
                axis.set_ylabel(score)
            axis.set_xlabel(AXES[kind] or score)
        if kind != FOREST:
            _legend(figure, axes, looks)
        axes[-1].set_xlabel("\n".join([AXES[kind] or score, *wrap(_caption(all_panels), CAPTION)]))
        figure.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
    return Plot(figure)


def _height(panel: Panel, kind: str) -> float:
    """Inches."""
    title = 0.15 * (len(_title(panel).splitlines()) - 2)
    return title + (1.1 + 0.26 * len(panel.series) if kind == FOREST else 2.7)


def _title(panel: Panel) -> str:
    return "\n".join(part for line in panel.title.split("\n") for part in wrap(line, TITLE))


def _caption(all_panels: Sequence[Panel]) -> str:
    """What the intervals are, and why some marks have none."""
    shares = any(panel.ticks for panel in all_panels)
    kind = "of a share (Wilson, questions of a task correlated)" + "; n: questions" * shares
    all_series = [series for panel in all_panels for series in panel.series]
    whole = all(mark.has_interval for series in all_series for mark in series.points.values())
    return f"mean and 95 % interval {kind}" + f"; hollow: {TOO_FEW}" * (not whole)


def _legend(figure: Figure, axes: Sequence[Any], looks: Mapping[str, Look]) -> None:
    """One legend for all panels."""
    parts = [zip(*axis.get_legend_handles_labels(), strict=True) for axis in axes]
    handles = {name: handle for part in parts for handle, name in part}
    names = [name for name in looks if name in handles]
    figure.legend(
        [handles[name] for name in names], names, loc="outside lower center", ncols=_columns(looks)
    )


def _columns(names: Collection[str]) -> int:
    """The columns of a legend: fewer for long names."""
    return 3 if max(map(len, names), default=0) <= LEGEND else 2


def _forest(axis: Any, panel: Panel, looks: Mapping[str, Look]) -> None:
    """One row per system, best on top: mean, 95 % interval, and lower and upper bound as lines."""
    for height, series in enumerate(panel.series):
        (mark,) = series.points.values()
        look = looks[series.name] | ({} if mark.has_interval else HOLLOW)
        axis.errorbar(100 * mark.mean, height, xerr=_spread([mark]), capsize=2.5, **look)
    axis.set_yticks(range(len(panel.series)), [series.name for series in panel.series])
    axis.set_ylim(len(panel.series) - 0.4, -0.6)
    axis.set_xlim(*SHARES)
    axis.grid(axis="x", color=LIGHT, linewidth=0.6)
    coordinates = ("data", "axes fraction")
    for name, value in panel.bounds.items():
        axis.axvline(100 * value, color=GREY, linestyle="--", linewidth=1)
        side = "left" if value < 0.5 else "right"
        axis.annotate(name, (100 * value, 1), (0, 2), coordinates, ha=side, **NEARBY)
    axis.set_title(_title(panel), pad=15)


def _curves(axis: Any, panel: Panel, kind: str, looks: Mapping[str, Look]) -> None:
    """One line per system along the axis; for costs one point."""
    xs = {x for series in panel.series for x in series.points}
    dodge = min(DODGE, MOST / len(looks))
    for series in panel.series:
        look = looks[series.name] | (SCATTERED if kind == COST else {})
        number = [*looks].index(series.name)
        # Intervals at the same place stand side by side.
        aside = dodge * (number - (len(looks) - 1) / 2)
        points = {
            (_aside(panel, kind, xs, x, aside), 100 * mark.mean): mark
            for x, mark in series.points.items()
        }
        axis.errorbar(
            *zip(*points, strict=True),
            yerr=_spread(points.values()),
            capsize=2.0,
            elinewidth=0.8,
            label=series.name,
            **look,
        )
        for point, mark in points.items():
            if not mark.has_interval:
                axis.plot(*point, zorder=3, **look | HOLLOW)
    _levels(axis, panel.bounds)
    axis.set_ylim(*SHARES)
    axis.grid(axis="y", color=LIGHT, linewidth=0.6)
    axis.set_title(_title(panel))


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
    marks = sorted({x for panel in all_panels for series in panel.series for x in series.points})
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
    series = {series.name: series for panel in all_panels for series in panel.series}
    systems = [name for name, line in series.items() if not line.reference]
    looks: dict[str, Look] = {
        name: {
            "color": COLOURS[place % len(COLOURS)],
            "marker": MARKS[place % len(MARKS)],
            "linestyle": "-",
        }
        for place, name in enumerate(systems)
    }
    for name in [name for name in series if name not in looks]:
        mark, line = ("s", "--") if name == "full" else ("D", ":")
        looks[name] = {"color": GREY, "marker": mark, "linestyle": line}
    return looks


def _spread(marks: Collection[Estimate]) -> list[list[float]]:
    """How far the intervals reach below and above the means, in percent; 0 without an interval."""
    return [
        [100 * (mark.mean - mark.low) if mark.has_interval else 0 for mark in marks],
        [100 * (mark.high - mark.mean) if mark.has_interval else 0 for mark in marks],
    ]
