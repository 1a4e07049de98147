"""A comparison as text: what memories add, where they lose facts, and what they cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median

from memorygym.reports.columns import (
    ACCURACY,
    Column,
    amount,
    listed,
    number,
    p_value,
    paragraph,
    share,
)
from memorygym.reports.terminal import Row, table
from memorygym.runs.comparison.figures import Clock, RankAgreement, Report, SystemRow
from memorygym.stats import NOTHING, percent, span

ENDS = {"oracle": "oracle (upper bound)", "none": "none (lower bound)"}
MATCHES = (share("EM", "exact"), share("F1", "f1"))
LOSSES = (
    share("vs full", "degradation", "+"),
    share("write\nloss", "write_loss", "+"),
    share("retrieval\nloss", "retrieval_loss", "+"),
    share("evidence\nrecall", "evidence_recall"),
    share("stale\nevidence", "stale_evidence_rate"),
)
COSTS = (
    number("context\ntokens", "view"),
    number("ingest\ncalls", "ingest_calls"),
    number("ingest\ntokens", "ingest_tokens"),
    number("query\ncalls", "query_calls"),
    number("query\ntokens", "query_tokens"),
    number("cache\nbreaks", "cache_breaks"),
)
STORE = (
    share("true", "precision"),
    share("stale", "stale"),
    share("wrong", "wrong"),
    share("duplicate", "duplicate"),
    share("irrelevant", "irrelevant"),
    number("peak\ntokens", "peak"),
)
FEWEST_TASKS = 4
"""Fewest tasks for which a detectable difference is stated: the spread of fewer is uncertain."""
LEAST = 0.0005
"""Smallest detectable difference that is stated: a smaller one means equal scores on every task."""
FAULTS = {
    "cuts": "Contexts or writes that the limits cut",
    "empty": "Empty replies of the memory's model",
    "overlong": "Replies of the memory's model longer than asked",
    "limited": "Replies of the reasoner cut short by its context or by --max-tokens",
    "repaired": "Answers that the grader rejected and the judge accepted",
    "writes": "Writes through tools",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting of a comparison, as its heading prints it."""

    tasks: str
    """The tasks, in a few words."""
    version_hash: str
    capacity: int | None = None
    """Most tokens that a memory may hold."""
    writer: str | None = None
    """The model that memories call, if it is not the offline one."""
    words: bool = False
    """Whether exact match and F1 of the answers are shown."""
    data: bool = False
    """Whether the tasks come from a data set, so that always refusing may score."""
    score: str = ACCURACY
    """What the score is; see columns.score_name."""


