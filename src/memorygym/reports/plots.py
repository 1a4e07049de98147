"""Draws results with matplotlib (extra `plot`): the same bytes for the same results, no display.

The colours are those of Okabe and Ito, which colour-blind readers tell apart; marks differ, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_whole
from memorygym.reports.extras import missing
from memorygym.reports.plot_data import (
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
except ImportError as error:
    raise missing("plot", "matplotlib", "plot") from error

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKS = "osD^vPX*<>"
GREY, LIGHT = "#6E6E6E", "#D9D9D9"
WIDTH = 5.5
"""Inches: the text of a page of a paper."""
STYLE = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 8.5,
    "axes.titlesize": 8.5, "axes.titlelocation": "left", "axes.spines.top": False,
    "axes.spines.right": False, "axes.linewidth": 0.7, "lines.linewidth": 1.4,
    "lines.markersize": 5.0, "legend.frameon": False, "legend.fontsize": 8.0,
    "svg.fonttype": "none", "svg.hashsalt": "memorygym", "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
}  # fmt: skip
SILENT: Mapping[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "memorygym"}, "png": {"Software": "memorygym"},
    "pdf": {"CreationDate": None, "Creator": "memorygym", "Producer": "memorygym"},
}  # fmt: skip
"""By format: what a picture says of itself, without clock or version."""


class Plot:
    """A picture; a notebook shows it, and `figure` is the one of matplotlib to alter."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    def save(self, path: str | Path) -> None:
        """Writes it; the name ends in .svg, .png or .pdf. Raises BadSettings for another."""
        path = Path(path)
        form = path.suffix.removeprefix(".").lower()
        if form not in SILENT:
            raise BadSettings(f"{path}: give a name that ends in .svg, .png or .pdf")
        if not path.parent.is_dir():
            raise BadSettings(f"{path}: there is no folder {path.parent}")
        write_whole(path, [self.as_bytes(form)])

    def as_bytes(self, form: str) -> bytes:
        """The file as svg, png or pdf."""
        with _styled():
            file = BytesIO()
            self.figure.savefig(file, format=form, metadata=SILENT[form])
            return file.getvalue()

    def _repr_png_(self) -> bytes:
        return self.as_bytes("png")


@contextmanager
def _styled() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def draw(runs: Sequence[StoredRun], kind: str = "auto") -> Plot:
    """A plot of that kind. Raises UnknownPart with the kinds that these results hold."""
    kind = kinds_of(runs)[0] if kind == "auto" else kind
    found = panels(runs, kind)
    score = "accuracy (%)" if runs[0].kind == "compare" else "composite score (%)"
    heights = [_height(panel, kind) for panel in found]
    with _styled():
        figure = Figure(figsize=(WIDTH, sum(heights)))
        axes = figure.subplots(len(found), squeeze=False, height_ratios=heights)[:, 0]
        for panel, axis in zip(found, axes, strict=True):
            (_forest if kind == FOREST else _curves)(axis, panel, kind, score)
        figure.get_layout_engine().set(h_pad=0.06, w_pad=0.06)
    return Plot(figure)


def _height(panel: Panel, kind: str) -> float:
    """Inches."""
    return 0.95 + 0.26 * len(panel.series) if kind == FOREST else 3.0


def _forest(axis: Any, panel: Panel, _: str, score: str) -> None:
    """A row a system, best on top: mean, 95 % interval, and floor and ceiling as lines."""
    names = [one.name for one in panel.series]
    for at, one in enumerate(panel.series):
        (mark,) = one.marks
        colour = GREY if one.reference else COLOURS[0]
        axis.errorbar(
            100 * mark.mean, at, xerr=_spread(mark), fmt="D" if one.reference else "o",
            color=colour, ecolor=colour, mfc="white" if one.reference else colour, capsize=2.5,
        )  # fmt: skip
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlim(-3, 103)
    axis.grid(axis="x", color=LIGHT, linewidth=0.6)
    axis.set_axisbelow(True)
    for name, value in panel.bounds.items():
        axis.axvline(100 * value, color=GREY, linestyle="--", linewidth=1)
        axis.annotate(
            name, (100 * value, 0), xycoords=("data", "axes fraction"), xytext=(0, -14),
            textcoords="offset points", ha="left" if value < 0.5 else "right", va="top",
            color=GREY, fontsize=7.5,
        )  # fmt: skip
    axis.set_xlabel(f"{score}, mean and 95 % interval over tasks")
    axis.set_title(panel.title)


def _curves(axis: Any, panel: Panel, kind: str, score: str) -> None:
    """A line a system, or for cost a point."""
    looks = cycle(zip(cycle(COLOURS), MARKS, strict=False))
    for one in panel.series:
        _line(axis, one, kind, *((GREY, "s") if one.reference else next(looks)))
    for name, value in panel.bounds.items():
        axis.axhline(100 * value, color=GREY, linestyle=":", linewidth=1, label=name)
    axis.set_ylim(-3, 103)
    axis.set_ylabel(score)
    axis.set_xlabel(AXES[kind])
    axis.grid(axis="y", color=LIGHT, linewidth=0.6)
    axis.set_title(panel.title)
    if panel.ticks:
        axis.set_xticks([*panel.ticks], [*panel.ticks.values()])
    elif kind in (BUDGET, COST):
        axis.set_xscale("log")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _line(axis: Any, one: Series, kind: str, colour: str, mark: str) -> None:
    marks = sorted(one.marks, key=lambda m: m.x)
    errors = [_spread(m) for m in marks]
    axis.errorbar(
        [m.x for m in marks], [100 * m.mean for m in marks],
        yerr=[[low for (low,), _ in errors], [high for _, (high,) in errors]],
        color=colour, marker=mark, mfc="white" if one.reference else colour, capsize=2.0,
        linestyle="none" if kind == COST else "--" if one.reference else "-", elinewidth=0.8,
        label=one.name,
    )  # fmt: skip


def _spread(mark: Mark) -> tuple[tuple[float], tuple[float]]:
    """How far the interval reaches below and above the mean, in percent."""
    return (100 * (mark.mean - mark.low),), (100 * (mark.high - mark.mean),)
