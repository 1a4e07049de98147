"""naive_rag: every passage is kept as a vector; those nearest to the event are shown.

Retrieval-augmented generation (Lewis et al. 2020) as agents use it: chunk, embed, cosine.
Kept: chunks of `chunk_size` tokens, the `top_k` nearest, exact search. Simplified: nothing is
trained; the default vectors are hashed words and trigrams, so likeness is of letters, not of sense
(`embedder=minilm` has the usual ones); chunks end with sentences and do not overlap; what is shown
stands in the order it was told.
"""

from functools import partial

from memorygym.memories.stores.passages import Retrieval
from memorygym.memories.stores.search.vectors import Vectors, named


def make(chunk_size: int = 512, top_k: int = 10, embedder: str = "hashed") -> Retrieval:
    """Passages under their vectors."""
    return Retrieval(partial(Vectors, named(embedder)), chunk_size, top_k)
