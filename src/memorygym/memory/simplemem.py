"""simplemem: a model takes every passage apart into facts that stand alone; facts are searched.

SimpleMem (Liu et al. 2026). Kept: one model call a window of the stream, whose reply is a list of
self-contained facts under their source's heading (who, when); search for `top_k` facts.
Simplified: a window is a passage of at most `window_size` tokens and does not overlap the next; no
call is spared but for a passage that is held word for word; of facts only equal ones are merged,
the newest of which stays; the fields of an entry (time, place, persons) stay in its heading and
sentence; `top_k` does not grow with the question; the hybrid search is one of words, unless
`embedder` (hashed, minilm) adds vectors.
"""

from collections.abc import Sequence

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores import prompts
from memorygym.stores.atoms import Atoms
from memorygym.stores.knobs import at_least
from memorygym.stores.passages import shown, wanted
from memorygym.stores.search.fusion import words_with
from memorygym.stores.splitting import passages
from memorygym.stores.topics import alone


class SimpleMem(Memory):
    """Facts under an index."""

    def __init__(self, window_size: int = 512, top_k: int = 5, embedder: str = "none") -> None:
        at_least(1, window_size=window_size, top_k=top_k)
        self.window_size = window_size
        self.top_k = top_k
        self._make_index = words_with(embedder)

    def open(self, meter: Meter) -> None:
        self._meter = meter
        self._facts = Atoms(meter, self._make_index())

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            for passage in passages(message.content, self.window_size, self._meter.count):
                for fact in self._read(passage):
                    self._facts.tell(fact)

    def _read(self, passage: str) -> list[str]:
        """The facts of a passage; one that is held word for word is no news."""
        if passage in self._facts:
            return [passage]
        most = 2 * self._meter.count(passage)
        return alone(self._meter.write(prompts.facts(), passage, most), passage)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        keys = wanted(self._facts.search, live, self.top_k)
        ranked = ((key, self._facts.kept.texts[key]) for key in keys)
        return shown(ranked, live, budget, self._meter.count, self.top_k)

    def dump(self) -> list[Entry]:
        return self._facts.kept.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._facts.kept.restore(entries)


make = SimpleMem
