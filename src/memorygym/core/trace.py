"""The trace: the complete, ordered record of an episode, stored as JSON lines.

Every count and score is a pure function of a trace. Every record has the number of its event, from
0. A trace that is written and read back equals the original.
"""

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import zip_longest
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from memorygym.core.errors import BadTrace
from memorygym.core.json_types import SchemaMismatch, from_json, parts_of
from memorygym.core.json_values import canonical
from memorygym.core.types import JSON, Budget, Entry, Message

FORMAT = "memorygym-trace-3"
CANARY = "memorygym:canary:6f0c3a52-9d1e-4c0b-8b1b-0d8f7c5e2a94"
"""In the header of every trace, so that training data can be searched for benchmark data."""
STUCK = "stuck: "
"""The start of a LimitHit's reason if the same calls kept failing (see Budget.patience)."""


def first_difference(some: Iterable[object], others: Iterable[object]) -> int | None:
    """The position of the first item that differs, from 0; None if all items are equal."""
    pairs = enumerate(zip_longest(some, others))
    return next((index for index, (left, right) in pairs if left != right), None)


@dataclass(frozen=True, slots=True)
class Observation:
    """The environment showed messages."""

    event: int
    messages: tuple[Message, ...]
    evict: bool = False
    """Whether a new event began: everything shown before left the view."""
    session: bool = False
    """Whether a new session began: the memory was rebuilt from its dump."""


@dataclass(frozen=True, slots=True)
class Context:
    """The memory's context changed; `Trace.contexts` puts the whole contexts together."""

    event: int
    messages: tuple[Message, ...]
    kept: int = 0
    """How many messages of the previous context stand unchanged before these."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """The memory called its language model."""

    event: int
    prompt: int
    """Tokens of the instruction and the text that the model was given."""
    reply: int
    """Tokens that the model wrote, before truncation."""
    outcome: Literal["whole", "empty", "cut"]
    """Cut: the model wrote more than the limit, and its text was truncated."""


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """The memory asked a model by itself, and the proxy before its endpoint saw it."""

    event: int
    prompt: int | None
    """Tokens of the request, as the endpoint counts them; None if it does not say."""
    reply: int | None
    """Tokens of the answer, likewise."""
    embedding: bool
    """Whether it asked for embeddings."""


@dataclass(frozen=True, slots=True)
class Action:
    """The agent replied."""

    event: int
    message: Message


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The agent received the results of its tool calls."""

    event: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class MemoryUpdate:
    """The memory changed: these entries were set, these ids dropped."""

    event: int
    entries: tuple[Entry, ...]
    dropped: tuple[str, ...]
    tokens: int
    """Tokens of the whole memory after the change."""
    writes: int
    """Paid writes so far."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The environment took a reply as the answer to the event's question."""

    event: int
    answer: str


@dataclass(frozen=True, slots=True)
class Reward:
    """The environment gave a reward for what the agent did."""

    event: int
    reward: float


@dataclass(frozen=True, slots=True)
class LimitHit:
    """A limit was enforced: the event ended, or what exceeded a budget was undone."""

    event: int
    reason: str


class Vote(NamedTuple):
    """The vote of one judge model on an answer."""

    model: str
    outcome: Literal["yes", "no", "unreadable", "failed"]
    """Yes accepts the answer. Unreadable: the reply broke the form; failed: the provider did."""
    quote: str = ""
    """The words of the answer on which the vote rests."""
    problem: str = ""
    """Why the vote is neither yes nor no."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Judge models voted on the answer of an event, after the episode."""

    event: int
    votes: tuple[Vote, ...]

    @property
    def counted(self) -> list[Vote]:
        """The votes that are yes or no; if none is, the answer was not judged."""
        return [vote for vote in self.votes if vote.outcome in ("yes", "no")]

    @property
    def accepting(self) -> list[Vote]:
        """The votes that are yes."""
        return [vote for vote in self.votes if vote.outcome == "yes"]

    @property
    def failed(self) -> bool:
        """Whether no model replied."""
        return all(vote.outcome == "failed" for vote in self.votes)

    @property
    def verdict(self) -> bool | None:
        """Whether most of the counted votes accept the answer; a tie rejects it. None if it was
        not judged."""
        return 2 * len(self.accepting) > len(self.counted) if self.counted else None


