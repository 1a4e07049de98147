"""The messages of recorded conversations: calls and results as every format writes them, paired."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import freeze
from memorygym.core.types import JSON, Call, Message, Role
from memorygym.datasets._chat import message_of, role_of
from memorygym.datasets._fields import Row, quoted, rows, under

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
    if raw.get("role") == ENDED or raw.get("requestor") == "user":
        return None
    role = role_of(raw)
    if role is None:
        raise SchemaMismatch(f"has a message with the role {quoted(raw.get('role'))}", place)
    with under(place):
        message = message_of(raw, role)
    if message.calls:
        return message if role != "user" else None  # tau2's user has tools of its own.
    return replace(message, calls=tuple(Call(*call, TEXT) for call in _actions(raw)))


def _actions(raw: Row) -> Iterator[tuple[str, JSON]]:
    """The calls that a reply states as text beside its content."""
    match raw:
        case {"action": str(action)} if action.strip():  # Of SWE-agent.
            yield "action", freeze({"command": action.strip()})
        case {"extra": {"actions": list(actions)}}:  # Of mini-swe-agent.
            for action in actions:
                if isinstance(action, dict):
                    yield "bash", freeze({"command": str(action.get("command"))})


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
