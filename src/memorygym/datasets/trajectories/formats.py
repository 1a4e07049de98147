"""The formats of recorded trajectories, each recognised by the fields of a record.

A new format is one row of FORMATS: what its records have, and a function that reads one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import canonical, freeze, json_value
from memorygym.core.text import replace_surrogates
from memorygym.core.types import JSON, Call, Message, Role
from memorygym.datasets._fields import Row, as_row, items, quoted, rows, under

ROLES: Mapping[str, Role] = {
    "system": "system", "developer": "system", "user": "user", "human": "user",
    "assistant": "assistant", "ai": "assistant", "tool": "tool", "function": "tool",
}  # fmt: skip
"""By role in a log: the role here."""
TEXT = "text"
"""The id of a call that the reply states as text; what follows it is its result."""
ENDED = "exit"
"""The role of mini-swe-agent's last message, which no agent reads."""
_COMMAND = re.compile(r"^```(?:mswea_bash_command|bash|sh)\n(.*?)\n?```", re.DOTALL | re.MULTILINE)
_ATTACHMENT = re.compile(r"attachment://([0-9a-f]{32,})")


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A recorded conversation of an agent with its tools."""

    place: str
    """The file and the line or member."""
    format: str
    messages: tuple[Message, ...]
    """Without the system messages at the beginning."""
    numbers: tuple[int, ...]
    """The index of each in the list of the file."""
    system: str
    """The text of those, which the agent sees in every turn."""
    tools: str = ""
    """The definitions of the tools, which it sees too, if the log has them."""
    task: str = ""
    """The id of the task, which several trials share; "" if the log has none."""
    success: bool | None = None
    """Whether the task was solved; None if the log does not say."""


Numbered = tuple[int, Message]
"""A message with its index in the list of the file."""


@dataclass(frozen=True, slots=True)
class Log:
    """A record as its format reads it."""

    messages: Sequence[Numbered]
    tools: JSON = None
    system: str = ""
    """The instructions, where they are no message."""
    task: object = None
    success: bool | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A format of records."""

    name: str
    fields: frozenset[str]
    """Fields that a record has in this format alone."""
    read: Callable[[Row, Row], Log]
    """Reads a record, given the fields of the object around it. Raises SchemaMismatch."""


def trajectory(value: object, header: Row, place: str) -> Trajectory:
    """The trajectory of a record. Raises SchemaMismatch."""
    row = {"messages": value} if isinstance(value, list) else as_row(value, "the record")
    known = next((f for f in FORMATS if f.fields <= row.keys()), None)
    if known is None:
        names = ", ".join(map(str, list(row)[:6])) or "none"
        raise SchemaMismatch(f"has the fields {names}; {KNOWN}", "the record")
    log = known.read(row, header)
    name = known.name
    numbered = [(number, m) for number, m in log.messages if m.content or m.calls]
    if not any(message.calls for _, message in numbered):
        with_commands = [(number, _with_command(message)) for number, message in numbered]
        if with_commands != numbered:
            numbered, name = with_commands, "mini-swe-agent" if name == OPENAI else name
    numbered = paired(numbered)
    numbers, messages = [n for n, _ in numbered], [message for _, message in numbered]
    start = next((i for i, m in enumerate(messages) if m.role != "system"), len(messages))
    pinned = [log.system, *(message.content for message in messages[:start])]
    return Trajectory(
        place, name, tuple(messages[start:]), tuple(numbers[start:]),
        "\n\n".join(text for text in pinned if text), canonical(log.tools) if log.tools else "",
        "" if log.task is None else str(log.task), log.success,
    )  # fmt: skip


