"""The memories of comparisons on a leaderboard, as Markdown."""

from collections.abc import Iterator

from memorygym.commands._board_cells import grid, mean, safe, status, title
from memorygym.isolation.figures import Report
from memorygym.isolation.tables import detectable_text, normalised_text, verdict_text
from memorygym.page import wrapped
from memorygym.publishing.leaderboard import Board, Ranking

LEGEND = (
    "Memories are ranked within a comparison: one reasoner, one budget of tokens in view, the same"
    " tasks. A rank is one more than the number of memories that are shown to be better; normalised"
    " gain is (m - none) / (oracle - none), with its 95 % interval, undefined unless oracle is"
    " shown to be above none."
)


def ranking_parts(one: Ranking, found: Board) -> Iterator[str]:
    """The section of one comparison under one reasoner, at one budget."""
    report = one.report
    yield f"## {safe(heading(one, found))}"
    yield grid(
        ["rank", "memory", "accuracy", "normalised gain", "status"],
        [
            [
                "–" if row.rank is None else str(row.rank), row.arm, mean(row["accuracy"]),
                normalised_text(row), status(one.evidence),
            ]
            for row in report.of("memory")
        ],
    )  # fmt: skip
    yield "\n\n".join(map(wrapped, _under(one)))


def heading(one: Ranking, found: Board) -> str:
    """Under what its memories were compared."""
    writer = one.recipe["memory_model"]
    parts = [f"Memories: {title(one.set, found)}", f"reasoner {one.report.reasoner}"]
    parts += [f"memory model {writer.get('name')}"] if writer else []
    budget = one.report.budget
    parts.append("no budget" if budget is None else f"budget {budget:,}")
    capacity = one.recipe["capacity"]
    return ", ".join([*parts, *([f"capacity {capacity:,}"] if capacity else [])])


def _under(one: Ranking) -> Iterator[str]:
    report = one.report
    many = f"{len(report.worlds):,} task{'s' * (len(report.worlds) != 1)}"
    yield f"{safe(one.source)}: {many}, {report.questions:,} questions an arm."
    yield f"References: {_references(report)}."
    failed = [f"{row.arm} {row.failed}" for row in report.of("memory") if row.failed]
    if failed:
        yield f"Tasks that failed, whose memory has no rank: {safe(', '.join(failed))}."
    verdict = verdict_text(report)
    yield safe(f"{verdict[0].upper()}{verdict[1:]}. {detectable_text(report)}".strip())
    for limit in one.evidence.limits:
        yield f"Not shown: {safe(limit)}."


def _references(report: Report) -> str:
    return ", ".join(f"`{row.arm}` {mean(row['accuracy'])}" for row in report.of("reference"))


def unshown_table(found: Board) -> str:
    """Comparisons without a rank."""
    rows = []
    for name, evidence, why in found.unshown:
        recipe = evidence.document["recipe"]
        budgets = ", ".join(f"{budget:,}" for budget in recipe["budgets"])
        memories = ", ".join(recipe["memories"])
        reasoners = ", ".join(recipe["reasoners"])
        rows.append([name, recipe["track"], reasoners, budgets, memories, status(evidence), why])
    return grid(["run", "track", "reasoner", "budget", "memories", "status", "why"], rows)
