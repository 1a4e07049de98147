"""The OpenAI chat-completions format: writes requests, reads replies, whole or streamed.

The functions are pure. They raise MalformedReply for a body that is no chat completion.
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
from memorygym.models.model import Reply

END_OF_REASONING = "</think>"
_UNNAMED = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64


class MalformedReply(ValueError):
    """The body of a response is no chat completion."""


class ReportedError(MalformedReply):
    """The body is an error that the endpoint reports with status 200."""

    def __init__(self, error: JSON) -> None:
        super().__init__(f"the endpoint reports an error: {clip(json.dumps(error), 200)}")
        self.error = error


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
    if not message.calls:
        return replace(message, content=replace_surrogates(message.content)).to_openai()
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
    """The objects of a stream. Raises ReportedError if one is an error."""
    for line in lines:
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data:
            continue
        if data == "[DONE]":
            return
        chunk = _object(data)
        if chunk.get("error"):
            raise ReportedError(chunk["error"])
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
        if body.get("error"):
            raise ReportedError(body["error"])
        raise MalformedReply(f"no reply in the body: {clip(json.dumps(body), 200)}")
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
    usage = _mapping(body.get("usage"))
    return Reply(
        Message("assistant", content, tuple(calls)),
        _token_count(usage.get("prompt_tokens")),
        _token_count(usage.get("completion_tokens")),
        _text(choice.get("finish_reason")),
        _reasoning(raw) or thought,
        _cached(usage),
    )


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
