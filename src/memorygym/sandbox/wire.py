"""What the two processes say to each other: one JSON list a line.

The parent asks `[method, argument, …]`; the child answers `["returned", value]` or `["raised",
kind, text, where]`, and before that it may ask the meter, which is answered in the same words.
"""

import json
from typing import TypeAlias

from memorygym.core import JSON
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


def raised(error: MemoryGymError) -> Line:
    """One of our errors, as it travels."""
    if isinstance(error, UnknownPart):
        return ["raised", "BadSettings", str(error)]
    kind = next((kind for kind in ERRORS if isinstance(error, kind)), MemoryFault)
    return ["raised", kind.__name__, str(error)]


def error_of(kind: str, text: str) -> MemoryGymError | None:
    """The error that travelled; None if it is none of ours."""
    return next((one(text) for one in ERRORS if one.__name__ == kind), None)
