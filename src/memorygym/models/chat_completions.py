"""The OpenAI chat-completions format: writes requests, reads replies and errors.

The functions are pure. They raise MalformedReply for a body that is no chat completion. Of errors,
some are limits or mistakes of the model: a request that exceeds the context ends the event, and a
call that the server could not parse is returned to the model. Any other is the provider's failure,
and the episode has no score. There is no standard for them: the patterns are the wordings in use.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.errors import clip
from memorygym.core.json_values import json_text
from memorygym.core.text import replace_surrogates
from memorygym.core.types import JSON, Call, Message
from memorygym.models.model import OVERFLOW, Reply

END_OF_REASONING = "</think>"
_UNNAMED = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64
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
_CONTEXT_LENGTH = re.compile(
    r"(?:maximum context length|maximum model length)\D{0,20}(\d+)", re.IGNORECASE
)


class MalformedReply(ValueError):
    """The body of a response is no chat completion; it may be an error with status 200."""

    def __init__(self, problem: str, error: JSON = None) -> None:
        if error:
            problem = f"the endpoint reports an error: {clip(json.dumps(error), 200)}"
        super().__init__(problem)
        self.error = error
        """The error that the endpoint reports, if it does."""


def to_wire(message: Message) -> dict[str, JSON]:
    """The message as a request contains it, in a form that endpoints accept.

    Lone surrogates become question marks. An endpoint would reject the whole history for a call
    with an invalid name or arguments that are no object; then the model's mistake would look like a
    failure of the provider. Such a call is sent with the nearest valid name, and with its arguments
    as the text in an object.

    >>> (call,) = to_wire(Message("assistant", "", (Call("rm -r", "{oops", "c"),)))["tool_calls"]
    >>> call["function"]
    {'name': 'rm_-r', 'arguments': '{"malformed": "{oops"}'}
    """
    calls = tuple(map(_well_formed, message.calls))
    return replace(message, content=replace_surrogates(message.content), calls=calls).to_openai()


def _well_formed(call: Call) -> Call:
    arguments = call.arguments
    if not isinstance(arguments, Mapping):
        arguments = {"malformed": replace_surrogates(json_text(arguments))}
    name = _UNNAMED.sub("_", call.name)[:_LONGEST_NAME] or "unnamed"
    return Call(name, arguments, call.id)


def read_completion(text: str) -> Reply:
    """The reply in the body of a response. Raises MalformedReply."""
    return _reply(_object(text))


def read_stream(lines: Iterable[str]) -> Reply:
    """The reply in the lines of a server-sent stream. Raises MalformedReply if it ends early."""
    chunks = list(_chunks(lines))
    choices = [_first(chunk.get("choices")) for chunk in chunks]
    finishes = [str(choice["finish_reason"]) for choice in choices if choice.get("finish_reason")]
    if not finishes:
        raise MalformedReply("the stream ended before the reply did")
    deltas = [_mapping(choice.get("delta")) for choice in choices]
    call_pieces = (piece for delta in deltas for piece in _mappings(delta.get("tool_calls")))
    message: JSON = {
        "content": "".join(_text(delta.get("content")) for delta in deltas),
        "reasoning": "".join(map(_reasoning, deltas)),
        "tool_calls": _joined_calls(call_pieces),
    }
    usages = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    choice: JSON = {"message": message, "finish_reason": finishes[-1]}
    return _reply({"choices": [choice], "usage": usages[-1] if usages else None})


def _chunks(lines: Iterable[str]) -> Iterator[Mapping[str, JSON]]:
    """The objects of a stream."""
    for line in lines:
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data:
            continue
        if data == "[DONE]":
            return
        chunk = _object(data)
        if error := chunk.get("error"):
            raise MalformedReply("", error)
        yield chunk


def _joined_calls(call_pieces: Iterable[Mapping[str, JSON]]) -> list[JSON]:
    """The calls, joined from pieces: by index, else by id, else to the last call."""
    calls: dict[str, dict[str, Any]] = {}
    for piece in call_pieces:
        index = piece.get("index", piece.get("id"))
        key = str(index) if index is not None else next(reversed(calls), "0")
        call = calls.setdefault(key, {"id": "", "function": {"name": "", "arguments": ""}})
        call["id"] = call["id"] or _text(piece.get("id"))
        whole, part = call["function"], _mapping(piece.get("function"))
        whole["name"] = whole["name"] or _text(part.get("name"))
        whole["arguments"] += _text(part.get("arguments"))
    return list(calls.values())


def _reply(body: Mapping[str, JSON]) -> Reply:
    choice = _first(body.get("choices"))
    raw = choice.get("message")
    if not isinstance(raw, Mapping):
        problem = f"no reply in the body: {clip(json.dumps(body), 200)}"
        raise MalformedReply(problem, body.get("error"))
    message, thought = read_message(raw)
    usage = _mapping(body.get("usage"))
    return Reply(
        message,
        _token_count(usage.get("prompt_tokens")),
        _token_count(usage.get("completion_tokens")),
        _text(choice.get("finish_reason")),
        _reasoning(raw) or thought,
        _cached(usage),
    )


def read_message(raw: Mapping[str, JSON]) -> tuple[Message, str]:
    """The reply in a response's message, and the reasoning in its text. Raises MalformedReply."""
    thought, content = split_reasoning(_text(raw.get("content")))
    try:
        message = Message.from_openai({**raw, "role": "assistant", "content": content})
    except RecursionError as error:
        raise MalformedReply("a call's arguments are nested too deep to read") from error
    # Some providers send "" for a call without arguments.
    calls = (
        replace(call, arguments={}) if call.arguments in ("", None) else call
        for call in message.calls
    )
    return Message("assistant", content, tuple(calls)), thought


