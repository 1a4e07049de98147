"""naive_rag: stores every passage as a vector and shows those nearest to the event.

Retrieval-augmented generation (Lewis et al. 2020) as agents use it: chunk, embed, cosine.
Kept: chunks of `chunk_size` tokens, the `top_k` nearest, exact search. Simplified: nothing is
trained; the default vectors are hashed words and trigrams, so they compare letters, not meaning
(`embedder=minilm` has the usual vectors); chunks end with sentences and do not overlap; passages
are shown in the order in which they were read.
"""

from functools import partial

from memorygym.memories.stores.passages import Retrieval
from memorygym.memories.stores.search.vectors import Vectors, named


def make(chunk_size: int = 512, top_k: int = 10, embedder: str = "hashed") -> Retrieval:
    """Passages under their vectors."""
    return Retrieval(partial(Vectors, named(embedder)), chunk_size, top_k)
