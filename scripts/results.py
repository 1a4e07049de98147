"""Writes docs/results/TRACK.md: every built-in memory on a track, or on LoCoMo's own file.

    python scripts/results.py [PAGE ...] [--folder DIR]

Pages: worlds, research, codeqa, dialogue, repair, web, locomo=FILE.
The comparisons are stored in the folder; to resume an interrupted run, repeat the command.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pages

from memorygym.cli import main as memorygym
from memorygym.core import registry
from memorygym.reports.comparison_text import agreement_text, detectable_text, verdict_text
from memorygym.reports.curves import CURVES, curve
from memorygym.reports.markdown import wrapped
from memorygym.reports.table import Column, Table
from memorygym.runs.comparison.figures import FIGURES, Report, SystemRow
from memorygym.runs.results import RunResults, load

TWINS = ("chromadb", "files")
"""Memories that the note taker uses as it does markdown: they would repeat its row."""
MEMORIES = ",".join(name for name in registry.names("memory") if name not in TWINS)
INTRODUCTION = (
    "Written by `python scripts/results.py {name}`; the same bytes on every machine. Version"
    " {version}. {tasks} tasks (`{what}`), {questions} questions a memory, a budget of {budget:,}"
    " tokens. {about} Run offline: memories that need a model used the built-in extractive"
    " summariser, so read this as a ranking of mechanisms with a weak summariser, not of what they"
    " reach with an LLM.\n\nAccuracy is the percentage of questions that the fixed reasoner"
    " answers correctly from the context, with its 95 % interval. Write loss and retrieval loss are"
    " the two parts of the accuracy that is lost against `oracle`. Evidence recall is the share of"
    " the needed facts in the context. Stale: the share of the needed facts that had changed for"
    " which the context shows an old value without the new one. Unread: the share of statements"
    " that the fact reader could attribute to nothing; above 5 % the losses are withheld. Context"
    " tokens and passages are per question, and what share of the budget they fill;"
    " ingest and query tokens of the memory's own model are per task. `muted:` rows are controls:"
    " the memory with a model that answers nothing; *model adds* is the accuracy over them.\n\n"
    "References come first, then the memories by accuracy; those with the same rank do not differ"
    " significantly (paired t tests over tasks, Holm over all pairs of memories). †: not measured"
    " here, because it is at the floor (`none`) or the ceiling (`oracle`) whatever the number of"
    " facts needed. !: a fault of the set-up, because it answers more than with all that it holds;"
    " without a rank."
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows."""

    title: str
    what: Sequence[str]
    """Options of `memorygym compare`."""
    about: str
    curves: Sequence[str] = ("facts", "kind")
    """Of CURVES: what its tables are split by."""
    reasoners: str = "strong,weak"
    budget: int = 1000


PAGES = {
    "worlds": Page(
        "Worlds", ["--track", "worlds", "--seeds", "6"], "Ten templates, six seeds of each."
    ),
    "research": Page(
        "Research",
        ["--track", "research:hops=2,4,8:tokens=20k", "--seeds", "270"],
        "One question a task. With 1,000 tokens, search answers over 90 %; 500 tell more apart.",
        ("facts", "hops"),
        budget=500,
    ),
    "codeqa": Page(
        "Codeqa",
        ["--track", "codeqa:hops=1,2,3,4:tokens=20k", "--seeds", "120"],
        "Six questions a task.",
        ("facts", "hops", "kind"),
    ),
    "dialogue": Page(
        "Dialogue",
        ["--track", "dialogue", "--seeds", "20"],
        "Three desks, twenty seeds of each, fifteen requests a task; accuracy is the percentage of"
        " requests that are granted.",
    ),
    "repair": Page(
        "Repair",
        ["--track", "repair:package=generated,toolz==0.12.1,parse==1.20.2", "--seeds", "7"],
        "Seven sessions of twelve issues on each of three packages: a generated one a session, and"
        " two real ones (fetched by `memorygym generate --track repair --package NAME==VERSION`).",
        ("facts", "kind"),
    ),
    "web": Page(
        "Web",
        ["--track", "web", "--seeds", "5"],
        "Five sessions of twelve errands in each of three applications; accuracy is the percentage"
        " of errands after which the applications' state is right.",
        ("facts", "kind"),
    ),
    "locomo": Page(
        "LoCoMo",
        [],
        "The ten conversations of Maharana et al. 2024 (CC BY-NC 4.0, not in this package), forty"
        " questions of each. Accuracy is *evidence shown*: whether the published evidence turns"
        " were in the context word for word; a memory that rewrites them has none by construction.",
        ("facts", "kind"),
        "strong",
    ),
}


