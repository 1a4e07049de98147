"""The rule of condensers that ask a model: what is too long becomes one summary that is carried on.

Nothing is summarised twice but the summary itself, which the next one continues.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from memorygym.core import Message
from memorygym.errors import BadSettings
from memorygym.frozen import canonical
from memorygym.stores.condensing import HEAD, PREFIX, History
from memorygym.stores.knobs import at_least
from memorygym.stores.prompts import NEW, SO_FAR, summary
from memorygym.tokens import MESSAGE_TOKENS, cut

KEPT = 0.75
"""How much of a budget is kept when a view exceeds it, so that not every message does."""
SUMMARY = 0.5
"""The share of what is kept that the tail leaves to the summary."""
SUMMARY_TOKENS = 1_000
"""Most tokens of a summary where no budget bounds it."""
CALL_TOKENS = 12_000
"""Tokens of new messages that one call summarises; more are taken in turns."""
START_TOKENS = 16
"""Tokens of the start of a message that are worth keeping where no summary was written."""


@dataclass(frozen=True, slots=True)
class Summarise:
    """Head, summary, tail: once the past is too long, what lies between is summarised."""

    keep_first: int
    """Messages of the head."""
    keep_last: int
    """Most messages of the tail; it may be one group of more."""
    max_size: int | None = None
    """Most messages of the past, the summary included."""
    max_tokens: int | None = None
    """Most tokens of the past; the smaller one of this and the view's budget counts."""
    kept: float = KEPT
    max_event_length: int | None = None
    """Characters of a message that the model reads; of a longer one it reads both ends."""
    summary_share: float = SUMMARY
    summary_tokens: int | None = None
    """Most tokens of the summary, beside what the budget leaves it."""
    first_user: bool = False
    """Whether the first message of the user belongs to the head."""
    sections: tuple[str, ...] = ()
    """What the model is asked to divide the summary into."""
    render: Callable[[str], str] = str
    """Lays out what the model wrote."""

    def __call__(self, history: History, budget: int | None) -> None:
        bounds = [most for most in (budget, self.max_tokens) if most is not None]
        long = self.max_size is not None and len(history.past) > self.max_size
        if not long and not (bounds and history.cost(history.past) > min(bounds)):
            return
        room = int(min(bounds) * self.kept) if bounds else None
        head = self._head(history, room)
        if room is not None:
            room -= history.cost(head)
        rest = [key for key in history.past if key not in head]
        summarised = history.summary() or 0
        tail = history.tail(
            [key for key in rest if key > summarised],
            self.keep_last,
            None if room is None else int(room * (1 - self.summary_share)),
        )
        if room is not None:
            room -= history.cost(tail)
        if forgotten := rest[: len(rest) - len(tail)]:
            history.condense(forgotten, self._summary(history, forgotten, room))

    def _head(self, history: History, room: int | None) -> list[int]:
        """What is never summarised."""
        head = history.head(self.keep_first)
        if self.first_user and history.summary() is None:
            users = [key for key in history.past if history.message(key).role == "user"]
            head = sorted({*head, *users[:1]})
        return head if room is None or history.cost(head) <= room // HEAD else []

    def _summary(self, history: History, forgotten: Sequence[int], room: int | None) -> str:
        """The summary so far and messages as one text of what fits the room."""
        price = history.meter.count
        most = SUMMARY_TOKENS if room is None else room - MESSAGE_TOKENS - price(PREFIX)
        most = min(most, self.summary_tokens or most)
        if most < 1:
            return ""
        so_far, task = history.summarised(), summary(history.meter.brief, self.sections)
        messages = (history.message(key) for key in forgotten if not history.is_summary(key))
        new = [_read(message, self.max_event_length) for message in messages]
        if not new:
            return cut(so_far, most, price)
        for batch in _batches(new, price):
            text = "\n\n".join([f"{SO_FAR}\n{so_far}", f"{NEW}\n{batch[0]}", *batch[1:]])
            written = history.meter.write(task, text, most)
            written = cut(written, most, lambda start: price(self.render(start)))
            so_far = self.render(written) if written else _starts(so_far, batch, most, price)
        return so_far


def by_size(max_size: int, keep_first: int, condensation_ratio: float) -> Summarise:
    """Keeps that ratio of `max_size` messages, the head and the summary among them."""
    at_least(0, keep_first=keep_first)
    left = int(max_size * condensation_ratio)
    if not 0 < condensation_ratio < 1:
        raise BadSettings(f"condensation_ratio {condensation_ratio}: give more than 0, less than 1")
    if keep_first >= left:
        raise BadSettings(
            f"keep_first {keep_first}: max_size {max_size} by condensation_ratio"
            f" {condensation_ratio} keeps {left} messages; give a keep_first below that"
        )
    keep_last = max(1, left - keep_first - 1)
    return Summarise(keep_first, keep_last, max_size=max_size, kept=condensation_ratio)


def _read(message: Message, most: int | None) -> str:
    """A message as the model reads it; of one that is too long both ends."""
    made = (f"{call.name} {canonical(call.arguments)}" for call in message.calls)
    text = "\n".join(filter(None, [message.content, *made]))
    if message.role == "assistant":
        text = f"assistant: {text}"
    if most is None or len(text) <= most:
        return text
    return f"{text[: most // 2]} … {text[len(text) - most // 2 :]}"


def _batches(texts: Sequence[str], price: Callable[[str], int]) -> Iterator[list[str]]:
    """The texts in runs that one call reads; none but a single one is shorter than that."""
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
    """What stands in for a summary that was not written: the starts of all texts, or of the newest
    where they are too many.

    >>> _starts("Ann won. She ran.", ["Bob lost it.", "Eve sat."], 9, lambda t: len(t.split()))
    'Ann won. She ran.\\nEve sat.'
    """
    kept = cut(so_far, most // 2, price)
    newest = new[-max(1, most // START_TOKENS) :]
    share = (most - price(kept)) // len(newest) - 1
    return "\n".join(filter(None, [kept, *(cut(text, share, price) for text in newest)]))
