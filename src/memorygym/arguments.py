"""Checks a call against the tools at hand, in the words that the agent reads back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from memorygym.core import JSON, Call, Message, Tool
from memorygym.frozen import Frozen, freeze

LONGEST_SHOWN = 80
"""Characters of a mistaken name or value that an agent reads back."""
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": Mapping,
}


def plain_reply(message: object) -> Message:
    """The reply in exact types, its calls plain; TypeError if it is no assistant's Message."""
    if (
        type(message) is Message
        and message.calls == ()
        and type(message.content) is str
        and message.role == "assistant"
    ):
        return message
    if not isinstance(message, Message):
        raise TypeError(f"a policy replies with a Message, not {type(message).__name__}")
    content: object = message.content
    calls: object = message.calls
    if message.role != "assistant":
        raise TypeError(f"a policy replies as the assistant, not as {_short(message.role)}")
    if not isinstance(content, str):
        raise TypeError(f"the content of a reply is a str, not {type(content).__name__}")
    if not isinstance(calls, (tuple, list)) or not all(isinstance(call, Call) for call in calls):
        raise TypeError(f"the calls of a reply are a tuple of Call, not {_short(calls)}")
    return Message("assistant", str.__str__(content), tuple(map(plain_call, calls)))


def plain_call(call: Call) -> Call:
    """The call with unchangeable arguments of its own; with their text if they are no JSON."""
    arguments = call.arguments
    if type(arguments) is dict and all(
        type(key) is str and (type(value) is str or (type(value) is int and abs(value) < 10**9))
        for key, value in arguments.items()
    ):
        return Call(str(call.name), Frozen(arguments), str(call.id or ""))
    try:
        arguments = freeze(json.loads(json.dumps(arguments, allow_nan=False)))
    except (TypeError, ValueError, RecursionError):
        arguments = f"{type(arguments).__name__}, which is no JSON"
    return Call(str(call.name), arguments, str(call.id or ""))


@dataclass(frozen=True, slots=True)
class Failing:
    """The calls of a reply if all of them failed, and how often in a row they were made."""

    calls: tuple[Call, ...] = ()
    times: int = 0

    def after(self, calls: Sequence[Call]) -> "Failing":
        """With another reply, all calls of which failed too: the same again, or the first time."""
        made = tuple(replace(call, id="") for call in calls)
        return Failing(made, self.times + 1 if made == self.calls else 1)


def misfit(call: Call, tools: Mapping[str, Tool]) -> str:
    """Why a call cannot be run, or "" if it can."""
    tool = tools.get(call.name)
    if tool is None:
        return f"no tool named {_short(call.name)}; the tools are {', '.join(tools)}"
    if not isinstance(call.arguments, Mapping):
        return f"{call.name}: the arguments must be a JSON object, not {_kind(call.arguments)}"
    properties = tool.parameters.get("properties")
    required = tool.parameters.get("required")
    assert isinstance(properties, Mapping) and isinstance(required, (list, tuple))
    for name in required:
        if name not in call.arguments:
            return f"{call.name}: the argument {name!r} is missing"
    # In one order, whatever theirs: a trace on disk keeps them sorted and is played again.
    for name, value in sorted(call.arguments.items()):
        if name not in properties:
            return f"{call.name}: no argument {_short(name)}; it takes {', '.join(properties)}"
        if problem := _wrong(properties[name], value):
            return f"{call.name}: {name} {problem}"
    return ""


def _wrong(schema: JSON, value: JSON) -> str:
    assert isinstance(schema, Mapping)
    wanted = str(schema.get("type"))
    fits = isinstance(value, _TYPES[wanted]) and not (
        wanted in ("integer", "number") and isinstance(value, bool)
    )
    if not fits:
        return f"must be of type {wanted}, not {_kind(value)}"
    low = schema.get("minimum")
    if isinstance(low, int) and isinstance(value, (int, float)) and value < low:
        return f"must be at least {low}, not {_short(value)}"
    return ""


def _kind(value: JSON) -> str:
    """The name of the type as Python programmers know it."""
    return next((t.__name__ for t in (dict, list) if isinstance(value, t)), type(value).__name__)


def _short(value: object) -> str:
    """The value as it was sent, cut where it would flood the view."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " ..."
