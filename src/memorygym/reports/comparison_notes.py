"""The sentences under a comparison's tables: what columns mean, what was not measured, which memory
is best and how far reasoners agree."""

from collections.abc import Iterator
from statistics import median

from memorygym.reports.columns import ACCURACY, listed, paragraph
from memorygym.runs.comparison.figures import RankAgreement, Report
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
    "Ingest / query: the memory's own model while reading documents / answering questions. Cache"
    " breaks: how often per task the context did not extend the previous one (a prompt-cache miss)."
)
WORDS = (
    "Exact match and F1 as SQuAD defines them, over all aliases; the accuracy above is graded by"
    " answer type."
)
HELD = (
    "Shares of the facts that the memory's entries state at the end of a task. Peak tokens: the"
    " most it held."
)


def main_notes(report: Report, score: str, *, published: bool) -> Iterator[str]:
    """What the columns of the main table mean; `score` names the score. Of a public data set, also
    what a reasoner scores without any text."""
    tasks, pairs = len(report.tasks), len(report.significance.pairs)
    means = f"{score.capitalize()}: mean over tasks (95 % interval)."
    if tasks < FEWEST_TASKS:
        means = f"Means over {count(tasks, 'task')}: {TOO_FEW}."
    tests = f" (paired t tests, Holm-adjusted over {count(pairs, 'pair')})" if pairs else ""
    rank = f"#: rank = 1 + number of memories that are significantly better{tests}."
    yield f"{means} {rank} {MAINLY.replace(ACCURACY, score)}"
    if score != ACCURACY:
        yield EVIDENCE
    elif published and (none := report.row("none")) and (floor := none["accuracy"]):
        yield f"Floor: with no text at all (none), this reasoner scores {span(floor)} %."
    yield from remarks(report)


def scores_note(report: Report, score: str) -> str:
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
            " losses and shares of the store are withheld."
        )


def least_percent(share: float) -> str:
    """A share above 0, which never reads as none.

    >>> least_percent(0.037), least_percent(0.0002)
    ('3.7 %', 'less than 0.1 %')
    """
    return "less than 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"


def count(n: int, noun: str, plural: str = "") -> str:
    """
    >>> count(1, "task"), count(1200, "task"), count(0, "memory", "memories")
    ('1 task', '1,200 tasks', '0 memories')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


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
    """How far two reasoners agree, as a sentence."""
    first, second = agreement.reasoners
    tau, budget = agreement.tau, f" at budget {agreement.budget:,}" if agreement.budget else ""
    tasks = count(tau.tasks, "task")
    spread = f", over {tasks}: {TOO_FEW}"
    if tau.has_interval:
        spread = f", 95 % interval {tau.low:.2f} to {tau.high:.2f}, over {tasks}"
    return "\n".join(
        paragraph(
            f"Rankings under the {first} and the {second} reasoner{budget}: Kendall's tau-b"
            f" {tau.mean:.2f}{spread}"
        )
    )
