"""simplemem-lite: self-contained facts; SimpleMem without overlap, merging, planning, reflection.

SimpleMem (Liu et al. 2026). Kept: one model call per window of the stream, whose reply is a list of
self-contained facts under their source's heading (who, when); search for `top_k` facts.
Simplified: a window is a passage of at most `window_size` tokens, not 20 turns of which 2 overlap;
the search shows the 30 best (`top_k`), there 25 by meaning and 5 by words, and neither plans
queries nor reflects whether what it found suffices; only
a passage that is already stored word for word needs no call; only equal facts are merged, of which
the newest stays; the fields of an entry (time, place, persons) stay in its heading and
sentence; the hybrid search is one of words, unless
`embedder` (hashed, minilm) adds vectors.
"""

from memorygym.core.errors import require_at_least
from memorygym.memories.stores import prompts
from memorygym.memories.stores.passages import Facts, Ranked
from memorygym.memories.stores.reply_parser import alone
from memorygym.memories.stores.search.fusion import words_with


class SimpleMem(Ranked):
    """Facts under an index."""

    _kept: Facts

    def __init__(self, window_size: int = 512, top_k: int = 30, embedder: str = "none") -> None:
        require_at_least(1, window_size=window_size)
        index = words_with(embedder)
        super().__init__(window_size, top_k, lambda context: Facts(context, index()))

    def keep(self, passage: str) -> None:
        if passage in self._kept.keys:  # No news.
            self._kept.mention(passage)
            return
        reply = self._context.write(prompts.facts(), passage, 2 * self._context.count(passage))
        for fact in alone(reply, passage):
            self._kept.mention(fact)


make = SimpleMem
