"""recency: truncation to the newest tokens that fit the budget; the rest is dropped for good.

It is the baseline that every memory must beat at an equal budget. The oldest message that fits in
part keeps its end; a tool call and its results stay or go together.
"""

from collections.abc import Sequence

from memorygym.core.tokens import shown_tokens
from memorygym.core.types import Message
from memorygym.memories.stores.message_entries import TranscriptMemory, ending, newest, to_text


class Recency(TranscriptMemory):
    """The newest tokens of the history."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        price = self._context.count
        past = self._kept.select(self._kept.before(live))
        fits = newest(past, budget, price)
        kept, older = [past[key] for key in fits], list(past)[: len(past) - len(fits)]
        if older and budget is not None:
            left = budget - sum(shown_tokens(message, price) for message in kept)
            if end := ending(past[older[-1]], left, price):
                self._kept.replace(older.pop(), to_text(end))
                kept = [end, *kept]
        for key in older:
            self._kept.drop(key)
        return kept


make = Recency
