"""simplemem: a model takes every passage apart into facts that stand alone; facts are searched.

SimpleMem (Liu et al. 2026). Kept: one model call a window of the stream, whose reply is a list of
self-contained facts under their source's heading (who, when); a window that says nothing new costs
no call; a fact told again is merged with the first; search for `top_k` facts.
Simplified: a window is a passage of at most `window_size` tokens and does not overlap the next; the
fields of an entry (time, place, persons) stay in its heading and sentence; only equal facts are
merged; `top_k` does not grow with the question; the hybrid search is one of words, unless
`embedder` (hashed, minilm) adds vectors.
"""

from collections.abc import Sequence
from itertools import islice

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores import prompts
from memorygym.stores.atoms import Atoms, atoms, untold
from memorygym.stores.embedded import embedded
from memorygym.stores.knobs import at_least
from memorygym.stores.passages import asked, fitting, told
from memorygym.stores.splitting import passages


class SimpleMem(Memory):
    """Facts under an index."""

    def __init__(self, window_size: int = 512, top_k: int = 5, embedder: str = "none") -> None:
        at_least(1, window_size=window_size, top_k=top_k)
        self.window_size = window_size
        self.top_k = top_k
        self._make_index = embedded(embedder)

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
        return atoms(self._meter.write(prompts.facts(), passage, most), passage)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        texts = self._facts.kept.texts
        found = self._facts.search(asked(live), 2 * self.top_k)
        ranked = untold(((key, texts[key]) for key in found), live)
        return told(fitting(islice(ranked, self.top_k), budget, self._meter.count))

    def dump(self) -> list[Entry]:
        return self._facts.kept.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._facts.kept.restore(entries)


make = SimpleMem
