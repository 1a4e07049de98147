"""naive: beyond `max_tokens` all but the newest `keep_recent` messages become one summary.

MemGym's naive summarisation. Kept: the limit in tokens, the first and the newest messages, a
summary of at most 1,024 tokens that continues the last one, calls of at most 12,000 tokens.
Simplified: no wording of its own for each environment; what one call cannot take in is taken by
another, not dropped. Not repeated: MemGym's compares the raw total, which never falls, and so asks
at every step; here the view is compared, and a quarter of the limit is free afterwards.
"""

from memorygym.memories.stores.history_edits import Condenser, Summarise


def make(max_tokens: int = 16_000, keep_recent: int = 5, keep_first: int = 1) -> Condenser:
    """The memory; a smaller view's budget is its limit in place of `max_tokens`."""
    rule = Summarise(keep_first, keep_recent, max_tokens=max_tokens, summary_tokens=1_024)
    return Condenser(rule)
