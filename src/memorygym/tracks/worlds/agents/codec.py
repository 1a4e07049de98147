"""The strongest cheat that we know: records as one number in dense text, chosen by importance.

It has a code interpreter, the public schema and good selection. A token of its text holds 11.1
bits, one of a reference record 7.9; the bound on what compression gains is as good as this file.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

from memorygym.agents.calls import END, calls, edit, read, write
from memorygym.core.statements import AMONG, CATEGORY, Statement, StatementIndex, Value
from memorygym.core.tokens import count
from memorygym.core.trace import Trace
from memorygym.core.track import PolicyFactory
from memorygym.core.types import Message
from memorygym.tracks.worlds.agents.guesser import public_template
from memorygym.tracks.worlds.agents.note_taker import (
    BudgetedNoteTaker,
    allowance,
    by_instructions,
)
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Facts, by_entity, category_in, values_in
from memorygym.tracks.worlds.generator.notes import key_record_of
from memorygym.tracks.worlds.generator.template_schema import (
    CODES,
    FIRST_YEAR,
    LAST_YEAR,
    AttributeSpec,
    Template,
)
from memorygym.tracks.worlds.parsed_view import ParsedContext

STOP, NOTE = ".", "!"
"""The marks that end a number, and that begin a changed value."""
_MARKS = [mark for mark in map(chr, range(33, 127)) if not mark.isalnum() and mark not in "!."]
_FULL = [f"{n:03d}" for n in range(1000)]
PIECES = [
    *_FULL,
    *(f"{piece} " for piece in (*_FULL, *(f"{n:02d}" for n in range(100)), *range(10))),
    *(mark + blank for mark in _MARKS for blank in ("", " ")),
]
"""Texts of one token each that can stand side by side and be told apart: the digits of numbers."""
_PLACES = {piece: place for place, piece in enumerate(PIECES)}
_PIECE = re.compile(r"\d{1,3} ?|[^\d ] ?")
LINES = 0.9
"""Share of the writes for documents; the rest is for changes."""
ROOM = 0.99
"""Share of the capacity for documents."""

Column: TypeAlias = Sequence[Any]
"""All that may stand at one place of a record: words, or numbers in order."""
Digits = list[tuple[int, int]]
"""Digits of a mixed-radix number, each with its radix; the first is the least significant."""


def spell(number: int, width: int) -> list[str]:
    """The number as lines of `width` tokens; the last one is shorter and ends with a stop.

    >>> spell(1_234_567_890, 2), number_in(spell(1_234_567_890, 2))
    (['640925', '568.'], 1234567890)
    """
    lines, pieces = list[str](), list[str]()
    while number:
        # A blank at the end of a line would be lost.
        number, place = divmod(number, len(PIECES) if len(pieces) < width - 1 else len(_FULL))
        pieces.append(PIECES[place])
        if len(pieces) == width:
            lines.append("".join(pieces))
            pieces.clear()
    return [*lines, "".join(pieces) + STOP]


def number_in(lines: Sequence[str]) -> int:
    """The number that `spell` wrote. Raises KeyError for another text."""
    number = 0
    for line in reversed(lines):
        radix = len(PIECES) if line.endswith(STOP) else len(_FULL)
        for piece in reversed(_PIECE.findall(line.removesuffix(STOP))):
            number, radix = number * radix + _PLACES[piece], len(PIECES)
    return number


def packed(digits: Digits) -> int:
    """The number with these digits."""
    number = 0
    for digit, radix in reversed(digits):
        number = number * radix + digit
    return number


class Unpacked:
    """The digits of a number, taken one by one."""

    def __init__(self, number: int) -> None:
        self._number = number

    def take(self, column: Column) -> Any:
        """What the next digit stands for."""
        self._number, place = divmod(self._number, len(column))
        return column[place]


def _digits(items: Iterable[Any], columns: Iterable[Column]) -> Digits:
    return [(_place(item, c), len(c)) for item, c in zip(items, columns, strict=True)]


def _place(item: int | str, column: Column) -> int:
    """The place of a word, or of the number nearest to this one."""
    if isinstance(item, str):
        return column.index(item)
    if isinstance(column, range):
        return min(max(item - column.start, 0), len(column) - 1)
    place = bisect_left(column, item)
    near = range(max(0, place - 1), min(place + 1, len(column)))
    return min(near, key=lambda place: abs(column[place] - item))


@lru_cache(maxsize=512)
def _columns(spec: AttributeSpec) -> Sequence[Column]:
    """The columns of an attribute, by its public range."""
    match spec.kind:
        case "enum":
            return [spec.choices]
        case "text":
            return spec.parts
        case "date":
            return [range(FIRST_YEAR, LAST_YEAR + 1), range(1, 13), range(1, 29)]
    figures = _levels(spec.low, spec.high) if spec.decimals else range(spec.low, spec.high + 1)
    return [figures] * spec.length


def _levels(low: int, high: int) -> list[int]:
    """The fewest figures of which one is within 2 % of every value in a range."""
    figures: list[int] = []
    while low <= high:
        figures.append(low + abs(low) // 50)
        low = max(figures[-1], figures[-1] * 50 // (49 if figures[-1] > 0 else 51)) + 1
    return figures


def _items(spec: AttributeSpec, value: Value) -> Iterable[int | str]:
    """A value as one item for each of its columns."""
    match value:
        case int():
            return [value]
        case tuple():
            return value
    match spec.kind:
        case "enum":
            return [value]
        case "date":
            return map(int, value.split("-"))
    return value.split()


def _value(spec: AttributeSpec, items: Sequence[Any]) -> Value:
    """The value with these items."""
    match spec.kind:
        case "series":
            return tuple(items)
        case "text":
            return " ".join(items)
        case "date":
            return "{}-{:02d}-{:02d}".format(*items)
    one: Value = items[0]
    return one


@dataclass(frozen=True, slots=True)
class Codec:
    """Encodes records of a template as digits; exact, except for floats, which stay within 2 %."""

    template: Template
    size: int
    """Words of a name; all names of a task have the same number."""

    def spec(self, code: str) -> AttributeSpec:
        """The public specification of an attribute."""
        return self.template.spec(code)

    def value(self, code: str, value: Value) -> Digits:
        return _digits(_items(self.spec(code), value), _columns(self.spec(code)))

    def take_value(self, code: str, source: Unpacked) -> Value:
        return _value(self.spec(code), [source.take(c) for c in _columns(self.spec(code))])

    def name(self, name: str) -> Digits:
        return _digits(name.split(), self._name_columns)

    def take_name(self, source: Unpacked) -> str:
        return " ".join([source.take(column) for column in self._name_columns])

    @property
    def _name_columns(self) -> Sequence[Column]:
        return [self.template.first] * (self.size - 1) + [self.template.second]

    def record(self, facts: Facts, codes: Iterable[str]) -> Digits:
        """The digits of name, category, these attributes and relations."""
        categories, values = self.template.categories, values_in(facts)
        digits = [*self.name(facts[0].subject), *_digits([category_in(facts)], [categories])]
        for code in codes:
            digits += self.value(code, values[code])
        for link in (fact for fact in facts if fact.role == AMONG):
            digits += [(1, 2), *_digits([link.key], [self._relations]), *self.name(str(link.value))]
        return [*digits, (0, 2)]

    def take_record(self, source: Unpacked, codes: Iterable[str]) -> Iterator[Statement]:
        """The facts that `record` encoded."""
        name = self.take_name(source)
        yield Statement(name, CATEGORY, source.take(self.template.categories))
        for code in codes:
            yield Statement(name, code, self.take_value(code, source))
        while source.take(range(2)):
            yield Statement(name, source.take(self._relations), self.take_name(source), AMONG)

    @property
    def _relations(self) -> str:
        return "xyz"[: len(self.template.relations)]


_SIZES, _RECORDS = range(8), range(32)
"""Words of a name, and records of one kind in a batch."""


class CodecWriter(BudgetedNoteTaker):
    """Writes each batch as one number: whole records of the most important entities, and the key
    attributes of others; appends changes to lines that have room; reads everything to answer."""

    def __init__(self) -> None:
        super().__init__(self._chosen, reads_all=True)

    def _chosen(self, context: ParsedContext) -> list[str]:
        """As many records as fit, found by binary search; whole records replace parts."""
        guide, lines = context.reader.guide, allowance(context, LINES)
        room = int(ROOM * context.capacity * context.batch / context.batches) - context.tokens_held
        width = min(context.slot - 1, -(-room // max(1, lines)))
        codec = Codec(public_template(guide.noun), len(context.records[0][0].subject.split()))
        ranked = sorted(context.records, key=lambda facts: by_instructions(context, facts))
        whole = [codec.record(record, [a.code for a in guide.attributes]) for record in ranked]
        parts = [codec.record(record, guide.key_attributes) for record in ranked]
        ends = range(1, len(ranked) + 1)
        steps = [*(([], parts[:n]) for n in ends), *((whole[:n], parts[n:]) for n in ends)]

        def written(step: int) -> list[str]:
            first, second = steps[step]
            digits = [(codec.size, len(_SIZES))]
            digits += [(len(records), len(_RECORDS)) for records in (first, second)]
            return spell(packed([*digits, *chain(*first, *second)]), width)

        def fits(step: int) -> bool:
            entries = written(step)
            tokens = width * (len(entries) - 1) + count(entries[-1])
            return len(entries) <= lines and tokens <= room

        step = bisect_left(range(len(steps)), True, key=lambda step: not fits(step))
        return written(step - 1) if step else []

    def change(self, context: ParsedContext) -> Message:
        """Reads the memory; appends what the text changes to the first line with room."""
        if not context.replies:
            return calls(read())
        if len(context.replies) > 1 or not context.records:
            return END
        note = "".join(self._notes(context, context.records[0]))
        if not note:
            return END
        for line in context.tool_results[0].split("\n"):
            if count(line) + count(note) <= context.slot:
                return calls(edit(line, line + note))
        return calls(write(note))

    def _notes(self, context: ParsedContext, news: Facts) -> Iterator[str]:
        """One note for each value whose digits differ from the stored ones."""
        name, facts = news[0].subject, facts_in(context.system, context.tool_results[0])
        held = [fact for fact in facts if fact[0] == name]
        before, after = StatementIndex(held), StatementIndex([*held, *news])
        codec = Codec(public_template(context.reader.guide.noun), len(name.split()))
        for code in (fact.key for fact in news if fact.key in CODES):
            old, new = before.current(name, code), after.current(name, code)
            not_stored = old is None and len(values_in(news)) > 1
            if new is None or not_stored:
                continue
            if old is None or codec.value(code, old) != codec.value(code, new):
                digits = [
                    (codec.size, len(_SIZES)),
                    *codec.name(name),
                    *_digits([code], [CODES]),
                ]
                yield NOTE + spell(packed([*digits, *codec.value(code, new)]), context.slot)[0]

    def knowledge(self, context: ParsedContext) -> StatementIndex:
        return StatementIndex(facts_in(context.system, context.tool_results[0]))


def facts_in(system: str, text: str) -> Sequence[Statement]:
    """The facts in the entries of a memory, then every changed value."""
    template = public_template(strong_reader(system).guide.noun)
    facts, changed, lines = list[Statement](), list[Statement](), list[str]()
    for entry in text.split("\n"):
        line, *notes = entry.split(NOTE)
        for note in notes:
            source = Unpacked(number_in([note]))
            codec = Codec(template, source.take(_SIZES))
            name, code = codec.take_name(source), source.take(CODES)
            changed.append(Statement(name, code, codec.take_value(code, source)))
        lines += [line] if line else []
        if line.endswith(STOP):
            facts += _batch_in(system, tuple(lines))
            lines.clear()
    return [*facts, *changed]


@lru_cache(maxsize=64)
def _batch_in(system: str, lines: tuple[str, ...]) -> Sequence[Statement]:
    """The facts of a batch, whose lines never change."""
    guide, source = strong_reader(system).guide, Unpacked(number_in(lines))
    codec = Codec(public_template(guide.noun), source.take(_SIZES))
    whole, parts = source.take(_RECORDS), source.take(_RECORDS)
    codes = [a.code for a in guide.attributes]
    held = [codes] * whole + [guide.key_attributes] * parts
    return [fact for codes in held for fact in codec.take_record(source, codes)]


def capacities_held(trace: Trace) -> float:
    """The tokens of the records in the final memory, if honest agents wrote them, as a share of its
    capacity."""
    guide = strong_reader(trace.system).guide
    entities = by_entity(facts_in(trace.system, "\n".join(trace.final_memory.values())))
    held = sum(count(key_record_of(guide, facts)) for facts in entities if category_in(facts))
    assert trace.budget.capacity is not None
    return held / trace.budget.capacity


MAKERS: dict[str, PolicyFactory] = {"codec": lambda _: CodecWriter()}
