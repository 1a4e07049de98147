"""amem-lite: linked notes with keywords; A-Mem without contexts, tags, evolution at every note.

A-Mem (Xu et al. 2025), a Zettelkasten. Kept: one model call per note for its keywords; links to
near notes, at most `neighbours`; a search finds `retrieve_k` notes, follows their links both ways,
and shows at most `top_k`.
Simplified: a note has keywords, but no tags and no context sentence; shared keywords decide on
links, not the model. There, every new note has the model decide which neighbours evolve, by a
second call; here, after every `evo_threshold` notes, the most linked ones get new keywords and
links, from the notes around them, by `neighbours` calls. Search is by words, unless `embedder`
(hashed, minilm) adds vectors.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from memorygym.core.errors import BadSettings, require_at_least
from memorygym.core.types import Entry, MemoryContext, Message
from memorygym.memories.stores import prompts
from memorygym.memories.stores.passages import (
    Index,
    Passages,
    Ranked,
    best_message,
    unseen,
    wanted,
)
from memorygym.memories.stores.reply_parser import keywords
from memorygym.memories.stores.search.fusion import words_with

_NAMED, _LINKS = "keywords:", "links:"


@dataclass(frozen=True, slots=True)
class Note:
    """One note."""

    body: str
    named: Sequence[str]
    """Its keywords."""
    links: Sequence[int]
    """The keys of notes that it links to; some may be gone."""

    @property
    def index(self) -> str:
        """What is kept to find it by.

        >>> print(Note("Ann ran.", ["Ann"], [3, 7]).index)
        keywords: Ann
        links: 3, 7
        """
        links = ", ".join(map(str, self.links))
        return f"{_NAMED} {', '.join(self.named)}\n{_LINKS} {links}"

    @classmethod
    def of(cls, entry: Entry) -> "Note":
        """Reads an entry back.

        >>> Note.of(Entry("9", "Ann ran.", "keywords:\\nlinks: 3, 7")).links
        (3, 7)
        """
        named, links = entry.index.split("\n")
        return cls(
            entry.text,
            tuple(filter(None, named.removeprefix(_NAMED).strip().split(", "))),
            tuple(int(key) for key in links.removeprefix(_LINKS).split(",") if key.strip()),
        )


class Notes(Passages):
    """The notes of a memory under an index, and their links in both directions."""

    def __init__(self, context: MemoryContext, index: Index) -> None:
        super().__init__(context, index)
        self.notes: dict[int, Note] = {}
        self._from: dict[int, set[int]] = {}
        """By note: the notes that link to it."""

    def linked(self, key: int) -> list[int]:
        """The notes that a note links to, nearest first, then the notes that link to it."""
        links = dict.fromkeys([*self.notes[key].links, *sorted(self._from.get(key, ()))])
        return [other for other in links if other in self.notes]

    def drop(self, key: int) -> None:
        """Forgets a note."""
        super().drop(key)
        self._untie(key)
        del self.notes[key]

    def _set(self, entry: Entry) -> None:
        self._untie(key := int(entry.id))
        note = self.notes[key] = Note.of(entry)
        for other in note.links:
            self._from.setdefault(other, set()).add(key)
        super()._set(entry)

    def searched(self, entry: Entry) -> str:
        note = Note.of(entry)
        return "\n".join([note.body, *note.named])

    def _untie(self, key: int) -> None:
        for other in self.notes[key].links if key in self.notes else ():
            self._from[other].discard(key)


NAMED = 8
"""Most keywords of a note."""
KEYWORDS_TOKENS = 64
"""Most tokens of the model's reply."""


class AMem(Ranked):
    """Linked notes."""

    _kept: Notes

    def __init__(
        self,
        chunk_size: int = 512,
        top_k: int = 10,
        retrieve_k: int = 5,
        neighbours: int = 5,
        evo_threshold: int = 50,
        embedder: str = "none",
    ) -> None:
        index = words_with(embedder)
        super().__init__(chunk_size, top_k, lambda context: Notes(context, index()))
        require_at_least(1, retrieve_k=retrieve_k, evo_threshold=evo_threshold)
        require_at_least(0, neighbours=neighbours)
        if retrieve_k > top_k:
            raise BadSettings(f"retrieve_k {retrieve_k}: give at most top_k, {top_k}")
        self.retrieve_k = retrieve_k
        self.neighbours = neighbours
        self.evo_threshold = evo_threshold

    def keep(self, passage: str) -> None:
        key = self._kept.add(passage, self._note(passage, passage).index)
        if key is not None and key % self.evo_threshold == 0:
            self._evolve()

    def _note(self, body: str, context: str, but: int = 0) -> Note:
        """A note with keywords that the model takes from `context`, not linked to the key `but`."""
        reply = self._context.write(prompts.keywords(), context, KEYWORDS_TOKENS)
        named = keywords(reply, NAMED)
        like = self._kept.search(" ".join(named), self.neighbours + 1) if named else []
        return Note(body, named, [key for key in like if key != but][: self.neighbours])

    def _evolve(self) -> None:
        """Rewrites the keywords and links of the most linked notes."""
        degrees = {key: len(self._kept.linked(key)) for key in self._kept.notes}
        hubs = sorted(degrees, key=lambda key: (-degrees[key], key))[: self.neighbours]
        for hub in sorted(hubs):
            body = self._kept.notes[hub].body
            around = [", ".join(self._kept.notes[key].named) for key in self._kept.linked(hub)]
            note = self._note(body, "\n".join([body, *around]), hub)
            if note.named:
                self._kept.replace(hub, body, note.index)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        keys = wanted(self._kept.search, live, self.retrieve_k)
        nearest = [key for key, _ in islice(unseen(self._bodies(keys), live), self.retrieve_k)]
        around = [linked for key in nearest for linked in self._kept.linked(key)]
        ranked = self._bodies(dict.fromkeys([*nearest, *around]))
        return best_message(ranked, live, budget, self._context.count, self.top_k)

    def _bodies(self, keys: Iterable[int]) -> Iterator[tuple[int, str]]:
        return ((key, self._kept.notes[key].body) for key in keys)


make = AMem
