"""The one reader of chat messages: of OpenAI, Anthropic, Inspect, tau2, ShareGPT and their kin."""

import json
from collections.abc import Callable, Mapping

from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import freeze, json_value
from memorygym.core.text import replace_surrogates
from memorygym.core.types import JSON, Call, Message, Role
from memorygym.datasets._fields import Row, as_row, optional, quoted

Note = Callable[[str], None]
"""Receives a line about a value that was read otherwise than as it stands."""
_NAMES: Mapping[Role, str] = {
    "system": "system developer instructions",
    "user": "user human customer",
    "assistant": "assistant ai bot gpt model agent",
    "tool": "tool function observation ipython tool_result",
}
ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
"""By role in a file: the role here."""


def ignore(_: str) -> None:
    """Notes nothing."""


def role_of(row: Row) -> Role | None:
    """The role of a message; None if it is not a known one."""
    name = row.get("role", row.get("from", "user"))
    return ROLES.get(name.lower()) if isinstance(name, str) else None


def message_of(row: Row, role: Role, note: Note = ignore) -> Message:
    """A message with its calls, wherever they stand. Raises SchemaMismatch.

    What is no text (pictures, sound) is left out and noted.
    """
    raw_calls: list[object] = []
    content = _content(row.get("content", row.get("value")), raw_calls, note)
    for name in ("tool_calls", "function_call"):
        sent = row.get(name) or ()
        raw_calls += sent if isinstance(sent, (list, tuple)) else [sent]
    calls = tuple(_call(as_row(call, "tool_calls")) for call in raw_calls)
    return Message(role, content, calls, _call_id(row) if role == "tool" else "")


def _content(raw: object, calls: list[object], note: Note) -> str:
    """The text of a message's content; the tool calls among its parts are added to `calls`."""
    if raw is None or isinstance(raw, str):
        return replace_surrogates(raw or "")
    if not isinstance(raw, list):
        raise SchemaMismatch(f"is {quoted(raw)}, not a text or a list of parts", "content")
    texts: list[str] = []
    for part in raw:
        match part:
            case str() | {"text": str()}:
                texts.append(part if isinstance(part, str) else part["text"])
            case {"type": "tool_use"}:
                calls.append({"name": part.get("name"), "arguments": part.get("input")})
            case {"content": str(text)}:
                texts.append(text)
            case {"content": list(inner)}:
                texts += [item["text"] for item in inner if _has_text(item)]
            case _:
                kind = part.get("type") if isinstance(part, Mapping) else part
                note(f"has a part that is no text ({quoted(kind)}), which is not read")
    return replace_surrogates("\n".join(texts))


def _has_text(part: object) -> bool:
    return isinstance(part, Mapping) and isinstance(part.get("text"), str)


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


def _call_id(row: Row) -> str:
    """The id of the call whose result a message is."""
    several = row.get("tool_call_ids")
    first = several[0] if isinstance(several, list) and several else row.get("id")
    return optional(row, "tool_call_id") or str(first or "")
