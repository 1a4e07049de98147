"""Checks a call against the tools at hand, in the words that the agent reads back."""

import json
from collections.abc import Mapping
from dataclasses import replace

from memorygym.core import JSON, Call, Tool

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


def plain_call(call: Call) -> Call:
    """The call itself if its arguments are JSON, else with their text in place of them."""
    name, id = str(call.name), str(call.id or "")
    if (name, id) != (call.name, call.id):
        call = replace(call, name=name, id=id)
    arguments = call.arguments
    if isinstance(arguments, dict) and all(
        type(key) is str and (type(value) is str or (type(value) is int and abs(value) < 10**9))
        for key, value in arguments.items()
    ):
        return call
    try:
        return replace(call, arguments=json.loads(json.dumps(arguments, allow_nan=False)))
    except (TypeError, ValueError, RecursionError):
        return replace(call, arguments=f"{type(arguments).__name__}, which is no JSON")


def misfit(call: Call, tools: Mapping[str, Tool]) -> str:
    """Why a call cannot be run, or "" if it can."""
    tool = tools.get(call.name)
    if tool is None:
        return f"no tool named {_short(call.name)}; the tools are {', '.join(tools)}"
    if not isinstance(call.arguments, Mapping):
        kind = type(call.arguments).__name__
        return f"{call.name}: the arguments must be a JSON object, not {kind}"
    properties = tool.parameters.get("properties")
    required = tool.parameters.get("required")
    assert isinstance(properties, Mapping) and isinstance(required, (list, tuple))
    for name in required:
        if name not in call.arguments:
            return f"{call.name}: the argument {name!r} is missing"
    for name, value in call.arguments.items():
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
        return f"must be of type {wanted}, not {type(value).__name__}"
    low = schema.get("minimum")
    if isinstance(low, int) and isinstance(value, (int, float)) and value < low:
        return f"must be at least {low}, not {_short(value)}"
    return ""


def _short(value: object) -> str:
    """The value as it was sent, cut where it would flood the view."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " ..."
