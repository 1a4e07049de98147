"""Recoding: records as one number over the public ranges, and how many records a memory then holds.

The bound on compression gains is only as good as this file and `alphabet` are.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from memorygym.core.tokens import count
from memorygym.core.trace import Trace
from memorygym.tracks.worlds.agents.alphabet import END_OF_GROUP, NOTE, Alphabet, Digits, packed
from memorygym.tracks.worlds.agents.guesser import public_template
from memorygym.tracks.worlds.axes import gold_of
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Guide, Record, Value
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.template_schema import (
    FIRST_YEAR,
    LAST_YEAR,
    AttributeSpec,
    Template,
)


class Unpacked:
    """The digits of a mixed-radix number, taken one by one."""

    def __init__(self, number: int) -> None:
        self.number = number

    def take(self, radix: int) -> int:
        """The next digit."""
        self.number, digit = divmod(self.number, radix)
        return digit


@dataclass(frozen=True)
class Codec:
    """Encodes records of a template as digits; exact, except for floats, which stay within 2 %."""

    template: Template
    size: int
    """Words of a name; all names of a task have the same number."""

    def spec(self, code: str) -> AttributeSpec:
        """The public specification of an attribute."""
        return self.template.attribute_specs[ord(code) - 97]

    def record(self, record: Record, codes: Sequence[str]) -> Digits:
        """The digits of name, category, these attributes and relations."""
        categories = self.template.categories
        digits = [*self.name(record.name), (categories.index(record.category), len(categories))]
        for code in codes:
            digits += value_digits(self.spec(code), record.values[code])
        for code, other in record.edges:
            digits += [(1, 2), ("xyz".index(code), len(self.template.relations)), *self.name(other)]
        return [*digits, (0, 2)]

    def take_record(self, source: Unpacked, codes: Sequence[str]) -> Record:
        """The record that `record` encoded."""
        name = self.take_name(source)
        category = self.template.categories[source.take(len(self.template.categories))]
        values = {code: take_value(self.spec(code), source) for code in codes}
        edges: list[tuple[str, str]] = []
        while source.take(2):
            code = "xyz"[source.take(len(self.template.relations))]
            edges.append((code, self.take_name(source)))
        return Record(name, category, values, edges=tuple(edges))

    def name(self, name: str) -> Digits:
        """The digits of a name: the places of its words in the public lists."""
        *front, last = name.split()
        first, second = self.template.first, self.template.second
        return [(second.index(last), len(second)), *((first.index(w), len(first)) for w in front)]

    def take_name(self, source: Unpacked) -> str:
        """The name that `name` encoded."""
        first, second = self.template.first, self.template.second
        last = second[source.take(len(second))]
        return " ".join([*(first[source.take(len(first))] for _ in range(self.size - 1)), last])


def value_digits(spec: AttributeSpec, value: Value) -> Digits:
    """The digits of a value: its place in the public range, to which it is clamped."""
    match value:
        case int():
            return [_place(spec, value)]
        case tuple():
            return [_place(spec, item) for item in value]
    match spec.kind:
        case "enum":
            return [(spec.choices.index(value), len(spec.choices))]
        case "text":
            parts = zip(spec.parts, value.split(), strict=True)
            return [(part.index(word), len(part)) for part, word in parts]
    year, month, day = map(int, value.split("-"))
    return [(year - FIRST_YEAR, LAST_YEAR + 1 - FIRST_YEAR), (month - 1, 12), (day - 1, 28)]


def take_value(spec: AttributeSpec, source: Unpacked) -> Value:
    """The value again, or one within 2 % of it."""
    match spec.kind:
        case "int" | "float":
            return _figure(spec, source)
        case "series":
            return tuple([_figure(spec, source) for _ in range(spec.length)])
        case "enum":
            return spec.choices[source.take(len(spec.choices))]
        case "text":
            return " ".join([part[source.take(len(part))] for part in spec.parts])
    year = FIRST_YEAR + source.take(LAST_YEAR + 1 - FIRST_YEAR)
    return f"{year}-{source.take(12) + 1:02d}-{source.take(28) + 1:02d}"


def _place(spec: AttributeSpec, value: int) -> tuple[int, int]:
    value = min(max(value, spec.low), spec.high)
    if not spec.decimals:
        return value - spec.low, spec.high - spec.low + 1
    ends, _ = _levels(spec.low, spec.high)
    return bisect_left(ends, value), len(ends)


def _figure(spec: AttributeSpec, source: Unpacked) -> int:
    if not spec.decimals:
        return spec.low + source.take(spec.high - spec.low + 1)
    ends, shown = _levels(spec.low, spec.high)
    return shown[source.take(len(ends))]


@lru_cache(maxsize=512)
def _levels(low: int, high: int) -> tuple[list[int], list[int]]:
    """The fewest figures of which one is within 2 % of every value in a range.

    Given as the upper ends of the intervals that they cover, and the figures themselves.
    """
    ends: list[int] = []
    shown: list[int] = []
    while not ends or ends[-1] < high:
        least = ends[-1] + 1 if ends else low
        middle = least + abs(least) // 50
        shown.append(middle)
        ends.append(max(middle, middle * 50 // 49 if middle > 0 else middle * 50 // 51))
    return ends, shown


class Group:
    """Encodes the records of a batch as one number: whole records, then key attributes only."""

    def __init__(self, system: str, alphabet: Alphabet, size: int = 2) -> None:
        self._alphabet = alphabet
        guide = strong_reader(system).guide
        self.codes = [a.code for a in guide.attributes]
        self.keys = guide.key_attributes
        self.codec = Codec(public_template(guide.noun), size)

    def write(self, whole: Sequence[Digits], parts: Sequence[Digits], width: int) -> list[str]:
        """Lines of at most `width` tokens, plus one token for the mark that ends the group."""
        digits: Digits = [(self.codec.size, 8), (len(whole), 32), (len(parts), 32)]
        for record in (*whole, *parts):
            digits += record
        lines = self._alphabet.write(packed(digits), width)
        return [*lines[:-1], lines[-1] + END_OF_GROUP]

    def read(self, lines: Sequence[str]) -> list[Record]:
        """The records that `write` encoded."""
        source = Unpacked(self._alphabet.read(lines))
        codec = Codec(self.codec.template, source.take(8))
        levels = [self.codes] * source.take(32), [self.keys] * source.take(32)
        return [codec.take_record(source, codes) for level in levels for codes in level]

    def note(self, name: str, code: str, value: Value) -> str:
        """A changed value, to append to a line."""
        place = Codec(self.codec.template, 0).name(name)
        digits = [(len(name.split()), 8), *place, (ord(code) - 97, 23)]
        digits += value_digits(self.codec.spec(code), value)
        return NOTE + self._alphabet.write(packed(digits), 99)[0]

    def read_note(self, text: str) -> Record:
        """The changed value that `note` encoded."""
        source = Unpacked(self._alphabet.read([text]))
        name = Codec(self.codec.template, source.take(8)).take_name(source)
        code = chr(97 + source.take(23))
        return Record(name, values={code: take_value(self.codec.spec(code), source)})


@lru_cache(maxsize=64)
def _group_read(system: str, alphabet: Alphabet, lines: tuple[str, ...]) -> tuple[Record, ...]:
    return tuple(Group(system, alphabet).read(lines))


@lru_cache(maxsize=64)
def decoded(system: str, alphabet: Alphabet, entries: tuple[str, ...]) -> tuple[Record, ...]:
    """The records in the entries, then one record for every changed value."""
    group = Group(system, alphabet)
    records: list[Record] = []
    changed: list[Record] = []
    lines: list[str] = []
    for entry in entries:
        line, *notes = entry.split(NOTE)
        changed += [group.read_note(note) for note in notes]
        if line:
            lines.append(line.removesuffix(END_OF_GROUP))
        if line.endswith(END_OF_GROUP):
            records += _group_read(system, alphabet, tuple(lines))
            lines.clear()
    return (*records, *changed)


def held_records(trace: Trace, book: Callable[[str], Alphabet]) -> float:
    """The reference tokens of all whole records in the final memory, as a share of its capacity."""
    texts: dict[str, str] = {}
    for _, stored in trace.memory_states():
        texts = stored
    guide = strong_reader(trace.system).guide
    gold = gold_of(trace)
    records = decoded(trace.system, book(trace.system), tuple(texts.values()))
    whole = [record for record in records if _whole(record, gold, guide)]
    assert trace.budget.capacity is not None
    return sum(count(record_of(guide, record)) for record in whole) / trace.budget.capacity


def _whole(record: Record, gold: WorldsGold, guide: Guide) -> bool:
    """Whether a record holds all first values of an entity, as precisely as grading needs."""
    if record.name not in gold.names or not record.category:
        return False
    entity = gold.names.index(record.name)
    edges = {(code, gold.names[other]) for source, code, other in gold.edges if source == entity}
    return set(record.edges) == edges and all(
        _close(record.values.get(a.code), truth, exact=not a.decimals)
        for a, truth in zip(guide.attributes, gold.values[entity], strict=True)
    )


def _close(value: Value | None, truth: Value, *, exact: bool) -> bool:
    """Whether two values are equal or, unless `exact`, within 2 % as grading allows."""
    if exact:
        return value == truth
    if isinstance(value, tuple) and isinstance(truth, tuple):
        pairs = zip(value, truth, strict=False)
        return len(value) == len(truth) and all(_close(v, t, exact=False) for v, t in pairs)
    if isinstance(value, int) and isinstance(truth, int):
        return 50 * abs(value - truth) <= abs(truth)
    return value == truth
