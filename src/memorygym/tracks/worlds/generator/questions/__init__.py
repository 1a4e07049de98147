"""The reasoning question types: for each, the text, the truth and the needed facts.

A question type is a function that draws a question from a QuestionSampler, or returns None if the
draw gives none.
"""

from collections.abc import Callable, Mapping
from functools import partial

from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler
from memorygym.tracks.worlds.generator.questions import named, related, sets, single

QuestionType = Callable[[QuestionSampler], PlannedQuestion | None]

REASONING: Mapping[str, QuestionType] = {
    "synthesis": named.synthesis,
    "aggregation": sets.aggregation,
    "cross_category": sets.cross_category,
    "conditional": sets.conditional,
    "ratio": single.ratio,
    "comparison": named.comparison,
    "multi_hop": named.multi_hop,
    "outlier": named.outlier,
    "delta": single.delta,
    "counterfactual": single.counterfactual,
    "multi_constraint": sets.multi_constraint,
    "relationship_lookup": related.lookup,
    "relationship_hop": related.hop,
    "relationship_chain": related.chain,
    "relationship_count": related.count,
    "relationship_filter": related.best_of,
    "temporal_trend": single.temporal_trend,
    "temporal_extreme": single.temporal_extreme,
    "text_match": partial(sets.match, kind="text"),
    "enum_filter": partial(sets.match, kind="enum"),
}
"""The twenty reasoning question types, by name."""
