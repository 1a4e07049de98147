"""Chooses what to keep attribute by attribute: notes of the worth-while parts, packed."""

from memorygym.tokens import count
from memorygym.tracks.worlds.agents.scribe import at_random
from memorygym.tracks.worlds.dealing.ground import ATTRIBUTE_SHARE, CATEGORY_SHARE
from memorygym.tracks.worlds.dealing.notes import fill, note_of
from memorygym.tracks.worlds.facts import Record
from memorygym.tracks.worlds.scene import Scene

SLACK = 0.985
"""Share of the capacity that is planned for; edits may grow a note."""


def key_part(now: Scene, record: Record) -> Record:
    """What the brief says is asked most, and the relations."""
    keys = now.reader.guide.key_attributes
    values = {code: value for code, value in sorted(record.values.items()) if code in keys}
    return Record(record.name, record.category, values, edges=record.edges)


def whole(record: Record) -> Record:
    """Everything, in schema order."""
    values = dict(sorted(record.values.items()))
    return Record(record.name, record.category, values, edges=record.edges)


def worth_while(now: Scene, records: list[Record]) -> list[str]:
    """Entries for this batch: parts of records by expected questions a token, within its share."""
    guide = now.reader.guide
    planned = SLACK * now.capacity * now.batch / now.batches
    room = min(planned, now.capacity) - now.held
    options: list[tuple[float, tuple[float, ...], int, int, str, str]] = []
    for record in records:
        key = record.category in guide.key_categories
        weight = CATEGORY_SHARE / 3 if key else (1 - CATEGORY_SHARE) / (len(guide.categories) - 3)
        small, big = note_of(guide, key_part(now, record)), note_of(guide, whole(record))
        cost = count(small) + 1
        extra = count(big) + 1 - cost
        tie, name = at_random(now, record), record.name
        options.append((-weight * ATTRIBUTE_SHARE / cost, tie, 0, cost, name, small))
        options.append((-weight * (1 - ATTRIBUTE_SHARE) / extra, tie, 1, extra, name, big))
    chosen: dict[str, str] = {}
    for _, _, level, cost, name, note in sorted(options):
        if cost <= room and (level == 0 or name in chosen) and count(note) <= now.slot:
            chosen[name] = note
            room -= cost
    filled = fill([(note, count(note)) for note in chosen.values()], now.slot)
    return ["\n".join(entry) for entry in filled][: now.writes_left]
