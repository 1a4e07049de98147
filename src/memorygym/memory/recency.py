"""recency: the newest messages that fit the budget; what falls out is forgotten for good.

The bar that every memory must clear at an equal budget: plain truncation, as chat systems do it.
"""

from collections.abc import Sequence

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores.passages import Passages
from memorygym.stores.transcript import Transcript, newest


class Recency(Memory):
    """A window of tokens over the history."""

    def open(self, meter: Meter) -> None:
        self._transcript = Transcript(Passages(meter))
        self._meter = meter

    def observe(self, new: Sequence[Message]) -> None:
        self._transcript.add(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        past = self._transcript.past(live)
        messages = self._transcript.messages
        kept = newest([messages[key] for key in past], budget, self._meter.count)
        for key in past[: len(past) - len(kept)]:
            self._transcript.drop(key)
        return kept

    def dump(self) -> list[Entry]:
        return self._transcript.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._transcript.restore(entries)


make = Recency