def paired(numbered: Sequence[Numbered]) -> list[Numbered]:
    """The messages with the results of every reply right after it, in the order of its calls, as
    memories expect them. A call without a result gets an empty one; a result without a call is what
    a user says."""
    pairs: list[Numbered] = []
    left = list(reversed(numbered))
    while left:
        number, message = left.pop()
        if not message.calls:
            role: Role = "user" if message.role == "tool" else message.role
            pairs.append((number, replace(message, role=role, call_id="")))
            continue
        answers: list[Numbered] = []
        texts = len([call for call in message.calls if call.id == TEXT])
        while left and (left[-1][1].role == "tool" or _answers(left[-1][1], texts - len(answers))):
            answers.append(left.pop())
        calls = tuple(
            replace(call, id=call.id if call.id not in ("", TEXT) else f"{number}.{index}")
            for index, call in enumerate(message.calls)
        )
        pairs.append((number, replace(message, calls=calls)))
        for call in calls:
            same = [pair for pair in answers if pair[1].call_id == call.id]
            other = [pair for pair in answers if pair[1].call_id not in {own.id for own in calls}]
            found = next(iter([*same, *other]), (number, Message("tool", "")))
            answers = [pair for pair in answers if pair is not found]
            pairs.append((found[0], Message("tool", found[1].content, (), call.id)))
        pairs += [(at, Message("user", answer.content)) for at, answer in answers]
    return pairs


def _answers(message: Message, missing: int) -> bool:
    """Whether a message is the result of a call in a text, of which so many lack theirs."""
    return message.role == "user" and missing > 0


def _messages(row: Row, name: str) -> list[Numbered]:
    made = (
        (number, _message(raw, f"{name}[{number}]")) for number, raw in enumerate(rows(row, name))
    )
    return [(number, message) for number, message in made if message]


def _message(raw: Row, place: str) -> Message | None:
    """A message of any format; None if the agent never read it."""
    role = raw.get("role")
    if role == ENDED or raw.get("requestor") == "user":
        return None
    if role not in ROLES:
        raise SchemaMismatch(f"has a message with the role {quoted(role)}", place)
    calls = raw.get("tool_calls") or raw.get("function_call") or ()
    listed = calls if isinstance(calls, (list, tuple)) else [calls]
    if role == "user" and listed:
        return None  # tau2's user has tools of its own.
    with under(place):
        made = tuple(_call(as_row(call, "tool_calls")) for call in listed)
    if not made and isinstance(action := raw.get("action"), str) and action.strip():
        made = (Call("action", freeze({"command": action.strip()}), TEXT),)  # Of SWE-agent.
    if not made and isinstance(extra := raw.get("extra"), dict):  # Of mini-swe-agent.
        actions = [a for a in _listed(extra.get("actions")) if isinstance(a, dict)]
        made = tuple(
            Call("bash", freeze({"command": str(a.get("command"))}), TEXT) for a in actions
        )
    return Message(ROLES[str(role)], _content(raw.get("content")), made, _call_id(raw, str(role)))


def _call(raw: Row) -> Call:
    """A call of OpenAI (a nested function), Inspect (its name) or tau2 (a name)."""
    function = raw.get("function")
    inner = function if isinstance(function, dict) else raw
    name = inner.get("name") or function
    arguments: JSON = inner.get("arguments")  # type: ignore[assignment]  # JSON of a file
    if not isinstance(name, str):
        raise SchemaMismatch(f"has a call without a name: {quoted(raw)}", "tool_calls")
    value = json_value(arguments) if isinstance(arguments, str) else arguments
    return Call(name, freeze(value), str(raw.get("id") or ""))


def _call_id(raw: Row, role: str) -> str:
    """The id of the call whose result a message is."""
    if ROLES[role] != "tool":
        return ""
    several = raw.get("tool_call_ids")
    first = several[0] if isinstance(several, list) and several else raw.get("id")
    return str(raw.get("tool_call_id") or first or "")


def _content(content: object) -> str:
    """The text of a message, given as a text or as parts."""
    if isinstance(content, str):
        return replace_surrogates(content)
    parts = content if isinstance(content, list) else []
    texts = (part.get("text") if isinstance(part, dict) else part for part in parts)
    return replace_surrogates("\n".join(text for text in texts if isinstance(text, str)))


