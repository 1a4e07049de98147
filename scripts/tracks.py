"""Writes docs/results/tracks.md and its picture: every built-in memory on every track.

    python scripts/tracks.py [--folder DIR] [--tasks N]

The prose is in tracks.md beside this file. The comparisons are stored in the folder; to resume an
interrupted run, repeat the command. The picture needs matplotlib (extra `plot`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import sqrt
from operator import itemgetter
from statistics import fmean, median
from typing import Any

import pages
import results

from memorygym.cli import main as memorygym
from memorygym.core.track import find
from memorygym.reports.comparison_text import verdict_text
from memorygym.reports.markdown import wrapped
from memorygym.reports.plots import WIDTH, Plot, styled
from memorygym.reports.terminal import listed
from memorygym.runs.comparison.figures import ACCURACY, Report, agreement
from memorygym.runs.comparison.system_specs import REFERENCES
from memorygym.runs.results import RunResults, load
from memorygym.runs.tasks import enough_seeds
from memorygym.stats import NOTHING, Estimate
from memorygym.stats.intervals import ALPHA, points

TRACKS = ("worlds", "research", "codeqa", "dialogue", "repair", "web")
BUDGET = 1000
"""Tokens of the context on every track; one whose own page has another budget is played at both."""
PICTURE = "docs/images/tracks.svg"
Cell = tuple[Estimate | None, str, bool]
"""A figure with its mark, and whether it is bold."""
Lead = tuple[float, Estimate, str]
"""The mean of a difference between two memories, the difference, and the track."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """A track at a budget: a column of the page."""

    run: RunResults
    budget: int

    @property
    def name(self) -> str:
        """The track, with a budget that is not the one of all."""
        return self.run.track + f", {self.budget} tokens" * (self.budget != BUDGET)

    def report(self, reasoner: str = "strong") -> Report:
        """The figures under a reasoner."""
        own = (report for report in self.run.reports if report.budget == self.budget)
        return next(report for report in own if report.reasoner == reasoner)

    @property
    def effect(self) -> float:
        """The smallest difference that its tasks show, in points; the median over pairs."""
        return 100 * median(p.detectable or 0 for p in self.report().significance.pairs)


@cache
def tau_of(a: Ranking, b: Ranking) -> Estimate | None:
    """Of two columns under the strong reasoner; of a column with itself under strong and weak."""
    agreed = agreement(a.report(), b.report("weak" if a is b else "strong"))
    return agreed.tau if agreed else None


def main() -> None:
    """Plays the missing episodes and writes the page and the picture."""
    parser = pages.options("tracks", __doc__)
    parser.add_argument("--tasks", type=int, default=20, help="fewest tasks of a track")
    args = parser.parse_args()
    columns = []
    for track in TRACKS:
        own = results.PAGES[track].budget if track in results.PAGES else BUDGET
        budgets = sorted({BUDGET, own})
        asked = ["--seeds", str(enough_seeds(find(track), args.tasks)), "--capacity", "0"]
        asked += ["--memory", results.MEMORIES, "--reasoner", "strong,weak", "--quiet"]
        asked += ["--budget", ",".join(map(str, budgets)), "-o", str(args.folder / track)]
        args.folder.mkdir(parents=True, exist_ok=True)
        if status := memorygym(["compare", "--track", track, *asked]):
            raise SystemExit(status)
        run = load(args.folder / track)
        columns += [Ranking(run, budget) for budget in reversed(budgets)]
    text = (pages.ROOT / "scripts/tracks.md").read_text(encoding="utf-8")
    filled = text.format(tasks=args.tasks, **facts(columns), **tables(columns))
    pages.write("tracks.md", map(wrap, filled.splitlines()))
    draw(columns).save(pages.ROOT / PICTURE)


def wrap(line: str) -> str:
    """A line of prose in 80 columns; one of a table, a heading or a picture as it is."""
    if line.startswith(("|", "#", "!")):
        return line
    if line.startswith("- "):
        return wrapped(line[2:], "  ").replace("  ", "- ", 1)
    return wrapped(line)


def tables(columns: Sequence[Ranking]) -> dict[str, str]:
    """The tables of the template, by name."""
    heads, ranks = [column.name for column in columns], mean_ranks(columns)
    shown = dict.fromkeys(REFERENCES, "") | {name: f"{mean:.1f}" for name, mean in ranks.items()}
    scores = [[name, *(cell(c, name) for c in columns), rank] for name, rank in shown.items()]
    names = ["track", "version", "tasks", "questions", "measured", "ranks", "effect"]
    taus = {(a.name, b.name): tau_text(tau_of(a, b)) for a, b in combinations(columns, 2)}
    pairs = [[a, *(taus.get((a, b), "") for b in heads[1:])] for a in heads[:-1]]
    return {
        "scores": pages.grid(["memory", *heads, "mean rank"], scores),
        "resolution": pages.grid([*names, "strong, weak"], map(resolution, columns)),
        "taus": pages.grid(["", *heads[1:]], pairs),
    }


def facts(columns: Sequence[Ranking]) -> dict[str, object]:
    """The figures in the sentences of the template, by name."""
    equal = [column for column in columns if column.budget == BUDGET]
    ranks, effects = mean_ranks(equal), [column.effect for column in columns]
    several = {pair: leads for pair, leads in all_leads(equal).items() if len(leads) > 1}
    opposite = {pair: own for pair, own in several.items() if own[0][0] < 0 < own[-1][0]}
    example, n = "", len(ranks)
    chance = 1.96 * sqrt(2 * (2 * n + 5) / (9 * n * (n - 1)))  # Kendall 1938, normal approximation.
    if opposite:
        (a, b), leads = max(opposite.items(), key=lambda item: min(-item[1][0][0], item[1][-1][0]))
        ends = [f"{points(lead)} on {track}" for _, lead, track in (leads[-1], leads[0])]
        example = f" The clearest: {a} minus {b} is {', '.join(ends)}."
    across = {f"{a.name} and {b.name}": tau_of(a, b) for a, b in combinations(equal, 2)}
    verdicts = [f"- **{column.name}**: {verdict_text(column.report())}." for column in equal]
    return {
        "budget": BUDGET,
        "tracks": listed(f"[{column.name}]({column.name}.md)" for column in equal),
        "memories": n,
        "leads": "\n".join(verdicts),
        "best": listed(f"{name} {mean:.1f}" for name, mean in [*ranks.items()][:4]),
        "several": len(several),
        "opposite": len(opposite),
        "example": example,
        "across": spread(across),
        "pairs": len(across),
        "above": sum(tau.mean > chance for tau in across.values() if tau),
        "within": spread({column.name: tau_of(column, column) for column in equal}),
        "least": min(effects),
        "most": max(effects),
        "chance": chance,
    }


def mean_ranks(columns: Sequence[Ranking]) -> dict[str, float]:
    """By memory, the lowest first: its mean rank over those of these columns that rank it."""
    ranks: dict[str, list[int]] = {}
    for row in (row for c in columns if c.budget == BUDGET for row in c.report().of("memory")):
        ranks.setdefault(row.system, []).extend([row.rank] if row.rank else [])
    means = {name: fmean(own) if own else len(ranks) for name, own in ranks.items()}
    return dict(sorted(means.items(), key=itemgetter(1)))


def all_leads(columns: Sequence[Ranking]) -> dict[tuple[str, str], list[Lead]]:
    """By pair of memories: the significant differences, the lowest first."""
    leads: dict[tuple[str, str], list[Lead]] = {}
    for column in columns:
        for pair in column.report().significance.pairs:
            if pair.adjusted < ALPHA:
                lead = pair.difference.mean, pair.difference, column.name
                leads.setdefault((pair.system, pair.other), []).append(lead)
    return {pair: sorted(own, key=itemgetter(0)) for pair, own in leads.items()}


def resolution(column: Ranking) -> list[str]:
    """How far a track tells memories apart."""
    report, rows = column.report(), column.report().of("memory")
    measured = sum(row.rank is not None and not row.bound for row in rows)
    ranks = len({row.rank for row in rows} - {None})
    counts = len(report.tasks), report.questions, measured, ranks
    ends = f"{column.effect:.1f}", tau_text(tau_of(column, column))
    return [column.name, column.run.version, *map(str, counts), *ends]


def cell(column: Ranking, system: str) -> str:
    """The accuracy of a system with the marks of the page."""
    row = column.report().row(system)
    bold = "**" * (row.rank == 1)
    text = pages.percent(row[ACCURACY]) or NOTHING
    return f"{bold}{text}{bold}{'!' * row.fault}{'†' * bool(row.bound)}"


def tau_text(tau: Estimate | None) -> str:
    """A tau with its interval."""
    if tau is None or not tau.has_interval:
        return f"{tau.mean:.2f}" if tau else NOTHING
    return f"{tau.mean:.2f} ({tau.low:.2f} to {tau.high:.2f})"


def spread(taus: dict[str, Estimate | None]) -> str:
    """The lowest and the highest one."""
    known = sorted((tau.mean, f"{tau_text(tau)} on {where}") for where, tau in taus.items() if tau)
    return f"from {known[0][1]} to {known[-1][1]}" if known else NOTHING


def draw(columns: Sequence[Ranking]) -> Plot:
    """Accuracy by memory and track; below it tau, on the diagonal that of strong and weak."""
    names, heads = [*mean_ranks(columns)], [column.name for column in columns]
    rows = [[column.report().row(name) for column in columns] for name in names]
    scores = [[(r[ACCURACY], "†" * bool(r.bound), r.rank == 1) for r in row] for row in rows]
    taus = [[(tau_of(a, b), "", False) for b in columns] for a in columns]
    with styled():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH, 0.21 * (len(names) + len(heads)) + 1.2))
        axes = figure.subplots(2, 1, height_ratios=(len(names), len(heads)))
        heat(axes[0], names, scores, "{:.0%}")
        heat(axes[1], heads, taus, "{:.2f}")
        for axis in axes:
            places = [place + 0.5 for place in range(len(heads))]
            axis.set_xticks(places, [head.replace(", ", "\n") for head in heads])
        axes[0].set_title("accuracy; bold: rank 1; †: not measured here")
        axes[1].set_title("Kendall's τ-b of two tracks; on the diagonal of two reasoners")
    return Plot(figure)


def heat(axis: Any, names: Sequence[str], cells: Sequence[Sequence[Cell]], form: str) -> None:
    """Figures as numbers on shades, which are the darker the higher they are."""
    shades = [[figure.mean if figure else 0.0 for figure, *_ in row] for row in cells]
    axis.pcolormesh(shades, cmap="Blues", vmin=0, vmax=1.7, edgecolors="white", linewidth=1)
    for y, row in enumerate(cells):
        for x, (figure, mark, is_bold) in enumerate(row):
            look = {"ha": "center", "va": "center_baseline", "weight": 700 if is_bold else 400}
            text = form.format(figure.mean) + mark if figure else NOTHING
            axis.text(x + 0.5, y + 0.5, text, **look)
    axis.set_yticks([place + 0.5 for place in range(len(names))], names)
    axis.invert_yaxis()
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


if __name__ == "__main__":
    main()
