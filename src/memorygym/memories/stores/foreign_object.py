"""The base of shims: it calls an object, makes it anew, and fits its view into the budget."""

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Protocol

from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.guard import raised
from memorygym.core.tokens import shown_tokens, truncate
from memorygym.core.types import Message
from memorygym.memories.stores.message_entries import TranscriptMemory, fitting, to_text


class WrappedObjectError(Exception):
    """A method of the wrapped object raised an error, or returned what the shim cannot use."""


def method(wrapped: object, name: str) -> Callable[..., Any]:
    """A method of an object, whose errors are raised as WrappedObjectError with its name.

    Raises BadSettings if there is none of that name, or it is async.
    """
    attribute: Any = getattr(wrapped, name, None)
    if not callable(attribute):
        raise BadSettings(
            f"an object of {type(wrapped).__name__} has no method `{name}`; choose another shim"
        )
    if iscoroutinefunction(attribute):
        raise BadSettings(f"the `{name}` of {type(wrapped).__name__} is async; give a plain one")

    @wraps(attribute)
    def called(*arguments: object, **named: object) -> Any:
        try:
            return attribute(*arguments, **named)
        except MemoryGymError:
            raise
        except Exception as error:
            raise WrappedObjectError(f"{name}() {raised(error)}") from error

    return called


class Viewer(Protocol):
    """An object that is given messages, and the view that it makes of them."""

    view: list[Message]

    def add(self, message: Message) -> None: ...


class Viewed(TranscriptMemory):
    """The stored messages, and an object that received each of them, in order, and nothing else.

    It can neither be dumped nor forget: once one of its messages is dropped, a new object is made
    and given the rest. So its state follows from the messages, exactly if it is deterministic.
    """

    def __init__(self, make: Callable[[], Viewer]) -> None:
        self._make, self._viewer = make, make()
        self._fed: list[int] = []

    def _view(self) -> list[Message]:
        """The view, once the object was given all messages."""
        kept = self._kept.messages
        if not kept.keys() >= set(self._fed):
            self._viewer, self._fed = self._make(), []
        for key in list(kept)[len(self._fed) :]:
            self._viewer.add(kept[key])
            self._fed.append(key)
        return self._viewer.view

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        """The view without what is in `live`. The object's own texts, such as a summary, take the
        budget before the messages that it quotes, of which the newest are kept."""
        view, price = self._view(), self._context.count
        left = _without(_paired(view), live)
        if budget is None:
            return left
        texts = set(self._kept.texts.values())
        fits: dict[int, Message] = {}
        quoted: dict[int, Message] = {}
        for index, message in enumerate(left):
            if to_text(message) in texts:
                quoted[index] = message
            elif (start := _shortened(message, budget, price)).content:
                fits[index] = start
                budget -= shown_tokens(start, price)
        fits |= fitting(quoted, budget, price)
        return [fits[index] for index in sorted(fits)]


def _shortened(message: Message, budget: int, price: Callable[[str], int]) -> Message:
    """The beginning of a message that fits; empty if nothing does."""

    def cost(text: str) -> int:
        return shown_tokens(Message(message.role, text), price)

    return Message(message.role, truncate(message.content, budget, cost))


def _without(view: Sequence[Message], live: Sequence[Message]) -> list[Message]:
    """The view less one copy, the last, of each live message."""
    left = list(view)
    texts = [to_text(message) for message in left]
    for message in reversed(live):
        text = to_text(message)
        if text in texts:
            index = len(texts) - 1 - texts[::-1].index(text)
            del left[index], texts[index]
    return left


def _paired(view: Sequence[Message]) -> list[Message]:
    """The view less calls without results and results without calls, which no chat API takes."""
    called = {call.id for message in view for call in message.calls}
    answered = {message.call_id for message in view if message.role == "tool"}
    kept: list[Message] = []
    for message in view:
        calls = tuple(call for call in message.calls if call.id in answered)
        if message.role == "tool" and message.call_id not in called:
            continue
        if calls or message.content.strip():
            kept.append(Message(message.role, message.content, calls, message.call_id))
    return kept
