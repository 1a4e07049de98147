"""The budget tracker: counts the tokens and writes of a memory, and refuses what exceeds a limit.

Every text that a memory stores passes `BudgetTracker.store`. What the agent stores through a tool
call costs one write and must fit a slot. What a memory stores on its own (as it observes or
composes) is limited by the capacity alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from memorygym.core.errors import BadSettings, Refused
from memorygym.core.text import replace_surrogates
from memorygym.core.tokens import count, normalize, shown_tokens, truncate, words
from memorygym.core.trace import EndpointCall, ModelCall
from memorygym.core.types import Budget, Entry, MemoryContext, Message, Writer

_SURROGATE = re.compile("[\ud800-\udfff]")
MAX_CHARACTERS = 1_000_000
"""Most characters of one stored text; longer texts are refused before their tokens are counted."""


@dataclass(frozen=True, slots=True)
class TrackerContext:
    """The MemoryContext that a memory receives in `open`; every `open` receives a new one.

    It holds functions, not the tracker: a memory must not be able to reach the tracker, and
    whatever a memory leaves on its context is gone at the next session.
    """

    instructions: str
    event: Callable[[], int]
    store: Callable[..., str]
    count: Callable[..., int]
    write: Callable[..., str]
    record: Callable[[EndpointCall], None]
    """Takes a call that the memory made by itself."""


class BudgetTracker:
    """The token and write counts of one episode's memory, checked against its Budget."""

    def __init__(self, budget: Budget, instructions: str = "") -> None:
        self.budget = budget
        self.instructions = instructions
        self.known_words: set[str] = set()
        """Words that the environment has shown; they cost fewer tokens (see core.tokens)."""
        self.unread_texts: list[str] = []
        """Shown texts whose words are not yet in `known_words`; `count` adds them."""
        self.prices: dict[str, int] = {}
        """Tokens of each stored text, as counted when it was first stored."""
        self.indexes: dict[str, str] = {}
        """By id: the index at the end of the stored text, where the last dump had one (Entry)."""
        self.recorded_indexes: dict[str, str] = {}
        """The same of the last dump that was recorded."""
        self.event = -1
        """Number of the running event, from 0."""
        self.tokens = 0
        """Tokens that the memory holds now."""
        self.writes = 0
        """Paid writes so far in this episode."""
        self.free_edits = 0
        """Edits left in this event that cost no write."""
        self.changed = False
        """Whether something was stored since the last dump was recorded."""
        self.in_tool_call = False
        """Whether the memory is running a tool call: then storing costs a write, within a slot."""
        self.model_calls: list[ModelCall | EndpointCall] = []
        """Calls of the memory's model that the episode has not yet recorded."""
        self._free_ids: set[str] = set()

    def context(self, writer: Writer | None = None) -> MemoryContext:
        """The MemoryContext for a memory; `writer` is the model that the memory may call."""
        return TrackerContext(
            self.instructions,
            event=lambda: self.event,
            store=lambda text, replacing=None: self.store(text, replacing),
            count=lambda text: self.count(text),  # noqa: PLW0108  # A method exposes its tracker.
            write=lambda task, text, most: self.write(writer, task, text, most),
            record=lambda call: self.model_calls.append(call),  # noqa: PLW0108  # Likewise.
        )

    def status(self) -> Message:
        """The message that states what is left of the agent's budget."""
        return _status(self.budget, self.writes, self.tokens)

    def count(self, text: str) -> int:
        """Tokens of a text, where all words that the environment has shown are known."""
        self.known_words.update(*map(words, self.unread_texts))
        self.unread_texts.clear()
        return count(text, self.known_words)

    def write(self, writer: Writer | None, task: str, text: str, most: int) -> str:
        """Calls the memory's model; see core.types.MemoryContext.write."""
        if writer is None:
            raise BadSettings("this memory calls a language model, and the episode has none")
        # A model may emit half a character; the memory can still store the rest.
        written = normalize(replace_surrogates(writer(task, text, most)))
        tokens = self.count(written)
        outcome: Literal["whole", "empty", "cut"] = "cut" if tokens > most else "whole"
        prompt = self.count(task) + self.count(text)
        self.model_calls.append(ModelCall(-1, prompt, tokens, outcome if written else "empty"))
        return truncate(written, most, self.count) if tokens > most else written

    def store(self, text: str, replacing: str | None = None) -> str:
        """Charges a write; see core.types.MemoryContext.store.

        Raises Refused, naming the amount asked and the amount allowed, and then charges nothing.
        """
        if len(text) > MAX_CHARACTERS:
            raise Refused(f"refused: {len(text):,} characters asked, {MAX_CHARACTERS:,} allowed")
        if _SURROGATE.search(text):
            raise Refused("refused: the text holds lone surrogates, which are not characters")
        text = normalize(text)
        if not text and replacing is None:
            raise Refused("refused: nothing to store (the text is empty)")
        price = self.price(text)
        free = replacing is not None and self.free_edits > 0
        tokens = self.tokens + price - (self.price(replacing) if replacing is not None else 0)
        if self.in_tool_call:
            _check_limit("writes", self.writes + (not free), self.budget.writes)
            _check_limit("tokens in the entry", price, self.budget.slot)
        _check_limit("tokens in memory", tokens, self.budget.capacity)
        if replacing is None:
            self._free_ids.add(str(len(self._free_ids) + 1))
        if self.in_tool_call:
            self.writes += not free
            self.free_edits -= free
        self.prices[text] = price
        self.tokens = tokens
        self.changed = True
        return text

    def entry(self, id: str, stored: str) -> Entry:
        """The entry of a stored text, with what the last dump marked as its index."""
        index = self.indexes.get(id, "")
        return Entry(id, stored.removesuffix(index).removesuffix("\n"), index)

    def dump_tokens(self, entries: Mapping[str, str]) -> int:
        """Tokens of a dump (texts by id): those of its texts and of its ids.

        The number of a stored text (1, 2, …) is a free id, unless its entry has no text: such an
        id carries no information. A text that was never stored is priced now.
        """
        free_ids = self._free_ids
        ids = sum(self.count(id) for id, text in entries.items() if not text or id not in free_ids)
        return ids + sum(map(self.price, entries.values()))

    def fitting(self, context: Sequence[Message]) -> int:
        """How many messages, from the first, fit into the view budget."""
        left = self.budget.view
        if left is None:
            return len(context)
        for index, message in enumerate(context):
            left -= shown_tokens(message, self.count)
            if left < 0:
                return index
        return len(context)

    def price(self, text: str) -> int:
        """Tokens of a text; a stored text keeps the price at which it was first stored."""
        return self.prices.get(text) or self.count(text)


@lru_cache(maxsize=256)
def _status(limits: Budget, writes: int, tokens: int) -> Message:
    parts = []
    if limits.writes is not None:
        parts.append(f"{limits.writes - writes} of {limits.writes} writes left")
    if limits.capacity is not None:
        parts.append(f"{tokens:,} of {limits.capacity:,} tokens held")
    if limits.slot is not None:
        parts.append(f"at most {limits.slot} tokens an entry")
    return Message("user", f"[memory: {'; '.join(parts) or 'no limits'}]")


def _check_limit(unit: str, asked: int, allowed: int | None) -> None:
    if allowed is not None and asked > allowed:
        raise Refused(f"refused: {asked:,} {unit} asked, {allowed:,} allowed; nothing was stored")