def report_text(report: Report, setting: Setting, clock: Clock | None = None) -> str:
    """The whole report, as wide as the terminal."""
    parts = [
        [*_played(report), *_heading(report, setting)],
        [*_table(report, "what it adds, %", _scores(report, setting)), *_notes(report, setting)],
        [*_table(report, "words of answers, %", MATCHES), *paragraph(WORDS)]
        if setting.words and setting.score == ACCURACY
        else [],
        [
            *_table(report, "where it is lost, %", LOSSES),
            *paragraph(LOST.replace(ACCURACY, setting.score)),
        ],
        [*_table(report, "what it costs", COSTS), *paragraph(COST), *_faults(report)],
        [*_table(report, "what it held, %", STORE, references=False), *paragraph(HELD)],
        _clock(clock) if clock else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


SCORES = (
    "Means and 95 % intervals over tasks. #: rank = 1 + number of memories that are significantly"
    " better (Holm-adjusted). Normalised gain: (m - none) / (oracle - none), undefined unless"
    " oracle is significantly above none. p: sign-flip test against recency (the last N tokens),"
    " adjusted for the number of memories (Holm)."
)
EVIDENCE = (
    "Evidence shown: the share of questions whose evidence was in the context in full. This"
    " reasoner is scripted and knows which texts a question needs; it reads no answer in them, so"
    " its floor (none) is 0."
)
LOST = (
    "Write loss: accuracy of oracle minus accuracy with all that the memory held (system"
    " held:MEMORY). Retrieval loss: accuracy with all that it held minus accuracy with what it"
    " showed. Evidence recall: share of the needed facts that were in the context. Stale evidence:"
    " of the needed facts that had changed, the share for which the context still showed an old"
    " value (also if it showed the new one)."
)
COST = (
    "Context: tokens shown per question. Ingest / query: calls and tokens of the memory's own model"
    " per task, while reading documents / answering questions. Cache breaks: how often per task the"
    " context did not extend the previous one (a prompt-cache miss)."
)
WORDS = (
    "Exact match and F1 as SQuAD defines them, over all aliases; the accuracy above is graded by"
    " answer type."
)
HELD = "Shares of the memory's entries at the end of a task. Peak tokens: the most it held."


def _played(report: Report) -> list[str]:
    """How many episodes were played, failed and left out."""
    failed = {row.system: row.failed for row in report.rows if row.failed}
    counts = ", ".join(f"{system} {count}" for system, count in sorted(failed.items()))
    played = sum(len(row.scores) for row in report.rows)
    questions = _count(report.questions, "question")
    return paragraph(
        f"{len(report.rows)} systems on {_count(len(report.tasks), 'task')}: {played:,} played,"
        f" {sum(failed.values()):,} failed{f' ({counts})' if counts else ''};"
        f" {questions} per system, {report.left_out:,} left out (facts beyond the budget)"
    )


def _heading(report: Report, setting: Setting) -> list[str]:
    budget = "no budget" if report.budget is None else f"budget {report.budget:,}"
    capacity = f"capacity {setting.capacity:,}" if setting.capacity else "no capacity limit"
    writer = f" memory model {setting.writer}," if setting.writer else ""
    return paragraph(
        f"{setting.tasks}, reasoner {report.reasoner},{writer} {budget},"
        f" {capacity}, version {setting.version_hash}"
    )


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _table(
    report: Report, title: str, columns: Sequence[Column], *, references: bool = True
) -> list[str]:
    """The rows of the memories, then those of the references under a rule."""
    rows: list[Row | str] = [_row(row, columns) for row in report.of("memory")]
    if references:
        rows += ["references", *(_row(row, columns) for row in report.of("reference"))]
    return table(title, [column.head for column in columns], rows)


def _row(row: SystemRow, columns: Sequence[Column]) -> Row:
    name = ENDS.get(row.system, row.system) + "*" * bool(row.failed)
    return name, [column.cell(row) for column in columns]


def _scores(report: Report, setting: Setting) -> list[Column]:
    over = report.significance.over_recency

    def p(row: SystemRow) -> str:
        return p_value(over[row.system].adjusted) if row.system in over else NOTHING

    return [
        Column("#", lambda row: NOTHING if row.rank is None else str(row.rank)),
        share(setting.score.replace(" ", "\n"), "accuracy"),
        share("vs none", "gain", "+"),
        Column("normalised\ngain", normalised_text),
        share("vs recency", "advantage", "+"),
        Column("p", p),
    ]


def normalised_text(row: SystemRow) -> str:
    """The normalised gain; with its bootstrap interval, which a few tasks make too narrow."""
    gain = row["normalised"]
    if not gain:
        return "undefined" if row["gain"] else NOTHING
    few = len(row.scores) < FEWEST_TASKS
    return percent(gain, plus_minus=None) if few else span(gain)


def _floor(report: Report, setting: Setting) -> Iterator[str]:
    """What the scores of a data set mean, and what a reasoner scores without any text."""
    if setting.score != ACCURACY:
        yield EVIDENCE
    elif setting.data and (none := report.row("none")) and (floor := none["accuracy"]):
        yield f"Floor: with no text at all (none), this reasoner scores {percent(floor)}."


def _notes(report: Report, setting: Setting) -> Iterator[str]:
    yield from paragraph(SCORES)
    for sentence in _floor(report, setting):
        yield from paragraph(sentence)
    if failed := [row for row in report.rows if row.failed]:
        counts = listed(f"{row.system} on {row.failed}" for row in failed)
        yield from paragraph(
            f"* failed: {counts}. Figures are over the finished tasks; without a rank."
        )
    yield ""
    yield from paragraph(verdict_text(report))
    if effect := detectable_text(report):
        yield from paragraph(effect)


def detectable_text(report: Report) -> str:
    """The smallest differences that these tasks can show; "" if the scores do not determine it."""
    tests = report.significance
    pairs = tests.pairs or tuple(tests.over_recency.values())
    effects = sorted(size for pair in pairs if (size := pair.detectable or 0.0) > LEAST)
    tasks = len(report.tasks)
    if tasks < FEWEST_TASKS or (effects and median(effects) > 1):
        return (
            f"{_count(tasks, 'task')} cannot tell memories apart: play more"
            " (`memorygym power` says how many)."
        )
    if not effects:
        return ""
    low, middle, high = (100 * effect for effect in (effects[0], median(effects), effects[-1]))
    range_ = f" ({low:.1f} to {high:.1f}, by pair)" if len(effects) > 1 else ""
    who = "two memories" if tests.pairs else "a memory and recency"
    return (
        f"Minimum detectable effect: {who} must differ by {middle:.1f} points{range_} to be"
        " told apart on these tasks (80 % power)."
    )


def verdict_text(report: Report) -> str:
    """Which memory is best; or that none is significantly best, and why."""
    verdict = report.significance.verdict
    if verdict is None:
        return "no winner: fewer than two memories finished every task"
    if not verdict.lead.mean:
        return f"no winner: {verdict.best} and {verdict.second} are level"
    lead = f"{verdict.best} leads {verdict.second} by {percent(verdict.lead)} points"
    if verdict.won:
        return f"best: {lead}"
    if verdict.lead.low <= 0:
        reason = "and the interval holds 0" if len(report.tasks) > 1 else "on a single task"
        return f"no winner: {lead}, {reason}"
    ranks = report.significance.ranks.items()
    equals = listed(system for system, rank in ranks if rank == 1 and system != verdict.best)
    return f"no winner: {lead}, but once all pairs are tested together it ranks with {equals}"


def _faults(report: Report) -> Iterator[str]:
    for figure, words in FAULTS.items():
        rows = [row for row in report.rows if row.role != "unlimited"]
        means = {row.system: estimate.mean for row in rows if (estimate := row[figure])}
        counts = ", ".join(f"{system} {amount(mean)}" for system, mean in means.items() if mean)
        if counts:
            yield from paragraph(f"{words}, per task: {counts}.")


def _clock(clock: Clock) -> list[str]:
    times = ", ".join(
        f"{system} {amount(p50)}/{amount(p95)}" for system, (p50, p95) in clock.items()
    )
    return paragraph(f"Milliseconds of the memory per step, median/95th percentile: {times}.")


def agreement_text(agreement: RankAgreement) -> str:
    """How far two reasoners agree, as a sentence."""
    first, second = agreement.reasoners
    tau, budget = agreement.tau, f" at budget {agreement.budget:,}" if agreement.budget else ""
    low, high = ("unknown" if abs(b) == inf else f"{b:.2f}" for b in (tau.low, tau.high))
    return "\n".join(
        paragraph(
            f"Rankings under the {first} and the {second} reasoner{budget}: Kendall's tau-b"
            f" {tau.mean:.2f}, 95 % interval {low} to {high}, over"
            f" {_count(tau.tasks, 'task')}"
        )
    )
