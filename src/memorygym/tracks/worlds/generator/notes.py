"""The notation of the scripted agents: tagged notes, and reference records, which size budgets.

A reference record is positional: name, category code, values in schema order, relations. A tagged
note labels each value: `Acme Harbor C b 832 was b 800 x Cedar Quay`. A key record is positional
too, but lists only the key attributes: `Acme Harbor C 832 27 x Cedar Quay`. All write numbers in
fixed point, enum choices as one letter, dates as six digits (YYMMDD) and texts as their words.
"""

import re
import string
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from memorygym.tracks.worlds.facts import Attribute, Guide, Record, RecordDraft, Value

Notation: TypeAlias = Callable[[Guide, Record], str]
"""Writes the note of a record."""
RELATION_CODES = "xyz"
_HEAD = re.compile(r"([A-Z][a-z]+(?: [A-Z][a-z]+)+)(?: ([A-J]))?(?= |$)")


def pack_value(attribute: Attribute, value: Value) -> str:
    """A value as records and notes write it."""
    match value:
        case int():
            return str(value)
        case tuple():
            return " ".join(map(str, value))
    match attribute.kind:
        case "enum":
            return chr(97 + attribute.choices.index(value))
        case "date":
            return value[2:4] + value[5:7] + value[8:]
    return value


def record_of(guide: Guide, record: Record) -> str:
    """The reference record; an unknown value is written as a question mark."""
    return _in_order(record, guide, guide.attributes)


def key_record_of(guide: Guide, record: Record) -> str:
    """The record of the key attributes alone; the reference record if the record holds more."""
    if set(record.values) <= set(guide.key_attributes):
        return _in_order(record, guide, _key_attributes(guide))
    return record_of(guide, record)


def _key_attributes(guide: Guide) -> list[Attribute]:
    return [guide.attribute(code) for code in guide.key_attributes]


def _in_order(record: Record, guide: Guide, attributes: Iterable[Attribute]) -> str:
    parts = [record.name, guide.category_code(record.category)]
    for attribute in attributes:
        value = record.values.get(attribute.code)
        parts.append("?" if value is None else pack_value(attribute, value))
    parts += [f"{code} {other}" for code, other in record.edges]
    return " ".join(parts)


def note_of(guide: Guide, record: Record) -> str:
    """The tagged note of everything that a record holds."""
    parts = [record.name]
    if record.category:
        parts.append(guide.category_code(record.category))
    for code, value in record.former.items():
        parts.append(f"was {code} {pack_value(guide.attribute(code), value)}")
    for code, value in record.values.items():
        parts.append(f"{code} {pack_value(guide.attribute(code), value)}")
    parts += [f"{code} {other}" for code, other in record.edges]
    return " ".join(parts)


def fill(notes: Iterable[tuple[str, int]], slot: int) -> list[str]:
    """Entries of at most `slot` tokens, filled with notes in order; a line break costs 1 token."""
    entries: list[list[str]] = []
    room = -1
    for text, cost in notes:
        if cost + 1 > room:
            entries.append([])
            room = slot + 1
        entries[-1].append(text)
        room -= cost + 1
    return ["\n".join(entry) for entry in entries]


def read_note(line: str, guide: Guide) -> Record | None:
    """The record that a line holds, or None if the line is not in this notation."""
    head = _HEAD.match(line)
    if not head:
        return None
    name, letter = head.groups()
    if letter and ord(letter) - 65 >= len(guide.categories):
        return None
    category = guide.categories[ord(letter) - 65] if letter else ""
    rest = line[head.end() :].split()
    for read in (_read_tags, _read_all, _read_keys) if letter else (_read_tags, _read_all):
        record = RecordDraft(name, category)
        try:
            if read(record, rest, guide):
                return record.record()
        except (ValueError, IndexError):
            continue
    return None


def _read_tags(record: RecordDraft, words: Sequence[str], guide: Guide) -> bool:
    position = 0
    while position < len(words):
        values: dict[str, Value] = record.values
        if words[position] == "was":
            values, position = record.former, position + 1
        code = words[position]
        if len(code) != 1:
            return False
        if code in RELATION_CODES:
            position = _read_edge(record, words, position)
            continue
        if ord(code) - 97 >= len(guide.attributes) or ord(code) < 97:
            return False
        attribute = guide.attribute(code)
        position += 1
        values[code] = _unpack(attribute, words[position : position + attribute.length])
        position += attribute.length
    return True


def _read_all(record: RecordDraft, words: Sequence[str], guide: Guide) -> bool:
    return _read_positions(record, words, guide.attributes)


def _read_keys(record: RecordDraft, words: Sequence[str], guide: Guide) -> bool:
    return _read_positions(record, words, _key_attributes(guide))


def _read_positions(
    record: RecordDraft, words: Sequence[str], attributes: Iterable[Attribute]
) -> bool:
    position = 0
    for attribute in attributes:
        if words[position] == "?":
            position += 1
            continue
        record.values[attribute.code] = _unpack(
            attribute, words[position : position + attribute.length]
        )
        position += attribute.length
    while position < len(words):
        if words[position] not in RELATION_CODES:
            return False
        position = _read_edge(record, words, position)
    return True


def _read_edge(record: RecordDraft, words: Sequence[str], start: int) -> int:
    end = start + 1
    while end < len(words) and len(words[end]) > 1 and words[end][0].isupper():
        end += 1
    if end < start + 3:
        raise ValueError("a relation needs a name")
    record.edges += ((words[start], " ".join(words[start + 1 : end])),)
    return end


def _unpack(attribute: Attribute, words: Sequence[str]) -> Value:
    if len(words) != attribute.length:
        raise ValueError("too few words")
    match attribute.kind:
        case "int" | "float":
            return int(words[0])
        case "series":
            return tuple(map(int, words))
        case "enum":
            return attribute.choices[string.ascii_lowercase.index(words[0])]
        case "date":
            day = f"{int(words[0]):06d}"
            return f"20{day[:2]}-{day[2:4]}-{day[4:]}"
        case "text":
            if not all(word.isalpha() for word in words):
                raise ValueError("not words")
            return " ".join(words)
