"""The strongest cheat that we know: records as one number in dense text, chosen by importance.

It has a code interpreter, the public schema and good selection. A token of its text holds 11.1
bits, one of a reference record 7.9; the bound on what compression gains is as good as this file.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
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
    PERIODS,
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

_SIZES, _RECORDS = range(8), range(32)
"""Words of a name, and records of one kind in a batch."""

_DATE = range(FIRST_YEAR, LAST_YEAR + 1), range(1, 13), range(1, 29)
"""Years, months and days."""
Column: TypeAlias = Sequence[Any]
"""All that may stand at one place of a record: words, or numbers in order."""


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


class DigitWriter:
    """Writes items as the digits of a number, each its place in its column; the first digit is the
    least significant."""

    def __init__(self) -> None:
        self.number, self.radix = 0, 1

    def __call__(self, column: Column, item: Any) -> Any:
        self.number += _place(item, column) * self.radix
        self.radix *= len(column)
        return item

    def append(self, other: "DigitWriter") -> None:
        """Writes what another one has written."""
        self.number += other.number * self.radix
        self.radix *= other.radix


class DigitReader:
    """Reads the items that were written; what it is given in their place does not matter."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, column: Column, _: Any = None) -> Any:
        self._number, place = divmod(self._number, len(column))
        return column[place]


Code: TypeAlias = DigitWriter | DigitReader


def _place(item: Any, column: Column) -> int:
    """The place of a word, or of the number nearest to this one; a list is in order."""
    if not isinstance(column, list):
        return column.index(item)
    place = bisect_left(column, item)
    if place < len(column) and column[place] == item:
        return place
    near = (p for p in (place - 1, place) if 0 <= p < len(column))
    return min(near, key=lambda p: abs(column[p] - item))


