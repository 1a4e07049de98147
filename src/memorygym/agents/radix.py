"""Recoding: records as one number over the public ranges, in the densest text that the counter allows.

The recoding adversaries share it, and `held_records` measures what they hold: the bound on real
pressure rests on this file being as good as we can make it.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import log2
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from memorygym import registry
from memorygym.agents.scene import END, Scene, calls, edit, read, submit, write
from memorygym.agents.scribe import Keep, Scribe, allowance, by_brief
from memorygym.core import Message
from memorygym.facts import Knowledge, Query, Record, Value, reader
from memorygym.scoring import gold_of
from memorygym.tokens import count, words
from memorygym.trace import Stored, Trace
from memorygym.worlds.dealing.brief import REFUSAL
from memorygym.worlds.dealing.gold import Gold
from memorygym.worlds.dealing.notes import record_of
from memorygym.worlds.dealing.schema import FIRST_YEAR, LAST_YEAR, Trait, World

Digits = list[tuple[int, int]]
"""Digits of a mixed-radix number, each with its radix; the first one is the least."""
END_OF_GROUP, NOTE = ".", "!"
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\sA-Za-z0-9]")


class Alphabet:
    """Pieces of text that cost one token each, and which may follow which without a blank.

    A blank is free, so leaving it out where nothing merges is one more digit to choose from.
    """

    def __init__(self, kinds: Mapping[str, Sequence[str]]) -> None:
        self.tokens: list[str] = []
        self._kinds: list[str] = []
        starts: dict[str, int] = {}
        for kind, tokens in kinds.items():
            starts[kind] = len(self.tokens)
            self.tokens += tokens
            self._kinds += [kind] * len(tokens)
        self._at = {token: index for index, token in enumerate(self.tokens)}
        chunked = "w" not in kinds  # a run of pairs could spell a word of the code book
        self._after: dict[str, list[tuple[int, int]]] = {"": []}
        self._radix = {"": len(self.tokens)}
        for last in kinds:
            after = [kind for kind in kinds if _joins(last, kind, chunked=chunked)]
            self._after[last] = [(starts[kind], len(kinds[kind])) for kind in after]
            self._radix[last] = len(self.tokens) + sum(n for _, n in self._after[last])

    def write(self, number: int, width: int) -> list[str]:
        """The number as lines of `width` tokens."""
        lines: list[str] = []
        while number or not lines:
            line, last = "", ""
            for _ in range(width):
                number, digit = divmod(number, self._radix[last])
                blank, digit = self._place(last, digit)
                line += " " + self.tokens[digit] if blank and last else self.tokens[digit]
                last = self._kinds[digit]
                if not number:
                    break
            lines.append(line)
        return lines

    def _place(self, last: str, digit: int) -> tuple[bool, int]:
        """Whether a blank comes first, and which token."""
        if digit < len(self.tokens):
            return True, digit
        digit -= len(self.tokens)
        for start, n in self._after[last]:
            if digit < n:
                return False, start + digit
            digit -= n
        raise IndexError(digit)

    def read(self, lines: Sequence[str]) -> int:
        """The number again. Raises KeyError for what it did not write."""
        found: Digits = []
        for line in lines:
            last = ""
            for blank, token in _pieces(line, self._at):
                digit = self._at[token]
                found.append((self._digit(last, digit, blank=blank), self._radix[last]))
                last = self._kinds[digit]
        return packed(found)

    def _digit(self, last: str, at: int, *, blank: bool) -> int:
        if blank or not last:
            return at
        before = len(self.tokens)
        for start, n in self._after[last]:
            if start <= at < start + n:
                return before + at - start
            before += n
        raise KeyError(self.tokens[at])


def _joins(last: str, kind: str, *, chunked: bool) -> bool:
    """Whether a piece may stand right behind another without changing what both cost."""
    lower, upper = kind in ("a", "aa", "w"), kind in ("A", "AA")
    match last:
        case "p" | "111":
            return True
        case "1" | "11":
            return kind not in ("1", "11", "111")
        case "aa" | "Aa":
            return chunked or not lower
        case "AA":
            return not lower and (chunked or not upper)
        case "A":
            return not lower and not upper
    return not lower


def _pieces(line: str, known: Mapping[str, int]) -> Iterator[tuple[bool, str]]:
    """The tokens of a line, each with whether a blank precedes it."""
    end = 0
    for match in _PIECE.finditer(line):
        piece, blank = match[0], match.start() > end
        end = match.end()
        size = len(piece) if piece in known else 3 if piece[0] in digits else 2
        for at in range(0, len(piece), size):
            yield blank and not at, piece[at : at + size]


def _runs(characters: str, size: int) -> list[str]:
    return ["".join(run) for run in product(characters, repeat=size)]


DIGITS = {"1": _runs(digits, 1), "11": _runs(digits, 2), "111": _runs(digits, 3)}
LETTERS = {
    "a": _runs(ascii_lowercase, 1), "aa": _runs(ascii_lowercase, 2),
    "A": _runs(ascii_uppercase, 1), "AA": _runs(ascii_uppercase, 2),
    "Aa": [a + b for a, b in product(ascii_uppercase, ascii_lowercase)],
}  # fmt: skip
MARKS = {"p": [mark for mark in punctuation if mark not in END_OF_GROUP + NOTE]}


@lru_cache(maxsize=32)
def _with_words(shown: frozenset[str]) -> Alphabet:
    book = sorted(word for word in shown if 3 <= len(word) <= 8)
    kinds = {"w": [word for word in book if word.islower()]}
    kinds["Ww"] = [word for word in book if word.istitle()]
    return Alphabet({**LETTERS, **DIGITS, **MARKS, **kinds})


def book_of(system: str) -> Alphabet:
    """Everything that costs one token, the words of the pinned message included."""
    return _with_words(words(system))


def packed(found: Sequence[tuple[int, int]]) -> int:
    """The number with those digits."""
    number = 0
    for digit, radix in reversed(found):
        number = number * radix + digit
    return number


class Unpacked:
    """Takes the digits of a number one by one."""

    def __init__(self, number: int) -> None:
        self.number = number

    def take(self, radix: int) -> int:
        self.number, digit = divmod(self.number, radix)
        return digit


@lru_cache(maxsize=16)
def public_world(noun: str) -> World:
    """The public domain with that noun."""
    worlds = (registry.load("worlds", name, "WORLD") for name in registry.names("worlds"))
    found: World = next(world for world in worlds if world.noun == noun)
    return found


@lru_cache(maxsize=512)
def _levels(low: int, high: int) -> tuple[list[int], list[int]]:
    """Fewest figures that come within 2 % of every one in the range: their upper ends, themselves."""
    ends: list[int] = []
    shown: list[int] = []
    at = low
    while at <= high:
        middle = at + abs(at) // 50
        end = middle * 50 // 49 if middle > 0 else middle * 50 // 51
        ends.append(max(at, end))
        shown.append(middle)
        at = ends[-1] + 1
    return ends, shown


@dataclass(frozen=True)
class Codec:
    """Records of a domain as digits, exact but for decimals, which keep the 2 % that count."""

    world: World
    size: int
    """Words of a name; all names of a task have the same number."""

    def trait(self, code: str) -> Trait:
        """The public trait behind an attribute's code."""
        return self.world.traits[ord(code) - 97]

    def record(self, record: Record, codes: Sequence[str]) -> Digits:
        """Name, category, those attributes and the relations."""
        categories = self.world.categories
        found = [*self.name(record.name), (categories.index(record.category), len(categories))]
        for code in codes:
            found += value_digits(self.trait(code), record.values[code])
        for code, other in record.edges:
            found += [(1, 2), ("xyz".index(code), 3), *self.name(other)]
        return [*found, (0, 2)]

    def take_record(self, source: "Unpacked", codes: Sequence[str]) -> Record:
        """The record again."""
        record = Record(self.take_name(source))
        record.category = self.world.categories[source.take(len(self.world.categories))]
        record.values = {code: take_value(self.trait(code), source) for code in codes}
        while source.take(2):
            record.edges += (("xyz"[source.take(3)], self.take_name(source)),)
        return record

    def name(self, name: str) -> Digits:
        """The words of a name by their place in the public lists."""
        *front, last = name.split()
        first, second = self.world.first, self.world.second
        return [(second.index(last), len(second)), *((first.index(w), len(first)) for w in front)]

    def take_name(self, source: "Unpacked") -> str:
        """The name again."""
        first, second = self.world.first, self.world.second
        last = second[source.take(len(second))]
        return " ".join([*(first[source.take(len(first))] for _ in range(self.size - 1)), last])


