"""clairvoyant: knows the questions beforehand, not their answers: the ceiling within budget."""

from collections.abc import Container

from memorygym.core import Gold
from memorygym.tokens import count
from memorygym.tracks.worlds.agents.scribe import Scribe
from memorygym.tracks.worlds.dealing.gold import Gold as WorldsGold
from memorygym.tracks.worlds.dealing.gold import Need
from memorygym.tracks.worlds.dealing.notes import fill, note_of
from memorygym.tracks.worlds.facts import Record
from memorygym.tracks.worlds.scene import Scene


class Clairvoyant(Scribe):
    """Stores what the questions rest on, with the values that it reads in the documents."""

    def __init__(self, gold: Gold) -> None:
        assert isinstance(gold, WorldsGold)
        self._names = gold.names
        self._needs: dict[str, set[Need]] = {}
        for question in gold.questions:
            for need in question.needs:
                self._needs.setdefault(gold.names[need.entity], set()).add(need)
        super().__init__(self._needed)

    def formers(self, name: str) -> Container[str]:
        return {need.key for need in self._needs.get(name, ()) if need.old}

    def _needed(self, now: Scene, records: list[Record]) -> list[str]:
        guide = now.reader.guide
        notes: list[tuple[str, int]] = []
        for record in records:
            needs = self._needs.get(record.name)
            if not needs:
                continue
            note = note_of(guide, self._part(record, needs))
            spare = sum(2 + count(str(record.values[n.key])) for n in needs if n.old)
            notes.append((note, count(note) + spare))
        return ["\n".join(entry) for entry in fill(notes, now.slot)]

    def _part(self, record: Record, needs: set[Need]) -> Record:
        keys = {need.key for need in needs}
        values = {code: value for code, value in sorted(record.values.items()) if code in keys}
        wanted = {(key[0], self._names[int(key[2:])]) for key in keys if ">" in key}
        edges = tuple(edge for edge in record.edges if edge in wanted)
        category = record.category if "category" in keys else ""
        return Record(record.name, category, values, edges=edges)


make = Clairvoyant
"""Only the runner can give it the table."""
