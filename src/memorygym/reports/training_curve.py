"""The curve of a fine-tuning run: what its log says, in windows of steps, with intervals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from memorygym.reports.plots import COLOURS, WIDTH, Plot, styled
from memorygym.reports.table import plain
from memorygym.stats import Estimate
from memorygym.stats.intervals import FEWEST_TASKS, estimate

if TYPE_CHECKING:
    from memorygym.training.smoke import Movement

WINDOWS = 12
"""Most windows of a curve."""
DRAWN = {"reward": "mean reward", "score": "mean score", "loss": "loss"}
"""By field of a log: its name."""


def curve(log: Sequence[Mapping[str, Any]], field: str) -> dict[int, Estimate]:
    """By last step of a window: the mean of its steps, with Student's t interval over steps.

    Windows are equally long, and the last may be shorter.
    """
    length = max(FEWEST_TASKS, -(-len(log) // WINDOWS))
    windows = [log[start : start + length] for start in range(0, len(log), length)]
    return {int(own[-1]["step"]): estimate([row[field] for row in own]) for own in windows}


def curve_lines(log: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A row a window."""
    curves = {field: curve(log, field) for field in _fields(log)}
    rows = [
        (f"{step:,}", *(_shown(points[step]) for points in curves.values()))
        for step in next(iter(curves.values()))
    ]
    yield from plain(("up to step", *(DRAWN[field] for field in curves)), rows).lines()
    yield ""


def smoke_lines(changes: Sequence["Movement"]) -> Iterator[str]:
    """What moved in a smoke run."""
    rows = [
        (each.name, _shown(each.first), _shown(each.last), "yes" if each.learned else "NO")
        for each in changes
    ]
    yield from plain(("", "first third", "last third", "beyond chance"), rows).lines()


def draw_curve(log: Sequence[Mapping[str, Any]]) -> Plot:
    """A panel a field, over steps. Raises BadSettings without matplotlib."""
    fields = _fields(log)
    with styled():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH, 1.9 * len(fields) + 0.3))
        axes = figure.subplots(len(fields), squeeze=False, sharex=True)[:, 0]
        for axis, field in zip(axes, fields, strict=True):
            points = curve(log, field)
            steps, means = [*points], [p.mean for p in points.values()]
            low, high = zip(*(_ends(p) for p in points.values()), strict=True)
            axis.fill_between(steps, low, high, color=COLOURS[0], alpha=0.2, lw=0)
            axis.plot(steps, means, "o-", color=COLOURS[0])
            axis.set_ylabel(DRAWN[field])
        axes[-1].set_xlabel("step (mean of a window that ends there, 95 % interval over its steps)")
    return Plot(figure)


def _fields(log: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the log is drawn by; the loss of GRPO says nothing of how much was learned."""
    return [field for field in ("reward", "score") if field in log[0]] or ["loss"]


def _ends(figure: Estimate) -> tuple[float, float]:
    return (figure.low, figure.high) if figure.has_interval else (figure.mean, figure.mean)


def _shown(figure: Estimate) -> str:
    half = f" ± {figure.high - figure.mean:.3f}" if figure.has_interval else ""
    return f"{figure.mean:.3f}{half}"
