"""What happened in an episode: records in order, written as JSON lines and read back to equality.

Every count and score is a pure function of a trace.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import zip_longest
from typing import Any, Literal, TypeAlias

from memorygym.core.errors import BadTrace
from memorygym.core.json_types import SchemaMismatch, plain, shape
from memorygym.core.json_values import canonical
from memorygym.core.types import JSON, Budget, Entry, Gold, Message
from memorygym.core.votes import PanelVerdict, Vote

FORMAT = "memorygym-trace-3"
CANARY = "memorygym:canary:6f0c3a52-9d1e-4c0b-8b1b-0d8f7c5e2a94"
"""Marks every trace, so that a corpus can be searched for leaked benchmark data."""
STUCK = "stuck: "
"""How the reason of a cut begins that ended an event in which the same calls kept failing."""


def first_unlike(some: Iterable[object], others: Iterable[object]) -> int | None:
    """The number of the first item that differs, from 0; None if they are alike."""
    pairs = enumerate(zip_longest(some, others))
    return next((at for at, (one, other) in pairs if one != other), None)


@dataclass(frozen=True, slots=True)
class Observation:
    """The environment showed messages; `evict` says that all shown before is gone."""

    event: int
    messages: tuple[Message, ...]
    evict: bool = False
    session: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the memory put before the live messages changed (see `Trace.composed`)."""

    event: int
    messages: tuple[Message, ...]
    kept: int = 0
    """How many messages of the last time stand unchanged before these."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """The memory had its model write something."""

    event: int
    prompt: int
    """Tokens of the task and the text."""
    reply: int
    """Tokens that the model wrote, before they were cut."""
    outcome: Literal["whole", "empty", "cut"]
    """Cut: it wrote more than it was asked for."""


@dataclass(frozen=True, slots=True)
class Action:
    """The policy replied."""

    event: int
    message: Message


@dataclass(frozen=True, slots=True)
class ToolResult:
    """Tool results that the policy read."""

    event: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class MemoryUpdate:
    """The memory changed: entries set and ids dropped, with the referee's measure after."""

    event: int
    entries: tuple[Entry, ...]
    dropped: tuple[str, ...]
    tokens: int
    """Tokens held now, over the whole dump."""
    writes: int
    """Paid writes so far."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The policy answered the question of an event."""

    event: int
    answer: str


@dataclass(frozen=True, slots=True)
class Reward:
    """The environment gave a reward for what the policy did in an event."""

    event: int
    reward: float


@dataclass(frozen=True, slots=True)
class LimitHit:
    """The referee stepped in: it ended an event or undid what broke a budget."""

    event: int
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """Judge models ruled on the answer of an event, after play."""

    event: int
    votes: tuple[Vote, ...]

    @property
    def panel_verdict(self) -> PanelVerdict:
        """What the votes come to."""
        return PanelVerdict(self.votes)


Record: TypeAlias = (
    Observation
    | Context
    | ModelCall
    | Action
    | ToolResult
    | MemoryUpdate
    | Answer
    | Reward
    | LimitHit
    | Judgement
)
KINDS: dict[type[Any], str] = {
    Observation: "observation", Context: "context", ModelCall: "model_call", Action: "action",
    ToolResult: "tool_result", MemoryUpdate: "memory_update", Answer: "answer", Reward: "reward",
    LimitHit: "limit_hit", Judgement: "judgement",
}  # fmt: skip
"""What a line of a trace says as its kind."""
_CLASSES = {kind: cls for cls, kind in KINDS.items()}


