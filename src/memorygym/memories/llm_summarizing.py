"""llm_summarizing: the first messages, one running summary, the newest messages.

OpenHands' condenser, as MemGym ports it. Kept: beyond `max_size` messages (or `max_token_size`
tokens) the first `keep_first` and the newest stay, `condensation_ratio` of `max_size` in all, and
the model summarises the rest together with its last summary; nothing is summarised twice; of a
message longer than `max_event_length` characters it reads both ends.
Simplified: a context budget triggers it, too, and then that ratio of the budget is kept; a head
that takes too much of the budget is summarised; the prompt asks for no sections on code work.
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
