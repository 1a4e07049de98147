"""The shared types: messages, tools, tasks, environments, memories and policies.

Data is frozen; parts that others write (Env, Memory, Policy) are protocols.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from memorygym.core import json_values as frozen
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.schema import check_schema

JSON: TypeAlias = frozen.JSON
Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as the agent made it."""

    name: str
    arguments: JSON
    """An object if the call is well formed; otherwise whatever the agent sent."""
    id: str = ""
    """Links the call to its result (Message.call_id)."""


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message."""

    role: Role
    content: str
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    """In a tool message: the id of the call whose result it is."""

    def to_openai(self) -> dict[str, JSON]:
        """The message as an OpenAI chat-completion dictionary."""
        chat_message: dict[str, JSON] = {"role": self.role, "content": self.content}
        if self.calls:
            chat_message["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": frozen.json_text(call.arguments)},
                }
                for call in self.calls
            ]
        if self.role == "tool":
            chat_message["tool_call_id"] = self.call_id
        return chat_message

    @classmethod
    def from_openai(cls, raw: Mapping[str, JSON]) -> "Message":
        """Reads an OpenAI chat message; arguments that are no JSON stay text. Raises ValueError."""
        calls = []
        sent = raw.get("tool_calls") or ()
        for item in sent if isinstance(sent, Sequence) and not isinstance(sent, str) else ():
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
    """A tool that an agent may call. Raises BadSettings if its schema is not one of draft 7."""

    name: str
    description: str
    """One sentence that the agent reads."""
    parameters: Mapping[str, JSON]
    """The JSON Schema of the arguments, an object."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", frozen.freeze(self.parameters))
        check_schema(self.name, self.parameters)

    def to_openai(self) -> dict[str, JSON]:
        """The tool as an OpenAI function definition."""
        function: dict[str, JSON] = {name: getattr(self, name) for name in self.__slots__}
        return {"type": "function", "function": function}


def tool(name: str, description: str, optional: Sequence[str] = (), **arguments: JSON) -> Tool:
    """A Tool from its arguments, each with its JSON type or its JSON Schema.

    >>> tool("order", "Order a coat.", coat="string").parameters["required"]
    ['coat']
    """
    schema: dict[str, JSON] = {
        "type": "object",
        "properties": {
            name: {"type": schema_of} if isinstance(schema_of, str) else schema_of
            for name, schema_of in arguments.items()
        },
        "required": [name for name in arguments if name not in optional],
        "additionalProperties": False,
    }
    return Tool(name, description, schema)


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits that an episode enforces; None means no limit. Tokens are those of core.tokens."""

    capacity: int | None = None
    """Most tokens that the memory may hold at any moment."""
    writes: int | None = None
    """Most paid writes in an episode: entries that the agent stores by tool calls."""
    slot: int | None = None
    """Most tokens of one entry that the agent stores."""
    view: int | None = None
    """Most tokens of the context, which the memory adds to the system and live messages."""
    turns: int = 64
    """Most replies with tool calls within one event; the next one ends the event."""
    patience: int = 3
    """How often in a row the same failing calls may be made; then the event ends."""


@dataclass(frozen=True, slots=True)
class Event:
    """One message of a task's stream: a document, a correction, a question."""

    kind: str
    """The track's own name of such events."""
    text: str
    free_edits: int = 0
    """Edits of entries in this event that cost no write, as where it corrects facts."""
    session: bool = False
    """Whether a session begins: the memory is rebuilt from its dump before the event is shown."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task, as data. Raises BadSettings if its recipe or state is no JSON."""

    id: str
    """A hash of its content (`content_id`)."""
    track: str
    recipe: Mapping[str, JSON]
    """The settings that generate this task again: template, seed, tier, sizes; never the secret."""
    system: str
    """The system message: the task instructions, which every view begins with."""
    events: tuple[Event, ...]
    """The messages to show, in order; () if the environment derives them from `state`."""
    budget: Budget
    gold: Any
    """The gold table, which no agent and no memory sees: facts, questions and right answers, as the
    track's `outcomes` read them. A dataclass that json_types can write, or a JSON object."""
    state: Mapping[str, JSON] = field(default_factory=frozen.FrozenDict)
    """What tools act on, at the start; an environment changes a copy (json_values.thaw)."""

    def __post_init__(self) -> None:
        for name in ("recipe", "state"):
            value = getattr(self, name)
            if problem := frozen.json_problem(value):
                raise BadSettings(
                    f"task {self.id or self.track!r}: {name}{problem}; give texts, numbers, true,"
                    " false, null, and lists and objects of these"
                )
            object.__setattr__(self, name, frozen.freeze(value))

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of its events."""
        return tuple(event.text for event in self.events)


def content_id(*parts: JSON) -> str:
    """16 hex digits of a hash over JSON, for the id of a task from all that an agent can see of it.

    >>> content_id("shop", {"cups": 3}) == content_id("shop", {"cups": 3})
    True
    """
    return frozen.json_hash(parts)[:16]


@dataclass(frozen=True, slots=True)
class Step:
    """What an environment returns for a reply."""

    messages: tuple[Message, ...] = ()
    reward: float = 0.0
    """The reward of the reply, which the trace records."""
    done: bool = False
    """Whether the episode is over."""
    evict: bool = False
    """Whether a new event begins: everything shown before leaves the view."""
    session: bool = False
    """Whether a new session begins: the memory is first rebuilt from its dump."""
    free_edits: int = 0
    """Edits of entries in this event that cost no write."""
    answer: str | None = None
    """The answer that the reply gave to the event's question, if it gave one."""


