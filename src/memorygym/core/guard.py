"""The guard around a memory: it checks what the memory returns and names what it raises.

A memory is other people's code. What it returns must carry no more than the budget counts, and its
own defect must not pass for a mistake of the model.
"""

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import NoReturn, TypeGuard, get_args

from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import MemoryFault, MemoryGymError, Refused
from memorygym.core.tokens import normalize
from memorygym.core.tools import freeze_call
from memorygym.core.types import JSON, Entry, Memory, Message, Role, Tool, Writer

ROLES = get_args(Role)
COMPOSED = "Return a list or tuple of Message, or () for an empty context."
WELL_FORMED = f"A Message has a str for its content and a role of {', '.join(ROLES)}."
DUMPED = "Return a list of Entry(id, text): all of it str, each id once, no subclass of Entry."
CALLED = "Return the text that the agent reads, a str."
TOOLS = "Give a tuple of Tool; memorygym.core.types.tool(...) makes one."
DERIVE = "Derive the class from memorygym.core.types.Memory, which has a default for every method."
UNCAUGHT = (
    "Catch memorygym.core.errors.Refused where store() is called; then remove entries and try"
    " again, or skip the text."
)


def fault(memory: str, problem: str, event: int, advice: str = "") -> MemoryFault:
    """The error that names a memory, what it did, at which event, and what its author should do.

    >>> print(fault("mine:M", "compose() returned None", 2, "Return a list."))
    memory mine:M: compose() returned None at event 3. Return a list.
    >>> print(fault("mine:M", "open() raised OSError: full (mine.py, line 7)", -1))
    memory mine:M: open() raised OSError: full (mine.py, line 7) before the first event.
    """
    time = f"at event {event + 1}" if event >= 0 else "before the first event"
    return MemoryFault(f"memory {memory}: {problem} {time}. {advice}".rstrip())


def raised(error: BaseException) -> str:
    """What a memory raised, with the file and line of its code; a built-in memory has no place.

    The first frame outside this package is the memory's; what it calls in other packages is not.
    """
    frames: list[tuple[str, TracebackType]] = []
    step = error.__traceback__
    while step:
        module = step.tb_frame.f_globals
        package = str(module.get("__package__") or module.get("__name__"))
        frames.append((package.partition(".")[0], step))
        step = step.tb_next
    foreign = [(package, frame) for package, frame in frames if package != "memorygym"]
    own = [frame for package, frame in foreign if package == foreign[0][0]]
    text = f"raised {type(error).__name__}: {error}"
    if not own:
        return text
    file = own[-1].tb_frame.f_code.co_filename.rpartition("/")[2]
    return f"{text} ({file}, line {own[-1].tb_lineno})"


MOST_SEEN = 100_000
"""Composed messages that a guard remembers."""


