"""Writes docs/results/research.md and codeqa.md: every memory, by hops and by length.

    python scripts/tracks.py [research|codeqa ...] [--seeds N] [--folder DIR]

The comparisons are stored in the folder; to resume an interrupted run, repeat the command.
"""

from collections.abc import Iterator

import pages

from memorygym.runs.results import RunResults

BUDGET = 1000
PARAMETERS = {
    "research": "hops=2,4,8:tokens=10k,30k,100k",
    "codeqa": "hops=1,2,3,4:tokens=10k,30k,100k",
}
INSTANCES = {"research": 54, "codeqa": 18}
INTRODUCTION = """\
# {title}: built-in memories by hops and by length

Written by `python scripts/tracks.py {track} --seeds {tasks}`; the same bytes on every machine.
Version {version}. {tasks} instances
(`--track {track}:{parameters}`), budget {budget} tokens,
run offline: memories that need a model used the built-in extractive summariser, so read this as a
ranking of mechanisms with a weak summariser, not of what they reach with an LLM. Accuracy is the
percentage of questions that the fixed reasoner answers correctly; in brackets the 95 % interval
(Wilson interval with the sample size divided by the design effect, because questions of one
instance are correlated). References come first, then the memories by accuracy; those with the same
rank do not differ significantly (paired t tests over instances, Holm over all pairs of memories).
{marks}
"""


def main() -> None:
    """Plays the missing episodes and writes the pages."""
    parser = pages.options("tracks", __doc__)
    parser.add_argument("tracks", nargs="*", metavar="TRACK", help=f"of {', '.join(PARAMETERS)}")
    parser.add_argument("--seeds", type=int, metavar="N", help="instances of each track")
    args = parser.parse_args()
    for name in args.tracks or PARAMETERS:
        track, seeds = f"{name}:{PARAMETERS[name]}", args.seeds or INSTANCES[name]
        results = pages.compare(args.folder / name, [BUDGET], seeds, track=track)
        pages.write(f"{name}.md", page(name, results))


def page(track: str, results: RunResults) -> Iterator[str]:
    """The page, line by line."""
    strong, weak = (pages.report_of(results, reasoner, BUDGET) for reasoner in ("strong", "weak"))
    yield INTRODUCTION.format(
        title=track.capitalize(),
        track=track,
        version=results.version,
        tasks=len(strong.tasks),
        parameters=PARAMETERS[track],
        budget=f"{BUDGET:,}",
        marks=pages.MARKS,
    )
    yield from pages.agreements(results)
    yield ""
    accuracy = [pages.column("accuracy"), pages.accuracy_of(weak, "weak reasoner")]
    yield "## All instances\n"
    columns = [pages.rank_of(strong), *accuracy, *pages.LOSSES, pages.UNREAD, *pages.COSTS]
    yield pages.table(columns, strong)
    yield (
        f"\n{strong.questions} questions per system, {strong.left_out} left out (facts beyond"
        " the budget). Context tokens: per question; ingest and query tokens: of the memory's own"
        " model, per instance."
    )
    yield "\n## By facts needed\n"
    yield pages.by_facts(strong)
    yield "\n## By hops\n"
    yield pages.strata(results, strong, lambda _, case: str(case.hops))
    yield "\n## By length\n"
    yield pages.strata(results, strong, lambda played, _: played.template.rpartition("-")[2])


if __name__ == "__main__":
    main()
