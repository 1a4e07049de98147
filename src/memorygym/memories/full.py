"""full: the full context, whatever the budget; the upper bound in information.

It is an agent with an endless context. Under a context budget the newest messages are cut off;
`memorygym compare` gives it no budget.
"""

from collections.abc import Sequence

from memorygym.core.types import Message
from memorygym.memories.stores.message_entries import TranscriptMemory


class FullContext(TranscriptMemory):
    """The whole history."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [self._kept.messages[key] for key in self._kept.before(live)]


make = FullContext