def _with_command(message: Message) -> Message:
    """A reply whose call is a block of code, as mini-swe-agent writes them."""
    block = _COMMAND.search(message.content) if message.role == "assistant" else None
    if not block:
        return message
    return Message(
        "assistant", message.content, (Call("bash", freeze({"command": block[1]}), TEXT),)
    )


def _solved(reward: object) -> bool | None:
    """Whether a reward from 0 to 1 is full; None if there is none."""
    if isinstance(reward, (bool, int, float)):
        return reward >= 1
    return {"C": True, "I": False}.get(reward) if isinstance(reward, str) else None


def _openai(row: Row, _: Row) -> Log:
    tools: JSON = row.get("tools")  # type: ignore[assignment]  # JSON of a file
    return Log(_messages(row, "messages"), tools, task=row.get("task_id"))


def _tau(row: Row, _: Row) -> Log:
    return Log(_messages(row, "traj"), task=row.get("task_id"), success=_solved(row.get("reward")))


def _tau2(row: Row, header: Row) -> Log:
    about = header.get("info")
    about = about.get("environment_info") if isinstance(about, dict) else None
    policy = about.get("policy") if isinstance(about, dict) else None
    tools = about.get("tool_defs") if isinstance(about, dict) else None
    messages, reward = _messages(row, "messages"), row.get("reward_info")
    own = bool(messages) and messages[0][1].role == "system"
    return Log(
        messages,
        tools,
        "" if own or not isinstance(policy, str) else policy,
        row.get("task_id"),
        _solved(reward.get("reward")) if isinstance(reward, dict) else None,
    )


def _swe_agent(row: Row, _: Row) -> Log:
    """The history; a demonstration stands in every prompt, as the system message does."""
    history = [as_row(item, "history") for item in items(row, "history")]
    demos = (_content(item.get("content")) for item in history if item.get("is_demo"))
    messages = _messages(row, "history")
    own = [(number, message) for number, message in messages if not history[number].get("is_demo")]
    return Log(own, system="\n\n".join(demos))


def _inspect(row: Row, _: Row) -> Log:
    attachments = row.get("attachments")
    known = attachments if isinstance(attachments, dict) else {}
    events = [e for e in _listed(row.get("events")) if isinstance(e, dict)]
    tools = next((e.get("tools") for e in events if e.get("event") == "model"), None)
    scores = row.get("scores")
    first = next(iter(scores.values()), None) if isinstance(scores, dict) else None
    whole: Row = {"messages": _attached(row.get("messages"), known)}
    return Log(
        _messages(whole, "messages"),
        _attached(tools, known),
        task=row.get("id"),
        success=_solved(first.get("value")) if isinstance(first, dict) else None,
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _attached(value: object, attachments: Mapping[str, object]) -> JSON:
    """A value with the texts that Inspect keeps beside it."""
    if isinstance(value, str):
        return _ATTACHMENT.sub(lambda match: str(attachments.get(match[1], match[0])), value)
    if isinstance(value, list):
        return [_attached(item, attachments) for item in value]
    if isinstance(value, dict):
        return {name: _attached(item, attachments) for name, item in value.items()}
    return value  # type: ignore[return-value]  # JSON of a file


def _named(name: str, fields: str, read: Callable[[Row, Row], Log]) -> Format:
    return Format(name, frozenset(fields.split()), read)


OPENAI = "OpenAI messages"
FORMATS = (
    _named("tau-bench", "traj", _tau),
    _named("tau2", "messages reward_info", _tau2),
    _named("SWE-agent", "history", _swe_agent),
    _named("Inspect", "messages epoch", _inspect),
    _named("mini-swe-agent", "messages trajectory_format", _openai),
    _named(OPENAI, "messages", _openai),
)
"""The first whose fields a record has is its format."""


def names() -> Iterator[str]:
    """The names of the formats, each once."""
    yield from dict.fromkeys(known.name for known in FORMATS)


KNOWN = f"known formats: {', '.join(names())} (docs/your-logs.md)"