Record: TypeAlias = (
    Observation | Context | ModelCall | EndpointCall | Action | ToolResult | MemoryUpdate | Answer
    | Reward | LimitHit | Judgement
)  # fmt: skip
KINDS: dict[type[Any], str] = {
    kind: re.sub("(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(Record)
}
"""The `kind` of each record in a stored trace."""
_CLASSES = {kind: cls for cls, kind in KINDS.items()}


@dataclass(slots=True)
class Trace:
    """The record of one episode: its task (whose texts are in the records), then what happened."""

    task: str
    """The task's content-hash id."""
    track: str
    recipe: Mapping[str, JSON]
    system: str
    budget: Budget
    gold: Any
    """The right answers and facts: a dataclass, or a plain mapping if the trace was read from
    disk; None if there are none."""
    labels: dict[str, JSON] = field(default_factory=dict)
    """Who played, as its system states it: agent, memory, version and so on."""
    records: list[Record] = field(default_factory=list)

    def lines(self, gold: str | None = None) -> Iterator[str]:
        """The trace as JSON lines: a header, then one line for each record. The gold table may be
        given as JSON."""
        about = {"records": len(self.records), "format": FORMAT, "canary": CANARY}
        parts = {**parts_of(self), **about}
        texts = {name: canonical(parts[name], parts_of) for name in parts if name != "gold"}
        texts["gold"] = canonical(self.gold, parts_of) if gold is None else gold
        yield "{" + ",".join(f'"{name}":{texts[name]}' for name in sorted(texts)) + "}"
        for record in self.records:
            yield canonical({"kind": KINDS[type(record)], **parts_of(record)}, parts_of)

    def first_difference(self, other: "Trace") -> int | None:
        """The number of the first JSON line that differs, 0 for the header; None if none does."""
        return first_difference(self.lines(), other.lines())

    @property
    def stuck_events(self) -> list[int]:
        """The events that ended because the same calls kept failing."""
        limits = (record for record in self.records if isinstance(record, LimitHit))
        return [limit.event for limit in limits if limit.reason.startswith(STUCK)]

    def copy(self) -> "Trace":
        """A copy to which records can be added independently."""
        return replace(self, labels=dict(self.labels), records=list(self.records))

    def messages(self) -> Iterator[Message]:
        """All messages of the episode, in order, without the contexts that the memory composed."""
        yield Message("system", self.system)
        for record in self.records:
            match record:
                case Action(message=message):
                    yield message
                case Observation(messages=messages) | ToolResult(messages=messages):
                    yield from messages

    def environment_texts(self, env_tools: Container[str]) -> Iterator[tuple[int, str]]:
        """What the environment showed, and what its tools returned: (event, text)."""
        call_names: dict[str, str] = {}
        for record in self.records:
            match record:
                case Action(message=message):
                    call_names = {call.id: call.name for call in message.calls}
                case Observation(event, messages) | ToolResult(event, messages):
                    for message in messages:
                        if (
                            isinstance(record, Observation)
                            or call_names.get(message.call_id) in env_tools
                        ):
                            yield event, message.content

    def contexts(self) -> Iterator[tuple[int, tuple[Message, ...]]]:
        """The whole context after each change: (event, messages)."""
        context: tuple[Message, ...] = ()
        for record in self.records:
            if isinstance(record, Context):
                context = (*context[: record.kept], *record.messages)
                yield record.event, context

    def memory_states(self) -> Iterator[tuple[int, dict[str, str]]]:
        """What the memory would show, after each change of it: (event, text by id)."""
        return ((event, dict(entries)) for event, entries in self._memory())

    @property
    def final_memory(self) -> dict[str, str]:
        """What the memory would show at the end: text by id."""
        final: dict[str, str] = {}
        for _, entries in self._memory():
            final = entries
        return final

    def _memory(self) -> Iterator[tuple[int, dict[str, str]]]:
        """One and the same memory, after each change."""
        entries: dict[str, str] = {}
        for record in self.records:
            if isinstance(record, MemoryUpdate):
                entries.update((entry.id, entry.text) for entry in record.entries)
                for id in record.dropped:
                    entries.pop(id, None)
                yield record.event, entries


def _record(raw: object) -> Record:
    kind = raw.pop("kind", None) if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in _CLASSES:
        raise SchemaMismatch(f"the kind of record {kind!r} is unknown")
    record: Record = _check_numbers(from_json(_CLASSES[kind], raw), lowest=0)
    return record


def _check_numbers(record: Any, *, lowest: int) -> Any:
    """Returns the record. Raises SchemaMismatch if a whole number in it is below `lowest`."""
    for item in fields(record):
        value = getattr(record, item.name)
        if type(value) is int and value < lowest:
            raise SchemaMismatch(f"is {value}, not at least {lowest}", item.name)
    return record


def read_trace(lines: Iterable[str], name: str = "trace") -> tuple[Trace, str]:
    """Reads a trace; the second value names its first damaged line, or is "" if all are sound.

    The records before the damage are returned. Raises BadTrace if the header cannot be read.
    """
    rows = enumerate(lines, start=1)
    try:
        raw = json.loads(next(rows, (0, ""))[1])
        if isinstance(raw, dict) and raw.get("format", FORMAT) != FORMAT:
            raise BadTrace(f"{name}: format {raw['format']!r}; this version reads {FORMAT}")
        match raw:
            case {"format": _, "canary": str(), "records": int(written), **about}:
                trace = from_json(Trace, {**about, "records": []})
                _check_numbers(trace.budget, lowest=1)
            case _:
                raise ValueError("it lacks its format, its canary or the number of its records")
        if not isinstance(trace.gold, dict | None):
            raise SchemaMismatch("is no object", "gold")
    except (ValueError, RecursionError) as error:
        raise BadTrace(f"{name}, line 1: not the header of a trace ({error})") from error
    for number, line in rows:
        try:
            trace.records.append(_record(json.loads(line)))
        except (ValueError, RecursionError) as error:
            return trace, f"{name}, line {number}: damaged ({error}); {number - 2} records read"
    read = len(trace.records)
    if read == written:
        return trace, ""
    return trace, f"{name}, line {read + 2}: cut short; {read} of {written} records read"
