"""What condensers share: rules edit the past before it is shown, and each edit is for good.

The past is messages, the oldest of which may have become a summary. That is an entry of its own,
under the key of the newest message that it covers: what has a lower key was pinned, what has a
higher one is still as it was observed.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from memorygym.core import Message, Meter
from memorygym.stores.passages import Passages
from memorygym.stores.transcript import Transcribed, Transcript, from_text, groups, to_text
from memorygym.tokens import cut, shown_tokens

ROLE = "summary\n"
"""Begins the entry of a summary; no message has this role."""
PREFIX = "[Summary]\n"
"""Begins the message that shows it."""


class _Spared(Passages):
    """Beyond the capacity the oldest message makes room, and the summary only when it is alone."""

    def victim(self) -> int:
        messages = (key for key, text in self.texts.items() if not text.startswith(ROLE))
        return next(messages, super().victim())


class History:
    """All that was observed, as it is kept now."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.transcript = Transcript(_Spared(meter))
        self.past: list[int] = []
        """The keys of what precedes the running event."""

    def turn(self, live: Sequence[Message]) -> None:
        """Begins a view: what is not live is past."""
        self.past = self.transcript.past(live)

    def message(self, key: int) -> Message:
        """What stands under a key, as it is shown."""
        if self.is_summary(key):
            text = self.transcript.passages.texts[key]
            return Message("user", PREFIX + text.removeprefix(ROLE))
        return self.transcript.messages[key]

    def is_summary(self, key: int) -> bool:
        """Whether the summary stands under a key."""
        return self.transcript.passages.texts[key].startswith(ROLE)

    def summary(self) -> int | None:
        """The key of the summary."""
        return next(filter(self.is_summary, self.past), None)

    def summarised(self) -> str:
        """The text of the summary, "" if there is none."""
        key = self.summary()
        return "" if key is None else self.transcript.passages.texts[key].removeprefix(ROLE)

    def cost(self, keys: Sequence[int]) -> int:
        """Tokens that messages take of the view."""
        return sum(shown_tokens(self.message(key), self.meter.count) for key in keys)

    def grouped(self, keys: Sequence[int]) -> list[list[int]]:
        """Keys in groups that must not be split."""
        rest = iter(keys)
        sizes = map(len, groups([self.transcript.messages[key] for key in keys]))
        return [list(islice(rest, size)) for size in sizes]

    def head(self, keep_first: int) -> list[int]:
        """The first messages of the episode, as far as they are kept; the last one's group whole.

        Keys number the messages from 1, so that those after a dropped head are not taken for it.
        """
        summary = self.summary()
        if summary is not None:
            return [key for key in self.past if key < summary]
        chosen = (group for group in self.grouped(self.past) if group[0] <= keep_first)
        return [key for group in chosen for key in group]

    def tail(self, keys: Sequence[int], most: int | None, room: int | None) -> list[int]:
        """The newest of the messages: at most `most`, but at least a group, in `room` tokens."""
        kept: list[int] = []
        for group in reversed(self.grouped(keys)):
            if kept and most is not None and len(kept) + len(group) > most:
                break
            if room is not None:
                room -= self.cost(group)
                if room < 0:
                    break
            kept = group + kept
        return kept

    def replace(self, key: int, message: Message) -> None:
        """Puts another message in the place of one, which stays if the capacity refuses it."""
        self._put(key, to_text(message))

    def condense(self, keys: Sequence[int], text: str) -> None:
        """Puts a summary in the place of the last of the messages and forgets the others; one that
        the capacity refuses is cut."""
        *others, place = keys
        self.drop(others)
        while text:
            self._put(place, ROLE + text)
            if self.transcript.passages.texts[place] == ROLE + text:
                return
            text = cut(text, self.meter.count(text) // 2, self.meter.count)
        self.drop([place])

    def drop(self, keys: Sequence[int]) -> None:
        """Forgets messages. The newest of all is only not shown: it tells what the next key is."""
        gone, newest = set(keys), next(reversed(self.transcript.messages))
        for key in gone - {newest}:
            self.transcript.drop(key)
        self.past = [key for key in self.past if key not in gone]

    def _put(self, key: int, text: str) -> None:
        kept = self.transcript.passages
        kept.replace(key, text)
        self.transcript.messages[key] = from_text(kept.texts[key])


HEAD = 3
"""A head that takes more than the third part of the room is no head: it goes as all else does."""


class Rule(Protocol):
    """Edits the past for good, so that it can be shown."""

    def __call__(self, history: History, budget: int | None) -> None: ...


class Condenser(Transcribed):
    """The past after its rules, within the budget."""

    def __init__(self, *rules: Rule, keep_first: int = 0) -> None:
        self.rules = rules
        self.keep_first = keep_first
        """Messages at the start that are shown before the newest, where both do not fit."""

    def open(self, meter: Meter) -> None:
        self._history = History(meter)
        self._transcript = self._history.transcript

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        history = self._history
        history.turn(live)
        for rule in self.rules:
            rule(history, budget)
        if budget is not None and history.cost(history.past) > budget:
            self._keep_newest(budget)
        return [history.message(key) for key in history.past]

    def _keep_newest(self, budget: int) -> None:
        history = self._history
        head = history.head(self.keep_first)
        if history.cost(head) > budget // HEAD:
            head = []
        rest = [key for key in history.past if key not in head]
        tail = history.tail(rest, None, budget - history.cost(head))
        history.drop(rest[: len(rest) - len(tail)])
