"""Checks a call against the tools at hand, in the words that the agent reads back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from memorygym.core.json_values import Frozen, freeze
from memorygym.core.schema import check_of, complaint, kind, shown
from memorygym.core.types import Call, Message, Tool


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
        raise TypeError(f"a policy replies as the assistant, not as {shown(message.role)}")
    if not isinstance(content, str):
        raise TypeError(f"the content of a reply is a str, not {type(content).__name__}")
    if not isinstance(calls, (tuple, list)) or not all(isinstance(call, Call) for call in calls):
        raise TypeError(f"the calls of a reply are a tuple of Call, not {shown(calls)}")
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
class RepeatedFailure:
    """The calls of a reply if all of them failed, and how often in a row they were made."""

    calls: tuple[Call, ...] = ()
    times: int = 0

    def after(self, calls: Sequence[Call]) -> "RepeatedFailure":
        """With another reply, all calls of which failed too: the same again, or the first time."""
        made = tuple(replace(call, id="") for call in calls)
        return RepeatedFailure(made, self.times + 1 if made == self.calls else 1)


NOT_FAILING = RepeatedFailure()
"""What a reply leaves of which some call worked."""


def misfit(call: Call, tools: Mapping[str, Tool]) -> str:
    """Why a call cannot be run, or "" if it can."""
    tool = tools.get(call.name)
    if tool is None:
        return f"no tool named {shown(call.name)}; the tools are {', '.join(tools)}"
    if not isinstance(call.arguments, dict):
        return f"{call.name}: the arguments must be a JSON object, not {kind(call.arguments)}"
    problem = complaint(check_of(tool.parameters), call.arguments)
    return f"{call.name}: {problem}" if problem else ""
