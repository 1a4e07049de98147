"""Writes docs/results/research.md and codeqa.md: every memory, by hops and by length.

    python runs/tracks.py [research|codeqa ...] [--seeds N] [--folder DIR]

The comparisons are stored in the folder; to resume an interrupted run, repeat the command.
"""

import argparse
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from memories import MARKS, by_facts, marked, percent, unread

from memorygym.cli import main as memorygym
from memorygym.core import registry
from memorygym.stats import clustered_share

BUDGET = 1000
EXTRA = "chromadb"
"""It needs an extra, and differs from markdown only in how its note taker searches."""
PARAMETERS = {
    "research": "hops=2,4,8:tokens=10k,30k,100k",
    "codeqa": "hops=1,2,3,4:tokens=10k,30k,100k",
}
INSTANCES = {"research": 54, "codeqa": 18}
RESULTS = Path(__file__).parents[1] / "docs/results"
INTRODUCTION = """\
# {title}: built-in memories by hops and by length

Written by `python runs/tracks.py {track} --seeds {tasks}`; the same bytes on every machine.
Benchmark version hash {version}. {tasks} instances
(`--track {track}:{parameters}`), budget {budget} tokens,
run offline: memories that need a model used the built-in extractive summariser, so read this as a
ranking of mechanisms with a weak summariser, not of what they reach with an LLM. Accuracy is the
percentage of questions that the fixed reasoner answers correctly; in brackets the 95 % interval
(Wilson interval with the sample size divided by the design effect, because questions of one
instance are correlated). References come first, then the memories by accuracy; those with the same
rank do not differ significantly (paired t tests over instances, Holm over all pairs of memories).
{marks}
"""
Row = dict[str, str]
Rows = list[Row]


def main() -> int:
    """Plays the missing episodes and writes the pages."""
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
            ["compare", "--track", f"{track}:{PARAMETERS[track]}", "--memory", names,
             "--budget", str(BUDGET), "--reasoner", "strong,weak", "--seeds", seeds,
             "-o", str(folder)]
        )  # fmt: skip
        if status:
            return status
        result = json.loads((folder / "compare.json").read_bytes())
        with (folder / "questions.csv").open(newline="") as file:
            rows = [*csv.DictReader(file)]
        page = "\n".join(_page(track, result, rows)) + "\n"
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / f"{track}.md").write_text(page, encoding="utf-8")
    return 0


def _page(track: str, result: Mapping[str, Any], rows: Rows) -> Iterator[str]:
    """The page, line by line."""
    reports = {report["reasoner"]: report for report in result["reports"]}
    strong, weak = reports["strong"], reports["weak"]
    yield INTRODUCTION.format(
        title=track.capitalize(), track=track, version=result["version"],
        tasks=strong["tasks"],
        parameters=PARAMETERS[track], budget=f"{BUDGET:,}", marks=MARKS,
    )  # fmt: skip
    for agreement in result["kendall"]:
        tau = agreement["tau"]
        yield (
            f"The rankings under the strong and the weak reasoner agree with Kendall's tau-b"
            f" {tau['mean']:.2f} ({tau['low']:.2f} to {tau['high']:.2f}).\n"
        )
    yield from _overall(strong, weak)
    strong_rows = [row for row in rows if row["reasoner"] == "strong"]
    ranks = {row["system"]: row["rank"] for row in strong["rows"] if row["role"] != "unlimited"}
    yield "\n## By facts needed\n"
    yield from by_facts(strong)
    yield "\n## By hops\n"
    yield from _by(strong_rows, ranks, lambda row: row["hops"])
    yield "\n## By length\n"
    yield from _by(strong_rows, ranks, lambda row: row["template"].rpartition("-")[2])


def _overall(strong: Mapping[str, Any], weak: Mapping[str, Any]) -> Iterator[str]:
    """The table over all instances."""
    weak_accuracy = {row["system"]: row["figures"]["accuracy"] for row in weak["rows"]}
    headings = (
        "memory", "rank", "accuracy", "weak reasoner", "write loss", "retrieval loss",
        "evidence recall", "unread", "context tokens", "ingest tokens", "query tokens",
    )  # fmt: skip
    yield "## All instances\n"
    yield f"| {' | '.join(headings)} |"
    yield f"|---|{'--:|' * (len(headings) - 1)}"
    for row in strong["rows"]:
        if row["role"] == "unlimited":
            continue
        figures = row["figures"]
        shares = (figures["accuracy"], weak_accuracy[row["system"]], *(figures[name] for name in (
            "write_loss", "retrieval_loss", "evidence_recall",
        )))  # fmt: skip
        costs = (figures[name] for name in ("view", "ingest_tokens", "query_tokens"))
        cells = [
            marked(row), str(row["rank"] or ""), *map(percent, shares), unread(row),
            *("" if cost is None else f"{cost['mean']:,.0f}" for cost in costs),
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield (
        f"\n{strong['questions']} questions per system, {strong['left_out']} left out (facts beyond"
        " the budget). Context tokens: per question; ingest and query tokens: of the memory's own"
        " model, per instance."
    )


def strata(
    rows: Rows, systems: Iterable[str], names: Sequence[str], stratum_of: Callable[[Row], str]
) -> Iterator[str]:
    """The table of accuracy by system and stratum."""
    yield f"| memory | {' | '.join(names)} |"
    yield f"|---|{'--:|' * len(names)}"
    for system in systems:
        cells = []
        for name in names:
            tasks: dict[tuple[str, str], list[bool]] = {}
            for row in rows:
                if row["system"] == system and stratum_of(row) == name:
                    task = row["template"], row["seed"]
                    tasks.setdefault(task, []).append(row["score"] == "1")
            cells.append(_share([*tasks.values()]))
        yield f"| {system} | {' | '.join(cells)} |"


def _by(rows: Rows, systems: Iterable[str], stratum_of: Callable[[Row], str]) -> Iterator[str]:
    """The same for the strata that there are, the smallest first."""
    yield from strata(rows, systems, sorted({*map(stratum_of, rows)}, key=_size), stratum_of)


def _size(stratum: str) -> float:
    """The number that sorts strata such as 2, 10k and 1M."""
    unit = {"k": 1e3, "M": 1e6}.get(stratum[-1], 1)
    return float(stratum.rstrip("kM")) * unit


def _share(tasks: Sequence[list[bool]]) -> str:
    estimate = clustered_share([*tasks])
    mean, low, high = (100 * share for share in (estimate.mean, estimate.low, estimate.high))
    return f"{mean:.0f} ({low:.0f}–{high:.0f})" if estimate.has_interval else f"{mean:.0f}"


if __name__ == "__main__":
    raise SystemExit(main())
