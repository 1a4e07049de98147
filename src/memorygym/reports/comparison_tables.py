"""A comparison as text: what memories add, where they lose facts, and what they cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorygym.reports.columns import (
    ACCURACY,
    Column,
    amount,
    interval,
    listed,
    mean_number,
    mean_share,
    number,
    p_value,
    paragraph,
    share,
)
from memorygym.reports.comparison_notes import (
    COST,
    HELD,
    LOST,
    WORDS,
    count,
    detectable_text,
    main_notes,
    scores_note,
    verdict_text,
)
from memorygym.reports.curves import Splits, curve_text
from memorygym.reports.terminal import Row, table
from memorygym.runs.comparison.figures import Clock, Report, SystemRow
from memorygym.stats import NOTHING, span

MAIN = (
    mean_share("write\nloss", "write_loss", "+"),
    mean_share("retrieval\nloss", "retrieval_loss", "+"),
    mean_share("stale", "stale_evidence_rate"),
    mean_number("context\ntokens", "view"),
    mean_number("model\ncalls", "model_calls"),
    mean_number("model\ntokens", "model_tokens"),
)
MATCHES = (share("EM", "exact"), share("F1", "f1"))
VERSUS = tuple(mean_share(name, name) for name in ("wins", "regressions", "both", "neither"))
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
    version: str
    capacity: int | None = None
    """Most tokens that a memory may hold."""
    writer: str | None = None
    """The model that memories call, if it is not the offline one."""
    published: bool = False
    """Whether the tasks come from a public data set, so that always refusing may score."""
    score: str = ACCURACY
    """What the score is; see columns.score_name."""


def report_text(
    report: Report, setting: Setting, clock: Clock | None = None, splits: Splits | None = None
) -> str:
    """The report, as wide as the terminal; with `splits` every table, else the main one."""
    parts = [
        [*_played(report), *_heading(report, setting)],
        [*_table(report, "shares in %", _main(setting.score)), *_notes(report, setting)],
        *(_details(report, setting.score, clock, splits) if splits is not None else ()),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _main(score: str) -> list[Column]:
    """The columns of the main table."""
    return [
        Column("#", lambda row: NOTHING if row.rank is None else str(row.rank)),
        interval(score.replace(" ", "\n"), "accuracy"),
        *MAIN,
    ]


def _details(
    report: Report, score: str, clock: Clock | None, splits: Splits
) -> Iterator[list[str]]:
    """Every table but the main one."""
    yield [
        *_table(report, "what it adds, %", _scores(report)),
        *paragraph(scores_note(report, score)),
    ]
    if score == ACCURACY and any(row["exact"] for row in report.rows):
        yield [*_table(report, "words of answers, %", MATCHES), *paragraph(WORDS)]
    yield [*_table(report, "where it is lost, %", LOSSES), *paragraph(LOST)]
    yield [*_table(report, "what it costs", COSTS), *paragraph(COST)]
    yield [*_table(report, "what it held, %", STORE, references=False), *paragraph(HELD)]
    yield from ([curve_text(bins, kind, score)] for kind, bins in splits.items())
    yield _clock(clock) if clock else []


def _played(report: Report) -> list[str]:
    """How many episodes were played, failed and left out."""
    failed = {row.system: row.failed for row in report.rows if row.failed}
    counts = ", ".join(f"{system} {count}" for system, count in sorted(failed.items()))
    played = sum(len(row.scores) for row in report.rows)
    questions = count(report.questions, "question")
    return paragraph(
        f"{len(report.rows)} systems on {count(len(report.tasks), 'task')}: {played:,} played,"
        f" {sum(failed.values()):,} failed{f' ({counts})' if counts else ''};"
        f" {questions} per system, {report.left_out:,} left out (facts beyond the budget)"
    )


def _heading(report: Report, setting: Setting) -> list[str]:
    budget = "no budget" if report.budget is None else f"budget {report.budget:,}"
    capacity = f"capacity {setting.capacity:,}" if setting.capacity else "no capacity limit"
    writer = f" memory model {setting.writer}," if setting.writer else ""
    return paragraph(
        f"{setting.tasks}, reasoner {report.reasoner},{writer} {budget},"
        f" {capacity}, version {setting.version}"
    )


def _table(
    report: Report, title: str, columns: Sequence[Column], *, references: bool = True
) -> list[str]:
    """The rows of the memories, then those of the references under a rule."""
    rows: list[Row | str] = [_row(row, columns) for row in report.of("memory")]
    if references:
        rows += ["references", *(_row(row, columns) for row in report.of("reference"))]
    return table(title, [column.head for column in columns], rows)


def _row(row: SystemRow, columns: Sequence[Column]) -> Row:
    marks = "*" * bool(row.failed) + "!" * row.fault + "†" * bool(row.bound)
    return row.system + marks, [column.cell(row) for column in columns]


def _scores(report: Report) -> list[Column]:
    over = report.significance.over_recency

    def p(row: SystemRow) -> str:
        return p_value(over[row.system].adjusted) if row.system in over else NOTHING

    lowest, highest = is_bound(report, "none", 0.0), is_bound(report, "oracle", 1.0)
    gain = [] if lowest else [share("vs none", "gain", "+")]
    normalised = [] if lowest and highest else [Column("normalised\ngain", normalised_text)]
    return [*gain, *normalised, share("vs recency", "advantage", "+"), Column("p", p), *VERSUS]


def is_bound(report: Report, reference: str, score: float) -> bool:
    """Whether a reference has that score on every task, so that gains over it repeat accuracy."""
    row = report.row(reference)
    return row is not None and set(row.scores.values()) == {score}


def normalised_text(row: SystemRow) -> str:
    """The normalised gain with its interval."""
    gain = row["normalised"]
    return span(gain) if gain or not row["gain"] else "undefined"


def _notes(report: Report, setting: Setting) -> Iterator[str]:
    for note in main_notes(report, setting.score, published=setting.published):
        yield from paragraph(note)
    if failed := [row for row in report.rows if row.failed]:
        counts = listed(f"{row.system} on {row.failed}" for row in failed)
        yield from paragraph(
            f"* failed: {counts}. Figures are over the finished tasks; without a rank."
        )
    yield ""
    yield from paragraph(verdict_text(report))
    if effect := detectable_text(report):
        yield from paragraph(effect)
    yield from _faults(report)


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
