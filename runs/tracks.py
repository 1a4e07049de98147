"""Makes docs/results/research.md and codeqa.md: every memory, by hops and by length.

    python runs/tracks.py [research|codeqa ...] [--seeds N] [--folder DIR]

The comparisons are kept in the folder; stopped and started again, they go on where they were.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from memories import percent

from memorygym.cli import main as memorygym
from memorygym.core import registry
from memorygym.stats import clustered_share

BUDGET = 1000
EXTRA = "chromadb"
"""Needs an extra, and differs from markdown only where its scribe searches."""
PARAMETERS = {
    "research": "hops=2,4,8:tokens=10k,30k,100k",
    "codeqa": "hops=1,2,3,4:tokens=10k,30k,100k",
}
INSTANCES = {"research": 54, "codeqa": 18}
RESULTS = Path(__file__).parents[1] / "docs/results"
INTRODUCTION = """\
# {title}: every shipped memory, by hops and by length

Made by `python runs/tracks.py {track} --seeds {tasks}`; the same bytes on every machine. Contract
{version_hash}, {tasks} instances (`--track {track}:{parameters}`),
budget {budget} tokens, offline: memories that ask a model ask `extractive`, so this ranks
mechanisms with a weak writer, not what they reach with a language model. Accuracy is the share of
questions that the locked reasoner gets right, in %; in brackets the 95 % interval (Wilson, of as
many questions as remain when those of an instance count as alike). References stand first, then
the memories by their accuracy; those with the same rank are not shown to differ (sign flips over
instances, Holm over all pairs).
"""
Rows = list[dict[str, str]]


def main() -> int:
    """Plays what is missing and writes the pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tracks", nargs="*", metavar="TRACK", help=f"of {', '.join(PARAMETERS)}")
    parser.add_argument("--seeds", type=int, metavar="N", help="instances of each track")
    parser.add_argument("--folder", type=Path, default=Path("build/tracks"))
    args = parser.parse_args()
    names = ",".join(name for name in registry.names("memory") if name != EXTRA)
    for track in args.tracks or PARAMETERS:
        seeds = str(args.seeds or INSTANCES[track])
        folder = args.folder / track
        folder.parent.mkdir(parents=True, exist_ok=True)
        status = memorygym(
            ["compare", "--track", f"{track}:{PARAMETERS[track]}", "--memories", names,
             "--budgets", str(BUDGET), "--reasoner", "strong,weak", "--seeds", seeds,
             "-o", str(folder)]
        )  # fmt: skip
        if status:
            return status
        found = json.loads((folder / "compare.json").read_bytes())
        with (folder / "questions.csv").open(newline="") as file:
            rows = [*csv.DictReader(file)]
        page = "\n".join(_page(track, found, rows)) + "\n"
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / f"{track}.md").write_text(page, encoding="utf-8")
    return 0


def _page(track: str, found: Mapping[str, Any], rows: Rows) -> Iterator[str]:
    """The page, line by line."""
    strong, weak = (
        next(r for r in found["reports"] if r["reasoner"] == w) for w in ("strong", "weak")
    )
    yield INTRODUCTION.format(
        title=track.capitalize(), track=track, version_hash=found["version_hash"],
        tasks=strong["tasks"],
        parameters=PARAMETERS[track], budget=f"{BUDGET:,}",
    )  # fmt: skip
    for agreed in found["kendall"]:
        tau = agreed["tau"]
        yield (
            f"The rankings under the strong and the weak reasoner agree with Kendall's tau-b"
            f" {tau['mean']:.2f} ({tau['low']:.2f} to {tau['high']:.2f}).\n"
        )
    yield from _overall(strong, weak)
    mine = [row for row in rows if row["reasoner"] == "strong"]
    ranks = {row["system"]: row["rank"] for row in strong["rows"] if row["role"] != "held"}
    yield "\n## By hops\n"
    yield from _strata(mine, ranks, lambda row: row["hops"])
    yield "\n## By length\n"
    yield from _strata(mine, ranks, lambda row: row["template"].rpartition("-")[2])


def _overall(strong: Mapping[str, Any], weak: Mapping[str, Any]) -> Iterator[str]:
    """All instances together."""
    weakly = {row["system"]: row["figures"]["accuracy"] for row in weak["rows"]}
    heads = (
        "memory", "rank", "accuracy", "weak reasoner", "EM", "F1", "normalised gain", "storing",
        "retrieving", "survival", "in view", "ingest", "query",
    )  # fmt: skip
    yield "## All instances\n"
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'--:|' * (len(heads) - 1)}"
    for row in strong["rows"]:
        if row["role"] == "held":
            continue
        of = row["figures"]
        shares = (of["accuracy"], weakly[row["system"]], *(of[n] for n in (
            "exact", "f1", "normalised", "storing", "retrieving", "survival",
        )))  # fmt: skip
        costs = (of[name] for name in ("view", "ingest_tokens", "query_tokens"))
        cells = [
            row["system"], str(row["rank"] or ""), *map(percent, shares),
            *("" if cost is None else f"{cost['mean']:,.0f}" for cost in costs),
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield (
        f"\n{strong['questions']} questions an arm, {strong['left_out']} left out (facts beyond"
        " the budget). In view: tokens at a question; ingest and query: of the memory's own model,"
        " an instance."
    )


def _strata(rows: Rows, ranks: Mapping[str, Any], of: Any) -> Iterator[str]:
    """Accuracy by arm and stratum."""
    strata = sorted({of(row) for row in rows}, key=_size)
    yield f"| memory | {' | '.join(strata)} |"
    yield f"|---|{'--:|' * len(strata)}"
    for system in ranks:
        cells = []
        for stratum in strata:
            tasks: dict[tuple[str, str], list[bool]] = {}
            for row in rows:
                if row["system"] == system and of(row) == stratum:
                    task = row["template"], row["seed"]
                    tasks.setdefault(task, []).append(row["score"] == "1")
            cells.append(_share([*tasks.values()]))
        yield f"| {system} | {' | '.join(cells)} |"


def _size(stratum: str) -> float:
    """2, 10k, 1M in their order."""
    unit = {"k": 1e3, "M": 1e6}.get(stratum[-1], 1)
    return float(stratum.rstrip("kM")) * unit


def _share(tasks: Sequence[list[bool]]) -> str:
    found = clustered_share([*tasks])
    return f"{100 * found.mean:.0f} ({100 * max(0, found.low):.0f}–{100 * min(1, found.high):.0f})"


if __name__ == "__main__":
    raise SystemExit(main())
