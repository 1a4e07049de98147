"""A comparison as text: what memories add, where they lose what they were told, what they cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from memorygym.core.text import WIDTH
from memorygym.reports.columns import (
    NAME,
    Column,
    amount,
    listed,
    named,
    number,
    p_value,
    paragraph,
    share,
)
from memorygym.runs.comparison.figures import Clock, RankAgreement, Report, SystemRow
from memorygym.stats import NOTHING, percent, span

GROUPS = f"{'':<34}{' ingest ':─^16}{'':<4}{' query ':─^16}"
"""Over the columns of what a memory's own model costs."""
ENDS = {"oracle": "oracle (ceiling)", "none": "none (floor)"}
MATCHES = (share("EM", 12, "exact"), share("F1", 12, "f1"))
LOSSES = (
    share("vs full", 12, "degradation", "+"),
    share("write loss", 12, "write_loss", "+"),
    share("retr. loss", 12, "retrieval_loss", "+"),
    share("recall", 12, "evidence_recall"),
    share("stale", 12, "stale_evidence_rate"),
)
COSTS = (
    number("in view", 10, "view"),
    number("calls", 9, "ingest_calls"),
    number("tokens", 11, "ingest_tokens"),
    number("calls", 9, "query_calls"),
    number("tokens", 11, "query_tokens"),
    number("breaks", 10, "cache_breaks"),
)
STORE = (
    share("true", 9, "precision"),
    share("stale", 10, "stale"),
    share("wrong", 10, "wrong"),
    share("duplicate", 10, "duplicate"),
    share("irrelevant", 11, "irrelevant"),
    number("peak", 10, "peak"),
)
FAULTS = {
    "cuts": "Views or writes that the referee cut",
    "empty": "Empty replies of the memory's model",
    "overlong": "Replies of the memory's model longer than asked",
    "limited": "Replies of the reasoner cut short by its context or by --max-tokens",
    "repaired": "Answers that the grader rejected and the judge accepted",
    "writes": "Writes through tools",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Under what a comparison was made."""

    tasks: str
    """What was played, in a few words."""
    version_hash: str
    capacity: int | None = None
    """Most tokens that a memory may hold."""
    writer: str | None = None
    """The model that memories ask, if it is not the offline one."""
    words: bool = False
    """Whether it is told how the words of the answers match."""


def report_text(report: Report, setting: Setting, clock: Clock | None = None) -> str:
    """All of it, at most 80 columns wide."""
    parts = [
        [*_unjudged(report), *_heading(report, setting)],
        [*_table(report, "what it adds, %", _scores(report)), *_notes(report)],
        [*_table(report, "words of answers, %", MATCHES), *paragraph(WORDS)]
        if setting.words
        else [],
        [*_table(report, "where it is lost, %", LOSSES), *paragraph(LOST)],
        [
            GROUPS,
            *_table(report, "what it costs", COSTS),
            *paragraph(COST),
            *_faults(report),
        ],
        [*_table(report, "what it held, %", STORE, references=False), *paragraph(HELD)],
        _clock(clock) if clock else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


SCORES = (
    "Means and 95 % intervals over tasks. #: one more than the memories shown to be better."
    " Normalised gain: (m - none) / (oracle - none), undefined unless oracle is shown to be above"
    " none. p: sign-flip test against recency, adjusted for the number of memories (Holm)."
)
LOST = (
    "write loss: oracle minus the memory with unlimited context (held:MEMORY); retr. loss: that"
    " minus the memory; recall: needed facts in the context; stale: of needed facts"
    " that had changed, those of which the view gave an old value, be it beside the new one."
)
COST = (
    "in view: tokens that a question was shown; ingest and query: of the memory's own model, a"
    " task, in events that ask nothing and that ask; breaks: times a task that the view did not go"
    " on from the one before."
)
WORDS = "EM and F1 as SQuAD has them, over all aliases; accuracy above is graded by type."
HELD = "Of its entries at the end; peak: most tokens held."


def _unjudged(report: Report) -> list[str]:
    """What could not be judged."""
    failed = {row.system: row.failed for row in report.rows if row.failed}
    told = ", ".join(f"{system} {count}" for system, count in sorted(failed.items()))
    played = sum(len(row.scores) for row in report.rows)
    asked = _count(report.questions, "question")
    return paragraph(
        f"{len(report.rows)} arms on {_count(len(report.worlds), 'task')}: {played:,} played,"
        f" {sum(failed.values()):,} failed{f' ({told})' if told else ''};"
        f" {asked} an arm, {report.left_out:,} left out (facts beyond the budget)"
    )


def _heading(report: Report, setting: Setting) -> list[str]:
    budget = "no budget" if report.budget is None else f"budget {report.budget:,}"
    capacity = f"capacity {setting.capacity:,}" if setting.capacity else "no capacity limit"
    writer = f" memory model {setting.writer}," if setting.writer else ""
    return paragraph(
        f"{setting.tasks}, reasoner {report.reasoner},{writer} {budget},"
        f" {capacity}, contract {setting.version_hash}"
    )


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _table(
    report: Report, title: str, columns: Sequence[Column], *, references: bool = True
) -> list[str]:
    """The memories and, set apart, the references."""
    heads = "".join(f"{column.head:>{column.width}}" for column in columns)
    lines = [f"{title:<{NAME}}{heads}", "─" * WIDTH]
    for row in report.of("memory"):
        lines += _line(row, columns)
    if references:
        lines += [f"{'─ references ':─<{WIDTH}}"]
        for row in report.of("reference"):
            lines += _line(row, columns)
    return lines


def _line(row: SystemRow, columns: Sequence[Column]) -> list[str]:
    name = ENDS.get(row.system, row.system) + "*" * bool(row.failed)
    return named(name, "".join(f"{column.cell(row):>{column.width}}" for column in columns))


def _scores(report: Report) -> list[Column]:
    over = report.significance.over_recency

    def p(row: SystemRow) -> str:
        return p_value(over[row.system].adjusted) if row.system in over else NOTHING

    return [
        Column("#", 3, lambda row: NOTHING if row.rank is None else str(row.rank)),
        share("accuracy", 11, "accuracy"),
        share("vs none", 12, "gain", "+"),
        Column("normalised gain", 17, normalised_text),
        share("vs recency", 11, "advantage", "+"),
        Column("p", 6, p),
    ]


def normalised_text(row: SystemRow) -> str:
    """The normalised gain with its interval."""
    return "undefined" if row["gain"] and not row["normalised"] else span(row["normalised"])


def _notes(report: Report) -> Iterator[str]:
    yield from paragraph(SCORES)
    if failed := [row for row in report.rows if row.failed]:
        told = listed(f"{row.system} on {row.failed}" for row in failed)
        yield from paragraph(f"* failed: {told}. Figures are of the tasks finished; no rank.")
    yield ""
    yield from paragraph(verdict_text(report))
    yield from paragraph(detectable_text(report))


def detectable_text(report: Report) -> str:
    """The least differences that these tasks show."""
    found = report.significance
    pairs = found.pairs or tuple(found.over_recency.values())
    # Two memories of the same scores differ by nothing, however many the tasks.
    least = sorted(pair.detectable for pair in pairs if pair.detectable)
    if len(report.worlds) < 2 or (least and median(least) > 1):
        return "So few tasks cannot tell memories apart."
    if not least:
        return ""
    low, mid, high = (100 * one for one in (least[0], median(least), least[-1]))
    range_ = f" ({low:.1f} to {high:.1f}, by pair)" if len(least) > 1 else ""
    who = "Two memories" if found.pairs else "A memory and recency"
    return (
        f"Minimum detectable effect: {who.lower()} must differ by {mid:.1f} points{range_} to be"
        " told apart on these tasks (80 % power)."
    )


def verdict_text(report: Report) -> str:
    """Who is best; or that nobody is shown to be, and why."""
    found = report.significance.verdict
    if found is None:
        return "no winner: fewer than two memories finished every task"
    if not found.lead.mean:
        return f"no winner: {found.best} and {found.second} are level"
    lead = f"{found.best} leads {found.second} by {percent(found.lead)} points"
    if found.won:
        return f"best: {lead}"
    if found.lead.low <= 0:
        holds = "and the interval holds 0" if len(report.worlds) > 1 else "on a single task"
        return f"no winner: {lead}, {holds}"
    ranks = report.significance.ranks.items()
    beside = listed(system for system, rank in ranks if rank == 1 and system != found.best)
    return f"no winner: {lead}, but once all pairs are tested together it ranks with {beside}"


def _faults(report: Report) -> Iterator[str]:
    for figure, words in FAULTS.items():
        rows = [row for row in report.rows if row.role != "unlimited"]
        means = {row.system: mean.mean for row in rows if (mean := row[figure])}
        if told := ", ".join(f"{system} {amount(mean)}" for system, mean in means.items() if mean):
            yield from paragraph(f"{words}, a task: {told}.")


def _clock(clock: Clock) -> list[str]:
    told = ", ".join(
        f"{system} {amount(p50)}/{amount(p95)}" for system, (p50, p95) in clock.items()
    )
    return paragraph(f"Milliseconds of memory a step, median/95th percentile: {told}.")


def agreement_text(found: RankAgreement) -> str:
    """How far two reasoners agree, as a sentence."""
    one, other = found.reasoners
    tau, budget = found.tau, f" at budget {found.budget:,}" if found.budget else ""
    low, high = ("unknown" if abs(b) == inf else f"{b:.2f}" for b in (tau.low, tau.high))
    return "\n".join(
        paragraph(
            f"Rankings under the {one} and the {other} reasoner{budget}: Kendall's tau-b"
            f" {tau.mean:.2f}, 95 % interval {low} to {high}, over {tau.worlds} tasks"
        )
    )
