"""What a scripted agent makes of a view: the event, the budget line, what its tools said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from memorygym.core.types import Message
from memorygym.tracks.worlds.fact_reader import StrongReader, reader
from memorygym.tracks.worlds.facts import Knowledge, Query, Record

_HEAD = re.compile(
    r"=== (\w+) · event (\d+) of (\d+)(?: · session \d+ of \d+)?(?: · batch (\d+) of (\d+))?"
)
_STATUS = re.compile(
    r"\[memory: (\d+) of (\d+) writes left; ([\d,]+) of ([\d,]+) tokens held; at most (\d+) tokens"
)
UNLIMITED = 10**9


@dataclass(frozen=True, slots=True)
class ParsedContext:
    """One event as far as it has gone."""

    system: str
    text: str
    """The event."""
    title: str
    """DOCUMENTS, CORRECTION, MEMO or QUESTION."""
    event: int
    """Counted from 0."""
    batch: int
    batches: int
    """Documents come as batch k of n; 0 of 0 for anything else."""
    writes_left: int
    writes: int
    held: int
    capacity: int
    slot: int
    said: tuple[Message, ...]
    """The agent's own replies in this event."""
    heard: tuple[str, ...]
    """What its tools answered, in order."""

    @property
    def reader(self) -> StrongReader:
        """The strong reader for this pinned message."""
        return reader(self.system)

    @property
    def documents(self) -> list[tuple[str, str]]:
        """The documents of this event: the entity's name, as the heading gives it, and the text."""
        parts = self.text.partition("\n")[2].split("\n\n")
        return [(part.split(" · ", 2)[1], part) for part in parts if " · " in part]

    @property
    def records(self) -> tuple[Record, ...]:
        """What the event tells."""
        return self.reader.read(self.text)

    @property
    def query(self) -> Query | None:
        """The question of this event."""
        return self.reader.ask(self.text)

    @property
    def known(self) -> Knowledge:
        """What the tools brought back in this event."""
        return Knowledge(record for text in self.heard for record in self.reader.read(text))


def scene(view: Sequence[Message]) -> ParsedContext:
    """The scene that a view shows."""
    text, status = "", None
    said: list[Message] = []
    heard: list[str] = []
    for message in view[1:]:
        match message.role:
            case "user" if message.content.startswith("==="):
                text = message.content
            case "user":
                status = _STATUS.match(message.content) or status
            case "assistant":
                said.append(message)
            case "tool":
                heard.append(message.content)
    head = _HEAD.match(text)
    title, event, batch, batches = (
        (head[1], int(head[2]) - 1, head[4], head[5]) if head else ("", 0, None, None)
    )
    numbers = [int(part.replace(",", "")) for part in status.groups()] if status else None
    left, writes, held, capacity, slot = numbers or [UNLIMITED, UNLIMITED, 0, UNLIMITED, UNLIMITED]
    return ParsedContext(
        view[0].content, text, title, event, int(batch or 0), int(batches or 0),
        left, writes, held, capacity, slot, tuple(said), tuple(heard),
    )  # fmt: skip
