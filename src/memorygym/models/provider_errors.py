"""Reads endpoints' errors: some are limits or mistakes of the model, not failures of its provider.

A request that exceeds the context ends the event. A call that the server could not parse is
returned to the model as an error message. Any other error is the provider's failure, and the
episode has no score. There is no standard for these errors: the patterns are the wordings in use.
"""

import json
import re
from collections.abc import Mapping

from memorygym.core.types import JSON, Call, Message
from memorygym.models.model import OVERFLOW, Reply

UNREADABLE = "unreadable_call"
"""The `finish` of a reply whose call the server could not parse; only its text is known."""
_UNREAD = re.compile(r"error parsing tool call: raw='(.*)', err=", re.DOTALL)
"""The wording of Ollama, with status 500."""
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size"
    r"|maximum context length|maximum model length|model's context length"
    r"|exceeds? (?:the |this model's )?(?:model's )?(?:available |maximum )?context"
    r"|context (?:window|length|size)\W+(?:is |was |has been )?(?:exceeded|overflow)"
    r"|(?:loaded with|greater than the) context length"
    r"|prompt is too long|input is too long|reduce the length of the messages"
    r"|range of input length|input token count .{0,40}exceeds"
    r"|inputs?`? (?:tokens \+ `?max_new_tokens|must have less than)",
    re.IGNORECASE,
)
_LONGEST = re.compile(
    r"(?:maximum context length|maximum model length)\D{0,20}(\d+)", re.IGNORECASE
)


def reply_for(error: JSON, max_tokens: int | None) -> Reply | None:
    """The reply that an endpoint's error means; None if the provider failed.

    >>> reply_for({"failed_generation": "Read{"}, None).message.calls
    (Call(name='', arguments='Read{', id=''),)
    """
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    if _TOO_LONG.search(text):
        longest = _LONGEST.search(text)
        # If `max_tokens` alone fills the context, no request fits: the settings are wrong.
        if not (longest and max_tokens and max_tokens >= int(longest[1])):
            return OVERFLOW
    call_text = _unread_call(error)
    if call_text is None:
        return None
    return Reply(Message("assistant", "", (Call("", call_text),)), finish=UNREADABLE)


def _unread_call(error: JSON) -> str | None:
    """The model's text, if the error is that it is no valid call; Groq has a field for it."""
    if isinstance(error, Mapping):
        failed = error.get("failed_generation")
        if isinstance(failed, str):
            return failed
        error = error.get("message")
    match = _UNREAD.search(error) if isinstance(error, str) else None
    return match[1] if match else None
