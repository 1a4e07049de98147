"""Parses a view for the scripted agents: the event, the status line, the tool results."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from memorygym.core.statements import StatementIndex
from memorygym.core.types import Message
from memorygym.memories.stores.notebook import EMPTY, NOTHING
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Facts, Query, by_entity

_HEAD = re.compile(
    r"=== (\w+) · event (\d+) of (\d+)(?: · session \d+ of \d+)?(?: · batch (\d+) of (\d+))?"
)
_STATUS = re.compile(
    r"\[memory: (\d+) of (\d+) writes left; ([\d,]+) of ([\d,]+) tokens held; at most (\d+) tokens"
)
UNLIMITED = 10**9


@dataclass(frozen=True, slots=True)
class ParsedContext:
    """A parsed view: one event with the agent's replies and tool results so far."""

    system: str
    text: str
    """The text of the event."""
    title: str
    """DOCUMENTS, CORRECTION, MEMO or QUESTION."""
    event: int
    """Number of the event, counted from 0."""
    batch: int
    """Number of the batch of documents, counted from 1; 0 for other events."""
    batches: int
    """Number of all batches; 0 for other events."""
    writes_left: int
    writes: int
    """Writes of the whole episode."""
    tokens_held: int
    capacity: int
    """Most tokens that the memory may hold."""
    slot: int
    """Most tokens of one entry."""
    replies: tuple[Message, ...]
    """The agent's own replies in this event."""
    tool_results: tuple[str, ...]
    """The results of its tool calls, in order."""

    @property
    def reader(self) -> StrongReader:
        """The strong reader for this system message."""
        return strong_reader(self.system)

    @property
    def records(self) -> list[Facts]:
        """What the event states, by entity."""
        return by_entity(self.reader.read(self.text))

    @property
    def query(self) -> Query | None:
        """The question of this event, or None."""
        return self.reader.ask(self.text)

    @property
    def knowledge(self) -> StatementIndex:
        """The facts in the tool results of this event."""
        texts = [text for text in self.tool_results if text not in (EMPTY, NOTHING)]
        return StatementIndex(chain.from_iterable(map(self.reader.read, texts)))


def parse_view(view: Sequence[Message]) -> ParsedContext:
    """The parsed context of a view."""
    text, status = "", None
    replies: list[Message] = []
    tool_results: list[str] = []
    for message in view[1:]:
        match message.role:
            case "user" if message.content.startswith("==="):
                text = message.content
            case "user":
                status = _STATUS.match(message.content) or status
            case "assistant":
                replies.append(message)
            case "tool":
                tool_results.append(message.content)
    head = _HEAD.match(text)
    title, event, batch, batches = (
        (head[1], int(head[2]) - 1, head[4], head[5]) if head else ("", 0, None, None)
    )
    numbers = [int(part.replace(",", "")) for part in status.groups()] if status else None
    left, writes, held, capacity, slot = numbers or [UNLIMITED, UNLIMITED, 0, UNLIMITED, UNLIMITED]
    return ParsedContext(
        view[0].content,
        text,
        title,
        event,
        int(batch or 0),
        int(batches or 0),
        left,
        writes,
        held,
        capacity,
        slot,
        tuple(replies),
        tuple(tool_results),
    )
