"""The messages of recorded conversations: calls and results as every format writes them, paired."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import freeze, json_value
from memorygym.core.text import replace_surrogates
from memorygym.core.types import JSON, Call, Message, Role
from memorygym.datasets._fields import Row, as_row, quoted, rows, under

ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "tool": "tool",
    "function": "tool",
}
"""By role in a log: the role here."""
TEXT = "text"
"""The id of a call that the reply states as text; what follows it is its result."""
ENDED = "exit"
"""The role of mini-swe-agent's last message, which no agent reads."""
_COMMAND = re.compile(r"^```(?:mswea_bash_command|bash|sh)\n(.*?)\n?```", re.DOTALL | re.MULTILINE)
Numbered = tuple[int, Message]
"""A message with its index in the list of the file."""


def messages_of(row: Row, name: str) -> list[Numbered]:
    """The messages of a list that the agent read or wrote. Raises SchemaMismatch."""
    made = (
        (number, _message(raw, f"{name}[{number}]")) for number, raw in enumerate(rows(row, name))
    )
    return [(number, message) for number, message in made if message]


def _message(raw: Row, place: str) -> Message | None:
    """A message of any format; None if the agent never read it."""
    role = raw.get("role")
    if role == ENDED or raw.get("requestor") == "user":
        return None
    if not isinstance(role, str) or role not in ROLES:
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
        actions = [a for a in extra.get("actions") or () if isinstance(a, dict)]
        made = tuple(
            Call("bash", freeze({"command": str(a.get("command"))}), TEXT) for a in actions
        )
    return Message(ROLES[role], content_of(raw.get("content")), made, _call_id(raw, role))


def _call(raw: Row) -> Call:
    """A call of OpenAI (a nested function), Inspect (its name) or tau2 (a name)."""
    function = raw.get("function")
    inner = function if isinstance(function, dict) else raw
    name = inner.get("name") or function
    arguments: JSON = inner.get("arguments")  # type: ignore[assignment]  # JSON of a file
    if not isinstance(name, str):
        raise SchemaMismatch(f"has a call without a name: {quoted(raw)}", "tool_calls")
    value = json_value(arguments) if isinstance(arguments, str) else arguments
    if not (text := json.dumps(value, ensure_ascii=False)).isascii():
        value = json.loads(replace_surrogates(text))
    return Call(replace_surrogates(name), freeze(value), str(raw.get("id") or ""))


def _call_id(raw: Row, role: str) -> str:
    """The id of the call whose result a message is."""
    if ROLES[role] != "tool":
        return ""
    several = raw.get("tool_call_ids")
    first = several[0] if isinstance(several, list) and several else raw.get("id")
    return str(raw.get("tool_call_id") or first or "")


def content_of(content: object) -> str:
    """The text of a message, given as a text or as parts."""
    if isinstance(content, str):
        return replace_surrogates(content)
    parts = content if isinstance(content, list) else []
    texts = (part.get("text") if isinstance(part, dict) else part for part in parts)
    return replace_surrogates("\n".join(text for text in texts if isinstance(text, str)))


def with_command(message: Message) -> Message:
    """A reply whose call is a block of code, as mini-swe-agent writes them."""
    block = _COMMAND.search(message.content) if message.role == "assistant" else None
    if not block:
        return message
    return Message(
        "assistant", message.content, (Call("bash", freeze({"command": block[1]}), TEXT),)
    )


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