@lru_cache(maxsize=512)
def _column(spec: AttributeSpec) -> Column:
    """All values of an attribute, or of one part of it, by its public range; of floats the fewest
    figures of which one is within 2 % of every value."""
    match spec.kind:
        case "enum":
            return spec.choices
        case "int" | "series":
            return range(spec.low, spec.high + 1)
    figures, low = list[int](), spec.low
    while low <= spec.high:
        figures.append(low + low // 50)
        low = max(figures[-1], figures[-1] * 50 // 49) + 1
    return figures


def _value(code: Code, spec: AttributeSpec, value: Any) -> Value:
    """A value: exact, except for a float, which stays within 2 %."""
    match spec.kind:
        case "text":
            return _words(code, spec.parts, value)
        case "date":
            parts = map(int, value.split("-")) if value else _DATE
            pairs = zip(_DATE, parts, strict=True)
            return "{}-{:02d}-{:02d}".format(*[code(column, part) for column, part in pairs])
        case "series":
            return tuple([code(_column(spec), item) for item in value or range(PERIODS)])
    one: Value = code(_column(spec), value)
    return one


def _words(code: Code, columns: Sequence[Column], text: str | None) -> str:
    words = text.split() if text else columns
    return " ".join([code(column, word) for column, word in zip(columns, words, strict=True)])


def _name(code: Code, template: Template, size: int, name: str | None = None) -> str:
    """A name; all names of a task have the same number of words, `size`."""
    return _words(code, [template.first] * (size - 1) + [template.second], name)


def _record(
    code: Code, template: Template, size: int, codes: Iterable[str], facts: Facts = ()
) -> Facts:
    """The facts about one entity: category, these attributes and relations."""
    values, links = values_in(facts), (fact for fact in facts if fact.role == AMONG)
    name = _name(code, template, size, facts[0].subject if facts else None)
    coded = [Statement(name, CATEGORY, code(template.categories, category_in(facts)))]
    for key in codes:
        coded.append(Statement(name, key, _value(code, template.spec(key), values.get(key))))
    link = next(links, None)
    while code((False, True), link is not None):
        key = code([relation.code for relation in template.relations], link and link.key)
        other = _name(code, template, size, link and link.text)
        coded.append(Statement(name, key, other, AMONG))
        link = next(links, None)
    return tuple(coded)


def _change(code: Code, template: Template, fact: Statement | None = None) -> Statement:
    """One changed value."""
    size = code(_SIZES, fact and len(fact.subject.split()))
    name, key = _name(code, template, size, fact and fact.subject), code(CODES, fact and fact.key)
    return Statement(name, key, _value(code, template.spec(key), fact and fact.value))


def _sizes(code: Code, size: int = 0, whole: int = 0, parts: int = 0) -> tuple[int, int, int]:
    """How a batch begins: the words of a name, the whole records, and the parts that follow."""
    return code(_SIZES, size), code(_RECORDS, whole), code(_RECORDS, parts)


class CodecWriter(BudgetedNoteTaker):
    """Writes each batch as one number: whole records of the most important entities, and the key
    attributes of others; appends changes to lines that have room; reads everything to answer."""

    def __init__(self) -> None:
        super().__init__(self._chosen, reads_all=True)

    def _chosen(self, context: ParsedContext) -> list[str]:
        """As many records as fit, found by binary search; whole records replace parts. None of a
        document that states a part of a record."""
        guide, lines = context.reader.guide, allowance(context, LINES)
        records = [f for f in context.records if len(values_in(f)) == len(guide.attributes)]
        if not records:
            return []
        room = int(ROOM * context.capacity * context.batch / context.batches) - context.tokens_held
        width = min(context.slot - 1, -(-room // max(1, lines)))
        template, size = public_template(guide.noun), len(records[0][0].subject.split())

        def packed(facts: Facts, codes: Iterable[str]) -> DigitWriter:
            _record(code := DigitWriter(), template, size, codes, facts)
            return code

        ranked = sorted(records, key=partial(by_instructions, context))
        whole = [packed(facts, [a.code for a in guide.attributes]) for facts in ranked]
        parts = [packed(facts, guide.key_attributes) for facts in ranked]
        ends = range(1, len(ranked) + 1)
        steps = [*(([], parts[:n]) for n in ends), *((whole[:n], parts[n:]) for n in ends)]

        def written(step: int) -> list[str]:
            first, second = steps[step]
            _sizes(code := DigitWriter(), size, len(first), len(second))
            for record in (*first, *second):
                code.append(record)
            return spell(code.number, width)

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
        template = public_template(context.reader.guide.noun)
        for code in (fact.key for fact in news if fact.key in CODES):
            old, new = before.current(name, code), after.current(name, code)
            if new is None:
                continue
            number = self._number(template, Statement(name, code, new))
            if old is None or number != self._number(template, Statement(name, code, old)):
                yield NOTE + spell(number, context.slot)[0]

    def _number(self, template: Template, fact: Statement) -> int:
        _change(code := DigitWriter(), template, fact)
        return code.number

    def knowledge(self, context: ParsedContext) -> StatementIndex:
        return StatementIndex(facts_in(context.system, context.tool_results[0]))


def facts_in(system: str, text: str) -> Sequence[Statement]:
    """The facts in the entries of a memory, then every changed value."""
    template = public_template(strong_reader(system).guide.noun)
    facts, changed, lines = list[Statement](), list[Statement](), list[str]()
    for entry in text.split("\n"):
        line, *notes = entry.split(NOTE)
        changed += [_change(DigitReader(number_in([note])), template) for note in notes]
        lines += [line] if line else []
        if line.endswith(STOP):
            facts += _batch_in(system, tuple(lines))
            lines.clear()
    return [*facts, *changed]


@lru_cache(maxsize=64)
def _batch_in(system: str, lines: tuple[str, ...]) -> Sequence[Statement]:
    """The facts of a batch, whose lines never change."""
    guide, code = strong_reader(system).guide, DigitReader(number_in(lines))
    template, (size, whole, parts) = public_template(guide.noun), _sizes(code)
    held = [[a.code for a in guide.attributes]] * whole + [[*guide.key_attributes]] * parts
    return [fact for codes in held for fact in _record(code, template, size, codes)]


def capacities_held(trace: Trace) -> float:
    """The tokens of the records in the final memory, if honest agents wrote them, as a share of its
    capacity."""
    guide = strong_reader(trace.system).guide
    entities = by_entity(facts_in(trace.system, "\n".join(trace.final_memory.values())))
    held = sum(count(key_record_of(guide, facts)) for facts in entities if category_in(facts))
    assert trace.budget.capacity is not None
    return held / trace.budget.capacity


MAKERS: dict[str, PolicyFactory] = {"codec": lambda _: CodecWriter()}
