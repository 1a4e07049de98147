"""Writes docs/results/dialogue.md: every memory at three budgets, by need and depth of chain.

    python scripts/dialogue.py [--seeds N] [--folder DIR]

The comparisons are stored in the folder; to resume an interrupted run, repeat the command.
"""

from collections.abc import Iterator

import pages

from memorygym.runs.comparison.figures import Report
from memorygym.runs.results import RunResults
from memorygym.stats import tau_b

BUDGETS = (500, 1000, 2000)
MIDDLE = 1000
KINDS = ("named", "never named", "both")
LINKS = ("link 1", "link 2", "link 3")
INTRODUCTION = """\
# Dialogue: built-in memories by budget, by need and by depth of chain

Written by `python scripts/dialogue.py --seeds {seeds}`; the same bytes on every machine.
Version {version}. {tasks} sessions (`--track dialogue`), 15 requests each, about 20,000
tokens, run offline: memories that need a model used the built-in extractive summariser, so read
this as a ranking of mechanisms with a weak summariser, not of what they reach with an LLM. Accuracy
is the percentage of requests that the fixed reasoner gets granted; in brackets the 95 % interval
(Wilson interval with the sample size divided by the design effect, because requests of one session
are correlated). References come first, then the memories by accuracy; those with the same rank do
not differ significantly (paired t tests over sessions, Holm over all pairs of memories).
{marks}
"""


def main() -> None:
    """Plays the missing episodes and writes the page."""
    parser = pages.options("dialogue", __doc__)
    parser.add_argument("--seeds", type=int, default=12, metavar="N", help="sessions a desk")
    args = parser.parse_args()
    live = pages.compare(args.folder / "live", BUDGETS, args.seeds, track="dialogue:prefix=live")
    fixed = pages.compare(
        args.folder / "fixed",
        [MIDDLE],
        args.seeds,
        track="dialogue:prefix=fixed",
        reasoner="strong",
    )
    pages.write("dialogue.md", page(live, fixed, args.seeds))


def page(live: RunResults, fixed: RunResults, seeds: int) -> Iterator[str]:
    """The page, line by line."""
    reports = {budget: pages.report_of(live, "strong", budget) for budget in BUDGETS}
    middle = reports[MIDDLE]
    yield INTRODUCTION.format(
        version=live.version, tasks=len(middle.tasks), marks=pages.MARKS, seeds=seeds
    )
    yield from pages.agreements(live)
    alike = tau_b(*map(_accuracies, (middle, pages.report_of(fixed, "strong", MIDDLE))))
    yield (
        f"\nAt {MIDDLE:,} tokens the rankings on live and on fixed streams (`prefix=fixed`: all"
        f" memories see the same texts) agree with Kendall's tau-b {alike:.2f}."
    )
    yield "\n## By budget\n"
    columns = [
        column
        for budget, report in reports.items()
        for column in (pages.accuracy_of(report, f"{budget:,} tokens"), pages.rank_of(report))
    ]
    yield pages.table(columns, middle)
    yield f"\n## Losses and costs, at {MIDDLE:,} tokens\n"
    yield pages.table([*pages.LOSSES, pages.UNREAD, *pages.COSTS], middle)
    yield f"\n## By what a request needs, at {MIDDLE:,} tokens\n"
    yield pages.strata(live, middle, lambda _, case: case.kind, KINDS)
    yield f"\n## By depth in a chain, at {MIDDLE:,} tokens\n"
    yield pages.strata(live, middle, lambda _, case: case.type.partition("(")[2].rstrip(")"), LINKS)
    yield f"\n## By facts needed, at {MIDDLE:,} tokens\n"
    yield pages.by_facts(middle)


def _accuracies(report: Report) -> list[float]:
    """Those of the memories, in the order of their names."""
    memories = sorted(report.of("memory"), key=lambda row: row.system)
    return [accuracy.mean for row in memories if (accuracy := row["accuracy"])]


if __name__ == "__main__":
    main()
