"""The policies of those that recode: as numbers in dense text, or as words packed page by page."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache

from memorygym.agents.calls import END, calls, edit, read, write
from memorygym.core.tokens import count
from memorygym.core.track import PolicyFactory
from memorygym.core.types import Message
from memorygym.tracks.worlds.agents.alphabet import (
    DIGITS,
    LETTERS,
    MARKS,
    Alphabet,
    Kind,
    Listed,
    book_of,
    spelled,
)
from memorygym.tracks.worlds.agents.note_taker import (
    BudgetedNoteTaker,
    allowance,
    at_random,
    by_brief,
)
from memorygym.tracks.worlds.agents.radix import Group, decoded, value_digits
from memorygym.tracks.worlds.fact_reader import reader
from memorygym.tracks.worlds.facts import Guide, Knowledge, Record, Value
from memorygym.tracks.worlds.generator.notes import note_of
from memorygym.tracks.worlds.parsed_view import ParsedContext

LINES = 0.9
"""Share of the writes that batches take; changes take the rest."""
ROOM = 0.99
"""Share of the capacity that batches take."""


class Hoarder(BudgetedNoteTaker):
    """Reads all of its memory back, and puts what changes behind a line that has room."""

    def __init__(self) -> None:
        super().__init__(self.chosen, reads_all=True)

    def chosen(self, now: ParsedContext) -> list[str]:
        """Entries for a batch."""
        raise NotImplementedError

    def held(self, now: ParsedContext) -> tuple[Record, ...]:
        """What the memory holds, changes last; it has just been read."""
        raise NotImplementedError

    def note(self, now: ParsedContext, name: str, code: str, value: Value) -> str:
        """A changed value, to stand behind a line."""
        raise NotImplementedError

    def room(self, now: ParsedContext, line: str) -> int:
        """Tokens that may stand behind a line."""
        return now.slot - self.cost(now, line)

    def cost(self, now: ParsedContext, text: str) -> int:
        """Tokens of a text."""
        return count(text)

    def change(self, now: ParsedContext) -> Message:
        told = now.records
        if not now.said:
            return calls(read())
        if len(now.said) > 1 or not told:
            return END
        note = "".join(self._notes(now, told[0]))
        if not note:
            return END
        for line in now.heard[0].split("\n"):
            if self.cost(now, note) <= self.room(now, line):
                return calls(edit(line, line + note))
        return calls(write(note))

    def _notes(self, now: ParsedContext, told: Record) -> Iterable[str]:
        """One note for each value that is not what was held."""
        held = self.held(now)
        before, after = Knowledge(held), Knowledge([*held, told])
        for code in (*told.values, *told.shifts):
            old, new = before.now(told.name, code), after.now(told.name, code)
            restated = old is None and len(told.values) > 1
            if new is not None and not restated and self.differ(now, code, old, new):
                yield self.note(now, told.name, code, new)

    def differ(self, now: ParsedContext, code: str, old: Value | None, new: Value) -> bool:
        """Whether a value is news."""
        return old != new

    def known(self, now: ParsedContext) -> Knowledge:
        return Knowledge(self.held(now))


Book = Callable[[str], Alphabet]
"""By the pinned message: in which alphabet a recoder writes."""


def _always(*kinds: Kind) -> Book:
    """The same alphabet whatever was shown."""
    alphabet = cache(lambda: Alphabet(kinds))
    return lambda _: alphabet()


BOOKS: Mapping[str, Book] = {
    "radix_digits": _always(*DIGITS),
    "radix_expert": book_of,
    "radix_letters": _always(*LETTERS, *spelled()),
    "radix_mixed": _always(*DIGITS, *MARKS, *LETTERS, *spelled()),
    "radix_words": book_of,
    "unicode_packer": _always(Listed([chr(point) for point in range(0x4E00, 0x9FA6)], "mark", 3)),
}
"""By agent: in which alphabet it writes records as numbers."""


class Recoder(Hoarder):
    """One number a batch; choice by the brief."""

    def __init__(self, book: Book, *, parts: bool = False) -> None:
        super().__init__()
        self._book = book
        self._parts = parts

    def chosen(self, now: ParsedContext) -> list[str]:
        """As many records as the room takes, found by halving; in part before whole, if at all."""
        alphabet, lines = self._book(now.system), allowance(now, LINES)
        room = int(ROOM * now.capacity * now.batch / now.batches) - now.held
        width = min(now.slot - 1, -(-room // max(1, lines)))
        group = Group(now.system, alphabet, len(now.records[0].name.split()))
        ranked = sorted(now.records, key=lambda record: by_brief(now, record))
        whole = [group.codec.record(record, group.codes) for record in ranked]
        parts = [group.codec.record(record, group.keys) for record in ranked] if self._parts else []
        ends = range(1, len(ranked) + 1)
        steps = [*(([], parts[:n]) for n in ends if parts), *((whole[:n], parts[n:]) for n in ends)]
        best: list[str] = []
        low, high = 0, len(steps)
        while low < high:
            middle = (low + high + 1) // 2
            written = group.write(*steps[middle - 1], width)
            cost = sum(map(alphabet.cost, written))
            if len(written) <= lines and cost <= room:
                low, best = middle, written
            else:
                high = middle - 1
        return best

    def held(self, now: ParsedContext) -> tuple[Record, ...]:
        return decoded(now.system, self._book(now.system), tuple(now.heard[0].split("\n")))

    def note(self, now: ParsedContext, name: str, code: str, value: Value) -> str:
        return Group(now.system, self._book(now.system)).note(name, code, value)

    def differ(self, now: ParsedContext, code: str, old: Value | None, new: Value) -> bool:
        spec = Group(now.system, self._book(now.system)).codec.spec(code)
        return old is None or value_digits(spec, old) != value_digits(spec, new)

    def cost(self, now: ParsedContext, text: str) -> int:
        return self._book(now.system).cost(text)


Shrink = Callable[[Guide, Record], str]
Expand = Callable[[Guide, str], str]
"""Undoes a Shrink: the record in the notation of notes."""


class Packer(Hoarder):
    """Records at random, one after the other over pages that are filled to the slot."""

    def __init__(self, shrink: Shrink, expand: Expand) -> None:
        super().__init__()
        self._shrink = shrink
        self._expand = expand

    def chosen(self, now: ParsedContext) -> list[str]:
        """Pages of records, each closed by a semicolon."""
        room = int(ROOM * now.capacity * now.batch / now.batches) - now.held
        texts: list[str] = []
        for record in sorted(now.records, key=lambda record: at_random(record.name)):
            texts.append(self._shrink(now.reader.guide, record) + ";")
            room -= count(texts[-1])
            if room < 0:
                texts.pop()
                break
        while len(pages(texts, now.slot)) > allowance(now, 1.0):
            texts.pop()
        return pages(texts, now.slot)

    def held(self, now: ParsedContext) -> tuple[Record, ...]:
        return _unpacked(self._expand, now.system, now.heard[0])

    def note(self, now: ParsedContext, name: str, code: str, value: Value) -> str:
        return f" {note_of(now.reader.guide, Record(name, values={code: value}))};"

    def room(self, now: ParsedContext, line: str) -> int:
        return super().room(now, line) if line.endswith(";") else -1


@lru_cache(maxsize=64)
def _unpacked(expand: Expand, system: str, text: str) -> tuple[Record, ...]:
    """The records on all pages, then the changes."""
    by = reader(system)
    texts = text.replace("\n", " ").split(";")
    lines = [_expanded(expand, by.guide, text.strip()) for text in texts if text.strip()]
    records = [record for line in lines for record in by.read(line)]
    return tuple(sorted(records, key=lambda record: not record.category))


def _expanded(expand: Expand, guide: Guide, text: str) -> str:
    """What a shrunk text stands for; nothing if a refused page left only a part of it."""
    try:
        return expand(guide, text)
    except (ValueError, IndexError):
        return ""


def pages(texts: Iterable[str], slot: int) -> list[str]:
    """Texts put into entries of at most `slot` tokens, none but the last with room to spare."""
    found: list[str] = []
    room = 0
    for word in " ".join(texts).split():
        cost = count(word)
        if cost > room:
            found.append(word)
            room = slot
        else:
            found[-1] += " " + word
        room -= cost
    return found


MAKERS: dict[str, PolicyFactory] = {
    "radix_digits": lambda _: Recoder(BOOKS["radix_digits"]),
    "radix_expert": lambda _: Recoder(BOOKS["radix_expert"], parts=True),
    "radix_letters": lambda _: Recoder(BOOKS["radix_letters"]),
    "radix_mixed": lambda _: Recoder(BOOKS["radix_mixed"]),
    "radix_words": lambda _: Recoder(BOOKS["radix_words"]),
    "unicode_packer": lambda _: Recoder(BOOKS["unicode_packer"]),
}
