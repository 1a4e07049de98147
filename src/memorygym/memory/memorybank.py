"""memorybank: passages fade with time unless they are recalled (Zhong et al. 2023, MemoryBank).

Kept: the forgetting curve of Ebbinghaus: a passage counts cosine · exp(-hours / (24 · strength));
being shown makes it half as strong again, up to 100, and new. Paragraphs are cut at `chunk_chars`
characters. Simplified: no daily summaries and no portrait of the user, for which the paper asks a
model; a passage is strengthened once at the same hour. The clock is the episode's: each message of
the user is `hours_per_message` later, so that what is told first and never recalled has lost half
its weight after the 34 events of a worlds task.

An entry is a passage under a line of two numbers that is not shown: the message with which it was
told or last recalled, and how often it was recalled.
"""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from math import inf

from memorygym.core import Message, Meter
from memorygym.errors import BadSettings
from memorygym.stores.fading import Fading
from memorygym.stores.knobs import at_least
from memorygym.stores.passages import fitting, told, unseen, wanted
from memorygym.stores.retrieval import Ranked
from memorygym.stores.search.vectors import Vectors, named
from memorygym.stores.splitting import passages


class MemoryBank(Ranked):
    """Passages under their vectors, weighed by what is left of them."""

    _kept: Fading

    def __init__(
        self,
        chunk_chars: int = 1500,
        top_k: int = 10,
        hours_per_message: float = 0.5,
        embedder: str = "hashed",
    ) -> None:
        at_least(1, chunk_chars=chunk_chars, top_k=top_k)
        if not 0 <= hours_per_message < inf:
            raise BadSettings(f"hours_per_message {hours_per_message:g}: give 0 or more")
        super().__init__(chunk_chars, top_k)
        self.hours_per_message = hours_per_message
        self._make = partial(Vectors, named(embedder))

    def open(self, meter: Meter) -> None:
        super().open(meter)
        self._kept = Fading(meter, self._make(), self.hours_per_message / 24)

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            at = self._kept.now + (message.role == "user")
            for passage in passages(message.content, self.chunk_size, len):
                self._kept.tell(passage, at)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        keys = wanted(self._kept.search, live, self.top_k)
        ranked = unseen(((key, self._kept.passage(key)) for key in keys), live)
        shown = fitting(islice(ranked, self.top_k), budget, self._meter.count)
        # Seen again at the same hour they rank the same: what was recalled only gained on the rest.
        for key in sorted(shown):
            self._kept.recall(key)
        return told(shown)


make = MemoryBank
