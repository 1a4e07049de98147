"""adaptive_token_budget: the first and last messages stay; the middle becomes a short summary.

MemGym's strategy. Kept: `max_tokens`, the first `keep_first` messages and the user's first one
(`preserve_first_user`), the newest `keep_recent`, whole calls, a summary of at most 300 tokens.
Simplified: one prompt for all environments. Not repeated: MemGym's keeps no record and summarises
the whole middle again at every step; here each message is summarised once.
"""

from memorygym.memories.stores.history_edits import Condenser, Summarise


def make(
    max_tokens: int = 4_000,
    keep_recent: int = 8,
    keep_first: int = 2,
    preserve_first_user: bool = True,
) -> Condenser:
    """The memory. A context budget below `max_tokens` replaces that limit."""
    rule = Summarise(
        keep_first,
        keep_recent,
        max_tokens=max_tokens,
        summary_tokens=300,
        first_user=preserve_first_user,
    )
    return Condenser(rule)