def value_digits(trait: Trait, value: Value) -> Digits:
    """A value by its place in the public range; what lies outside moves to the edge."""
    match value:
        case int():
            return [_place(trait, value)]
        case tuple():
            return [_place(trait, item) for item in value]
    match trait.kind:
        case "enum":
            return [(trait.choices.index(value), len(trait.choices))]
        case "text":
            parts = zip(trait.parts, value.split(), strict=True)
            return [(part.index(word), len(part)) for part, word in parts]
    year, month, day = map(int, value.split("-"))
    return [(year - FIRST_YEAR, LAST_YEAR + 1 - FIRST_YEAR), (month - 1, 12), (day - 1, 28)]


def take_value(trait: Trait, source: "Unpacked") -> Value:
    """The value again, or one within 2 % of it."""
    match trait.kind:
        case "int" | "float":
            return _figure(trait, source)
        case "series":
            return tuple([_figure(trait, source) for _ in range(trait.length)])
        case "enum":
            return trait.choices[source.take(len(trait.choices))]
        case "text":
            return " ".join([part[source.take(len(part))] for part in trait.parts])
    year = FIRST_YEAR + source.take(LAST_YEAR + 1 - FIRST_YEAR)
    return f"{year}-{source.take(12) + 1:02d}-{source.take(28) + 1:02d}"


