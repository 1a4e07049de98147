"""Plots of results with matplotlib (extra `plot`); same results, same bytes; no display needed.

The colours are those of Okabe and Ito, for colour-blind readers; marks differ too.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.reports.extras import missing
from memorygym.reports.plot_data import (
    AUTO,
    AXES,
    BUDGET,
    COST,
    FOREST,
    Mark,
    Panel,
    Series,
    kinds_of,
    panels,
)
from memorygym.reports.stored_results import StoredRun

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
DODGE = 0.05
"""As a part of the distance of two places."""
WIDTH = 5.5
"""Inches: the text of a page of a paper."""
TITLE, LEGEND = 60, 26
"""Characters of a line of a title, and of names that stand three abreast in a legend."""
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
            if str(warning.message) not in signs[1:]:  # One for all signs that the font lacks.
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


def draw(runs: Sequence[StoredRun], kind: str = AUTO) -> Plot:
    """Draws a plot of that kind. Raises UnknownPart if these results hold no such kind."""
    kind = kinds_of(runs)[0] if kind == AUTO else kind
    all_panels = panels(runs, kind)
    score = "accuracy (%)" if runs[0].kind == "compare" else "composite score (%)"
    heights = [_height(panel, kind) for panel in all_panels]
    with _styled():
        figure = Figure(figsize=(WIDTH, sum(heights)))
        axes = figure.subplots(len(all_panels), squeeze=False, height_ratios=heights)[:, 0]
        for panel, axis in zip(all_panels, axes, strict=True):
            if kind == FOREST:
                _forest(axis, panel, score)
            else:
                _curves(axis, panel, kind, score)
        figure.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
    return Plot(figure)


def _height(panel: Panel, kind: str) -> float:
    """Inches."""
    title = 0.15 * (len(_title(panel).splitlines()) - 2)
    if kind == FOREST:
        return 1.1 + title + 0.26 * len(panel.series)
    return 3.0 + title + 0.18 * (len(panel.series) // _beside_each_other(panel))


def _title(panel: Panel) -> str:
    return "\n".join(part for line in panel.title.split("\n") for part in wrap(line, TITLE))


def _beside_each_other(panel: Panel) -> int:
    """The columns of a legend: fewer for long names."""
    longest = max((len(series.name) for series in panel.series), default=0)
    return 3 if longest <= LEGEND else 2


def _forest(axis: Any, panel: Panel, score: str) -> None:
    """One row per system, best on top: mean, 95 % interval, and lower and upper bound as lines."""
    for height, series in enumerate(panel.series):
        (mark,) = series.marks
        colour = GREY if series.reference else COLOURS[0]
        axis.errorbar(
            100 * mark.mean, height, xerr=_spread(mark), fmt="D" if series.reference else "o",
            color=colour, mfc="white" if series.reference else colour, capsize=2.5,
        )  # fmt: skip
    axis.set_yticks(range(len(panel.series)), [series.name for series in panel.series])
    axis.set_ylim(len(panel.series) - 0.4, -0.6)
    axis.set_xlim(*SHARES)
    axis.grid(axis="x", color=LIGHT, linewidth=0.6)
    for name, value in panel.bounds.items():
        axis.axvline(100 * value, color=GREY, linestyle="--", linewidth=1)
        axis.annotate(
            name, (100 * value, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
            textcoords="offset points", ha="left" if value < 0.5 else "right", color=GREY,
        )  # fmt: skip
    axis.set_xlabel(f"{score}: mean and 95 % interval over tasks")
    axis.set_title(_title(panel), pad=15)


def _curves(axis: Any, panel: Panel, kind: str, score: str) -> None:
    """One line per system along the axis; for costs one point."""
    for number, series in enumerate(panel.series):
        look = _look(panel, series) | ({"linestyle": "none"} if kind == COST else {})
        # Intervals at the same place stand side by side.
        aside = DODGE * (number - (len(panel.series) - 1) / 2)
        spread = [_spread(mark) for mark in series.marks]
        axis.errorbar(
            [_aside(panel, kind, mark.x, aside) for mark in series.marks],
            [100 * mark.mean for mark in series.marks],
            yerr=[[low for (low,), _ in spread], [high for _, (high,) in spread]],
            capsize=2.0, elinewidth=0.8, label=series.name, **look,
        )  # fmt: skip
    for name, value in panel.bounds.items():
        axis.axhline(100 * value, color=GREY, linestyle=":", linewidth=1)
        _beside(axis, name, value)
    _places(axis, panel, kind)
    axis.set_ylim(*SHARES)
    axis.set_xlabel(AXES[kind])
    axis.set_ylabel(score)
    axis.grid(axis="y", color=LIGHT, linewidth=0.6)
    axis.set_title(_title(panel))
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=_beside_each_other(panel))


def _aside(panel: Panel, kind: str, x: float, aside: float) -> float:
    if panel.ticks:
        return x + aside
    return x * (1 + aside / 3) if kind == BUDGET else x


def _places(axis: Any, panel: Panel, kind: str) -> None:
    """The horizontal axis: named places, the budgets, or costs."""
    if panel.ticks:
        axis.set_xticks([*panel.ticks], [*panel.ticks.values()])
        return
    axis.set_xscale("log")
    if kind == COST:
        costs = [mark.x for series in panel.series for mark in series.marks]
        wide = max(costs) > 1000 * min(costs)
        axis.xaxis.set_major_locator(LogLocator(subs=(1,) if wide else (1, 2, 5)))
        axis.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:g}k")
    else:
        places = sorted({mark.x for series in panel.series for mark in series.marks})
        axis.set_xticks(places, [f"{place:,.0f}" for place in places])
    axis.set_xticks([], minor=True)


def _beside(axis: Any, name: str, value: float) -> None:
    """The name of a line, at its right end."""
    axis.annotate(
        name, (1, 100 * value), xycoords=("axes fraction", "data"), xytext=(3, 0),
        textcoords="offset points", va="center", color=GREY,
    )  # fmt: skip


def _look(panel: Panel, series: Series) -> dict[str, Any]:
    """Colour and mark by the place among the systems, or among the references."""
    alike = [other for other in panel.series if other.reference == series.reference]
    place = alike.index(series)
    if series.reference:
        mark, line = "sD^v"[place % 4], ("--", ":", "-.")[place % 3]
        return {"color": GREY, "marker": mark, "mfc": "white", "linestyle": line}
    return {"color": COLOURS[place % len(COLOURS)], "marker": MARKS[place % len(MARKS)]}


def _spread(mark: Mark) -> tuple[tuple[float], tuple[float]]:
    """How far the interval reaches below and above the mean, in percent."""
    return (100 * (mark.mean - mark.low),), (100 * (mark.high - mark.mean),)
