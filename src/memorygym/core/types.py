"""The words of the system: what is dealt, played, remembered and recorded. Plain frozen data."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from memorygym.core import json_values as frozen
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.schema import refuse_misfit

JSON: TypeAlias = frozen.JSON
Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as the policy made it; `arguments` may be any JSON, malformed ones included."""

    name: str
    arguments: JSON
    id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message; the field names are those of the OpenAI chat format."""

    role: Role
    content: str
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    """On a tool message: the id of the call that it answers."""

    def to_openai(self) -> dict[str, JSON]:
        """The message as an OpenAI chat-completion dictionary."""
        out: dict[str, JSON] = {"role": self.role, "content": self.content}
        if self.calls:
            out["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": frozen.json_text(call.arguments)},
                }
                for call in self.calls
            ]
        if self.role == "tool":
            out["tool_call_id"] = self.call_id
        return out

    @classmethod
    def from_openai(cls, raw: Mapping[str, JSON]) -> "Message":
        """Reads an OpenAI chat message; arguments that are not JSON are kept as their text."""
        calls = []
        listed = raw.get("tool_calls") or ()
        for item in listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ():
            if isinstance(item, Mapping) and isinstance(function := item.get("function"), Mapping):
                arguments = frozen.json_value(function.get("arguments"))
                calls.append(Call(str(function.get("name")), arguments, str(item.get("id") or "")))
        role = raw.get("role")
        if role not in ("system", "user", "assistant", "tool"):
            raise ValueError(f"no role {role!r}; choose from system, user, assistant, tool")
        content = raw.get("content")
        call_id = str(raw.get("tool_call_id") or "")
        return cls(role, content if isinstance(content, str) else "", tuple(calls), call_id)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a policy may call: its name, one sentence, and a JSON schema of its arguments.

    Raises BadSettings if the schema is none of draft 7.
    """

    name: str
    description: str
    parameters: Mapping[str, JSON]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", frozen.freeze(self.parameters))
        refuse_misfit(self.name, self.parameters)

    def to_openai(self) -> dict[str, JSON]:
        """The tool as an OpenAI function definition."""
        function: dict[str, JSON] = {name: getattr(self, name) for name in self.__slots__}
        return {"type": "function", "function": function}


def tool(name: str, description: str, optional: Sequence[str] = (), **arguments: JSON) -> Tool:
    """A tool by its arguments: of each its JSON type, or its JSON schema.

    >>> tool("order", "Order a coat.", coat="string").parameters["required"]
    ['coat']
    """
    schema: dict[str, JSON] = {
        "type": "object",
        "properties": {
            name: {"type": given} if isinstance(given, str) else given
            for name, given in arguments.items()
        },
        "required": [name for name in arguments if name not in optional],
        "additionalProperties": False,
    }
    return Tool(name, description, schema)


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits that the referee enforces; None means no limit."""

    capacity: int | None = None
    """Most tokens that the memory may hold at any moment."""
    writes: int | None = None
    """Most paid memory calls in an episode."""
    slot: int | None = None
    """Most tokens of one entry."""
    view: int | None = None
    """Most tokens that the memory may add to a view, beside pinned and live."""
    turns: int = 64
    """Most replies within one event; the next one ends the event."""
    patience: int = 3
    """Identical failing calls in a row within one event; the one after which the event ends."""


@dataclass(frozen=True, slots=True)
class Event:
    """One message of the stream and what the referee must know of it."""

    kind: str
    text: str
    free_edits: int = 0
    """Edits in this event that cost no write."""
    session: bool = False
    """A session break: the memory is rebuilt from its dump before this event is shown."""


class Gold(Protocol):
    """The side table of facts, questions and truths that neither agent nor memory ever sees."""

    def to_json(self) -> dict[str, JSON]: ...


@dataclass(frozen=True, slots=True)
class Task:
    """One problem: pure data. Raises BadSettings for a recipe or a state that is no JSON."""

    id: str
    """A hash of its content (`content_id`)."""
    track: str
    recipe: Mapping[str, JSON]
    """The settings that make this task again: template, seed, tier, sizes (never a secret salt)."""
    system: str
    """The pinned message."""
    events: tuple[Event, ...]
    """What is shown, in order; () where `state` says all."""
    budget: Budget
    gold: Gold | Mapping[str, JSON] | None
    """What is right, as the track's `outcomes` read it; plain JSON, or an object that writes it."""
    state: Mapping[str, JSON] = field(default_factory=frozen.Frozen)
    """What tools act on, as it is at first; an environment works on `frozen.thaw` of it."""

    def __post_init__(self) -> None:
        for name in ("recipe", "state"):
            value = getattr(self, name)
            if problem := frozen.unlike_json(value):
                raise BadSettings(
                    f"task {self.id or self.track!r}: {name}{problem}; give texts, numbers, true,"
                    " false, null, and lists and objects of these"
                )
            object.__setattr__(self, name, frozen.freeze(value))


