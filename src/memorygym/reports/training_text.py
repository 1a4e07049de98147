"""What `memorygym training` prints of a data set and of a profile of tasks."""

from collections.abc import Iterator
from pathlib import Path

from memorygym.reports.table import plain
from memorygym.reports.terminal import fit
from memorygym.training.card import bars, lengths
from memorygym.training.data import DataSummary
from memorygym.training.profile import Profile


def data_lines(made: DataSummary, output: Path, card: Path | None) -> Iterator[str]:
    """A row an agent, what was left out, how long the rows are, and where they were written."""
    rows = []
    for agent in made.options.agents:
        kept = [each for each in made.kept if each.agent == agent]
        scores = [100 * each.score for each in kept]
        mean = f"{sum(scores) / len(scores):.1f}" if scores else "–"
        sizes = [size for each in kept for size in each.lengths]
        figures = len(kept), mean, len(sizes), sum(sizes), sum(each.trained for each in kept)
        rows.append((agent, *(n if isinstance(n, str) else f"{n:,}" for n in figures)))
    heads = ("agent", "episodes", "mean score", "rows", "tokens", "trained on")
    yield from plain(heads, rows).lines()
    yield ""
    if made.left_out:
        lowest = f"{100 * made.options.min_score:g}"
        yield f"{len(made.left_out)} episodes scored below {lowest} and are left out"
    if all(each.score == 0 for each in made.kept):
        yield from fit(
            "every episode scored 0, so there is nothing to imitate; try another --agent or"
            " --memory, or more --capacity"
        )
    yield "tokens of a row"
    yield from [*bars(lengths(made)), ""]
    yield from fit(f"written: {output}" + (f", and its card {card}" if card else ""))


def profile_lines(profile: Profile, *, scripted: bool) -> Iterator[str]:
    """A row a task, the shares of tasks that teach nothing, and how the mean rewards lie."""
    rows = [
        (
            f"{task.template} {task.seed}",
            len(task.rewards),
            f"{task.mean:.3f}",
            f"{task.variance:.4f}",
        )
        for task in profile.tasks
    ]
    if scripted:
        note = "a scripted agent repeats itself, so the variance says nothing of a learner's tries"
    elif all(len(task.rewards) == 1 for task in profile.tasks):
        note = "one try at a task shows no variance: give more --repeats"
    else:
        share = f"{100 * profile.constant:.0f} %"
        note = f"{share} without variance, whose tries teach a policy gradient nothing"
    yield from plain(("task", "tries", "mean reward", "variance"), rows).lines()
    yield ""
    yield from fit(
        f"{profile.agent}: {100 * profile.at_zero:.0f} % of {len(profile.tasks)} tasks at reward 0,"
        f" {100 * profile.at_one:.0f} % at reward 1; {note}"
    )
    yield from ["", "mean reward", *bars(profile.histogram())]
