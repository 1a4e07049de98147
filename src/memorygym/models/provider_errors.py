"""Whose fault a refusal is: what the model under test cannot do is a reply, not a failure.

A request longer than its context ends an event, and a call that its server cannot read is answered
by the referee; any other refusal is the provider's failure and ends the episode without a score.
There is no standard for saying so: these are the words in use.
"""

import json
import re
from collections.abc import Mapping

from memorygym.core.types import JSON, Call, Message
from memorygym.models.model import OVERFLOW, Reply

UNREADABLE = "unreadable_call"
"""The `finish` of a reply whose call the server could not read, so that only its text is known."""
_UNREAD = re.compile(r"error parsing tool call: raw='(.*)', err=", re.DOTALL)
"""As Ollama says it, with status 500."""
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


def excused(error: JSON, max_tokens: int | None) -> Reply | None:
    """The reply that an endpoint's error stands for; None if the error is the provider's.

    >>> excused({"failed_generation": "Read{"}, None).message.calls
    (Call(name='', arguments='Read{', id=''),)
    """
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    if _TOO_LONG.search(text):
        longest = _LONGEST.search(text)
        # If `max_tokens` alone fills the context, no request would fit: the settings' fault.
        if not (longest and max_tokens and max_tokens >= int(longest[1])):
            return OVERFLOW
    written = _unread_call(error)
    if written is None:
        return None
    return Reply(Message("assistant", "", (Call("", written),)), finish=UNREADABLE)


def _unread_call(error: JSON) -> str | None:
    """What the model wrote, if the error is that it is no call; Groq gives it a field."""
    if isinstance(error, Mapping):
        failed = error.get("failed_generation")
        if isinstance(failed, str):
            return failed
        error = error.get("message")
    found = _UNREAD.search(error) if isinstance(error, str) else None
    return found[1] if found else None
