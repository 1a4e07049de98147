"""Checks the agent's replies and tool calls; the agent reads what is wrong with a call."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from memorygym.core.json_values import FrozenDict, freeze
from memorygym.core.schema import first_problem, quoted, type_name, validator_of
from memorygym.core.types import Call, Message, Tool


def check_reply(message: object) -> Message:
    """The reply in exact types, with immutable calls. Raises TypeError for any other object."""
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
        raise TypeError(f"a policy replies as the assistant, not as {quoted(message.role)}")
    if not isinstance(content, str):
        raise TypeError(f"the content of a reply is a str, not {type(content).__name__}")
    if not isinstance(calls, (tuple, list)) or not all(isinstance(call, Call) for call in calls):
        raise TypeError(f"the calls of a reply are a tuple of Call, not {quoted(calls)}")
    return Message("assistant", str.__str__(content), tuple(map(freeze_call, calls)))


def freeze_call(call: Call) -> Call:
    """An immutable copy of a call; arguments that are no JSON become a text that says so."""
    arguments = call.arguments
    if type(arguments) is dict and all(
        type(key) is str and (type(value) is str or (type(value) is int and abs(value) < 10**9))
        for key, value in arguments.items()
    ):
        return Call(str(call.name), FrozenDict(arguments), str(call.id or ""))
    try:
        arguments = freeze(json.loads(json.dumps(arguments, allow_nan=False)))
    except (TypeError, ValueError, RecursionError):
        arguments = f"{type(arguments).__name__}, which is no JSON"
    return Call(str(call.name), arguments, str(call.id or ""))


@dataclass(frozen=True, slots=True)
class RepeatedFailure:
    """The calls of a reply, all of which failed, and how often in a row the agent made them."""

    calls: tuple[Call, ...] = ()
    times: int = 0

    def after(self, calls: Sequence[Call]) -> "RepeatedFailure":
        """The count after another reply whose calls all failed: one more if they are the same."""
        unnumbered = tuple(replace(call, id="") for call in calls)
        return RepeatedFailure(unnumbered, self.times + 1 if unnumbered == self.calls else 1)


NO_FAILURE = RepeatedFailure()
"""The state after a reply of which some call worked."""


def call_problem(call: Call, tools: Mapping[str, Tool]) -> str:
    """Why a call cannot be run; "" if it can."""
    tool = tools.get(call.name)
    if tool is None:
        return f"no tool named {quoted(call.name)}; the tools are {', '.join(tools)}"
    if not isinstance(call.arguments, dict):
        return f"{call.name}: the arguments must be a JSON object, not {type_name(call.arguments)}"
    problem = first_problem(validator_of(tool.parameters), call.arguments)
    return f"{call.name}: {problem}" if problem else ""
