"""Parses a view for the scripted agents: the event, the status line, the tool results."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from memorygym.core.statements import StatementIndex
from memorygym.core.types import Message
from memorygym.memories.stores.notebook import EMPTY, NOTHING
from memorygym.tracks._qa.stream import EVENT
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Facts, Query, by_entity

_HEAD = re.compile(
    r"=== (\w+) · event (\d+) of \d+(?: · session \d+ of \d+)?(?: · batch (\d+) of (\d+))?"
)
_STATUS = re.compile(
    r"\[memory: (\d+) of (\d+) writes left; ([\d,]+) of ([\d,]+) tokens held; at most (\d+) tokens"
)
_UNLIMITED = str(10**9)
_NO_HEAD = ("", "1", "0", "0")
_NO_STATUS = (_UNLIMITED, _UNLIMITED, "0", _UNLIMITED, _UNLIMITED)


@dataclass(frozen=True, slots=True)
class ParsedContext:
    """A parsed view: one event with the agent's replies and tool results so far."""

    system: str
    text: str
    """The text of the event."""
    title: str
    """DOCUMENTS, CORRECTION, MEMO or QUESTION."""
    replies: tuple[Message, ...]
    """The agent's own replies in this event."""
    tool_results: tuple[str, ...]
    """The results of its tool calls, in order."""
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
    texts = [message.content for message in view[1:] if message.role == "user"]
    event = next((text for text in reversed(texts) if text.startswith(EVENT)), "")
    title, number, batch, batches = head.groups("0") if (head := _HEAD.match(event)) else _NO_HEAD
    statuses = [match for text in texts if (match := _STATUS.match(text))]
    figures = statuses[-1].groups() if statuses else _NO_STATUS
    return ParsedContext(
        view[0].content,
        event,
        title,
        tuple(message for message in view[1:] if message.role == "assistant"),
        tuple(message.content for message in view[1:] if message.role == "tool"),
        int(number) - 1,
        int(batch),
        int(batches),
        *(int(figure.replace(",", "")) for figure in figures),
    )
