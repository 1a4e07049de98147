"""The kinds of questions: what each asks, its truth, and the facts that it rests on.

A kind is a function from a board to a draft, or to None when this moment does not offer one.
"""

from collections.abc import Callable, Mapping
from functools import partial

from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler
from memorygym.tracks.worlds.generator.questions import named, related, sets, single

Kind = Callable[[QuestionSampler], PlannedQuestion | None]

REASONING: Mapping[str, Kind] = {
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
"""The twenty reasoning competencies."""
