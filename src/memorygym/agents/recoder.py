"""The policies of those that recode: as numbers in dense text, or as words packed page by page."""

from collections.abc import Callable, Iterable

from memorygym.agents.alphabet import Alphabet
from memorygym.agents.radix import Group, decoded, value_digits
from memorygym.agents.scene import END, Scene, calls, edit, read, submit, write
from memorygym.agents.scribe import Scribe, allowance, at_random, by_brief
from memorygym.core import Message
from memorygym.facts import Guide, Knowledge, Record, Value
from memorygym.tokens import count
from memorygym.worlds.dealing.brief import REFUSAL
from memorygym.worlds.dealing.notes import note_of

LINES = 0.9
"""Share of the writes that batches take; changes take the rest."""
ROOM = 0.98
"""Share of the capacity that batches take."""


class Hoarder(Scribe):
    """Reads all of its memory back, and puts what changes behind a line that has room."""

    def __init__(self) -> None:
        super().__init__(self.chosen)

    def chosen(self, now: Scene, records: list[Record]) -> list[str]:
        """Entries for a batch."""
        raise NotImplementedError

    def held(self, now: Scene) -> list[Record]:
        """What the memory holds, changes last; it has just been read."""
        raise NotImplementedError

    def note(self, now: Scene, name: str, code: str, value: Value) -> str:
        """A changed value, to stand behind a line."""
        raise NotImplementedError

    def room(self, now: Scene, line: str) -> int:
        """Tokens that may stand behind a line."""
        return now.slot - count(line)

    def cost(self, now: Scene, text: str) -> int:
        """Tokens of a text."""
        return count(text)

    def change(self, now: Scene) -> Message:
        told = now.reader.read(now.text)
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

    def _notes(self, now: Scene, told: Record) -> Iterable[str]:
        """One note for each value that is not what was held."""
        held = self.held(now)
        before, after = Knowledge(held), Knowledge([*held, told])
        for code in (*told.values, *told.shifts):
            old, new = before.now(told.name, code), after.now(told.name, code)
            restated = old is None and len(told.values) > 1
            if new is not None and not restated and self.differ(now, code, old, new):
                yield self.note(now, told.name, code, new)

    def differ(self, now: Scene, code: str, old: Value | None, new: Value) -> bool:
        """Whether a value is news."""
        return old != new

    def reply(self, now: Scene) -> Message:
        query = now.query
        if query is None:
            return calls(submit(REFUSAL))
        if not now.said:
            return calls(read())
        answer = self.conclude(now, query, Knowledge(self.held(now)))
        return calls(submit(REFUSAL if answer is None else answer))


class Recoder(Hoarder):
    """One number a batch; choice by the brief."""

    def __init__(self, book: Callable[[str], Alphabet], *, parts: bool = False) -> None:
        super().__init__()
        self._book = book
        self._parts = parts

    def chosen(self, now: Scene, records: list[Record]) -> list[str]:
        """As many records as the room takes, found by halving."""
        alphabet, lines = self._book(now.system), allowance(now, LINES)
        room = int(ROOM * now.capacity * now.batch / now.batches) - now.held
        width = min(now.slot, -(-room // max(1, lines)))
        steps = self._steps(sorted(records, key=lambda record: by_brief(now, record)))
        group = Group(now.system, alphabet, len(records[0].name.split()))
        best: list[str] = []
        low, high = 0, len(steps)
        while low < high:
            middle = (low + high + 1) // 2
            written = group.write(*steps[middle - 1], width)
            if len(written) <= lines and sum(map(alphabet.cost, written)) <= room:
                low, best = middle, written
            else:
                high = middle - 1
        return best

    def _steps(self, ranked: list[Record]) -> list[tuple[list[Record], list[Record]]]:
        """What to hold, whole and in part, from little to much."""
        ends = range(1, len(ranked) + 1)
        whole = [(ranked[:n], ranked[n:] if self._parts else []) for n in ends]
        return [*(([], ranked[:n]) for n in ends), *whole] if self._parts else whole

    def held(self, now: Scene) -> list[Record]:
        return decoded(now.system, self._book(now.system), now.heard[0].split("\n"))

    def note(self, now: Scene, name: str, code: str, value: Value) -> str:
        return Group(now.system, self._book(now.system)).note(name, code, value)

    def differ(self, now: Scene, code: str, old: Value | None, new: Value) -> bool:
        trait = Group(now.system, self._book(now.system)).codec.trait(code)
        return old is None or value_digits(trait, old) != value_digits(trait, new)

    def room(self, now: Scene, line: str) -> int:
        return now.slot - self.cost(now, line)

    def cost(self, now: Scene, text: str) -> int:
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

    def chosen(self, now: Scene, records: list[Record]) -> list[str]:
        """Pages of records, each closed by a semicolon."""
        room = int(ROOM * now.capacity * now.batch / now.batches) - now.held
        words: list[str] = []
        for record in sorted(records, key=lambda record: at_random(now, record)):
            text = self._shrink(now.reader.guide, record) + ";"
            room -= count(text)
            if room < 0:
                break
            words += text.split(" ")
        return pages(words, now.slot)[: allowance(now, 1.0)]

    def held(self, now: Scene) -> list[Record]:
        guide = now.reader.guide
        texts = now.heard[0].replace("\n", " ").split(";")
        lines = [self._expand(guide, text.strip()) for text in texts if text.strip()]
        records = [record for line in lines for record in now.reader.read(line)]
        return sorted(records, key=lambda record: not record.category)

    def note(self, now: Scene, name: str, code: str, value: Value) -> str:
        return f" {note_of(now.reader.guide, Record(name, values={code: value}))};"

    def room(self, now: Scene, line: str) -> int:
        return now.slot - count(line) if line.endswith(";") else -1


def pages(words: Iterable[str], slot: int) -> list[str]:
    """Words put into entries of at most `slot` tokens, none but the last with room to spare."""
    found: list[str] = []
    room = 0
    for word in words:
        cost = count(word)
        if cost > room:
            found.append(word)
            room = slot
        else:
            found[-1] += " " + word
        room -= cost
    return found
