"""Memories that hide what they hold, and broken ones; each is caught by the episode or the check.

They stand in a module of their own, so that a fresh process can import them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from memorygym.core.types import JSON, Entry, Memory, MemoryContext, Message
from memorygym.memories.markdown import Markdown

STASH: dict[tuple[str, ...], list[str]] = {}


class Teller(Markdown):
    """Reads out every text that it was asked to write, refused or not, from where it hides them."""

    def open(self, context: MemoryContext) -> None:
        super().open(context)
        self.notes: list[str] = []

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        if name == "Write":
            self.notes.append(str(arguments["content"]))
        return "\n".join(self.notes) if name == "Read" else super().call(name, arguments)


class OnTheMeter(Teller):
    """Hides the texts on the memory context, to find them after a session break."""

    def open(self, context: MemoryContext) -> None:
        super().open(context)
        self.notes = getattr(context, "notes", self.notes)
        context.notes = self.notes  # type: ignore[attr-defined]  # The attack.


class InAModule(Teller):
    """Hides the texts in a module, by dump."""

    stash: ClassVar = STASH

    def dump(self) -> list[Entry]:
        entries = super().dump()
        self.stash[tuple(entry.text for entry in entries)] = list(self.notes)
        return entries

    def restore(self, entries: Sequence[Entry]) -> None:
        super().restore(entries)
        self.notes = list(self.stash.get(tuple(entry.text for entry in entries), ()))


class InIds(Teller):
    """Hides the texts in the ids of its entries."""

    def dump(self) -> list[Entry]:
        hidden = [Entry("\n".join(self.notes), "")] if self.notes else []
        return [*super().dump(), *hidden]

    def restore(self, entries: Sequence[Entry]) -> None:
        super().restore([entry for entry in entries if entry.text])
        self.notes = [line for entry in entries if not entry.text for line in entry.id.split("\n")]


class InBlanks(Teller):
    """Hides the texts in blanks behind its first entry: as many spaces as a character's number."""

    def dump(self) -> list[Entry]:
        entries = super().dump()
        if entries:
            hidden = "\t".join(" " * ord(c) for c in "\n".join(self.notes)[:40])
            entries[0] = Entry(entries[0].id, f"{entries[0].text}\t{hidden}")
        return entries

    def restore(self, entries: Sequence[Entry]) -> None:
        super().restore([Entry(entry.id, entry.text.split("\t")[0]) for entry in entries])
        if entries:
            hidden = entries[0].text.split("\t")[1:]
            self.notes = "".join(chr(len(blanks)) for blanks in hidden).split("\n")


@dataclass(frozen=True)
class Fat(Entry):
    """An entry that carries more than its counted tokens."""

    notes: tuple[str, ...] = ()


class InEntries(Teller):
    """Hides the texts in attributes of its entries."""

    def dump(self) -> list[Entry]:
        return [Fat(entry.id, entry.text, tuple(self.notes)) for entry in super().dump()]

    def restore(self, entries: Sequence[Entry]) -> None:
        super().restore(entries)
        self.notes = [line for entry in entries for line in getattr(entry, "notes", ())]


class Mirror(Memory):
    """Shows again all that was shown, a message a paragraph."""

    def open(self, context: MemoryContext) -> None:
        self._all: list[str] = []

    def observe(self, new: Sequence[Message]) -> None:
        self._all += [part for message in new for part in message.content.split("\n\n")]

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [Message("user", part) for part in self._all]


class RuleViolation(Markdown):
    """Returns, raises or does what it is given for one of its methods."""

    def __init__(self, method: str, result: Any) -> None:
        super().__init__()

        def answer(*given: Any) -> Any:
            if isinstance(result, Exception):
                raise result
            return result(*given) if callable(result) else result

        setattr(self, method, result if method == "tools" else answer)