def _reasoning(raw: Mapping[str, JSON]) -> str:
    """The reasoning beside the content, under either of the names in use."""
    return _text(raw.get("reasoning_content")) or _text(raw.get("reasoning"))


def _cached(usage: Mapping[str, JSON]) -> int | None:
    """Prompt tokens from the provider's cache; DeepSeek has its own field for them."""
    cached = _mapping(usage.get("prompt_tokens_details")).get("cached_tokens")
    return _token_count(usage.get("prompt_cache_hit_tokens") if cached is None else cached)


def split_reasoning(text: str) -> tuple[str, str]:
    """The reasoning in <think> tags before a text, and the text.

    >>> split_reasoning("<think>hm</think>yes"), split_reasoning("hm</think>yes")
    (('hm', 'yes'), ('hm', 'yes'))
    >>> split_reasoning("<think>hm"), split_reasoning("yes")
    (('hm', ''), ('', 'yes'))
    """
    head, closed, tail = text.partition(END_OF_REASONING)
    opened = head.lstrip().startswith("<think>")
    if opened or (closed and "<think>" not in head):
        return head.lstrip().removeprefix("<think>").strip(), tail.lstrip()
    return "", text


def _object(text: str) -> Mapping[str, JSON]:
    try:
        value: JSON = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedReply(f"not JSON: {text[:80]!r}") from error
    if not isinstance(value, Mapping):
        raise MalformedReply(f"not a JSON object: {text[:80]!r}")
    return value


def _text(value: JSON) -> str:
    """A text, or the joined text parts of a list of parts."""
    if isinstance(value, str):
        return value
    return "".join(_text(part.get("text")) for part in _mappings(value))


def _first(value: JSON) -> Mapping[str, JSON]:
    return next(iter(_mappings(value)), {})


def _mapping(value: JSON) -> Mapping[str, JSON]:
    """The value if it is an object; else an empty object."""
    return value if isinstance(value, Mapping) else {}


def _mappings(value: JSON) -> list[Mapping[str, JSON]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def _token_count(value: JSON) -> int | None:
    return value if type(value) is int and 0 <= value < 2**63 else None


def reply_for(error: JSON, max_tokens: int | None) -> Reply | None:
    """The reply that an endpoint's error means; None if the provider failed.

    >>> reply_for({"failed_generation": "Read{"}, None).message.calls
    (Call(name='', arguments='Read{', id=''),)
    """
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    if _TOO_LONG.search(text):
        longest = _CONTEXT_LENGTH.search(text)
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
