"""sliding_window: the newest messages as they are, and one summary of those before them.

MemGym's strategy. Kept: `window_size` messages, the first ones pinned, one rolling summary, both
ends of a message longer than `max_event_length` characters. Simplified: a full window loses its
older half at once, as MemGym's does where it must: one call for many messages, not one for each. A
context budget triggers it, too; three quarters of what is then kept belong to the window.
"""

from memorygym.core.errors import BadSettings, require_at_least
from memorygym.memories.stores.history_edits import Condenser, Summarise


def make(window_size: int = 20, keep_first: int = 1, max_event_length: int = 10_000) -> Condenser:
    require_at_least(3, window_size=window_size)
    left = window_size - window_size // 2
    if keep_first + 1 >= left:
        raise BadSettings(
            f"keep_first {keep_first}: half a window of {window_size} leaves {left} places, one for"
            f" the summary; give a keep_first below {left - 1}"
        )
    rule = Summarise(
        keep_first,
        window_size // 2,
        max_size=window_size,
        max_event_length=max_event_length,
        summary_share=0.25,
    )
    return Condenser(rule)
