"""Reading what OpenAI-compatible endpoints send, with the liberties that they take."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.types import Call, Message
from memorygym.models.chat_completions import (
    UNREADABLE,
    MalformedReply,
    read_completion,
    read_stream,
    reply_for,
    to_wire,
)
from memorygym.models.model import OVERFLOW, Reply


def whole(**message: Any) -> str:
    return json.dumps({"choices": [{"message": {"role": "assistant", **message}}]})


def lines(*deltas: Any, finish: str = "stop") -> list[str]:
    chunks: list[Any] = [{"choices": [{"delta": delta}]} for delta in deltas]
    chunks.append({"choices": [{"delta": {}, "finish_reason": finish}]})
    return [f"data: {json.dumps(chunk)}" for chunk in chunks]


def function(name: Any, arguments: Any) -> dict[str, Any]:
    return {"id": "c", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize(
    ("sent", "arguments"),
    [
        ("{}", {}),
        ('{"a": 1}', {"a": 1}),
        ("", {}),
        (None, {}),
        ("{oops", "{oops"),
        ({"a": 1}, {"a": 1}),
    ],
)
def test_arguments_are_parsed_or_kept_as_text(sent: Any, arguments: Any) -> None:
    reply = read_completion(whole(content=None, tool_calls=[function("Write", sent)]))
    assert reply.message.calls == (Call("Write", arguments, "c"),)
    assert reply.message.content == ""


def test_text_parts_are_joined_and_unknown_usage_is_none() -> None:
    reply = read_completion(whole(content=[{"type": "text", "text": text} for text in "ab"]))
    assert reply == Reply(Message("assistant", "ab"))


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_kept_apart(name: str) -> None:
    reply = read_completion(whole(content="40", **{name: "Hm."}))
    assert (reply.message.content, reply.reasoning) == ("40", "Hm.")
    streamed = read_stream(lines({name: "H"}, {name: "m."}, {"content": "40"}))
    assert (streamed.message.content, streamed.reasoning) == ("40", "Hm.")
    assert read_completion(whole(content="<think>Hm.</think>\n40")) == reply


@pytest.mark.parametrize(
    ("usage", "cached"),
    [
        ({"prompt_tokens_details": {"cached_tokens": 8}}, 8),
        ({"prompt_cache_hit_tokens": 8}, 8),
        ({"prompt_tokens_details": None}, None),
        ({"prompt_tokens_details": {"cached_tokens": -1}}, None),
        ({}, None),
    ],
)
def test_cached_tokens_are_read_where_providers_put_them(usage: Any, cached: int | None) -> None:
    body = {**json.loads(whole(content="hi")), "usage": usage}
    assert read_completion(json.dumps(body)).cached_tokens == cached


@pytest.mark.parametrize(
    ("call", "name", "arguments"),
    [
        (Call("", {}, "c"), "unnamed", {}),
        (Call("x" * 99, {}, "c"), "x" * 64, {}),
        (Call("Write", [1], "c"), "Write", {"malformed": "[1]"}),
        (Call("Write", "\ud83d", "c"), "Write", {"malformed": "?"}),
    ],
)
def test_an_invalid_call_is_sent_back_in_a_form_that_endpoints_accept(
    call: Call, name: str, arguments: Any
) -> None:
    sent: Any = to_wire(Message("assistant", "", (call,)))
    function = sent["tool_calls"][0]["function"]
    assert (function["name"], json.loads(function["arguments"])) == (name, arguments)
    assert to_wire(Message("user", "a\ud83d"))["content"] == "a?"


def test_pieces_of_calls_without_an_index_are_put_together() -> None:
    first = {"tool_calls": [function("Write", '{"content":')]}
    second = {"tool_calls": [{"function": {"arguments": ' "x"}'}}]}
    reply = read_stream(lines({"content": None}, first, second, finish="tool_calls"))
    assert reply.message.calls == (Call("Write", {"content": "x"}, "c"),)


OVERLOADED = 'data: {"error": {"message": "overloaded"}}'


@pytest.mark.parametrize(
    "sent", [[], ["data: [DONE]"], lines({"content": "hal"})[:-1], ["data: {oops"], [OVERLOADED]]
)
def test_a_stream_without_its_end_is_garbled(sent: list[str]) -> None:
    with pytest.raises(MalformedReply):
        read_stream(sent)


KEYS = ["choices", "message", "delta", "tool_calls", "function", "usage", "content", "arguments"]
JSONS = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
)


@given(JSONS.map(json.dumps) | st.text())
def test_no_body_raises_another_error_than_garbled(body: str) -> None:
    for read in (read_completion, lambda text: read_stream([f"data: {text}"])):
        try:
            read(body)
        except MalformedReply:
            continue


@pytest.mark.parametrize(
    "reason",
    [
        "This model's maximum context length is 8192 tokens. However, your messages resulted in",
        "Your input exceeds the context window of this model. Please adjust your input",
        "{'code': 'context_length_exceeded', 'message': 'Please reduce the length'}",
        "The decoder prompt (length 9000) is longer than the maximum model length of 8192.",
        "the request exceeds the available context size. try increasing the context size",
        "{'type': 'exceed_context_size_error', 'n_prompt_tokens': 9000, 'n_ctx': 8192}",
        "Requested token count exceeds the model's maximum context length of 8192 tokens.",
        "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
        "the model is loaded with context length of only 4096 tokens, which is not enough",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "Range of input length should be [1, 30720]",
        "The input token count (9000) exceeds the maximum number of tokens allowed (8192).",
        "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000",
        "Please reduce the length of the messages or completion.",
    ],
)
def test_an_error_about_a_too_long_request_is_recognised(reason: str) -> None:
    assert reply_for(reason, None) == reply_for({"message": reason}, None) == OVERFLOW


@pytest.mark.parametrize(
    "reason",
    [
        "this model does not support tools",
        "max_tokens is too large: 99999. This model supports at most 16384 completion tokens",
        "Unsupported value: 'temperature' does not support 0.0 with this model",
        "Rate limit reached for tokens per minute",
        "messages with role 'tool' must be a response to a preceding message",
        "internal error: no CUDA context",
        "",
    ],
)
def test_other_errors_are_failures_of_the_provider(reason: str) -> None:
    assert reply_for(reason, None) is reply_for({"message": reason}, None) is None


RAW = "{\"path\": 'a'}]"


@pytest.mark.parametrize(
    "error",
    [
        {"message": f"error parsing tool call: raw='{RAW}', err=invalid character ']'"},
        f"error parsing tool call: raw='{RAW}', err=invalid character ']'",
        {"message": "Failed to call a function", "failed_generation": RAW},
    ],
)
def test_a_call_that_the_server_cannot_read_is_a_reply_with_its_text(error: Any) -> None:
    reply = reply_for(error, None)
    assert reply
    assert (reply.message.calls, reply.finish) == ((Call("", RAW),), UNREADABLE)
