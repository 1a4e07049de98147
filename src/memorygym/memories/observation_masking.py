"""observation_masking: old observations are replaced by a mark; replies and calls stay.

MemGym's strategy, after OpenHands' condenser. Kept: a message of user or tool is masked once it is
neither among the first `keep_first` messages nor among the newest `attention_window`; role and
call id stay; with `selective`, messages that report an error stay, too. No model is asked.
Simplified: the window counts messages before the running event, and masking is permanent. What the
context budget cannot hold is then dropped, the oldest first, the first messages last.
"""

import re
from dataclasses import dataclass, replace

from memorygym.core.errors import require_at_least
from memorygym.memories.stores.history_edits import Condenser, History
from memorygym.memories.stores.message_entries import to_text

MASK = "<MASKED>"
_ERROR = re.compile(
    r"^\W*(?:Traceback\b|(?:[\w.]+(?:Error|Exception)|error|exception|fatal)\b.*:|E assert\b)"
    r"|^\W*(?:FAILED|FAILURES|ERRORS)\b|\bAssertionError\b|: (?:fatal )?error:",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mask:
    """The rule that masks messages outside the window."""

    attention_window: int
    keep_first: int
    selective: bool

    def __call__(self, history: History, budget: int | None) -> None:
        left = max(0, len(history.past) - self.attention_window)
        head = set(history.head(self.keep_first))
        for key in history.past[:left]:
            message = history.messages[key]
            if key in head or history.is_summary(key) or message.content == MASK:
                continue
            is_error = self.selective and _ERROR.search(message.content)
            if message.role in ("user", "tool") and not is_error:
                history.replace(key, to_text(replace(message, content=MASK)))


def make(attention_window: int = 100, keep_first: int = 1, selective: bool = True) -> Condenser:
    require_at_least(0, attention_window=attention_window, keep_first=keep_first)
    return Condenser(Mask(attention_window, keep_first, selective), keep_first=keep_first)
