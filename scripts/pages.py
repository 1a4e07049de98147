"""What the pages of comparisons share: how they are played, and the columns of their tables."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from memorygym.cli import main as memorygym
from memorygym.core import registry
from memorygym.reports.comparison_text import agreement_text
from memorygym.reports.curves import curve
from memorygym.reports.table import Column, Table, plain
from memorygym.runs.comparison.figures import FIGURES, Report, SystemRow
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.runs.results import RunResults, load
from memorygym.stats import Estimate, clustered_share

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs/results"
OUT = ROOT / "out"
EXTRA = "chromadb"
"""It needs an extra, and differs from markdown only in how its note taker searches."""
MEMORIES = ",".join(name for name in registry.names("memory") if name != EXTRA)
MARKS = """\
†: not measured here, because it is at the floor (`none`) or the ceiling (`oracle`) whatever the
number of facts needed. !: a fault of the set-up, because it answers more than with all that it
holds; without a rank."""


def options(name: str, page: str | None) -> argparse.ArgumentParser:
    """The parser of a script, from its docstring, with the folder that keeps what was played."""
    parser = argparse.ArgumentParser(description=(page or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=OUT / name)
    return parser


def compare(
    folder: Path,
    budgets: Iterable[int],
    seeds: int,
    track: str = "worlds",
    reasoner: str = "strong,weak",
) -> RunResults:
    """The comparison of all built-in memories; what its folder lacks is played."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    limits = ",".join(map(str, budgets))
    what = ["--track", track, "--memory", MEMORIES, "--budget", limits, "--reasoner", reasoner]
    if status := memorygym(["compare", *what, "--seeds", str(seeds), "-o", str(folder)]):
        raise SystemExit(status)
    return load(folder)


def report_of(results: RunResults, reasoner: str, budget: int) -> Report:
    """The report of one reasoner at one budget."""
    return next(r for r in results.reports if (r.reasoner, r.budget) == (reasoner, budget))


def write(name: str, lines: Iterable[str]) -> None:
    """Writes a page of docs/results."""
    (PAGES / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def markdown(table: Table[Any]) -> str:
    """A table whose numbers stand at the right."""
    head, _, *rows = table.markdown().split("\n")
    lines = [head, f"|---|{'--:|' * (len(table.columns) - 1)}", *rows]
    return "\n".join(lines).replace(r"\<", "<")  # Before a number it begins no tag.


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same of cells."""
    return markdown(plain(heads, rows))


def percent(figure: Estimate | None) -> str:
    """A share in percent with half the width of its interval, with an uneven one, or with none."""
    if figure is None:
        return ""
    mean, low, high = (100 * bound for bound in (figure.mean, figure.low, figure.high))
    if not figure.has_interval:
        return f"{mean:.1f}"
    if abs((high - mean) - (mean - low)) < 0.05:
        return f"{mean:.1f} ± {high - mean:.1f}"
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def shown(report: Report) -> list[SystemRow]:
    """The rows that a page shows."""
    return [row for row in report.rows if row.role != "unlimited"]


def marked(row: SystemRow) -> str:
    """The name of a system with the marks of MARKS."""
    return row.system + "!" * row.fault + "†" * bool(row.bound)


def _unread(row: SystemRow) -> str:
    """The share of statements that were unread, in percent."""
    known = row["unread_context"] or row["unread_store"]
    return f"{100 * row.unread:.1f}" if known else ""


def column(figure: str, heading: str = "") -> Column[SystemRow]:
    """The column of a figure."""

    def text(row: SystemRow) -> str:
        value = row[figure]
        amount = FIGURES[figure].unit == "amount"
        return f"{value.mean:,.0f}" if value and amount else percent(value)

    return Column(heading or figure.replace("_", " "), text)


def accuracy_of(report: Report, heading: str) -> Column[SystemRow]:
    """The accuracy in another report."""
    accuracy = {row.system: percent(row["accuracy"]) for row in report.rows}
    return Column(heading, lambda row: accuracy[row.system])


def rank_of(report: Report) -> Column[SystemRow]:
    """The rank in a report."""
    ranks = {row.system: str(row.rank or "") for row in report.rows}
    return Column("rank", lambda row: ranks[row.system])


LOSSES = [column(figure) for figure in ("write_loss", "retrieval_loss", "evidence_recall")]
UNREAD = Column("unread", _unread)
COSTS = [column("context", "context tokens"), column("ingest_tokens"), column("query_tokens")]


def table(columns: Sequence[Column[SystemRow]], report: Report) -> str:
    """The table of the references and the memories of a report."""
    return markdown(Table([Column("memory", marked), *columns], shown(report)))


def by_facts(report: Report) -> str:
    """The table of accuracy by the number of facts that a question needs."""
    bins = curve(report, "facts")
    names = {bin.place: bin.name for bin in sorted(bins, key=lambda bin: bin.place)}
    cells = {(bin.system, bin.name): percent(bin.accuracy) for bin in bins}
    rows = [
        [marked(row), *(cells.get((row.system, name), "") for name in names.values())]
        for row in shown(report)
    ]
    return grid(["accuracy by facts needed, %", *names.values()], rows)


Stratum = Callable[[Measurement, QuestionCase], str]


def strata(
    results: RunResults, report: Report, stratum_of: Stratum, names: Sequence[str] = ()
) -> str:
    """The table of accuracy by system and stratum; without names of all strata, smallest first."""
    scores: dict[tuple[str, str], dict[tuple[str, int], list[bool]]] = {}
    for played in results.under(report.reasoner, report.budget):
        for case in played.cases:
            tasks = scores.setdefault((played.system, stratum_of(played, case)), {})
            tasks.setdefault(played.task, []).append(case.score == 1)
    names = names or sorted({name for _, name in scores}, key=_size)
    rows = [
        [row.system, *(_share([*scores[row.system, name].values()]) for name in names)]
        for row in shown(report)
    ]
    return grid(["memory", *names], rows)


def _size(stratum: str) -> float:
    """The number that sorts strata such as 2, 10k and 1M."""
    unit = {"k": 1e3, "M": 1e6}.get(stratum[-1], 1)
    return float(stratum.rstrip("kM")) * unit


def _share(tasks: Sequence[list[bool]]) -> str:
    share = clustered_share(tasks)
    mean, low, high = (100 * bound for bound in (share.mean, share.low, share.high))
    return f"{mean:.0f} ({low:.0f}–{high:.0f})" if share.has_interval else f"{mean:.0f}"


def agreements(results: RunResults) -> Iterator[str]:
    """By budget: how far two reasoners rank the memories alike, as an item of a list."""
    for agreement in results.agreements:
        yield f"- {' '.join(agreement_text(agreement).split())}."
