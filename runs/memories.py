"""Writes docs/results/memories.md: every built-in memory at three budgets on all ten domains.

    python runs/memories.py [--seeds N] [--folder DIR]

The comparison is stored in the folder; to resume an interrupted run, repeat the command.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from memorygym.cli import main as memorygym
from memorygym.core import registry

BUDGETS = (500, 1000, 2000)
UNREAD = ("unread_context", "unread_store")
EXTRA = "chromadb"
"""It needs an extra, and differs from markdown only in how its note taker searches."""
TOGETHER = ", but not once all pairs are tested together (Holm)"
TARGET = Path(__file__).parents[1] / "docs/results/memories.md"
INTRODUCTION = """\
# Built-in memories at three budgets

Written by `python runs/memories.py`; the same bytes on every machine. Benchmark version hash
{version}. {tasks} tasks (ten domains, standard tier, seeds 0 to {last}), run offline: memories
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

`markdown+scribe` is the memory with tools, used by the fixed scripted note taker within the track's
limit of writes and with no more capacity than the context has tokens. Memories with the same rank
do not differ significantly (paired t tests over tasks, Holm over all pairs of memories).
{marks}
"""
MARKS = """\
†: not measured here, because it is at the floor (`none`) or the ceiling (`oracle`) whatever the
number of facts needed. !: a fault of the set-up, because it answers more than with all that it
holds; without a rank."""


def main() -> int:
    """Plays the missing episodes and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("build/memories"))
    args = parser.parse_args()
    args.folder.parent.mkdir(parents=True, exist_ok=True)
    names = ",".join(name for name in registry.names("memory") if name != EXTRA)
    status = memorygym(
        ["compare", "--memory", names, "--budget", ",".join(map(str, BUDGETS)),
         "--reasoner", "strong,weak", "--seeds", str(args.seeds), "-o", str(args.folder)]
    )  # fmt: skip
    if status == 0:
        result = json.loads((args.folder / "compare.json").read_bytes())
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text("\n".join(page(result)) + "\n", encoding="utf-8")
    return status


def page(result: Mapping[str, Any]) -> Iterator[str]:
    """The page, line by line."""
    reports = {(report["reasoner"], report["budget"]): report for report in result["reports"]}
    first, last = next(iter(reports.values())), max(result["recipe"]["seeds"])
    yield INTRODUCTION.format(
        version=result["version"], tasks=first["tasks"], last=last, marks=MARKS
    )
    for agreement in result["kendall"]:
        tau, reasoners = agreement["tau"], " and the ".join(agreement["reasoners"])
        yield (
            f"- Budget {agreement['budget']:,}: the rankings under the {reasoners} reasoner agree"
            f" with Kendall's tau-b {tau['mean']:.2f}"
            f" ({tau['low']:.2f} to {tau['high']:.2f})."
        )
    for budget in BUDGETS:
        yield from table(reports["strong", budget], reports["weak", budget], budget)


def table(strong: Mapping[str, Any], weak: Mapping[str, Any], budget: int) -> Iterator[str]:
    """The table of one budget."""
    weak_accuracy = {row["system"]: row["figures"]["accuracy"] for row in weak["rows"]}
    yield f"\n## Budget {budget:,}\n"
    yield (
        "| memory | rank | accuracy, % | weak reasoner, % | write loss, % | retrieval loss, % |"
        " evidence recall, % | stale-evidence rate, % | unread, % | context tokens |"
        " ingest tokens | query tokens |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for row in strong["rows"]:
        if row["role"] != "unlimited":
            yield line(row, weak_accuracy[row["system"]])
    verdict, pairs = strong["verdict"], strong["pairs"]
    detectable = median(pair["detectable"] for pair in pairs if pair["detectable"])
    outcome = "best" if verdict["won"] else "no winner"
    only_uncorrected = not verdict["won"] and verdict["lead"]["low"] > 0
    yield (
        f"\n{strong['questions']} questions per system, {strong['left_out']} left out (facts beyond"
        f" the budget). {outcome.capitalize()}: {verdict['best']} leads {verdict['second']} by"
        f" {percent(verdict['lead'])} points{TOGETHER * only_uncorrected}. Minimum detectable"
        f" effect, median over pairs: {100 * detectable:.1f} points.\n"
    )
    yield from by_facts(strong)


def by_facts(report: Mapping[str, Any]) -> Iterator[str]:
    """The table of accuracy by the number of facts that a question needs."""
    bins = {(bin["system"], bin["name"]): bin["accuracy"] for bin in report["by_facts"]}
    names = sorted({name for _, name in bins})
    yield f"| accuracy by facts needed, % | {' | '.join(names)} |"
    yield f"|---|{'--:|' * len(names)}"
    for row in report["rows"]:
        if row["role"] != "unlimited":
            cells = [percent(bins.get((row["system"], name))) for name in names]
            yield f"| {marked(row)} | {' | '.join(cells)} |"


def marked(row: Mapping[str, Any]) -> str:
    """The name of a system with the marks of MARKS."""
    return row["system"] + "!" * row["fault"] + "†" * bool(row["bound"])


def unread(row: Mapping[str, Any]) -> str:
    """The share of statements that were unread, in percent."""
    shares = [figure["mean"] for name in UNREAD if (figure := row["figures"][name])]
    return f"{100 * max(shares):.1f}" if shares else ""


def line(row: Mapping[str, Any], weak: Mapping[str, Any]) -> str:
    """The row of one memory."""
    figures = row["figures"]
    cells = [
        marked(row), str(row["rank"] or ""), percent(figures["accuracy"]), percent(weak),
        percent(figures["write_loss"]), percent(figures["retrieval_loss"]),
        percent(figures["evidence_recall"]), percent(figures["stale_evidence_rate"]), unread(row),
        *(amount(figures[name]) for name in ("view", "ingest_tokens", "query_tokens")),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def percent(figure: Mapping[str, Any] | None) -> str:
    """A share in percent with half the width of its interval, with an uneven one, or with none."""
    if figure is None:
        return ""
    if figure["low"] is None:
        return f"{100 * figure['mean']:.1f}"
    mean, low, high = (100 * figure[name] for name in ("mean", "low", "high"))
    if abs((high - mean) - (mean - low)) < 0.05:
        return f"{mean:.1f} ± {high - mean:.1f}"
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def amount(figure: Mapping[str, Any]) -> str:
    """A number of tokens."""
    return f"{figure['mean']:,.0f}"


if __name__ == "__main__":
    raise SystemExit(main())
