"""memorybank-lite: passages fade unless recalled; MemoryBank without summaries, random forgetting.

MemoryBank (Zhong et al. 2024) in the form of MemGym's port. Kept: the forgetting curve of
Ebbinghaus, a passage scores cosine · exp(-hours / (24 · strength)); a recall makes it stronger and
new. As in the port, its strength is multiplied by 1.5, up to 100, and paragraphs are cut at
`chunk_chars` characters. Simplified: no daily and global summaries and no user portrait, for which
the paper asks a model; nothing is forgotten at random, with a chance of 1 - exp(-t/S) at each of
its three levels: what fades only ranks lower; a passage is strengthened once per hour at most. The
clock is the episode's: each message of the user is `hours_per_message` later, so the first passage,
if never recalled, has lost half its weight after the 34 events of a worlds task.

The index of a passage is two numbers: the message with which it was read or last recalled, and the
number of recalls.
"""

from collections.abc import Sequence
from math import exp, inf
from typing import NamedTuple

from memorygym.core.errors import BadSettings, require_at_least
from memorygym.core.types import Entry, MemoryContext, Message
from memorygym.memories.stores.passages import Passages, Ranked, as_message
from memorygym.memories.stores.search.vectors import Vectors, best, named
from memorygym.memories.stores.splitter import passages

STRENGTHS = tuple(min(100.0, 1.5**recalls) for recalls in range(13))
"""By number of recalls: the days in which a passage decays to 1/e; further recalls do not count."""


class Mark(NamedTuple):
    """The index of an entry."""

    hour: int
    """The number of the user's message with which it was read or last recalled."""
    recalls: int


class DecayingIndex(Passages):
    """Passages under their vectors; at the capacity the one with the least retention is dropped.

    The clock is the newest mark, so all state is in the entries.
    """

    def __init__(self, context: MemoryContext, index: Vectors, days_per_message: float) -> None:
        super().__init__(context, index)
        self.now = 0
        self._cosines = index.cosines
        self._rates = [days_per_message / strength for strength in STRENGTHS]
        self._marks: dict[int, Mark] = {}

    def search(self, query: str, k: int) -> list[int]:
        """The k keys with the largest products of cosine and retention, best first."""
        marks, rates, now = self._marks, self._rates, self.now
        scores = {
            key: cosine * exp((marks[key].hour - now) * rates[marks[key].recalls])
            for key, cosine in self._cosines(query).items()
        }
        return best(scores, k)

    def recall(self, key: int) -> None:
        """Strengthens a passage and makes it new, at most once per hour."""
        mark = self._marks[key]
        if mark.hour < self.now:
            stronger = Mark(self.now, min(mark.recalls + 1, len(STRENGTHS) - 1))
            self.replace(key, self.texts[key], _index(stronger))

    def victim(self) -> int:
        """The key with the least retention; of equals the smallest."""
        ages = ((m.hour - self.now) / STRENGTHS[m.recalls] for m in self._marks.values())
        return min(zip(ages, self._marks, strict=True))[1]

    def drop(self, key: int) -> None:
        """Drops the passage under a key."""
        super().drop(key)
        del self._marks[key]
        if not self._marks:
            self.now = 0

    def _set(self, entry: Entry) -> None:
        super()._set(entry)
        mark = self._marks[int(entry.id)] = Mark(*map(int, entry.index.split()))
        self.now = max(self.now, mark.hour)

    def searched(self, entry: Entry) -> str:
        return entry.text


def _index(mark: Mark) -> str:
    return f"{mark.hour} {mark.recalls}"


class MemoryBank(Ranked):
    """Passages under their vectors, weighted by retention."""

    _kept: DecayingIndex

    def __init__(
        self,
        chunk_chars: int = 1500,
        top_k: int = 10,
        hours_per_message: float = 0.5,
        embedder: str = "hashed",
    ) -> None:
        require_at_least(1, chunk_chars=chunk_chars)
        if not 0 <= hours_per_message < inf:
            raise BadSettings(f"hours_per_message {hours_per_message:g}: give 0 or more")
        embed, days = named(embedder), hours_per_message / 24
        super().__init__(
            chunk_chars, top_k, lambda context: DecayingIndex(context, Vectors(embed), days)
        )

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            hour = self._kept.now + (message.role == "user")
            for passage in passages(message.content, self.chunk_size, len):
                self._kept.add(passage, _index(Mark(hour, 0)))

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        recalled = self.selected(live, budget)
        # Composing twice at the same hour ranks alike: recalled passages only gain on the others.
        for key in sorted(recalled):
            self._kept.recall(key)
        return as_message(recalled)


make = MemoryBank
