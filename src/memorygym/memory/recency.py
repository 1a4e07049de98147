"""recency: the newest tokens that fit the budget; what falls out is forgotten for good.

The bar that every memory must clear at an equal budget: plain truncation. Of the oldest message
that is left, the end stays; a tool call and its results stay or go together.
"""

from collections.abc import Sequence

from memorygym.core import Message
from memorygym.stores.transcript import Transcribed, ending, newest
from memorygym.tokens import shown_tokens


class Recency(Transcribed):
    """A window of tokens over the history."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        transcript, price = self._transcript, self._meter.count
        past = transcript.past(live)
        kept = newest([transcript.messages[key] for key in past], budget, price)
        older = past[: len(past) - len(kept)]
        if older and budget is not None:
            left = budget - sum(shown_tokens(message, price) for message in kept)
            if end := ending(transcript.messages[older[-1]], left, price):
                transcript.replace(older.pop(), end)
                kept = [end, *kept]
        for key in older:
            transcript.drop(key)
        return kept


make = Recency