class MemoryGuard:
    """One memory, made and opened, for an episode or a session of it."""

    def __init__(
        self,
        make: Callable[[], Memory],
        tracker: BudgetTracker,
        entries: Mapping[str, str],
        writer: Writer | None = None,
    ) -> None:
        self._tracker = tracker
        self._seen: dict[int, tuple[Message, Message]] = {}
        """By identity: messages that were composed before, and what they were checked to be."""
        self._part: object = make
        method = "the factory"
        try:
            self._part = memory = make()
            method = "open()"
            memory.open(tracker.context(writer))
            method = "restore()"
            if entries:
                memory.restore([tracker.entry(*stored) for stored in entries.items()])
            method = "the class"
            self._observe, self._compose = memory.observe, memory.compose
            self._call, self._dump = memory.call, memory.dump
            self.tools = tuple(memory.tools)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised(method, error)
        if not all(isinstance(tool, Tool) for tool in self.tools):
            self._broke(f"`tools` is {self.tools!r:.80}", TOOLS)

    def observe(self, new: Sequence[Message]) -> None:
        """See core.Memory.observe."""
        try:
            self._observe(new)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised("observe()", error)

    def compose(self, live: tuple[Message, ...], budget: int | None) -> tuple[Message, ...]:
        """The messages, in exact types."""
        try:
            composed = self._compose(live, budget)
            if type(composed) is tuple and not composed:
                return composed
            if not isinstance(composed, (tuple, list)):
                self._broke(f"compose() returned {composed!r:.80}", COMPOSED)
            seen = self._seen
            if len(seen) > MOST_SEEN:
                seen.clear()
            checked = []
            for message in composed:
                pair = seen.get(id(message))
                if pair is None or pair[0] is not message:
                    pair = seen[id(message)] = message, self._message(message)
                checked.append(pair[1])
            return tuple(checked)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised("compose()", error)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        """What the agent reads. Raises Refused, whose text the agent reads too."""
        self._tracker.in_tool_call = True
        try:
            result: object = self._call(name, arguments)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised(f"call({name!r})", error)
        finally:
            self._tracker.in_tool_call = False
        if not isinstance(result, str):
            self._broke(f"call({name!r}) returned {result!r:.80}", CALLED)
        return str.__str__(result)

    def dump(self) -> dict[str, str]:
        """Stored texts by id, normalised. The tracker remembers their indexes."""
        try:
            entries = self._dump()
            if type(entries) is list:
                prices = self._tracker.prices
                texts = {
                    entry.id: stored
                    for entry in entries
                    if _is_entry(entry)
                    and (stored := entry.stored) in prices
                    and (entry.id.isdecimal() or normalize(entry.id) == entry.id)
                }
                if len(texts) == len(entries):
                    self._tracker.indexes = {e.id: e.index for e in entries if e.index}
                    return texts
            return self._checked(entries)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is named
            self._raised("dump()", error)

    def _checked(self, entries: object) -> dict[str, str]:
        """The same for a dump that holds more than what `store` returned."""
        texts: dict[str, str] = {}
        self._tracker.indexes = {}
        for entry in entries if isinstance(entries, (tuple, list)) else [entries]:
            if not _is_entry(entry):
                self._broke(f"dump() returned {entries!r:.80}", DUMPED)
            if (id := normalize(entry.id)) in texts:
                self._broke(f"dump() returned two entries with the id {id!r:.40}", DUMPED)
            index = normalize(entry.index)
            texts[id] = Entry(id, normalize(entry.text), index).stored
            if index:
                self._tracker.indexes[id] = index
        return texts

    def _message(self, message: Message) -> Message:
        if type(message) is not Message:
            self._broke(f"compose() returned {message!r:.80} among its messages", COMPOSED)
        texts = (message.role, message.content, message.call_id)
        if message.role not in ROLES or any(type(text) is not str for text in texts):
            self._broke(f"compose() returned {message!r:.80} among its messages", WELL_FORMED)
        calls: object = message.calls
        if type(calls) is tuple and not calls:
            return message
        frozen_calls = tuple(map(freeze_call, message.calls))
        return Message(message.role, message.content, frozen_calls, message.call_id)

    def _raised(self, method: str, error: Exception) -> NoReturn:
        """Names the error. Our own errors pass: a memory may lack its package, or ask a model that
        fails."""
        if isinstance(error, MemoryGymError) and not isinstance(error, Refused):
            raise error
        lacking = method == "the class" and isinstance(error, AttributeError)
        advice = UNCAUGHT if isinstance(error, Refused) else DERIVE * lacking
        self._broke(f"{method} {raised(error)}", advice, error)

    def _broke(self, problem: str, advice: str, error: Exception | None = None) -> NoReturn:
        name = getattr(self._part, "__qualname__", type(self._part).__qualname__)
        raise fault(name, problem, self._tracker.event, advice) from error


def _is_entry(entry: object) -> TypeGuard[Entry]:
    return type(entry) is Entry and type(entry.id) is type(entry.text) is type(entry.index) is str
