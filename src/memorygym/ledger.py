"""The referee's ledger: prices what is stored and charges every write path with the same check."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from memorygym.core import Budget, Meter
from memorygym.errors import Refused
from memorygym.tokens import count, normal, words

_SURROGATE = re.compile("[\ud800-\udfff]")
LONGEST = 1_000_000
"""Characters of one stored text; longer ones are refused before they are priced."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A memory's side of the ledger, made anew at every `open`: nothing that is left on it lasts.

    It holds functions rather than the ledger, which must not be within a memory's reach.
    """

    admit: Callable[..., str]
    count: Callable[..., int]


class Ledger:
    """Charges every write path with the same check; a memory may store through nothing else."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.known: set[str] = set()
        self.unread: list[str] = []
        self.prices: dict[str, int] = {}
        self.tokens = 0
        self.writes = 0
        self.free_edits = 0
        self.changed = False
        self._numbers: set[str] = set()

    def meter(self) -> Meter:
        """What a memory is given in place of the ledger."""

        def admit(text: str, replacing: str | None = None) -> str:
            return self.admit(text, replacing)

        def count(text: str) -> int:
            return self.count(text)

        return Gate(admit, count)

    def count(self, text: str) -> int:
        """Tokens of a text, given all words that the environment has shown."""
        for shown in self.unread:
            self.known |= words(shown)
        self.unread.clear()
        return count(text, self.known)

    def admit(self, text: str, replacing: str | None = None) -> str:
        """See core.Meter.admit; the refusal names what was asked and what is allowed."""
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
        _within("writes", self.writes + (not free), self.budget.writes)
        _within("tokens in the entry", price, self.budget.slot)
        _within("tokens in memory", after, self.budget.capacity)
        if replacing is None:
            self._numbers.add(str(len(self._numbers) + 1))
        self.writes += not free
        self.free_edits -= free
        self.prices[text] = price
        self.tokens = after
        self.changed = True
        return text

    def weigh(self, held: Mapping[str, str]) -> int:
        """Tokens of texts by id; one that was never admitted is priced now, and so is an id.

        The number of an admitted text is an id that costs nothing: it tells nothing.
        """
        ids = sum(self.count(id) for id in held if id not in self._numbers)
        return ids + sum(map(self.price, held.values()))

    def price(self, text: str) -> int:
        """Tokens of a stored text; a text keeps the price at which it was first admitted."""
        return self.prices.get(text) or self.count(text)


def _within(what: str, asked: int, allowed: int | None) -> None:
    if allowed is not None and asked > allowed:
        raise Refused(f"refused: {asked:,} {what} asked, {allowed:,} allowed; nothing was stored")
