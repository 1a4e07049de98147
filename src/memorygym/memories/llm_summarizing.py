"""llm_summarizing: the first messages, one summary that is carried on, the newest messages.

OpenHands' condenser, as MemGym ports it. Kept: beyond `max_size` messages (or `max_token_size`
tokens) the first `keep_first` and the newest stay, `condensation_ratio` of `max_size` in all, and
the model writes what lies between and its last summary as one; nothing is summarised twice; of a
message beyond `max_event_length` characters it reads both ends.
Simplified: a view's budget sets it off, too, and then that ratio of the budget is kept; a head that
takes too much of it is summarised; no sections of code work are asked for.
"""

from dataclasses import replace

from memorygym.core.errors import require_at_least
from memorygym.memories.stores.history_edits import Condenser, by_size


def make(
    max_size: int = 100,
    keep_first: int = 1,
    condensation_ratio: float = 0.75,
    max_event_length: int = 20_000,
    max_token_size: int | None = None,
) -> Condenser:
    require_at_least(1, max_token_size=max_token_size)
    rule = by_size(max_size, keep_first, condensation_ratio)
    return Condenser(replace(rule, max_tokens=max_token_size, max_event_length=max_event_length))
