"""Writes docs/results/memories.md: every built-in memory at three budgets on all ten templates.

    python scripts/memories.py [--seeds N] [--folder DIR]

The comparison is stored in the folder; to resume an interrupted run, repeat the command.
"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import pages

from memorygym.runs.results import RunResults

BUDGETS = (500, 1000, 2000)
TOGETHER = ", but not once all pairs are tested together (Holm)"
INTRODUCTION = """\
# Built-in memories at three budgets

Written by `python scripts/memories.py`; the same bytes on every machine. Version {version}.
{tasks} tasks (ten templates, standard tier, seeds 0 to {last}), run offline: memories
that need a model used the built-in extractive summariser, so read this as a ranking of mechanisms
with a weak summariser, not of what they reach with an LLM. Accuracy is the share of answerable
questions that the fixed reasoner answers correctly from the context, with the 95 % interval over
tasks. Write loss and retrieval loss are the two parts of the accuracy that is lost against
`oracle`. Evidence recall is the share of the facts that a question needs in the context, averaged
over questions. The stale-evidence rate is the share of needed facts that had changed for which the
context shows an old value without the new one. Unread is the share of statements that the fact
reader could attribute to nothing, of those shown or those held, whichever is larger; above 5 % the
losses are withheld. Context tokens are per question; ingest and query tokens of the memory's own
model are per task.

`markdown+writer` is the memory with tools, used by the fixed scripted note taker within the track's
limit of writes and with no more capacity than the context has tokens. Memories with the same rank
do not differ significantly (paired t tests over tasks, Holm over all pairs of memories).
{marks}
"""


def main() -> None:
    """Plays the missing episodes and writes the page."""
    parser = pages.options("memories", __doc__)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    pages.write("memories.md", page(pages.compare(args.folder, BUDGETS, args.seeds)))


def page(results: RunResults) -> Iterator[str]:
    """The page, line by line."""
    tasks, last = len(results.reports[0].tasks), max(results.recipe["seeds"])
    yield INTRODUCTION.format(version=results.version, tasks=tasks, last=last, marks=pages.MARKS)
    yield from pages.agreements(results)
    for budget in BUDGETS:
        yield from of_budget(results, budget)


def of_budget(results: RunResults, budget: int) -> Iterator[str]:
    """The tables of one budget."""
    strong, weak = (pages.report_of(results, reasoner, budget) for reasoner in ("strong", "weak"))
    shares = [
        pages.column("accuracy"),
        pages.accuracy_of(weak, "weak reasoner"),
        *pages.LOSSES,
        pages.column("stale_evidence_rate", "stale-evidence rate"),
        pages.UNREAD,
    ]
    in_percent = [replace(share, key=f"{share.key}, %") for share in shares]
    yield f"\n## Budget {budget:,}\n"
    yield pages.table([pages.rank_of(strong), *in_percent, *pages.COSTS], strong)
    tests = strong.significance
    verdict = tests.verdict
    assert verdict
    detectable = median(pair.detectable for pair in tests.pairs if pair.detectable)
    outcome = "Best" if verdict.won else "No winner"
    only_uncorrected = not verdict.won and verdict.lead.low > 0
    yield (
        f"\n{strong.questions} questions per system, {strong.left_out} left out (facts beyond"
        f" the budget). {outcome}: {verdict.best} leads {verdict.second} by"
        f" {pages.percent(verdict.lead)} points{TOGETHER * only_uncorrected}. Minimum detectable"
        f" effect, median over pairs: {100 * detectable:.1f} points.\n"
    )
    yield pages.by_facts(strong)


if __name__ == "__main__":
    main()
