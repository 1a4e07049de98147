"""A comparison as text: what memories add, where they lose facts and what they cost, with what the
columns mean, what was not measured, which memory is best and how far reasoners agree."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from statistics import median

from memorygym.core.track import find
from memorygym.reports.columns import figure_column, score_name
from memorygym.reports.curves import SPLITS, curve_text
from memorygym.reports.table import Column, Spread, Table, amount, beside
from memorygym.reports.terminal import count, listed, paragraph
from memorygym.runs.comparison.figures import (
    ACCURACY,
    FIGURES,
    Clock,
    RankAgreement,
    Report,
    Shown,
    SystemRow,
)
from memorygym.runs.results import RunResults
from memorygym.scoring.attribution import UNREAD_LIMIT
from memorygym.stats import FEWEST_TASKS, TOO_FEW, percent, span

MAINLY = (
    "Write loss: accuracy of oracle minus accuracy with all that the memory held (system"
    " held:MEMORY). Retrieval loss: accuracy with all that it held minus accuracy with what it"
    " showed. Stale: of the needed facts that had changed, the share for which the context showed"
    " an old value without the new one. Context: tokens shown per question. Model: calls and tokens"
    " of the memory's own model per task. References: oracle is the upper bound, none the lower."
)
SCORES = (
    "Normalised gain: (m - none) / (oracle - none), undefined unless oracle is significantly above"
    " none. A column that would repeat the accuracy is left out."
)
EVIDENCE = (
    "Evidence shown: the share of questions whose evidence was in the context in full. This"
    " reasoner is scripted and knows which texts a question needs; it reads no answer in them, so"
    " its floor (none) is 0."
)
LOST = (
    "Evidence recall: share of the facts that a question needs that were in the context, mean over"
    " questions."
)
COST = (
    "Passages: how many the context held per question. Budget used: the share of the budget that"
    " they filled. Ingest / query: the memory's own model while reading documents / answering"
    " questions. Cache breaks: how often per task the context did not extend the previous one (a"
    " prompt-cache miss)."
)
WORDS = (
    "Exact match and F1 as SQuAD defines them, over all aliases; the accuracy above is graded by"
    " answer type."
)
HELD = (
    "Shares of the facts that the memory's entries state at the end of a task. Peak tokens: the"
    " most it held."
)


def comparison_text(
    run: RunResults, tasks: str, curves: Sequence[str] = (), *, details: bool = False
) -> str:
    """The tables of every reasoner and budget, with these curves, and how far reasoners agree;
    `tasks` describes the tasks. With `details` every table, else the main ones."""
    parts = []
    for report in run.reports:
        parts.append(report_text(run, report, tasks, run.clock(report), details=details))
        parts += [curve_text(report, kind, _score(run, report)) for kind in curves]
    parts += map(agreement_text, run.agreements)
    return "\n\n".join(filter(None, [*parts, run.surroundings]))


def report_text(
    run: RunResults, report: Report, tasks: str, clock: Clock, *, details: bool = False
) -> str:
    """The report, as wide as the terminal; with `details` every table, else the main one."""
    score = _score(run, report)
    accuracy = figure_column(FIGURES[ACCURACY], score.replace(" ", "\n"), "()")
    rank: Column[SystemRow] = Column("#", lambda row: row.rank)
    columns = [rank, accuracy, *_columns("main", "")]
    main = _table(report, "shares in %", columns, *_main_notes(run, report, score))
    parts = [
        [*paragraph(_played(report)), *paragraph(f"{tasks}, {_heading(run, report)}")],
        [*main.lines(), "", *(line for note in _verdicts(report) for line in paragraph(note))],
    ]
    if details:
        parts += [table.lines() for table in _details(report, score)]
        parts += [[curve_text(report, kind, score)] for kind in SPLITS]
        times = (f"{name} {amount(p50)}/{amount(p95)}" for name, (p50, p95) in clock.items())
        label = "Milliseconds of the memory per step, median/95th percentile:"
        parts += [paragraph(f"{label} {', '.join(times)}.")] if clock else []
    return "\n\n".join("\n".join(part) for part in parts)


def _score(run: RunResults, report: Report) -> str:
    """What the score of the report is called."""
    return score_name(run.track, report.reasoner)


def _table(
    report: Report, title: str, columns: Sequence[Column[SystemRow]], *notes: str
) -> Table[SystemRow]:
    """The rows of the memories, then those of the references under a rule."""
    rows = beside(report.of("memory"), "references", report.of("control", "reference"))
    return Table([Column("system", _marked), *columns], rows, title, notes=notes)


def _marked(row: SystemRow) -> str:
    """The name with the marks that notes explain."""
    return row.system + "*" * bool(row.failed) + "!" * row.fault + "†" * bool(row.bound)


def _columns(shown: Shown, spread: Spread = "±") -> list[Column[SystemRow]]:
    """The columns of the figures that a table shows."""
    figures = (figure for figure in FIGURES.values() if shown in figure.heads)
    return [figure_column(figure, figure.heads[shown], spread) for figure in figures]


def _details(report: Report, score: str) -> Iterator[Table[SystemRow]]:
    """Every table but the main one."""
    yield _table(report, "what it adds, %", _added(report), _scores_note(report, score))
    if score == ACCURACY and any(row["exact"] for row in report.rows):
        yield _table(report, "words of answers, %", _columns("words"), WORDS)
    yield _table(report, "where it is lost, %", _columns("lost"), LOST)
    yield _table(report, "what it costs", _columns("costs"), COST)
    held = _table(report, "what it held, %", _columns("held"), HELD)
    yield replace(held, rows=report.of("memory"))


def _added(report: Report) -> list[Column[SystemRow]]:
    """What memories add, without the columns that would repeat the accuracy."""
    lowest, highest = is_bound(report, "none", 0.0), is_bound(report, "oracle", 1.0)
    added = {column.key: column for column in _columns("added")}
    added["normalised"] = replace(added["normalised"], of=normalised_text)
    for name, repeats in {"gain": lowest, "normalised": lowest and highest}.items():
        if repeats:
            del added[name]
    if not any(row["model_adds"] for row in report.rows):
        del added["model_adds"]
    p: Column[SystemRow] = Column("p", attrgetter("p_adjusted"), unit="p value")
    return [*added.values(), p, *_columns("versus", "")]


def _played(report: Report) -> str:
    """How many episodes were played, failed and left out."""
    failed = {row.system: row.failed for row in report.rows if row.failed}
    counts = ", ".join(f"{system} {count}" for system, count in sorted(failed.items()))
    played = sum(len(row.scores) for row in report.rows)
    return (
        f"{len(report.rows)} systems on {count(len(report.tasks), 'task')}: {played:,} played,"
        f" {sum(failed.values()):,} failed{f' ({counts})' if counts else ''};"
        f" {count(report.questions, 'question')} per system, {report.left_out:,} left out (facts"
        " beyond the budget)"
    )


def _heading(run: RunResults, report: Report) -> str:
    budget = "no budget" if report.budget is None else f"budget {report.budget:,}"
    most, model = run.recipe["capacity"], run.recipe["memory_model"]
    capacity = f"capacity {most:,}" if most else "no capacity limit"
    writer = f" memory model {model['name']}," if model else ""
    return f"reasoner {report.reasoner},{writer} {budget}, {capacity}, version {run.version}"


def is_bound(report: Report, reference: str, score: float) -> bool:
    """Whether a reference has that score on every task, so that gains over it repeat accuracy."""
    row = report.row(reference)
    return row is not None and set(row.scores.values()) == {score}


def normalised_text(row: SystemRow) -> str:
    """The normalised gain with its interval."""
    gain = row["normalised"]
    return span(gain) if gain or not row["gain"] else "undefined"


def _main_notes(run: RunResults, report: Report, score: str) -> Iterator[str]:
    """What the columns of the main table mean; of a public data set, also what a reasoner scores
    without any text."""
    tasks, pairs = len(report.tasks), len(report.significance.pairs)
    means = f"{score.capitalize()}: mean over tasks (95 % interval)."
    if tasks < FEWEST_TASKS:
        means = f"Means over {count(tasks, 'task')}: {TOO_FEW}."
    tests = f" (paired t tests, Holm-adjusted over {count(pairs, 'pair')})" if pairs else ""
    rank = f"#: rank = 1 + number of memories that are significantly better{tests}."
    yield f"{means} {rank} {MAINLY.replace(ACCURACY, score)}"
    published = find(run.track).files is not None
    if score != ACCURACY:
        yield EVIDENCE
    elif published and (none := report.row("none")) and (floor := none[ACCURACY]):
        yield f"Floor: with no text at all (none), this reasoner scores {span(floor)} %."
    yield from remarks(report)
    if failed := [row for row in report.rows if row.failed]:
        counts = listed(f"{row.system} on {row.failed}" for row in failed)
        yield f"* failed: {counts}. Figures are over the finished tasks; without a rank."


def _verdicts(report: Report) -> Iterator[str]:
    """Which memory is best, what these tasks can show, and what went wrong in them."""
    yield verdict_text(report)
    yield from filter(None, [detectable_text(report)])
    rows = report.of("memory", "reference")
    for figure in (figure for figure in FIGURES.values() if figure.note):
        means = {row.system: mean.mean for row in rows if (mean := row[figure.name])}
        counts = ", ".join(f"{system} {amount(mean)}" for system, mean in means.items() if mean)
        if counts:
            yield f"{figure.note}, per task: {counts}."


def _scores_note(report: Report, score: str) -> str:
    """What the columns of what memories add mean."""
    ends = "±: to the farther end of the 95 % interval over tasks. "
    memories = count(len(report.significance.over_recency), "memory", "memories")
    return (
        f"{ends if len(report.tasks) >= FEWEST_TASKS else ''}p: sign-flip test against recency (the"
        f" last N tokens), Holm-adjusted over {memories}. Wins are questions that recency"
        f" misses, regressions those that only recency answers. {SCORES.replace(ACCURACY, score)}"
    )


def remarks(report: Report) -> Iterator[str]:
    """Set-ups at fault, memories that were not measured, and the statements that were unread."""
    memories = report.of("memory")
    for row in memories:
        if row.fault:
            yield (
                f"! {row.system} scored more than held:{row.system}, which shows all that it held,"
                " by more than the interval: a fault of the set-up, not a score, so it has no rank."
            )
    for bound, reference in (("floor", "none"), ("ceiling", "oracle")):
        if names := [row.system for row in memories if row.bound == bound]:
            yield (
                f"† not measured here: {listed(names)} at the {bound} ({reference}) whatever the"
                " number of facts needed."
            )
    unread = [f"{least_percent(row.unread)} of {row.system}'s" for row in memories if row.unread]
    counts = listed(unread or ["none"])
    yield f"Unread statements, which the fact reader could attribute to nothing: {counts}."
    if names := [row.system for row in memories if row.withheld]:
        yield (
            f"–: more than {100 * UNREAD_LIMIT:.0f} % were unread of {listed(names)}, so that"
            " accuracy, rank, losses and shares of the store are withheld."
        )


def least_percent(share: float) -> str:
    """A share above 0, which never reads as none.

    >>> least_percent(0.037), least_percent(0.0002)
    ('3.7 %', 'less than 0.1 %')
    """
    return "less than 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"


def detectable_text(report: Report) -> str:
    """The smallest differences that these tasks can show; "" if the scores do not determine it."""
    tests = report.significance
    pairs = tests.pairs or tuple(tests.over_recency.values())
    effects = sorted(pair.detectable for pair in pairs if pair.detectable is not None)
    tasks = len(report.tasks)
    if tasks < FEWEST_TASKS or (effects and median(effects) > 1):
        return (
            f"{count(tasks, 'task')} cannot tell memories apart: play more"
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
        reason = "and the interval holds 0" if verdict.lead.has_interval else f"with {TOO_FEW}"
        return f"no winner: {lead}, {reason}"
    ranks = report.significance.ranks.items()
    equals = listed(system for system, rank in ranks if rank == 1 and system != verdict.best)
    return f"no winner: {lead}, but once all pairs are tested together it ranks with {equals}"


def agreement_text(agreement: RankAgreement) -> str:
    """How far two reasoners agree, or why that is not known, as a sentence."""
    first, second = agreement.reasoners
    tau, budget = agreement.tau, f" at budget {agreement.budget:,}" if agreement.budget else ""
    stated = f"no tau-b: {agreement.reason}"
    if tau:
        of = f"over {agreement.measured} of {count(agreement.memories, 'memory', 'memories')}"
        tasks = f"on {count(tau.tasks, 'task')}"
        spread = f" {of} {tasks}: {TOO_FEW}"
        if tau.has_interval:
            spread = f" ({tau.low:.2f} to {tau.high:.2f}) {of} {tasks}"
        stated = f"Kendall's tau-b {tau.mean:.2f}{spread}"
    return "\n".join(
        paragraph(f"Rankings under the {first} and the {second} reasoner{budget}: {stated}")
    )