def _place(trait: Trait, value: int) -> tuple[int, int]:
    value = min(max(value, trait.low), trait.high)
    if not trait.decimals:
        return value - trait.low, trait.high - trait.low + 1
    ends, _ = _levels(trait.low, trait.high)
    return bisect_left(ends, value), len(ends)


def _figure(trait: Trait, source: "Unpacked") -> int:
    if not trait.decimals:
        return trait.low + source.take(trait.high - trait.low + 1)
    ends, shown = _levels(trait.low, trait.high)
    return shown[source.take(len(ends))]


@lru_cache(maxsize=512)
def _levels(low: int, high: int) -> tuple[list[int], list[int]]:
    """Fewest figures within 2 % of every one in a range: the upper ends of their reach, themselves."""
    ends: list[int] = []
    shown: list[int] = []
    while not ends or ends[-1] < high:
        least = ends[-1] + 1 if ends else low
        middle = least + abs(least) // 50
        shown.append(middle)
        ends.append(max(middle, middle * 50 // 49 if middle > 0 else middle * 50 // 51))
    return ends, shown


Book = Callable[[str], Alphabet]
"""The alphabet for a pinned message."""


class Group:
    """The records of one batch as one number: whole ones, then those with the key attributes only."""

    def __init__(self, system: str, alphabet: Alphabet, size: int = 2) -> None:
        self._alphabet = alphabet
        guide = reader("worlds", system).guide
        self.codes = [a.code for a in guide.attributes]
        self.keys = guide.key_attributes
        self.codec = Codec(public_world(guide.noun), size)

    def write(self, whole: Sequence[Record], parts: Sequence[Record], width: int) -> list[str]:
        """Lines of at most `width` tokens and the mark that ends a group."""
        found: Digits = [(self.codec.size, 8), (len(whole), 32), (len(parts), 32)]
        for record in whole:
            found += self.codec.record(record, self.codes)
        for record in parts:
            found += self.codec.record(record, self.keys)
        lines = self._alphabet.write(packed(found), width - 1)
        return [*lines[:-1], lines[-1] + END_OF_GROUP]

    def read(self, lines: Sequence[str]) -> list[Record]:
        """The records again."""
        source = Unpacked(self._alphabet.read(lines))
        codec = Codec(self.codec.world, source.take(8))
        levels = [self.codes] * source.take(32), [self.keys] * source.take(32)
        return [codec.take_record(source, codes) for level in levels for codes in level]

    def note(self, name: str, code: str, value: Value) -> str:
        """A changed value, to stand behind a line."""
        found = [(len(name.split()), 8), *Codec(self.codec.world, 0).name(name), (ord(code) - 97, 23)]
        found += value_digits(self.codec.trait(code), value)
        return NOTE + self._alphabet.write(packed(found), 99)[0]

    def read_note(self, text: str) -> Record:
        """The changed value again."""
        source = Unpacked(self._alphabet.read([text]))
        name = Codec(self.codec.world, source.take(8)).take_name(source)
        code = chr(97 + source.take(23))
        return Record(name, values={code: take_value(self.codec.trait(code), source)})


@lru_cache(maxsize=256)
def _group_read(system: str, alphabet: Alphabet, lines: tuple[str, ...]) -> tuple[Record, ...]:
    return tuple(Group(system, alphabet).read(lines))


def decoded(system: str, alphabet: Alphabet, entries: Sequence[str]) -> list[Record]:
    """The records that entries hold, then one for every changed value."""
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
    return records + changed


LINES = 0.9
"""Share of the writes that batches take; changes take the rest."""
ROOM = 0.98
"""Share of the capacity that batches take."""


class Recoder(Scribe):
    """Plays by recoded groups: choice by the brief, changes as notes behind a line."""

    def __init__(self, book: Book, *, parts: bool = False) -> None:
        super().__init__(self._chosen)
        self._book = book
        self._parts = parts

    def _chosen(self, now: Scene, records: list[Record]) -> list[str]:
        lines = allowance(now, LINES)
        room = int(ROOM * now.capacity * now.batch / now.batches) - now.held
        width = min(now.slot, -(-room // max(1, lines)))
        ranked = sorted(records, key=lambda record: by_brief(now, record))
        group = Group(now.system, self._book(now.system), len(ranked[0].name.split()))
        best: list[str] = []
        low, high = 0, len(self._steps(now, ranked))
        while low < high:
            middle = (low + high + 1) // 2
            whole, parts = self._steps(now, ranked)[middle - 1]
            written = group.write(whole, parts, width)
            if len(written) <= lines and sum(map(count, written)) <= room:
                low, best = middle, written
            else:
                high = middle - 1
        return best

    def _steps(
        self, now: Scene, ranked: list[Record]
    ) -> list[tuple[list[Record], list[Record]]]:
        """What to hold, whole and in part, from little to much; each step adds the best of the rest."""
        if not self._parts:
            return [(ranked[:n], []) for n in range(1, len(ranked) + 1)]
        keys = sum(r.category in now.reader.guide.key_categories for r in ranked)
        steps = [([], ranked[:n]) for n in range(1, len(ranked) + 1)]
        return steps + [(ranked[:n], ranked[n:]) for n in range(1, len(ranked) + 1)] if keys else steps

    def change(self, now: Scene) -> Message:
        """Reads all, works out the new value, and puts it behind a line that has room."""
        told = now.reader.read(now.text)
        if not now.said:
            return calls(read())
        if len(now.said) > 1 or not told:
            return END
        lines = now.heard[0].split("\n")
        group = Group(now.system, self._book(now.system))
        note = "".join(self._notes(group, told[0], decoded(now.system, self._book(now.system), lines)))
        for line in lines:
            if note and count(line) + count(note) <= now.slot:
                return calls(edit(line, line + note))
        return calls(write(note)) if note else END

    def _notes(self, group: Group, told: Record, held: list[Record]) -> list[str]:
        known = Knowledge([*held, told])
        notes = []
        for code in (*told.values, *told.shifts):
            value, before = known.now(told.name, code), Knowledge(held).now(told.name, code)
            trait = group.codec.trait(code)
            if value is None or (before is None and len(told.values) > 1):
                continue
            if before is None or value_digits(trait, value) != value_digits(trait, before):
                notes.append(group.note(told.name, code, value))
        return notes

    def conclude(self, now: Scene, query: Query, known: Knowledge) -> str | None:
        records = decoded(now.system, self._book(now.system), now.heard[0].split("\n"))
        return now.reader.answer(query, Knowledge(records))

    def reply(self, now: Scene) -> Message:
        query = now.query
        if query is None:
            return calls(submit(REFUSAL))
        if not now.said:
            return calls(read())
        answer = self.conclude(now, query, Knowledge(()))
        return calls(submit(REFUSAL if answer is None else answer))


def held_records(trace: Trace) -> float:
    """Whole entities in the final memory, as a share of the reference records it has room for."""
    decode = registry.load("agents", str(trace.labels["agent"]), "decode")
    texts: dict[str, str] = {}
    for stored in trace.records:
        if isinstance(stored, Stored):
            texts.update({entry.id: entry.text for entry in stored.entries})
            for id in stored.dropped:
                texts.pop(id, None)
    guide = reader("worlds", trace.system).guide
    gold = gold_of(trace)
    whole = [r for r in decode(trace.system, list(texts.values())) if _whole(r, gold)]
    assert trace.budget.capacity is not None
    return sum(count(record_of(guide, record)) for record in whole) / trace.budget.capacity


def _whole(record: Record, gold: Gold) -> bool:
    """Whether a record tells everything of an entity, as it was at first."""
    if record.name not in gold.names or not record.category:
        return False
    entity = gold.names.index(record.name)
    edges = {(code, gold.names[other]) for source, code, other in gold.edges if source == entity}
    values = (record.values.get(chr(97 + at)) for at in range(len(gold.values[entity])))
    return set(record.edges) == edges and all(map(_close, values, gold.values[entity]))


def _close(value: Value | None, truth: Value) -> bool:
    if isinstance(value, tuple) and isinstance(truth, tuple):
        return len(value) == len(truth) and all(map(_close, value, truth))
    if isinstance(value, int) and isinstance(truth, int):
        return 50 * abs(value - truth) <= abs(truth)
    return value == truth