@dataclass(slots=True)
class Trace:
    """An episode on paper: what was dealt (its text is in the records), then the records."""

    task: str
    """The task's content-hash id."""
    track: str
    recipe: Mapping[str, JSON]
    system: str
    budget: Budget
    gold: Gold | Mapping[str, JSON] | None
    """The side table; a plain mapping when read from disk."""
    labels: dict[str, JSON] = field(default_factory=dict)
    """Who played, as its seat says it: agent, memory, contract."""
    records: list[Record] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The trace as JSON lines: a header, then one record a line."""
        gold = self.gold
        if gold is not None and not isinstance(gold, Mapping):
            gold = gold.to_json()
        header = _Header(
            FORMAT, CANARY, self.task, self.track, dict(self.recipe), self.system, self.budget,
            self.labels, gold, len(self.records),
        )  # fmt: skip
        yield canonical({**_parts(header), "budget": _parts(self.budget)})
        for record in self.records:
            parts = {name: plain(part) for name, part in _parts(record).items()}
            yield canonical({"kind": KINDS[type(record)], **parts})

    def first_unlike(self, other: "Trace") -> int | None:
        """The number of the first line that differs, 0 for the header; None if they are alike."""
        return first_unlike(self.lines(), other.lines())

    @property
    def stuck(self) -> list[int]:
        """The events that ended because the same calls kept failing."""
        cuts = (record for record in self.records if isinstance(record, LimitHit))
        return [cut.event for cut in cuts if cut.reason.startswith(STUCK)]

    def copied(self) -> "Trace":
        """A trace that goes on apart from this one."""
        return replace(self, labels=dict(self.labels), records=list(self.records))

    def messages(self) -> Iterator[Message]:
        """All that was said, in order, but what memory composed: nobody saw it in one piece."""
        yield Message("system", self.system)
        for record in self.records:
            match record:
                case Action(message=message):
                    yield message
                case Observation(messages=messages) | ToolResult(messages=messages):
                    yield from messages

    def told(self, env_tools: Container[str]) -> Iterator[tuple[int, str]]:
        """What the environment told, shown or as an answer of those tools: (event, text)."""
        made: dict[str, str] = {}
        for record in self.records:
            match record:
                case Action(message=message):
                    made = {call.id: call.name for call in message.calls}
                case Observation(event, messages) | ToolResult(event, messages):
                    for message in messages:
                        if (
                            isinstance(record, Observation)
                            or made.get(message.call_id) in env_tools
                        ):
                            yield event, message.content

    def composed(self) -> Iterator[tuple[int, tuple[Message, ...]]]:
        """What the memory put before the live messages after each change: (event, messages)."""
        shown: tuple[Message, ...] = ()
        for record in self.records:
            if isinstance(record, Context):
                shown = (*shown[: record.kept], *record.messages)
                yield record.event, shown

    def stores(self) -> Iterator[tuple[int, dict[str, str]]]:
        """What the memory held after each of its changes: (event, text by id)."""
        held: dict[str, str] = {}
        for record in self.records:
            if isinstance(record, MemoryUpdate):
                held.update((entry.id, entry.text) for entry in record.entries)
                for id in record.dropped:
                    held.pop(id, None)
                yield record.event, dict(held)


@dataclass(frozen=True, slots=True)
class _Header:
    """The first line of a trace."""

    format: str
    canary: str
    task: str
    track: str
    recipe: Mapping[str, JSON]
    system: str
    budget: Budget
    labels: Mapping[str, JSON]
    gold: Mapping[str, JSON] | None
    records: int
    """How many lines follow."""


def _parts(data: Any) -> dict[str, Any]:
    return {name: getattr(data, name) for name in data.__slots__}


def _record(raw: object) -> Record:
    kind = raw.pop("kind", None) if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in _CLASSES:
        raise SchemaMismatch(f"no kind of record is {kind!r}")
    record: Record = _counting(shape(_CLASSES[kind], raw), least=0)
    return record


def _counting(part: Any, *, least: int) -> Any:
    """The part itself, whose whole numbers are all counts or limits. Raises Misfit."""
    for item in fields(part):
        value = getattr(part, item.name)
        if type(value) is int and value < least:
            raise SchemaMismatch(f"is {value}, not at least {least}", item.name)
    return part


def read_trace(lines: Iterable[str], name: str = "trace") -> tuple[Trace, str]:
    """The trace and, if it is damaged, a sentence that names the first unreadable line (else "").

    Everything before the damage is read. Raises BadTrace when not even the header can be read.
    """
    rows = enumerate(lines, start=1)
    try:
        raw = json.loads(next(rows, (0, ""))[1])
        if isinstance(raw, dict) and raw.get("format", FORMAT) != FORMAT:
            raise BadTrace(f"{name}: format {raw['format']!r}; this version reads {FORMAT}")
        header = _counting(shape(_Header, raw), least=0)
        budget = _counting(header.budget, least=1)
    except (ValueError, RecursionError) as error:
        raise BadTrace(f"{name}, line 1: not the header of a trace ({error})") from error
    trace = Trace(
        header.task, header.track, header.recipe, header.system, budget, header.gold,
        dict(header.labels),
    )  # fmt: skip
    for number, line in rows:
        try:
            trace.records.append(_record(json.loads(line)))
        except (ValueError, RecursionError) as error:
            return trace, f"{name}, line {number}: damaged ({error}); {number - 2} records read"
    read = len(trace.records)
    if read == header.records:
        return trace, ""
    return trace, f"{name}, line {read + 2}: cut short; {read} of {header.records} records read"
