"""condenser: the shim for any object with `condense(view)`, as the condensers of OpenHands have.

The object is called once for every message. A view that it returns is shown; a condensation
(`forgotten_event_ids`, `summary`, `summary_offset`) is applied to the events for good. A condenser
of OpenHands gets the events of its SDK, any other one the classes of this file. The object has no
dump: the shim stores the messages, and a restored memory condenses them again with a new object,
which is exact if that is deterministic.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from memorygym.core.types import Message
from memorygym.memories.stores.foreign_object import Viewed, WrappedObjectError, method
from memorygym.memories.stores.message_entries import to_text


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One message, or a summary."""

    id: str
    role: str
    content: str
    """A call or a result begins with a line that says so."""


class View(list[HistoryEvent]):
    """The events in order."""

    @property
    def events(self) -> list[HistoryEvent]:
        return self


class _Condensed:
    """The wrapped object, and the events as condensed so far."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        condenser = factory()
        self._condense = method(condenser, "condense")
        self._event, self._view = HistoryEvent, View
        if any(kind.__module__.startswith("openhands.") for kind in type(condenser).__mro__):
            self._event, self._view = _openhands()
        self._events: list[Any] = []
        self._messages: dict[str, Message] = {}
        self.view: list[Message] = []

    def add(self, message: Message) -> None:
        """Appends a message and condenses."""
        id = str(len(self._messages) + 1)
        self._messages[id] = message
        role = "assistant" if message.role == "assistant" else "user"
        plain = not message.calls and not message.call_id
        self._events.append(self._event(id, role, message.content if plain else to_text(message)))
        answer = self._condense(self._view([*self._events]))
        if hasattr(answer, "forgotten_event_ids"):
            self._events = self._applied(answer, len(self._messages))
            shown = self._events
        elif hasattr(answer, "events"):
            shown = answer.events
        else:
            raise WrappedObjectError(
                f"condense() returned {answer!r:.80}, which is no view (`events`) and no"
                " condensation (`forgotten_event_ids`)"
            )
        self.view = [self._message(event) for event in shown]

    def _applied(self, condensation: Any, number: int) -> list[Any]:
        if hasattr(condensation, "apply"):
            return list(condensation.apply(self._events))
        forgotten = set(condensation.forgotten_event_ids)
        left = [event for event in self._events if event.id not in forgotten]
        summary = getattr(condensation, "summary", None)
        if summary:
            offset = getattr(condensation, "summary_offset", None) or 0
            left.insert(offset, self._event(f"summary-{number}", "user", summary))
        return left

    def _message(self, event: Any) -> Message:
        original = self._messages.get(event.id)
        return original or Message("user", getattr(event, "summary", None) or event.content)


def _openhands() -> tuple[Any, Any]:
    """The factories of an event and of a view in the OpenHands SDK."""
    events, llm = import_module("openhands.sdk.event"), import_module("openhands.sdk.llm")
    view = import_module("openhands.sdk.context.view").View

    def event(id: str, role: str, content: str) -> Any:
        message = llm.Message(role=role, content=[llm.TextContent(text=content)])
        source = "agent" if role == "assistant" else "user"
        return events.MessageEvent(id=id, source=source, llm_message=message)

    return event, lambda listed: view(events=listed)


def wrap(factory: Callable[[], Any]) -> Viewed:
    return Viewed(lambda: _Condensed(factory))
