"""The notation of the scripted agents: tagged notes, and reference records, which size budgets.

A reference record is positional: name, category code, values in schema order, relations. A tagged
note labels each value: `Acme Harbor C b 832 was b 800 x Cedar Quay`. A key record is positional
too, but lists only the key attributes: `Acme Harbor C 832 27 x Cedar Quay`. All write numbers in
fixed point, enum choices as one letter, dates as six digits (YYMMDD) and texts as their words.
"""

import re
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from memorygym.core.statements import AMONG, CATEGORY, CURRENT, FORMER, Statement, Value
from memorygym.tracks.worlds.facts import NAME, Attribute, Facts, Guide, category_in, values_in

Notation: TypeAlias = Callable[[Guide, Facts], str]
"""Writes the note of facts about one entity."""
RELATION_CODES = "xyz"
_HEAD = re.compile(rf"({NAME})(?: ([A-J]))?(?= |$)")


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


def record_of(guide: Guide, facts: Facts) -> str:
    """The reference record; an unknown value is written as a question mark."""
    return _in_order(facts, guide, guide.attributes)


def key_record_of(guide: Guide, facts: Facts) -> str:
    """The record of the key attributes alone; the reference record if there are other values."""
    if values_in(facts).keys() <= set(guide.key_attributes):
        return _in_order(facts, guide, _key_attributes(guide))
    return record_of(guide, facts)


def _key_attributes(guide: Guide) -> list[Attribute]:
    return [guide.attribute(code) for code in guide.key_attributes]


def _in_order(facts: Facts, guide: Guide, attributes: Iterable[Attribute]) -> str:
    """The values in this order, without tags; a tagged note if the category is unknown."""
    if not category_in(facts):
        return note_of(guide, facts)
    values = values_in(facts)
    parts = [facts[0].subject, guide.category_code(category_in(facts))]
    for attribute in attributes:
        value = values.get(attribute.code)
        parts.append("?" if value is None else pack_value(attribute, value))
    return " ".join([*parts, *_relations(facts)])


def _relations(facts: Facts) -> list[str]:
    return [f"{fact.key} {fact.value}" for fact in facts if fact.role == AMONG]


def note_of(guide: Guide, facts: Facts) -> str:
    """The tagged note of facts about one entity."""
    parts = [facts[0].subject]
    if category := category_in(facts):
        parts.append(guide.category_code(category))
    for fact in facts:
        if fact.role == FORMER:
            parts.append(f"was {fact.key} {pack_value(guide.attribute(fact.key), fact.value)}")
    for code, value in values_in(facts).items():
        parts.append(f"{code} {pack_value(guide.attribute(code), value)}")
    return " ".join([*parts, *_relations(facts)])


def record_or_note(guide: Guide, facts: Facts) -> str:
    """The reference record if all current values are known and no others, else the tagged note."""
    has_former = any(fact.role == FORMER for fact in facts)
    is_whole = not has_former and len(values_in(facts)) == len(guide.attributes)
    return (record_of if is_whole else note_of)(guide, facts)


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


def read_note(line: str, guide: Guide) -> Facts | None:
    """The facts that a line states, or None if the line is not in this notation."""
    head = _HEAD.match(line)
    if not head:
        return None
    name, letter = head.groups()
    if letter and ord(letter) - 65 >= len(guide.categories):
        return None
    category = [Statement(name, CATEGORY, guide.categories[ord(letter) - 65])] if letter else []
    words = line[head.end() :].split()
    orders = (guide.attributes, _key_attributes(guide)) if letter else (guide.attributes,)
    readings = (_tagged(name, words, guide), *(_in_positions(name, words, o) for o in orders))
    for reading in readings:
        try:
            return (*category, *reading)
        except (ValueError, IndexError):
            continue
    return None


def _tagged(name: str, words: Sequence[str], guide: Guide) -> Iterator[Statement]:
    position = 0
    while position < len(words):
        is_former = words[position] == "was"
        position += is_former
        code = words[position]
        if code in RELATION_CODES:
            fact, position = _relation(name, words, position)
            yield fact
            continue
        if len(code) != 1 or not 97 <= ord(code) < 97 + len(guide.attributes):
            raise ValueError("no code of an attribute")
        attribute = guide.attribute(code)
        end = position + 1 + attribute.length
        value = _unpack(attribute, words[position + 1 : end])
        yield Statement(name, code, value, FORMER if is_former else CURRENT)
        position = end


def _in_positions(
    name: str, words: Sequence[str], attributes: Iterable[Attribute]
) -> Iterator[Statement]:
    position = 0
    for attribute in attributes:
        if words[position] == "?":
            position += 1
            continue
        end = position + attribute.length
        yield Statement(name, attribute.code, _unpack(attribute, words[position:end]))
        position = end
    while position < len(words):
        if words[position] not in RELATION_CODES:
            raise ValueError("more than values and relations")
        fact, position = _relation(name, words, position)
        yield fact


def _relation(name: str, words: Sequence[str], start: int) -> tuple[Statement, int]:
    end = start + 1
    while end < len(words) and len(words[end]) > 1 and words[end][0].isupper():
        end += 1
    if end < start + 3:
        raise ValueError("a relation needs a name")
    return Statement(name, words[start], " ".join(words[start + 1 : end]), AMONG), end


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
