"""bm25: every passage is kept; those that match the words of the event best are shown.

Okapi BM25 (Robertson and Zaragoza 2009) as SQLite FTS5 computes it (k1 1.2, b 0.75), incremental.
Kept: ranking by words alone, `chunk_size` and `top_k`. Simplified: question words are dropped from
the query, and what is shown stands in the order it was told, not of its rank.
"""

from memorygym.memories.stores.passages import Retrieval
from memorygym.memories.stores.search.fulltext import FullText


def make(chunk_size: int = 512, top_k: int = 10) -> Retrieval:
    """Passages under a full-text index."""
    return Retrieval(FullText, chunk_size, top_k)