def content_id(*parts: JSON) -> str:
    """16 hex digits of a hash over JSON: the id of a task from all that an agent can see of it.

    >>> content_id("shop", {"cups": 3}) == content_id("shop", {"cups": 3})
    True
    """
    return frozen.json_hash(parts)[:16]


@dataclass(frozen=True, slots=True)
class Step:
    """What the environment says back."""

    messages: tuple[Message, ...] = ()
    reward: float = 0.0
    """What the reply earned; the trace records it."""
    done: bool = False
    evict: bool = False
    """Everything shown before is gone unless memory brings it back: a new event begins."""
    session: bool = False
    """A new session of a longer job: the memory is made anew from its dump first."""
    free_edits: int = 0
    """Replacements of an entry that cost no write in this event, as where it corrects a fact."""
    answer: str | None = None
    """The answer that the reply gave to the open question, if it gave one."""


class Env(Protocol):
    """Plays a task."""

    task: Task
    tools: tuple[Tool, ...]

    def reset(self) -> Step: ...
    def step(self, reply: Message) -> Step:
        """Takes one reply: a message without calls, or with exactly one call of `tools`. Raises
        Refused, having done nothing, for a call that cannot be taken now."""

    def fork(self) -> "Env":
        """A copy that goes on from here: nothing done in one shows in the other."""
        return copy.deepcopy(self, {id(self.task): self.task})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a memory holds."""

    id: str
    """Distinct; the number of an admitted text (1, 2, …) is free, any other id is weighed. It is
    kept normalised as a text is, so blanks tell nothing here either."""
    text: str
    """Weighed and kept normalised, as `MemoryContext.store` returns it."""


class MemoryContext(Protocol):
    """The referee's side of a memory: the only way to store."""

    def event(self) -> int:
        """The number of the running event, from 0."""

    @property
    def instructions(self) -> str:
        """The pinned message: what the agent is told of its work."""

    def store(self, text: str, replacing: str | None = None) -> str:
        """Charges a write of `text` (or an edit of the entry `replacing`) and returns the text to
        store, normalised; raises Refused, charging nothing, if a budget forbids it."""

    def count(self, text: str) -> int:
        """Tokens of a text, as the budgets count them now."""

    def write(self, task: str, text: str, most: int) -> str:
        """What the memory's model writes about a text, told the task: at most `most` tokens, ""
        if it wrote nothing. The only way to a model; every call is recorded and counted.

        Raises ProviderFailure when the model fails, BadSettings when the episode has none.
        """


class Memory(Protocol):
    """A memory; every method has a default, so a memory writes only what makes it one."""

    tools: tuple[Tool, ...] = ()

    def open(self, context: MemoryContext) -> None:
        """Begins an episode, or a session of one."""
        return

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        """Runs one of `tools` and returns what the agent reads; arguments fit the tool's schema.
        Raises Refused, having done nothing, for a call that cannot be done."""
        raise UnknownPart("tool", name, (tool.name for tool in self.tools))

    def observe(self, new: Sequence[Message]) -> None:
        """Sees every message of the episode exactly once, in order."""
        return

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        """What the policy reads between the pinned part and `live`, at most `budget` tokens."""
        return ()

    def dump(self) -> list[Entry]:
        """All that the memory holds; the referee weighs this."""
        return []

    def restore(self, entries: Sequence[Entry]) -> None:
        """Takes over a dump; afterwards this object acts as the one that was dumped."""
        return


Writer: TypeAlias = Callable[[str, str, int], str]
"""The model behind `MemoryContext.write`: from a task, a text and a limit in tokens to a text."""


class Policy(Protocol):
    """The reasoner. It keeps nothing between events: only the view may inform it."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message: ...
