"""full: all that was observed is shown again, whatever the budget. The ceiling in information.

Nothing is simplified, for there is no paper: it is an agent whose context never ends. Under a view
budget the referee cuts the newest messages off; `memorygym compare` gives it none.
"""

from collections.abc import Sequence

from memorygym.core.types import Message
from memorygym.memories.stores.message_entries import TranscriptMemory


class Full(TranscriptMemory):
    """The whole history."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [self._kept.messages[key] for key in self._kept.before(live)]


make = Full
