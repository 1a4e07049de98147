"""The sentences under a comparison's tables: what columns mean, and what was not measured."""

from collections.abc import Iterator

from memorygym.reports.columns import listed
from memorygym.runs.comparison.figures import Report
from memorygym.scoring.attribution import UNREAD_LIMIT

MAINLY = (
    "Accuracy with its 95 % interval over tasks. #: rank = 1 + number of memories that are"
    " significantly better (Holm-adjusted). Write loss: accuracy of oracle minus accuracy with all"
    " that the memory held (system held:MEMORY). Retrieval loss: accuracy with all that it held"
    " minus accuracy with what it showed. Stale: of the needed facts that had changed, the share"
    " for which the context showed an old value without the new one. Context: tokens shown per"
    " question. Model: calls and tokens of the memory's own model per task. References: oracle is"
    " the upper bound, none the lower."
)
SCORES = (
    "p: sign-flip test against recency (the last N tokens), adjusted for the number of memories"
    " (Holm). Normalised gain: (m - none) / (oracle - none), undefined unless oracle is"
    " significantly above none. A column that would repeat the accuracy is left out."
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
    unread = [f"{100 * row.unread:.1f} % of {row.system}'s" for row in memories if row.unread]
    counts = listed(unread or ["none"])
    yield f"Unread statements, which the fact reader could attribute to nothing: {counts}."
    if names := [row.system for row in memories if row.withheld]:
        yield (
            f"–: more than {100 * UNREAD_LIMIT:.0f} % were unread of {listed(names)}, so that"
            " losses and shares of the store are withheld."
        )
