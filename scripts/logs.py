"""Writes docs/results/your-logs.md: argument survival on 200 recorded airline trajectories.

    python scripts/logs.py FILE [--workers N] [--folder DIR]

FILE is gpt-4o-airline.json of tau-bench's historical trajectories (MIT), plain or gzip. The figures
are kept in the folder.
"""

from collections.abc import Iterator
from pathlib import Path

from pages import grid, options, percent, write

import memorygym
from memorygym.reports.markdown import wrapped
from memorygym.runs.comparison.survival import Share, SurvivalFigures, SurvivalRow

BUDGETS = (250, 500, 1000)
KINDS = ("id", "date", "amount", "path", "name", "command")
INTRODUCTION = (
    "Written by `python scripts/logs.py gpt-4o-airline.json.gz`; the same bytes on every machine. "
    "The log is that of tau-bench (Yao et al. 2024, MIT): {found.trajectories} trajectories of a "
    "model agent with tools and a simulated user, 50 tasks with four trials each. {found.used} of "
    "them use values from earlier turns: of {found.calls:,} calls, arguments take {uses:,} values "
    "({kinds}). Every trajectory is replayed past every memory; no model is asked. Memories that "
    "need a model used the built-in extractive summariser, so read this as a comparison of "
    "mechanisms with a weak summariser.\n\nSurvival is the share of these values that the context "
    "still showed before the call, with the 95 % interval, clustered by task ([your "
    "logs](../your-logs.md) defines it). If nothing is left out (`full`), the context has "
    "{full:,.0f} tokens at such a call. Distances are tokens between the message that said the "
    "value and the call."
)
OUTCOMES = (
    "{success} of the counted trajectories ended with reward 1 and {failure} with reward 0. The"
    " difference is survival where they succeeded minus survival where they failed, in points"
    " (bootstrap over tasks)."
)
MEANING = (
    "**What it can mean.** The recorded agent saw its whole history, so nothing that a memory loses"
    " here made a trajectory fail. A difference says that the trajectories that failed used other"
    " values, or values from farther back: the mean distance of their values is {failure:,.0f}"
    " tokens, that of the others {success:,.0f}. It does not say that a better memory would have"
    " turned failures into successes, nor that an agent with this memory would have made the same"
    " calls: after a loss it might have asked the user again or looked the value up."
)


def main() -> None:
    """Replays the trajectories and writes the page."""
    parser = options("logs", __doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    report = memorygym.compare(
        trajectories=args.file, budgets=BUDGETS, workers=args.workers, output=args.folder
    )
    write("your-logs.md", page(report.figures))


def page(found: SurvivalFigures) -> Iterator[str]:
    """The page, line by line."""
    kinds = [kind for kind in KINDS if kind in found.uses]
    full = next(row for row in found.rows if row.system == "full")
    text = INTRODUCTION.format(
        found=found,
        uses=sum(found.uses.values()),
        kinds=", ".join(f"{found.uses[kind]:,} {kind}" for kind in kinds),
        full=tokens(full),
    )
    yield f"# Argument survival on 200 recorded airline trajectories\n\n{wrapped(text)}"
    for budget in BUDGETS:
        yield f"\n## Budget {budget:,}\n"
        yield from tables(found, budget, kinds)
    yield from outcomes(found)


def tokens(row: SurvivalRow) -> float:
    """The tokens of the context."""
    assert row.tokens
    return row.tokens.mean


def mean(share: Share | None) -> str:
    """A share in percent without its interval."""
    return f"{100 * share.share.mean:.1f}" if share else ""


def memories(found: SurvivalFigures, budget: int) -> dict[str, SurvivalRow]:
    """The memories at a budget by their survival, the highest first."""
    rows = {row.system: row for row in found.rows if row.budget == budget}
    own = {row.system: row.survival.share.mean for row in rows.values() if row.survival}
    return {name: rows[name] for name in sorted(own, key=lambda name: (-own[name], name))}


def tables(found: SurvivalFigures, budget: int, kinds: list[str]) -> Iterator[str]:
    """Survival by kind and by distance at a budget."""
    rows = memories(found, budget)
    bounds = {row.system: row for row in found.rows if row.budget is None}
    full = bounds["full"]
    yield grid(
        ["memory", "survival, %", "context tokens", *(f"{kind}, %" for kind in kinds)],
        [
            [
                row.system,
                percent(row.survival.share if row.survival else None),
                f"{tokens(row):,.0f}",
                *(mean(row.by_kind.get(kind)) for kind in kinds),
            ]
            for row in (full, *rows.values(), bounds["none"])
        ],
    )
    distances = sorted(full.by_distance, key=lowest)
    uses = [f"{name} ({full.by_distance[name].uses})" for name in distances]
    yield ""
    yield grid(
        ["survival in % by distance in tokens (values)", *uses],
        [
            [name, *(mean(row.by_distance.get(distance)) for distance in distances)]
            for name, row in rows.items()
        ],
    )
    stale = {name: row.stale for name, row in rows.items() if row.stale}
    count = next((share.uses for share in stale.values()), 0)
    names = ", ".join(name for name, share in stale.items() if share.share.mean)
    which = f"only the older value was shown by {names}" if names else "none showed it"
    yield f"\nStale: {count} of the values had replaced an older one; {which}."


def outcomes(found: SurvivalFigures) -> Iterator[str]:
    """Survival by outcome, and what a difference can mean."""
    yield "\n## Trajectories that succeeded and trajectories that failed\n"
    yield wrapped(OUTCOMES.format(**found.outcomes)) + "\n"
    by_budget = {budget: memories(found, budget) for budget in BUDGETS}
    heads = [
        head
        for budget in BUDGETS
        for head in (f"success at {budget:,}", f"failure at {budget:,}", "difference")
    ]
    yield grid(
        ["survival, %", *heads],
        [
            [name, *(cell for rows in by_budget.values() for cell in by_outcome(rows[name]))]
            for name in by_budget[BUDGETS[-1]]
        ],
    )
    apart = {
        budget: sum(d.low > 0 or d.high < 0 for row in rows.values() if (d := row.difference))
        for budget, rows in by_budget.items()
    }
    counts = [f"{apart[budget]} of {len(rows)} at {budget:,}" for budget, rows in by_budget.items()]
    yield f"\nIntervals without 0: {', '.join(counts)}; they are not adjusted for their number."
    distances = {name: distance.mean for name, distance in found.distance_by_outcome.items()}
    yield "\n" + wrapped(MEANING.format(**distances))


def by_outcome(row: SurvivalRow) -> list[str]:
    """Survival where the trajectory succeeded and where it failed, and the difference."""
    shares = [mean(row.by_outcome.get(outcome)) for outcome in ("success", "failure")]
    return [*shares, percent(row.difference)]


def lowest(distance: str) -> float:
    """The number that sorts bins such as <250, 500–1k and 1k–2k."""
    low = distance.partition("–")[0]
    return 0 if low.startswith("<") else float(low.rstrip("k")) * (1000 if "k" in low else 1)


if __name__ == "__main__":
    main()
