"""Writes docs/results/your-logs.md: argument survival on 200 recorded airline trajectories.

    python runs/logs.py FILE [--workers N] [--folder DIR]

FILE is gpt-4o-airline.json of tau-bench's historical trajectories (MIT), plain or gzip. The figures
are kept in the folder.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from memories import percent

from memorygym.cli import main as memorygym
from memorygym.reports.markdown import wrapped

BUDGETS = (250, 500, 1000)
KINDS = ("id", "date", "amount", "path", "name", "command")
TARGET = Path(__file__).parents[1] / "docs/results/your-logs.md"
INTRODUCTION = (
    "Written by `python runs/logs.py gpt-4o-airline.json.gz`; the same bytes on every machine. "
    "The log is that of tau-bench (Yao et al. 2024, MIT): {trajectories} trajectories of a model "
    "agent with tools and a simulated user, 50 tasks with four trials each. {used} of them use "
    "values from earlier turns: of {calls:,} calls, arguments take {uses:,} values ({kinds}). "
    "Every trajectory is replayed past every memory; no model is asked. Memories that need a "
    "model used the built-in extractive summariser, so read this as a comparison of mechanisms "
    "with a weak summariser.\n\nSurvival is the share of these values that the context still "
    "showed before the call, with the 95 % interval, clustered by task ([your "
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


def main() -> int:
    """Replays the trajectories and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--folder", type=Path, default=Path("build/logs"))
    args = parser.parse_args()
    status = memorygym(
        ["compare", "--trajectories", str(args.file), "--budget", ",".join(map(str, BUDGETS)),
         "--workers", args.workers, "-o", str(args.folder)]
    )  # fmt: skip
    if status == 0:
        result = json.loads((args.folder / "trajectories.json").read_bytes())
        TARGET.write_text("\n".join(page(result)) + "\n", encoding="utf-8")
    return status


def page(result: Mapping[str, Any]) -> Iterator[str]:
    """The page, line by line."""
    rows, uses = result["rows"], result["uses"]
    full = next(row for row in rows if row["system"] == "full")
    kinds = [f"{uses[kind]:,} {kind}" for kind in KINDS if kind in uses]
    text = INTRODUCTION.format(
        trajectories=result["trajectories"], used=result["trajectories_with_uses"],
        calls=result["calls"], uses=sum(uses.values()), kinds=", ".join(kinds),
        full=full["tokens"]["mean"],
    )  # fmt: skip
    yield f"# Argument survival on 200 recorded airline trajectories\n\n{wrapped(text)}"
    for budget in BUDGETS:
        yield f"\n## Budget {budget:,}\n"
        yield from table(rows, budget, [kind for kind in KINDS if kind in uses])
    yield from outcomes(rows, result)


def ordered(rows: list[Mapping[str, Any]], budget: int) -> list[Mapping[str, Any]]:
    """The ceiling, the memories at a budget by their survival, and the floor."""
    own = [row for row in rows if row["budget"] == budget]
    own.sort(key=lambda row: (-row["survival"]["share"]["mean"], row["system"]))
    bounds = {row["system"]: row for row in rows if row["budget"] is None}
    return [bounds["full"], *own, bounds["none"]]


def table(rows: list[Mapping[str, Any]], budget: int, kinds: list[str]) -> Iterator[str]:
    """Survival by kind and by distance at a budget."""
    shown = ordered(rows, budget)
    distances = sorted(shown[0]["by_distance"], key=lowest)
    heads = ["memory", "survival, %", "context tokens", *(f"{kind}, %" for kind in kinds)]
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'--:|' * (len(heads) - 1)}"
    for row in shown:
        cells = [row["system"], percent(row["survival"]["share"])]
        cells += [f"{row['tokens']['mean']:,.0f}"]
        cells += [mean(row["by_kind"].get(kind)) for kind in kinds]
        yield f"| {' | '.join(cells)} |"
    uses = [f"{name} ({shown[0]['by_distance'][name]['uses']})" for name in distances]
    yield f"\n| survival in % by distance in tokens (values) | {' | '.join(uses)} |"
    yield f"|---|{'--:|' * len(distances)}"
    for row in shown[1:-1]:
        cells = [row["system"], *(mean(row["by_distance"].get(name)) for name in distances)]
        yield f"| {' | '.join(cells)} |"
    stale = [row for row in shown[1:-1] if row["stale"]]
    count = stale[0]["stale"]["uses"] if stale else 0
    names = [row["system"] for row in stale if row["stale"]["share"]["mean"]]
    which = f"only the older value was shown by {', '.join(names)}" if names else "none showed it"
    yield f"\nStale: {count} of the values had replaced an older one; {which}."


def outcomes(rows: list[Mapping[str, Any]], result: Mapping[str, Any]) -> Iterator[str]:
    """Survival by outcome, and what a difference can mean."""
    yield "\n## Trajectories that succeeded and trajectories that failed\n"
    yield wrapped(OUTCOMES.format(**result["outcomes"])) + "\n"
    heads = [f"{part} at {budget:,}" for budget in BUDGETS for part in ("success", "failure", "±")]
    heads = [head if head[0] != "±" else "difference" for head in heads]
    yield f"| survival, % | {' | '.join(heads)} |"
    yield f"|---|{'--:|' * len(heads)}"
    by_key = {(row["system"], row["budget"]): row for row in rows}
    apart = dict.fromkeys(BUDGETS, 0)
    names = [row["system"] for row in ordered(rows, BUDGETS[-1])[1:-1]]
    for name in names:
        cells = [name]
        for budget in BUDGETS:
            row = by_key[name, budget]
            cells += [mean(row["by_outcome"][outcome]) for outcome in ("success", "failure")]
            difference = row["difference"]
            apart[budget] += difference["low"] > 0 or difference["high"] < 0
            cells.append(percent(difference))
        yield f"| {' | '.join(cells)} |"
    counts = [f"{apart[budget]} of {len(names)} at {budget:,}" for budget in BUDGETS]
    yield f"\nIntervals without 0: {', '.join(counts)}; they are not adjusted for their number."
    distances = {name: own["mean"] for name, own in result["distance_by_outcome"].items()}
    yield "\n" + wrapped(MEANING.format(**distances))


def lowest(distance: str) -> float:
    """The number that sorts bins such as <250, 500–1k and 1k–2k."""
    low = distance.partition("–")[0]
    return 0 if low.startswith("<") else float(low.rstrip("k")) * (1000 if "k" in low else 1)


def mean(share: Mapping[str, Any] | None) -> str:
    """A share in percent without its interval."""
    return "" if share is None else f"{100 * share['share']['mean']:.1f}"


if __name__ == "__main__":
    raise SystemExit(main())
