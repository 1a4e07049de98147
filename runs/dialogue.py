"""Writes docs/results/dialogue.md: every memory at three budgets, by need and depth of chain.

    python runs/dialogue.py [--seeds N] [--folder DIR]

The comparisons are stored in the folder; to resume an interrupted run, repeat the command.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from memories import MARKS, by_facts, marked, percent, unread
from tracks import EXTRA, RESULTS, strata

from memorygym.cli import main as memorygym
from memorygym.core import registry
from memorygym.stats import tau_b

BUDGETS = (500, 1000, 2000)
MIDDLE = 1000
KINDS = ("named", "never named", "both")
LINKS = ("link 1", "link 2", "link 3")
INTRODUCTION = """\
# Dialogue: built-in memories by budget, by need and by depth of chain

Written by `python runs/dialogue.py --seeds {seeds}`; the same bytes on every machine. Benchmark
version hash {version}. {tasks} sessions (`--track dialogue`), 15 requests each, about 20,000
tokens, run offline: memories that need a model used the built-in extractive summariser, so read
this as a ranking of mechanisms with a weak summariser, not of what they reach with an LLM. Accuracy
is the percentage of requests that the fixed reasoner gets granted; in brackets the 95 % interval
(Wilson interval with the sample size divided by the design effect, because requests of one session
are correlated). References come first, then the memories by accuracy; those with the same rank do
not differ significantly (paired t tests over sessions, Holm over all pairs of memories).
{marks}
"""


def main() -> int:
    """Plays the missing episodes and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=12, metavar="N", help="sessions a domain")
    parser.add_argument("--folder", type=Path, default=Path("build/dialogue"))
    args = parser.parse_args()
    names = ",".join(name for name in registry.names("memory") if name != EXTRA)
    args.folder.mkdir(parents=True, exist_ok=True)
    for prefix, reasoners, budgets in (
        ("live", "strong,weak", BUDGETS), ("fixed", "strong", (MIDDLE,)),
    ):  # fmt: skip
        status = memorygym(
            ["compare", "--track", f"dialogue:prefix={prefix}", "--memory", names,
             "--budget", ",".join(map(str, budgets)), "--reasoner", reasoners,
             "--seeds", str(args.seeds), "-o", str(args.folder / prefix)]
        )  # fmt: skip
        if status:
            return status
    page = "\n".join(_page(args.folder, args.seeds)) + "\n"
    (RESULTS / "dialogue.md").write_text(page, encoding="utf-8")
    return 0


def _page(folder: Path, seeds: int) -> Iterator[str]:
    live, fixed = (
        json.loads((folder / prefix / "compare.json").read_bytes()) for prefix in ("live", "fixed")
    )
    reports = {(report["reasoner"], report["budget"]): report for report in live["reports"]}
    middle = reports["strong", MIDDLE]
    yield INTRODUCTION.format(
        version=live["version"], tasks=middle["tasks"], marks=MARKS, seeds=seeds
    )
    yield from _agreement(live, reports, {r["budget"]: r for r in fixed["reports"]})
    yield from _by_budget(reports)
    yield from _overall(middle)
    with (folder / "live" / "questions.csv").open(newline="") as file:
        rows = [
            row for row in csv.DictReader(file)
            if row["reasoner"] == "strong" and row["budget"] in ("", str(MIDDLE))
        ]  # fmt: skip
    systems = [row["system"] for row in middle["rows"] if row["role"] != "unlimited"]
    yield f"\n## By what a request needs, at {MIDDLE:,} tokens\n"
    yield from strata(rows, systems, KINDS, lambda row: row["kind"])
    yield f"\n## By depth in a chain, at {MIDDLE:,} tokens\n"
    yield from strata(rows, systems, LINKS, lambda row: row["type"].partition("(")[2].rstrip(")"))
    yield f"\n## By facts needed, at {MIDDLE:,} tokens\n"
    yield from by_facts(middle)


def _agreement(
    live: Mapping[str, Any], reports: Mapping[Any, Any], fixed: Mapping[int, Any]
) -> Iterator[str]:
    """How alike the rankings of two reasoners are, and of live and fixed streams."""
    for agreement in live["kendall"]:
        tau, budget = agreement["tau"], agreement["budget"]
        yield (
            f"At {budget:,} tokens the rankings under the strong and the weak reasoner agree with"
            f" Kendall's tau-b {tau['mean']:.2f} ({tau['low']:.2f} to {tau['high']:.2f})."
        )
    yield ""
    for budget, report in fixed.items():
        tau = tau_b(_scores(reports["strong", budget]), _scores(report))
        yield (
            f"At {budget:,} tokens the rankings on live and on fixed streams (`prefix=fixed`: all"
            f" memories see the same texts) agree with Kendall's tau-b {tau:.2f}."
        )


def _scores(report: Mapping[str, Any]) -> list[float]:
    rows = {row["system"]: row for row in report["rows"] if row["role"] == "memory"}
    return [rows[name]["figures"]["accuracy"]["mean"] for name in sorted(rows)]


def _by_budget(reports: Mapping[Any, Any]) -> Iterator[str]:
    """Accuracy and rank by budget, in the order of the middle one."""
    yield "\n## By budget\n"
    yield f"| memory | {' | '.join(f'{b:,} tokens | rank' for b in BUDGETS)} |"
    yield f"|---|{'--:|' * 2 * len(BUDGETS)}"
    by_budget = [
        {row["system"]: row for row in reports["strong", budget]["rows"]} for budget in BUDGETS
    ]
    for system, row in by_budget[1].items():
        if row["role"] != "unlimited":
            every = [rows[system] for rows in by_budget]
            cells = [f"{percent(r['figures']['accuracy'])} | {r['rank'] or ''}" for r in every]
            yield f"| {marked(row)} | {' | '.join(cells)} |"


def _overall(report: Mapping[str, Any]) -> Iterator[str]:
    """Losses and costs at the middle budget."""
    headings = ("write loss", "retrieval loss", "evidence recall", "unread", "context tokens",
                "ingest tokens", "query tokens")  # fmt: skip
    yield f"\n## Losses and costs, at {MIDDLE:,} tokens\n"
    yield f"| memory | {' | '.join(headings)} |"
    yield f"|---|{'--:|' * len(headings)}"
    for row in report["rows"]:
        if row["role"] == "unlimited":
            continue
        figures = row["figures"]
        shares = (figures[name] for name in ("write_loss", "retrieval_loss", "evidence_recall"))
        costs = (figures[name] for name in ("view", "ingest_tokens", "query_tokens"))
        cells = [
            marked(row), *map(percent, shares), unread(row),
            *("" if cost is None else f"{cost['mean']:,.0f}" for cost in costs),
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    raise SystemExit(main())
