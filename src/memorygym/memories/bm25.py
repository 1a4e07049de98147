"""bm25: stores every passage and shows those that best match the words of the event.

Okapi BM25 (Robertson and Zaragoza 2009) as SQLite FTS5 computes it (k1 1.2, b 0.75), incremental.
Kept: ranking by words alone, `chunk_size` and `top_k`. Simplified: question words are dropped from
the query, and passages are shown in the order in which they were read, not by rank.
"""

from memorygym.memories.stores.passages import Retrieval
from memorygym.memories.stores.search.fulltext import FullText


def make(chunk_size: int = 512, top_k: int = 10) -> Retrieval:
    """Passages under a full-text index."""
    return Retrieval(FullText, chunk_size, top_k)