def main() -> None:
    """Plays the missing episodes and writes the pages."""
    parser = pages.options("results", __doc__)
    parser.add_argument("names", nargs="*", metavar="PAGE", help=", ".join(PAGES))
    args = parser.parse_args()
    for chosen in args.names or [name for name, page in PAGES.items() if page.what]:
        name, _, file = chosen.partition("=")
        what = PAGES[name].what or ["--data", f"locomo:{file}:most=40"]
        asked = ["--memory", MEMORIES, "--budget", str(PAGES[name].budget), "--controls"]
        asked += ["--reasoner", PAGES[name].reasoners]
        folder = args.folder / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        if status := memorygym(["compare", *what, *asked, "-o", str(folder)]):
            raise SystemExit(status)
        pages.write(f"{name}.md", lines(name, load(folder)))


def lines(name: str, results: RunResults) -> Iterator[str]:
    """The page, line by line."""
    page = PAGES[name]
    strong = report_of(results, "strong")
    yield f"# {page.title}: built-in memories at {page.budget:,} tokens\n"
    yield wrapped(
        INTRODUCTION.format(
            name=name if page.what else f"{name}=locomo10.json",
            version=results.version,
            tasks=len(strong.tasks),
            what=" ".join(page.what) or "--data locomo:locomo10.json:most=40",
            questions=strong.questions,
            budget=page.budget,
            about=page.about,
        )
    )
    columns = [Column("rank", lambda row: str(row.rank or "")), column("accuracy")]
    columns.append(column("model_adds"))
    if page.what:
        weak = {
            row.system: pages.percent(row["accuracy"]) for row in report_of(results, "weak").rows
        }
        columns.append(Column("weak reasoner", lambda row: weak[row.system]))
    columns += map(column, ("write_loss", "retrieval_loss", "evidence_recall"))
    columns += [column("stale_evidence_rate", "stale"), Column("unread", unread)]
    costs = ("passages", "budget_used", "ingest_tokens", "query_tokens")
    columns += [column("context", "context tokens"), *map(column, costs)]
    yield "\n## All\n"
    yield pages.markdown(Table([Column("memory", marked), *columns], shown(strong)))
    yield ""
    yield wrapped(
        f"{verdict_text(strong)}. {detectable_text(strong)} {strong.left_out} questions are left"
        " out (facts beyond the budget)."
    )
    for agreement in results.agreements:
        yield ""
        yield wrapped(f"{agreement_text(agreement)}.")
    for kind in page.curves:
        yield f"\n## By {CURVES[kind].title}\n"
        yield split(strong, kind)


def report_of(results: RunResults, reasoner: str) -> Report:
    """The report of one reasoner."""
    return next(report for report in results.reports if report.reasoner == reasoner)


def shown(report: Report) -> list[SystemRow]:
    """The rows that a page shows."""
    return [row for row in report.rows if row.role != "unlimited"]


def split(report: Report, kind: str) -> str:
    """The table of accuracy by one property of the questions."""
    bins = curve(report, kind)
    names = {bin.place: bin.name for bin in sorted(bins, key=lambda bin: bin.place)}
    cells = {(bin.system, bin.place): pages.percent(bin.accuracy) for bin in bins}
    rows = [
        [marked(row), *(cells.get((row.system, place), "") for place in names)]
        for row in shown(report)
        if row.role != "control"
    ]
    return pages.grid(["memory", *names.values()], rows)


def column(figure: str, heading: str = "") -> Column[SystemRow]:
    """The column of a figure."""

    def text(row: SystemRow) -> str:
        value = row[figure]
        if value and figure == "budget_used":
            return f"{100 * value.mean:.0f} %"
        amount = FIGURES[figure].unit == "amount"
        return f"{value.mean:,.0f}" if value and amount else pages.percent(value)

    return Column(heading or figure.replace("_", " "), text)


def marked(row: SystemRow) -> str:
    """The name of a system with the marks of the introduction."""
    return row.system + "!" * row.fault + "†" * bool(row.bound)


def unread(row: SystemRow) -> str:
    """The share of statements that were unread, in percent."""
    known = row["unread_context"] or row["unread_store"]
    return f"{100 * row.unread:.1f}" if known else ""


if __name__ == "__main__":
    main()
