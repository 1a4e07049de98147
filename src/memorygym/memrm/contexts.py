"""Chat messages from whatever a user has: texts, OpenAI-style messages, content parts, files."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.text import replace_surrogates
from memorygym.core.types import JSON, Message
from memorygym.datasets._fields import Row, as_row, optional, quoted, under
from memorygym.datasets._files import records, text_of

Note = Callable[[str], None]
"""Receives a line about a value that was read otherwise than as it stands."""
ROLES = {
    **{role: role for role in ("system", "user", "assistant", "tool")},
    **dict.fromkeys(("developer", "instructions"), "system"),
    **dict.fromkeys(("human", "customer"), "user"),
    **dict.fromkeys(("ai", "bot", "gpt", "model", "agent"), "assistant"),
    **dict.fromkeys(("function", "observation", "ipython", "tool_result"), "tool"),
}
"""The roles that are known, and what each is read as; any other is read as `user` and noted."""


_BODIES = {"content", "value", "tool_calls", "function_call"}


def ignore(_: str) -> None:
    """Notes nothing."""


def placed(note: Note, place: str) -> Note:
    """A note that puts a place before each line."""
    return lambda line: note(f"{place}{line}")


def messages_of(raw: object, note: Note = ignore) -> tuple[Message, ...]:
    """Chat messages from a text, a list of OpenAI-style messages, or an object with `messages`.

    Raises SchemaMismatch for anything else. What is no text (pictures, sound) is left out and
    noted, as is a role that is not known.

    >>> [message.content for message in messages_of(["Hi", {"role": "human", "content": "Bye"}])]
    ['Hi', 'Bye']
    """
    if isinstance(raw, str):
        return (Message("user", replace_surrogates(raw)),) if raw.strip() else ()
    if isinstance(raw, Mapping) and "messages" in raw:
        raw = raw["messages"]
    if not isinstance(raw, list):
        raise SchemaMismatch(f"is {quoted(raw)}, not a text or a list of messages")
    messages = []
    for index, item in enumerate(raw):
        with under(f"[{index}]"):
            row = {"role": "user", "content": item} if isinstance(item, str) else as_row(item, "")
            messages.append(_message(row, placed(note, f"[{index}] ")))
    return tuple(messages)


def _message(row: Row, note: Note) -> Message:
    if not row.keys() & _BODIES:
        raise SchemaMismatch("has no content, so it is no chat message")
    named = row.get("role", row.get("from", "user"))
    role = ROLES.get(named.lower()) if isinstance(named, str) else None
    if role is None:
        note(f"has the role {quoted(named)}, read as user")
    calls: list[JSON] = []
    content = _content(row.get("content", row.get("value")), calls, note)
    sent = row.get("tool_calls")
    calls += sent if isinstance(sent, list) else []
    if isinstance(function := row.get("function_call"), Mapping):
        calls.append({"function": function})
    raw = {"role": role or "user", "content": content, "tool_calls": calls}
    return Message.from_openai({**raw, "tool_call_id": optional(row, "tool_call_id")})


def _content(raw: object, calls: list[JSON], note: Note) -> str:
    """The text of a message's content; the tool calls among its parts are added to `calls`."""
    if raw is None or isinstance(raw, str):
        return replace_surrogates(raw or "")
    if not isinstance(raw, list):
        raise SchemaMismatch(f"is {quoted(raw)}, not a text or a list of parts", "content")
    texts = []
    for part in raw:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif isinstance(part, Mapping) and part.get("type") == "tool_use":
            calls.append({"function": {"name": part.get("name"), "arguments": part.get("input")}})
        elif isinstance(part, Mapping) and isinstance(part.get("content"), str):
            texts.append(part["content"])
        elif isinstance(part, Mapping) and isinstance(part.get("content"), list):
            inner = [item for item in part["content"] if isinstance(item, Mapping)]
            texts += [item["text"] for item in inner if isinstance(item.get("text"), str)]
        else:
            kind = part.get("type") if isinstance(part, Mapping) else part
            note(f"has a part that is no text ({quoted(kind)}), which is not read")
    return replace_surrogates("\n".join(texts))


def is_json(text: str) -> bool:
    """Whether a text begins as JSON does, rather than as prose in brackets.

    >>> is_json(' [{"role": "user"'), is_json("[]"), is_json("[ ] a list to do")
    (True, True, False)
    """
    return re.match(r'\s*(\[\s*(?:[{"]|\]\s*$)|\{\s*["}])', text) is not None


def context_file(path: Path, note: Note) -> tuple[Message, ...]:
    """A context from a file: JSON (messages, or an object with `messages`), JSON lines of messages,
    or plain text. Raises BadSettings for JSON that is no context, or cut off."""
    if not is_json(text := text_of(path)):
        return messages_of(text)
    rows = list(records(path))
    if broken := next((row for row in rows if row.problem), None):
        raise BadSettings(f"{path}: {broken.text}; mend it, or give the context as plain text")
    values = [row.value for row in rows]
    try:
        whole = values[0] if _is_wrapped(values) else values
        return messages_of(whole, placed(note, f"{path}: "))
    except SchemaMismatch as problem:
        raise BadSettings(f"{path}: {problem}") from None


def _is_wrapped(values: Sequence[object]) -> bool:
    return len(values) == 1 and isinstance(values[0], Mapping) and "messages" in values[0]
