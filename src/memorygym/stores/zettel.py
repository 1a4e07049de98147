"""Notes with keywords and links, as a memory's entries: the text, a line of each below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from memorygym.stores.passages import Index

_NAMED, _LINKS = "keywords:", "links:"


@dataclass(frozen=True, slots=True)
class Zettel:
    """One note."""

    body: str
    named: Sequence[str]
    """Its keywords."""
    links: Sequence[int]
    """The keys of notes that it links to; some may be gone."""

    @property
    def text(self) -> str:
        """The note as an entry.

        >>> print(Zettel("Ann ran.", ["Ann"], [3, 7]).text)
        Ann ran.
        keywords: Ann
        links: 3, 7
        """
        links = ", ".join(map(str, self.links))
        return f"{self.body}\n{_NAMED} {', '.join(self.named)}\n{_LINKS} {links}"

    @classmethod
    def from_text(cls, text: str) -> "Zettel":
        """Reads an entry back.

        >>> Zettel.from_text("Ann ran.\\nkeywords:\\nlinks: 3, 7").links
        (3, 7)
        """
        body, named, links = text.rsplit("\n", 2)
        return cls(
            body,
            tuple(filter(None, named.removeprefix(_NAMED).strip().split(", "))),
            tuple(int(key) for key in links.removeprefix(_LINKS).split(",") if key.strip()),
        )


class Zettels:
    """The notes of a memory under their keys, their links in both directions, and search."""

    def __init__(self, words: Index) -> None:
        self.notes: dict[int, Zettel] = {}
        self._words = words
        self._from: dict[int, set[int]] = {}
        """By note: those that link to it."""

    def linked(self, key: int) -> list[int]:
        """The notes that a note links to, nearest first, then those that link to it."""
        links = dict.fromkeys([*self.notes[key].links, *sorted(self._from.get(key, ()))])
        return [other for other in links if other in self.notes]

    def like(self, named: Sequence[str], k: int, but: int = 0) -> list[int]:
        """The k notes that keywords match best, but that one."""
        found = self.search(" ".join(named), k + 1) if named else []
        return [key for key in found if key != but][:k]

    def search(self, query: str, k: int) -> list[int]:
        """See passages.Index."""
        return self._words.search(query, k)

    def set(self, key: int, text: str) -> None:
        """See passages.Index."""
        self._untie(key)
        note = self.notes[key] = Zettel.from_text(text)
        for other in note.links:
            self._from.setdefault(other, set()).add(key)
        self._words.set(key, "\n".join([note.body, *note.named]))

    def drop(self, key: int) -> None:
        """See passages.Index."""
        self._untie(key)
        del self.notes[key]
        self._words.drop(key)

    def _untie(self, key: int) -> None:
        for other in self.notes[key].links if key in self.notes else ():
            self._from[other].discard(key)
