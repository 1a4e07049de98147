"""Which errors are mistakes of the model and not of its provider, in the words of real servers."""

from typing import Any

import pytest

from memorygym.core.types import Call
from memorygym.models.chat_completions import UNREADABLE, reply_for
from memorygym.models.model import OVERFLOW


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
