"""recency: the newest tokens that fit the budget; what falls out is forgotten for good.

The bar that every memory must clear at an equal budget: plain truncation. Of the oldest message
that is left, the end stays; a tool call and its results stay or go together.
"""

from collections.abc import Sequence

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores.passages import Passages
from memorygym.stores.transcript import Transcript, ending, newest
from memorygym.tokens import shown_tokens


class Recency(Memory):
    """A window of tokens over the history."""

    def open(self, meter: Meter) -> None:
        self._transcript = Transcript(Passages(meter))
        self._meter = meter

    def observe(self, new: Sequence[Message]) -> None:
        self._transcript.add(new)

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

    def dump(self) -> list[Entry]:
        return self._transcript.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._transcript.restore(entries)


make = Recency
