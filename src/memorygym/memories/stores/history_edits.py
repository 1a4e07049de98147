"""The base of condensers: rules that edit the history before it is shown, each edit for good.

The history is messages, and perhaps a summary of the oldest ones. The summary is an entry under the
key of the newest message that it covers: messages with lower keys are the head, messages with
higher keys are as they were observed. No message is summarised twice; a summary continues the last.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from memorygym.core.errors import BadSettings, require_at_least
from memorygym.core.json_values import canonical
from memorygym.core.tokens import MESSAGE_TOKENS, shown_tokens, truncate
from memorygym.core.types import Entry, Message
from memorygym.memories.stores.message_entries import (
    Transcript,
    TranscriptMemory,
    fitting,
    groups,
    newest,
    to_text,
)
from memorygym.memories.stores.prompts import NEW, SO_FAR, summary

ROLE = "summary\n"
"""The beginning of a summary's entry; no message has this role."""
PREFIX = "[Summary]\n"
"""The beginning of the message that shows a summary."""
HEAD = 3
"""Messages of the head beyond a third of the room are treated as any other messages."""


class History(Transcript):
    """The history as it is stored now.

    At the capacity the oldest message is dropped, and the summary only when nothing else is left.
    """

    past: Sequence[int]
    """The keys of the messages before the running event."""

    def victim(self) -> int:
        return next((key for key in self.texts if not self.is_summary(key)), super().victim())

    def is_summary(self, key: int) -> bool:
        """Whether a key is that of the summary."""
        return self.texts[key].startswith(ROLE)

    def summary(self) -> int:
        """The key of the summary, 0 if there is none."""
        return next(filter(self.is_summary, self.past), 0)

    def cost(self, keys: Sequence[int]) -> int:
        """Tokens that messages take in the context."""
        return sum(shown_tokens(self.messages[key], self.context.count) for key in keys)

    def head(
        self, keep_first: int, room: int | None = None, *, first_user: bool = False
    ) -> list[int]:
        """The first messages of the episode that are still stored, and the user's first one; groups
        stay whole. Without the last ones, if they take too much of the room.

        Keys number the messages from 1, so later messages are not mistaken for a dropped head.
        """
        if end := self.summary():
            head = [key for key in self.past if key < end]
        else:
            chosen = (group for group in groups(self.select(self.past)) if group[0] <= keep_first)
            head = [key for group in chosen for key in group]
            if first_user:
                users = (key for key in self.past if self.messages[key].role == "user")
                head = sorted({*head, *islice(users, 1)})
        while room is not None and head and self.cost(head) > room // HEAD:
            del head[-len(groups(self.select(head))[-1]) :]
        return head

    def condense(self, keys: Sequence[int], text: str) -> None:
        """Replaces the last of the messages by a summary and drops the others. A summary that the
        capacity refuses is cut."""
        *others, place = keys
        self.forget(others)
        while text:
            self.replace(place, ROLE + text)
            if self.texts[place] == ROLE + text:
                return
            text = truncate(text, self.context.count(text) // 2, self.context.count)
        self.forget([place])

    def forget(self, keys: Sequence[int]) -> None:
        """Drops messages. The newest is only hidden, because the next key follows from it."""
        gone = set(keys)
        self.past = [key for key in self.past if key not in gone]
        for key in gone - {next(reversed(self.messages))}:
            self.drop(key)

    def _set(self, entry: Entry) -> None:
        super()._set(entry)
        if self.is_summary(key := int(entry.id)):
            self.messages[key] = Message("user", PREFIX + entry.text.removeprefix(ROLE))


Rule = Callable[[History, int | None], None]
"""A rule that edits the history for good, so that it fits a budget."""


class Condenser(TranscriptMemory):
    """A memory that shows the history after its rules, within the budget."""

    holds = History
    _kept: History

    def __init__(self, *rules: Rule, keep_first: int = 0) -> None:
        self.rules = rules
        self.keep_first = keep_first
        """First messages that have precedence over the newest, if not all fit."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        history = self._kept
        history.past = history.before(live)
        for rule in self.rules:
            rule(history, budget)
        if budget is not None and history.cost(history.past) > budget:
            head = history.head(self.keep_first, budget)
            rest = history.select(key for key in history.past if key not in head)
            tail = fitting(rest, budget - history.cost(head), self._context.count)
            history.forget([key for key in rest if key not in tail])
            for key in (key for key, message in tail.items() if message != rest[key]):
                history.replace(key, to_text(tail[key]))
        return [history.messages[key] for key in history.past]


SUMMARY_TOKENS = 1_000
"""Most tokens of a summary without a budget."""
CALL_TOKENS = 12_000
"""Tokens of new messages that one call summarises; more take several calls."""
START_TOKENS = 16
"""Tokens of a message's beginning that are kept if no summary was written."""


@dataclass(frozen=True, slots=True)
class Summarise:
    """The rule that keeps head and tail of a long history, and summarises the middle."""

    keep_first: int
    """Messages of the head."""
    keep_recent: int
    """Most messages of the tail, unless one group has more."""
    max_size: int | None = None
    """Most messages of the history, the summary included."""
    max_tokens: int | None = None
    """Most tokens of the history; the smaller of this and the context budget counts."""
    kept: float = 0.75
    """Share of a budget that is kept when the history exceeds it, so that cuts are rare."""
    max_event_length: int | None = None
    """Most characters of a message that the model reads; of a longer one it reads both ends."""
    summary_share: float = 0.75
    """Share of the kept tokens that the summary may take."""
    summary_tokens: int | None = None
    """Most tokens of the summary, if the budget leaves more."""
    first_user: bool = False
    """Whether the first message of the user belongs to the head."""
    sections: tuple[str, ...] = ()
    """The sections that the model is asked for."""
    render: Callable[[str], str] = str
    """Formats what the model wrote."""

    def __post_init__(self) -> None:
        """Raises BadSettings for what cannot be; the fields have the names of the parameters."""
        require_at_least(0, keep_first=self.keep_first)
        require_at_least(
            1,
            keep_recent=self.keep_recent,
            max_tokens=self.max_tokens,
            max_event_length=self.max_event_length,
        )

    def __call__(self, history: History, budget: int | None) -> None:
        bounds = [most for most in (budget, self.max_tokens) if most is not None]
        long = self.max_size is not None and len(history.past) > self.max_size
        if not long and not (bounds and history.cost(history.past) > min(bounds)):
            return
        room = int(min(bounds) * self.kept) if bounds else None
        head = history.head(self.keep_first, room, first_user=self.first_user)
        rest = [key for key in history.past if key not in head]
        end = history.summary()
        tail_room = None
        if room is not None:
            room -= history.cost(head)
            tail_room = int(room * (1 - self.summary_share))
        unread = history.select(key for key in rest if key > end)
        tail = newest(unread, tail_room, history.context.count, self.keep_recent)
        if room is not None:
            room -= history.cost(tail)
        if forgotten := rest[: len(rest) - len(tail)]:
            history.condense(forgotten, self._summary(history, head, forgotten, room))

    def _summary(
        self, history: History, head: Sequence[int], forgotten: Sequence[int], room: int | None
    ) -> str:
        """A new summary of the summary so far and the messages, within the room."""
        price = history.context.count
        most = SUMMARY_TOKENS if room is None else room - MESSAGE_TOKENS - price(PREFIX)
        most = min(most, self.summary_tokens or most)
        if most < 1:
            return ""
        so_far = history.texts.get(history.summary(), "").removeprefix(ROLE)
        told = [_read(history.messages[key], self.max_event_length) for key in head]
        task = summary(history.context.instructions, self.sections, told)
        messages = history.select(key for key in forgotten if not history.is_summary(key))
        new = [_read(message, self.max_event_length) for message in messages.values()]
        if not new:
            return truncate(so_far, most, price)
        for batch in _batches(new, price):
            text = "\n\n".join([f"{SO_FAR}\n{so_far}", f"{NEW}\n{batch[0]}", *batch[1:]])
            written = history.context.write(task, text, most)
            written = truncate(written, most, lambda start: price(self.render(start)))
            so_far = self.render(written) if written else _starts(so_far, batch, most, price)
        return so_far


def by_size(max_size: int, keep_first: int, condensation_ratio: float) -> Summarise:
    """The rule that keeps a ratio of `max_size` messages, head and summary included."""
    left = int(max_size * condensation_ratio)
    if not 0 < condensation_ratio < 1:
        raise BadSettings(f"condensation_ratio {condensation_ratio}: give more than 0, less than 1")
    if keep_first >= left:
        raise BadSettings(
            f"keep_first {keep_first}: max_size {max_size} by condensation_ratio"
            f" {condensation_ratio} keeps {left} messages; give a keep_first below that"
        )
    keep_recent = max(1, left - keep_first - 1)
    return Summarise(keep_first, keep_recent, max_size=max_size, kept=condensation_ratio)


def _read(message: Message, most: int | None) -> str:
    """A message as the model reads it; of a long one both ends."""
    calls = (f"{call.name} {canonical(call.arguments)}" for call in message.calls)
    text = "\n".join(filter(None, [message.content, *calls]))
    if message.role == "assistant":
        text = f"assistant: {text}"
    if most is None or len(text) <= most:
        return text
    return f"{text[: most // 2]} … {text[len(text) - most // 2 :]}"


def _batches(texts: Sequence[str], price: Callable[[str], int]) -> Iterator[list[str]]:
    """The texts in batches, one for each call; only a single batch may be small."""
    batch: list[str] = []
    held, left = 0, sum(map(price, texts))
    for text in texts:
        batch.append(text)
        held, left = held + price(text), left - price(text)
        if min(held, left) >= CALL_TOKENS:
            yield batch
            batch, held = [], 0
    yield batch


def _starts(so_far: str, new: Sequence[str], most: int, price: Callable[[str], int]) -> str:
    """The substitute for a summary that was not written: the beginnings of all texts, or of the
    newest if they are many.

    >>> _starts("Ann won. She ran.", ["Bob lost it.", "Eve sat."], 9, lambda t: len(t.split()))
    'Ann won. She ran.\\nEve sat.'
    """
    kept = truncate(so_far, most // 2, price)
    newest = new[-max(1, most // START_TOKENS) :]
    share = (most - price(kept)) // len(newest) - 1
    return "\n".join(filter(None, [kept, *(truncate(text, share, price) for text in newest)]))
