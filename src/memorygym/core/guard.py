"""The referee's side of a memory: what it returns is checked and plain, what it raises is named.

A memory is somebody else's code: nothing that it hands over may carry more than the referee weighs,
and a broken one must not pass for a model's mistake.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn, get_args

from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import MemoryFault, MemoryGymError, Refused
from memorygym.core.tokens import normalize
from memorygym.core.tools import freeze_call
from memorygym.core.types import JSON, Entry, Memory, Message, Role, Tool, Writer

ROLES = get_args(Role)


class MemoryGuard:
    """One memory, made and opened, for an episode or a session of it."""

    def __init__(
        self,
        make: Callable[[], Memory],
        tracker: BudgetTracker,
        held: Mapping[str, str],
        writer: Writer | None = None,
    ) -> None:
        self._tracker = tracker
        self._part: object = make
        try:
            self._part = memory = make()
            memory.open(tracker.context(writer))
            if held:
                memory.restore([Entry(id, text) for id, text in held.items()])
            self._observe, self._compose = memory.observe, memory.compose
            self._call, self._dump = memory.call, memory.dump
            self.tools = tuple(memory.tools)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised("open or restore", error)
        if not all(isinstance(tool, Tool) for tool in self.tools):
            self._returned("tools", self.tools, "a tuple of Tool")

    def observe(self, new: Sequence[Message]) -> None:
        """See core.Memory.observe."""
        try:
            self._observe(new)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised("observe", error)

    def compose(self, live: tuple[Message, ...], budget: int | None) -> tuple[Message, ...]:
        """The messages, in exact types."""
        try:
            composed = self._compose(live, budget)
            if type(composed) is tuple and not composed:
                return composed
            if not isinstance(composed, (tuple, list)):
                self._returned("compose", composed, "a tuple or list of Message")
            return tuple([self._message(message) for message in composed])
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised("compose", error)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        """What the agent reads. Raises Refused, whose text it reads, too."""
        self._tracker.in_tool_call = True
        try:
            heard: object = self._call(name, arguments)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised(f"call of {name}", error)
        finally:
            self._tracker.in_tool_call = False
        if not isinstance(heard, str):
            self._returned(f"call of {name}", heard, "a str")
        return str.__str__(heard)

    def dump(self) -> dict[str, str]:
        """Texts by id, normalised as all that is stored."""
        try:
            entries = self._dump()
            if type(entries) is list:
                prices = self._tracker.prices
                held = {
                    entry.id: entry.text
                    for entry in entries
                    if type(entry) is Entry
                    and type(entry.id) is type(entry.text) is str
                    and entry.text in prices
                    and (entry.id.isdecimal() or normalize(entry.id) == entry.id)
                }
                if len(held) == len(entries):
                    return held
            return self._checked(entries)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised("dump", error)

    def _checked(self, entries: object) -> dict[str, str]:
        """The same of a dump that holds more than was admitted."""
        held: dict[str, str] = {}
        for entry in entries if isinstance(entries, (tuple, list)) else [entries]:
            if type(entry) is not Entry or not type(entry.id) is type(entry.text) is str:
                self._returned("dump", entries, "a list of Entry, whose id and text are str")
            if (id := normalize(entry.id)) in held:
                self._returned("dump", entries, f"distinct ids: {id!r} is there twice")
            held[id] = normalize(entry.text)
        return held

    def _message(self, message: Message) -> Message:
        if type(message) is not Message:
            self._returned("compose", message, "a tuple or list of Message")
        texts = (message.role, message.content, message.call_id)
        if message.role not in ROLES or any(type(text) is not str for text in texts):
            self._returned("compose", message, "a tuple or list of Message")
        calls: object = message.calls
        if type(calls) is tuple and not calls:
            return message
        made = tuple(map(freeze_call, message.calls))
        return Message(message.role, message.content, made, message.call_id)

    def _raised(self, method: str, error: Exception) -> NoReturn:
        """Our own errors fly on: a memory may lack its package, or ask a model that fails."""
        if isinstance(error, MemoryGymError) and not isinstance(error, Refused):
            raise error
        self._broke(f"{method} raised {type(error).__name__}: {error}", error)

    def _returned(self, method: str, value: object, wanted: str) -> NoReturn:
        self._broke(f"{method} returned {value!r:.80}, not {wanted}")

    def _broke(self, what: str, error: Exception | None = None) -> NoReturn:
        name = getattr(self._part, "__qualname__", type(self._part).__qualname__)
        raise MemoryFault(f"the memory {name}: {what}") from error