class Env(Protocol):
    """An environment: it plays one task."""

    task: Task
    tools: tuple[Tool, ...]

    def reset(self) -> Step:
        """Starts the task: the first event."""

    def step(self, reply: Message) -> Step:
        """Takes a reply without calls, or with exactly one call of `tools`. Raises Refused,
        changing nothing, for a call that is not possible now."""

    def fork(self) -> "Env":
        """An independent copy that continues from here."""
        return copy.deepcopy(self, {id(self.task): self.task})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a memory's dump; all that it keeps and its id count towards the capacity."""

    id: str
    """Distinct within a dump, and normalised as texts are. The number of a stored text (1, 2, …)
    costs nothing; any other id costs its tokens."""
    text: str
    """What the memory would show of it, as `MemoryContext.store` returned it."""
    index: str = ""
    """What it keeps only to find the text by: keywords, links, triples, metadata; never shown."""

    @property
    def stored(self) -> str:
        """All that it keeps, as one text for `MemoryContext.store`: the index in lines of its own.

        >>> Entry("1", "Ann ran.", "keywords: Ann").stored
        'Ann ran.\\nkeywords: Ann'
        """
        return "\n".join(filter(None, (self.text, self.index))) if self.index else self.text


class MemoryContext(Protocol):
    """The services of the episode for its memory; `store` is the only way to keep text."""

    def event(self) -> int:
        """Number of the running event, from 0."""

    @property
    def instructions(self) -> str:
        """The task instructions (the system message)."""

    def store(self, text: str, replacing: str | None = None) -> str:
        """Charges for a text, or for an edit of the text `replacing`, and returns the text to keep,
        normalised. Raises Refused, charging nothing, if a budget forbids it."""

    def count(self, text: str) -> int:
        """Tokens of a text, as budgets count them now."""

    def write(self, task: str, text: str, most: int) -> str:
        """What the memory's language model writes about a text, given an instruction (`task`).

        At most `most` tokens; "" if it wrote nothing. Every call is recorded and counted.
        Raises ProviderFailure if the model fails, BadSettings if the episode has none.
        """


class Memory(Protocol):
    """A memory. Every method has a default, so a class defines only those that it needs."""

    tools: tuple[Tool, ...] = ()

    def open(self, context: MemoryContext) -> None:
        """Begins an episode or a session; keep `context` to store texts with it."""
        return

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        """Runs one of `tools` and returns what the agent reads; the arguments fit its schema.
        Raises Refused, changing nothing, for a call that is not possible."""
        raise UnknownPart("tool", name, (tool.name for tool in self.tools))

    def observe(self, new: Sequence[Message]) -> None:
        """Receives every message of the episode exactly once, in order."""
        return

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        """The context: messages for the agent to read before `live`, at most `budget` tokens."""
        return ()

    def dump(self) -> list[Entry]:
        """The complete state of the memory; its tokens count towards the capacity."""
        return []

    def restore(self, entries: Sequence[Entry]) -> None:
        """Takes over a dump: from now on this memory behaves as the one that was dumped."""
        return


Writer: TypeAlias = Callable[[str, str, int], str]
"""The model behind `MemoryContext.write`: instruction, text and most tokens give a text."""


class Policy(Protocol):
    """An agent. It keeps nothing between events, so that only the view and memory inform it."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        """The reply to a view: tool calls, or a text that ends the event."""
