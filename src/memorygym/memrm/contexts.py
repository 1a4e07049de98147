"""Chat messages from whatever a user has: texts, OpenAI-style messages, content parts, files."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.text import replace_surrogates
from memorygym.core.types import Message
from memorygym.datasets._chat import Note, ignore, message_of, role_of
from memorygym.datasets._fields import Row, as_row, quoted, under
from memorygym.datasets._files import records, text_of

_BODIES = {"content", "value", "tool_calls", "function_call"}


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
    role = role_of(row)
    if role is None:
        note(f"has the role {quoted(row.get('role', row.get('from')))}, read as user")
    return message_of(row, role or "user", note)


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
