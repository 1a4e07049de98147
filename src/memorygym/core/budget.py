"""The referee's ledger: prices what is stored and charges every write path with the same check.

What an agent stores through a tool costs writes and fits a slot; what a memory stores of its own
accord, as it observes or composes, is bound by the capacity alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from memorygym.core.errors import BadSettings, Refused
from memorygym.core.text import encodable
from memorygym.core.tokens import count, cut, normal, words
from memorygym.core.trace import ModelCall
from memorygym.core.types import Budget, MemoryContext, Message, Writer

_SURROGATE = re.compile("[\ud800-\udfff]")
LONGEST = 1_000_000
"""Characters of one stored text; longer ones are refused before they are priced."""


@dataclass(frozen=True, slots=True)
class TrackerContext:
    """A memory's side of the ledger, made anew at every `open`: nothing that is left on it lasts.

    It holds functions rather than the ledger, which must not be within a memory's reach.
    """

    instructions: str
    event: Callable[[], int]
    store: Callable[..., str]
    count: Callable[..., int]
    write: Callable[..., str]


class BudgetTracker:
    """Charges every write path with the same check; a memory may store through nothing else."""

    def __init__(self, budget: Budget, instructions: str = "") -> None:
        self.budget = budget
        self.instructions = instructions
        self.known: set[str] = set()
        self.unread: list[str] = []
        self.prices: dict[str, int] = {}
        self.event = -1
        self.tokens = 0
        self.writes = 0
        self.free_edits = 0
        self.changed = False
        self.paid = False
        """Whether the agent is calling a tool: what it has stored costs writes and fits a slot."""
        self.asked: list[ModelCall] = []
        """What the memory's model wrote since the referee last looked."""
        self._numbers: set[str] = set()

    def context(self, writer: Writer | None = None) -> MemoryContext:
        """What a memory is given in place of the ledger."""
        return TrackerContext(
            self.instructions,
            event=lambda: self.event,
            store=lambda text, replacing=None: self.store(text, replacing),
            count=lambda text: self.count(text),  # noqa: PLW0108  # A method shows its ledger.
            write=lambda task, text, most: self.write(writer, task, text, most),
        )

    def status(self) -> Message:
        """What is left, as the agent reads it."""
        return _status(self.budget, self.writes, self.tokens)

    def count(self, text: str) -> int:
        """Tokens of a text, given all words that the environment has shown."""
        self.known.update(*map(words, self.unread))
        self.unread.clear()
        return count(text, self.known)

    def write(self, writer: Writer | None, task: str, text: str, most: int) -> str:
        """See core.MemoryContext.write."""
        if writer is None:
            raise BadSettings("the memory asks a model, and none was given to it")
        # A model may write half a character; that must not cost the memory what it would store.
        written = normal(encodable(writer(task, text, most)))
        tokens = self.count(written)
        outcome: Literal["whole", "empty", "cut"] = "cut" if tokens > most else "whole"
        prompt = self.count(task) + self.count(text)
        self.asked.append(ModelCall(-1, prompt, tokens, outcome if written else "empty"))
        return cut(written, most, self.count) if tokens > most else written

    def store(self, text: str, replacing: str | None = None) -> str:
        """See core.MemoryContext.admit; the refusal names what was asked and what is allowed."""
        if len(text) > LONGEST:
            raise Refused(f"refused: {len(text):,} characters asked, {LONGEST:,} allowed")
        if _SURROGATE.search(text):
            raise Refused("refused: the text holds lone surrogates, which are not characters")
        text = normal(text)
        if not text and replacing is None:
            raise Refused("refused: nothing to store (the text is empty)")
        price = self.price(text)
        free = replacing is not None and self.free_edits > 0
        after = self.tokens + price - (self.price(replacing) if replacing is not None else 0)
        if self.paid:
            _within("writes", self.writes + (not free), self.budget.writes)
            _within("tokens in the entry", price, self.budget.slot)
        _within("tokens in memory", after, self.budget.capacity)
        if replacing is None:
            self._numbers.add(str(len(self._numbers) + 1))
        if self.paid:
            self.writes += not free
            self.free_edits -= free
        self.prices[text] = price
        self.tokens = after
        self.changed = True
        return text

    def weigh(self, held: Mapping[str, str]) -> int:
        """Tokens of texts by id; one that was never admitted is priced now, and so is an id.

        The number of an admitted text is an id that costs nothing: it tells nothing, unless it is
        all that there is of an entry.
        """
        numbers = self._numbers
        ids = sum(self.count(id) for id, text in held.items() if not text or id not in numbers)
        return ids + sum(map(self.price, held.values()))

    def price(self, text: str) -> int:
        """Tokens of a stored text; a text keeps the price at which it was first admitted."""
        return self.prices.get(text) or self.count(text)


@lru_cache(maxsize=256)
def _status(limits: Budget, writes: int, tokens: int) -> Message:
    if limits.capacity is None or limits.writes is None or limits.slot is None:
        return Message("user", "[memory: no limits]")
    return Message(
        "user",
        f"[memory: {limits.writes - writes} of {limits.writes} writes left; "
        f"{tokens:,} of {limits.capacity:,} tokens held; "
        f"at most {limits.slot} tokens an entry]",
    )


def _within(what: str, asked: int, allowed: int | None) -> None:
    if allowed is not None and asked > allowed:
        raise Refused(f"refused: {asked:,} {what} asked, {allowed:,} allowed; nothing was stored")
