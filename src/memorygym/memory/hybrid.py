"""hybrid: every passage is kept under its words and its vector; both rankings are fused.

Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009) of `bm25` and `naive_rag`.
Kept: the sum of 1 / (`rrf_k` + rank) with 60. Simplified: each ranking is cut off at four times
`top_k`, and what is shown stands in the order it was told.
"""

from memorygym.stores.knobs import at_least
from memorygym.stores.retrieval import Retrieval
from memorygym.stores.search.fusion import CONSTANT, fused
from memorygym.stores.search.vectors import named


class Hybrid(Retrieval):
    """Passages under two indexes."""

    def __init__(
        self,
        chunk_size: int = 512,
        top_k: int = 10,
        rrf_k: int = CONSTANT,
        embedder: str = "hashed",
    ) -> None:
        at_least(1, rrf_k=rrf_k)
        super().__init__(fused(named(embedder), rrf_k), chunk_size, top_k)


make = Hybrid
