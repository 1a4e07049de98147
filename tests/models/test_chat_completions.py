"""Reading what OpenAI-compatible endpoints send, with the liberties that they take."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.types import Call, Message
from memorygym.models.chat_completions import MalformedReply, read_completion, read_stream, to_wire


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


def test_unknown_usage_is_none() -> None:
    reply = read_completion(whole(content="hi"))
    assert (reply.prompt_tokens, reply.completion_tokens, reply.finish) == (None, None, "")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_kept_apart(name: str) -> None:
    for reply in (
        read_completion(whole(content="40", **{name: "Hm."})),
        read_stream(lines({name: "H"}, {name: "m."}, {"content": "40"})),
    ):
        assert (reply.message.content, reply.reasoning) == ("40", "Hm.")


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
        (Call("rm -rf", {}, "c"), "rm_-rf", {}),
        (Call("", {}, "c"), "unnamed", {}),
        (Call("x" * 99, {}, "c"), "x" * 64, {}),
        (Call("Write", "{oops", "c"), "Write", {"malformed": "{oops"}),
        (Call("Write", [1], "c"), "Write", {"malformed": "[1]"}),
    ],
)
def test_an_invalid_call_is_sent_back_in_a_form_that_endpoints_accept(
    call: Call, name: str, arguments: Any
) -> None:
    sent: Any = to_wire(Message("assistant", "", (call,)))
    function = sent["tool_calls"][0]["function"]
    assert (function["name"], json.loads(function["arguments"])) == (name, arguments)


def test_text_parts_are_joined() -> None:
    parts = [{"type": "text", "text": "for"}, {"type": "text", "text": "ty"}]
    assert read_completion(whole(content=parts)).message.content == "forty"


def test_pieces_of_calls_without_an_index_are_put_together() -> None:
    first = {"tool_calls": [function("Write", '{"content":')]}
    second = {"tool_calls": [{"function": {"arguments": ' "x"}'}}]}
    reply = read_stream(lines({"content": None}, first, second, finish="tool_calls"))
    assert reply.message.calls == (Call("Write", {"content": "x"}, "c"),)


@pytest.mark.parametrize(
    "sent",
    [
        ["data: [DONE]"],
        lines({"content": "hal"})[:-1],
        ["data: {oops"],
        ['data: {"error": {"message": "overloaded"}}'],
        [],
    ],
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
