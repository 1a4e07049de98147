"""The OpenAI chat-completion format: what is sent, and what comes back whole or as a stream.

Pure functions; whatever an endpoint sends that is no completion raises Garbled.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from memorygym.core import JSON, Call, Message
from memorygym.models.model import Reply

THOUGHT = "</think>"


class Garbled(ValueError):
    """The body is no chat completion."""


def to_wire(message: Message) -> dict[str, JSON]:
    """The message as sent; lone surrogates, which no request can carry, become question marks."""
    calls = tuple(
        replace(call, arguments=_sendable(call.arguments))
        if isinstance(call.arguments, str)
        else call
        for call in message.calls
    )
    return replace(message, content=_sendable(message.content), calls=calls).to_openai()


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def read_completion(text: str) -> Reply:
    """The reply in the body of a response."""
    return _reply(_object(text))


def read_stream(lines: Iterable[str]) -> Reply:
    """The reply in the lines of a server-sent stream; one that ends before its time is Garbled."""
    whole = _Assembly()
    for line in lines:
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data:
            continue
        if data == "[DONE]":
            break
        whole.add(_object(data))
    if not whole.finish:
        raise Garbled("the stream ended before the reply did")
    return _reply(whole.completion())


class _Assembly:
    """A completion put together from the pieces of a stream."""

    def __init__(self) -> None:
        self.content: list[str] = []
        self.calls: dict[str, dict[str, str]] = {}
        self.usage: JSON = None
        self.finish = ""

    def add(self, chunk: Mapping[str, JSON]) -> None:
        if "error" in chunk:
            raise Garbled(f"the stream reports an error: {_short(chunk['error'])}")
        self.usage = chunk.get("usage") or self.usage
        choice = _first(chunk.get("choices"))
        if choice is None:
            return
        self.finish = str(choice.get("finish_reason") or self.finish)
        delta = choice.get("delta")
        if not isinstance(delta, Mapping):
            return
        self.content.append(_text(delta.get("content")))
        for piece in _mappings(delta.get("tool_calls")):
            self._extend(piece)

    def _extend(self, piece: Mapping[str, JSON]) -> None:
        """A piece goes to the call of its index; if it has none, to that of its id, or the last."""
        index = piece.get("index", piece.get("id"))
        key = str(index) if index is not None else next(reversed(self.calls), "0")
        call = self.calls.setdefault(key, {"id": "", "name": "", "arguments": ""})
        function = piece.get("function")
        if not isinstance(function, Mapping):
            function = {}
        call["id"] = call["id"] or _text(piece.get("id"))
        call["name"] = call["name"] or _text(function.get("name"))
        call["arguments"] += _text(function.get("arguments"))

    def completion(self) -> dict[str, JSON]:
        calls: list[JSON] = [
            {"id": call["id"], "function": {"name": call["name"], "arguments": call["arguments"]}}
            for call in self.calls.values()
        ]
        message: JSON = {"content": "".join(self.content), "tool_calls": calls}
        return {
            "choices": [{"message": message, "finish_reason": self.finish}],
            "usage": self.usage,
        }


def _reply(body: Mapping[str, JSON]) -> Reply:
    choice = _first(body.get("choices"))
    raw = choice.get("message") if choice else None
    if choice is None or not isinstance(raw, Mapping):
        raise Garbled(f"no reply in the body: {_short(body)}")
    content = _spoken(_text(raw.get("content")))
    try:
        message = Message.from_openai({**raw, "role": "assistant", "content": content})
    except RecursionError as error:
        raise Garbled("a call's arguments are nested too deep to read") from error
    usage = body.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    return Reply(
        Message("assistant", content, tuple(map(_with_object, message.calls))),
        _whole(usage.get("prompt_tokens")),
        _whole(usage.get("completion_tokens")),
        _text(choice.get("finish_reason")),
    )


def _with_object(call: Call) -> Call:
    """No arguments at all are none: some providers send an empty text for a call without any."""
    return replace(call, arguments={}) if call.arguments in ("", None) else call


def _spoken(text: str) -> str:
    """The text without the reasoning that some endpoints leave before it in <think> tags.

    >>> _spoken("<think>hm</think>yes"), _spoken("hm</think>yes"), _spoken("<think>hm")
    ('yes', 'yes', '')
    """
    head, closed, tail = text.partition(THOUGHT)
    opened = head.lstrip().startswith("<think>")
    if opened or (closed and "<think>" not in head):
        return tail.lstrip()
    return text


def _object(text: str) -> Mapping[str, JSON]:
    try:
        value: JSON = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"not JSON: {text[:80]!r}") from error
    if not isinstance(value, Mapping):
        raise Garbled(f"not a JSON object: {text[:80]!r}")
    return value


def _text(value: JSON) -> str:
    """A text, or the text parts of a list of parts, joined."""
    if isinstance(value, str):
        return value
    return "".join(_text(part.get("text")) for part in _mappings(value))


def _first(value: JSON) -> Mapping[str, JSON] | None:
    return next(iter(_mappings(value)), None)


def _mappings(value: JSON) -> list[Mapping[str, JSON]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def _whole(value: JSON) -> int | None:
    return value if isinstance(value, int) else None


def _short(value: JSON) -> str:
    return json.dumps(value)[:200]
