"""What the two processes say to each other: one JSON list a line.

The parent asks `[method, argument, …]`; the child answers `["returned", value]` or `["raised",
kind, text, where]`, and before that it may ask the meter, which is answered in the same words.
"""

import json
from collections.abc import Mapping
from typing import TypeAlias

from memorygym.core import JSON, Entry, Message, Tool
from memorygym.errors import (
    BadKey,
    BadSettings,
    MemoryFault,
    MemoryGymError,
    ProviderFailure,
    Refused,
    UnknownPart,
)

Line: TypeAlias = list[JSON]
ERRORS: tuple[type[MemoryGymError], ...] = (
    Refused, BadKey, ProviderFailure, BadSettings, MemoryFault,
)  # fmt: skip
"""Travel as themselves; the first that fits is taken."""


def encode(line: Line) -> bytes:
    """A line as it travels."""
    return json.dumps(line).encode() + b"\n"


def decode(raw: bytes) -> Line:
    """The line again. Raises ValueError for anything else.

    >>> decode(encode(["returned", None]))
    ['returned', None]
    """
    try:
        line = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(line, list) or not line:
        raise ValueError("no list")
    return line


def plain(value: object) -> JSON:
    """What a memory takes or returns, as JSON. Raises TypeError for what cannot travel.

    >>> plain([Message("user", "Hello"), Entry("1", "a")])
    [{'role': 'user', 'content': 'Hello'}, ['1', 'a']]
    """
    match value:
        case Message():
            said: dict[str, JSON] = {"role": value.role, "content": value.content}
            if value.calls:
                said["calls"] = [[call.name, call.arguments, call.id] for call in value.calls]
            if value.call_id:
                said["call_id"] = value.call_id
            return said
        case Entry():
            return [value.id, value.text]
        case Tool():
            return [value.name, value.description, value.parameters]
        case tuple() | list():
            return [plain(item) for item in value]
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{value!r:.80}")


def raised(error: MemoryGymError) -> Line:
    """One of our errors, as it travels."""
    if isinstance(error, UnknownPart):
        return ["raised", "BadSettings", str(error)]
    kind = next((kind for kind in ERRORS if isinstance(error, kind)), MemoryFault)
    return ["raised", kind.__name__, str(error)]


def error_of(kind: str, text: str) -> MemoryGymError | None:
    """The error that travelled; None if it is none of ours."""
    return next((one(text) for one in ERRORS if one.__name__ == kind), None)
