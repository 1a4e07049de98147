"""Policies that recode records: as numbers in dense text, or in short notations page by page."""

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
    by_instructions,
)
from memorygym.tracks.worlds.agents.radix import Group, decoded, value_digits
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Guide, Knowledge, Record, Value
from memorygym.tracks.worlds.generator.notes import note_of
from memorygym.tracks.worlds.parsed_view import ParsedContext

LINES = 0.9
"""Share of the writes for documents; the rest is for changes."""
ROOM = 0.99
"""Share of the capacity for documents."""


class Hoarder(BudgetedNoteTaker):
    """Reads its whole memory for every question, and appends changes to lines that have room."""

    def __init__(self) -> None:
        super().__init__(self.chosen, reads_all=True)

    def chosen(self, context: ParsedContext) -> list[str]:
        """The entries to write for a batch."""
        raise NotImplementedError

    def held(self, context: ParsedContext) -> tuple[Record, ...]:
        """The records in the memory, as just read, with changes last."""
        raise NotImplementedError

    def note(self, context: ParsedContext, name: str, code: str, value: Value) -> str:
        """A changed value, to append to a line."""
        raise NotImplementedError

    def room(self, context: ParsedContext, line: str) -> int:
        """Tokens that may be appended to a line."""
        return context.slot - self.cost(context, line)

    def cost(self, context: ParsedContext, text: str) -> int:
        """Tokens of a text."""
        return count(text)

    def change(self, context: ParsedContext) -> Message:
        if not context.replies:
            return calls(read())
        if len(context.replies) > 1 or not context.records:
            return END
        note = "".join(self._notes(context, context.records[0]))
        if not note:
            return END
        for line in context.tool_results[0].split("\n"):
            if self.cost(context, note) <= self.room(context, line):
                return calls(edit(line, line + note))
        return calls(write(note))

    def _notes(self, context: ParsedContext, news: Record) -> Iterable[str]:
        """One note for each value that differs from the stored one."""
        held = self.held(context)
        before, after = Knowledge(held), Knowledge([*held, news])
        for code in (*news.values, *news.shifts):
            old, new = before.current(news.name, code), after.current(news.name, code)
            not_stored = old is None and len(news.values) > 1
            if new is not None and not not_stored and self.differ(context, code, old, new):
                yield self.note(context, news.name, code, new)

    def differ(self, context: ParsedContext, code: str, old: Value | None, new: Value) -> bool:
        """Whether the new value must be stored."""
        return old != new

    def knowledge(self, context: ParsedContext) -> Knowledge:
        return Knowledge(self.held(context))


Book = Callable[[str], Alphabet]
"""Gives the alphabet of a recoder for a system message."""


def _always(*kinds: Kind) -> Book:
    """The same alphabet for every system message."""
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
"""By agent: the alphabet in which it writes numbers."""


class Recoder(Hoarder):
    """Writes each batch as one number; the most important records first."""

    def __init__(self, book: Book, *, parts: bool = False) -> None:
        super().__init__()
        self._book = book
        self._parts = parts

    def chosen(self, context: ParsedContext) -> list[str]:
        """As many records as fit, found by binary search.

        With `parts`, records of which only the key attributes fit are stored in part.
        """
        alphabet, lines = self._book(context.system), allowance(context, LINES)
        room = int(ROOM * context.capacity * context.batch / context.batches) - context.tokens_held
        width = min(context.slot - 1, -(-room // max(1, lines)))
        group = Group(context.system, alphabet, len(context.records[0].name.split()))
        ranked = sorted(context.records, key=lambda record: by_instructions(context, record))
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

    def held(self, context: ParsedContext) -> tuple[Record, ...]:
        return decoded(
            context.system, self._book(context.system), tuple(context.tool_results[0].split("\n"))
        )

    def note(self, context: ParsedContext, name: str, code: str, value: Value) -> str:
        return Group(context.system, self._book(context.system)).note(name, code, value)

    def differ(self, context: ParsedContext, code: str, old: Value | None, new: Value) -> bool:
        spec = Group(context.system, self._book(context.system)).codec.spec(code)
        return old is None or value_digits(spec, old) != value_digits(spec, new)

    def cost(self, context: ParsedContext, text: str) -> int:
        return self._book(context.system).cost(text)


Shrink = Callable[[Guide, Record], str]
Expand = Callable[[Guide, str], str]
"""Reverses a Shrink: gives the record as a reference record or note."""


class Packer(Hoarder):
    """Writes random records one after the other into entries that are filled completely."""

    def __init__(self, shrink: Shrink, expand: Expand) -> None:
        super().__init__()
        self._shrink = shrink
        self._expand = expand

    def chosen(self, context: ParsedContext) -> list[str]:
        """Entries of records, each record followed by a semicolon."""
        room = int(ROOM * context.capacity * context.batch / context.batches) - context.tokens_held
        texts: list[str] = []
        for record in sorted(context.records, key=lambda record: at_random(record.name)):
            texts.append(self._shrink(context.reader.guide, record) + ";")
            room -= count(texts[-1])
            if room < 0:
                texts.pop()
                break
        while len(pages(texts, context.slot)) > allowance(context, 1.0):
            texts.pop()
        return pages(texts, context.slot)

    def held(self, context: ParsedContext) -> tuple[Record, ...]:
        return _unpacked(self._expand, context.system, context.tool_results[0])

    def note(self, context: ParsedContext, name: str, code: str, value: Value) -> str:
        return f" {note_of(context.reader.guide, Record(name, values={code: value}))};"

    def room(self, context: ParsedContext, line: str) -> int:
        return super().room(context, line) if line.endswith(";") else -1


@lru_cache(maxsize=64)
def _unpacked(expand: Expand, system: str, text: str) -> tuple[Record, ...]:
    """The records of all entries, then the changes."""
    reader = strong_reader(system)
    texts = text.replace("\n", " ").split(";")
    lines = [_expanded(expand, reader.guide, text.strip()) for text in texts if text.strip()]
    records = [record for line in lines for record in reader.read(line)]
    return tuple(sorted(records, key=lambda record: not record.category))


def _expanded(expand: Expand, guide: Guide, text: str) -> str:
    """The expanded text; "" if only a part of it was stored because an entry was refused."""
    try:
        return expand(guide, text)
    except (ValueError, IndexError):
        return ""


def pages(texts: Iterable[str], slot: int) -> list[str]:
    """Texts divided into entries of at most `slot` tokens; all but the last are full."""
    entries: list[str] = []
    room = 0
    for word in " ".join(texts).split():
        cost = count(word)
        if cost > room:
            entries.append(word)
            room = slot
        else:
            entries[-1] += " " + word
        room -= cost
    return entries


MAKERS: dict[str, PolicyFactory] = {
    "radix_digits": lambda _: Recoder(BOOKS["radix_digits"]),
    "radix_expert": lambda _: Recoder(BOOKS["radix_expert"], parts=True),
    "radix_letters": lambda _: Recoder(BOOKS["radix_letters"]),
    "radix_mixed": lambda _: Recoder(BOOKS["radix_mixed"]),
    "radix_words": lambda _: Recoder(BOOKS["radix_words"]),
    "unicode_packer": lambda _: Recoder(BOOKS["unicode_packer"]),
}
