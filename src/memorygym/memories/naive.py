"""naive: beyond `max_tokens`, all but the newest `keep_recent` messages become one summary.

MemGym's naive summarisation. Kept: the limit in tokens, the first and the newest messages, a
summary of at most 1,024 tokens that continues the last one, calls of at most 12,000 tokens.
Simplified: one prompt for all environments; what does not fit one call goes into another, and is
not dropped. Not repeated: MemGym's compares the raw total, which never falls, and so asks at every
step; here the context is compared, and a quarter of the limit is free afterwards.
"""

from memorygym.memories.stores.history_edits import Condenser, Summarise


def make(max_tokens: int = 16_000, keep_recent: int = 5, keep_first: int = 1) -> Condenser:
    """The memory. A context budget below `max_tokens` replaces that limit."""
    rule = Summarise(keep_first, keep_recent, max_tokens=max_tokens, summary_tokens=1_024)
    return Condenser(rule)
