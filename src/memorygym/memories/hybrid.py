"""hybrid: stores every passage under its words and its vector, and fuses both rankings.

Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009) of `bm25` and `naive_rag`.
Kept: the sum of 1 / (`rrf_k` + rank) with 60. Simplified: each ranking is cut at four times
`top_k`, and passages are shown in the order in which they were read.
"""

from memorygym.core.errors import require_at_least
from memorygym.memories.stores.passages import Retrieval
from memorygym.memories.stores.search.fusion import CONSTANT, fused
from memorygym.memories.stores.search.vectors import named


def make(
    chunk_size: int = 512, top_k: int = 10, rrf_k: int = CONSTANT, embedder: str = "hashed"
) -> Retrieval:
    """Passages under two indexes."""
    require_at_least(1, rrf_k=rrf_k)
    return Retrieval(fused(named(embedder), rrf_k), chunk_size, top_k)
