"""Our messages and tools as Inspect's, and a model's output as the reply that the referee takes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams

from memorygym.agents.text_protocol import split_calls
from memorygym.core.errors import ProviderFailure
from memorygym.core.text import replace_surrogates
from memorygym.core.tools import freeze_call
from memorygym.core.types import JSON, Call, Message, Tool

_Key = tuple[int, str, str, str]


class ChatLog:
    """The chat of one episode; a message that is shown again keeps its id, so logs stay small."""

    def __init__(self) -> None:
        self._shown: dict[_Key, ChatMessage] = {}
        self._said: dict[int, tuple[Message, ChatMessage]] = {}
        self._tools: tuple[Sequence[Tool], list[ToolInfo]] = ((), [])

    def messages(self, view: Iterable[Message]) -> list[ChatMessage]:
        """The view as Inspect has it."""
        return [self._message(at, message) for at, message in enumerate(view)]

    def tools(self, tools: Sequence[Tool]) -> list[ToolInfo]:
        """The tools as Inspect has them, translated only when they change."""
        if tools != self._tools[0]:
            self._tools = (tools, tool_infos(tools))
        return self._tools[1]

    def keep(self, message: Message, output: ModelOutput) -> None:
        """Shows this reply as the provider sent it from now on, reasoning included."""
        if output.message.tool_calls:
            self._said[id(message)] = (message, output.message)

    def _message(self, at: int, message: Message) -> ChatMessage:
        if id(message) in self._said:
            return self._said[id(message)][1]
        if message.role == "assistant":
            return assistant(message)
        key = (at, message.role, message.content, message.call_id)
        return self._shown.get(key) or self._shown.setdefault(key, _heard(message))


def _heard(message: Message) -> ChatMessage:
    text = replace_surrogates(message.content)
    if message.role == "tool":
        return ChatMessageTool(content=text, tool_call_id=message.call_id)
    return (ChatMessageSystem if message.role == "system" else ChatMessageUser)(content=text)


def assistant(message: Message) -> ChatMessageAssistant:
    """A reply of ours as a model's."""
    calls = [_tool_call(freeze_call(call)) for call in message.calls]
    return ChatMessageAssistant(
        content=replace_surrogates(message.content), tool_calls=calls or None
    )


def _tool_call(call: Call) -> ToolCall:
    """Arguments that are no object travel as JSON in the field for what could not be parsed."""
    text = replace_surrogates(json.dumps(call.arguments, ensure_ascii=False))
    arguments, problem = json.loads(text), None
    if not isinstance(arguments, dict):
        arguments, problem = {}, text
    return ToolCall(call.id, replace_surrogates(call.name), arguments, problem)


def reply_of(output: ModelOutput, made: int = 0) -> Message:
    """What a model said, with the calls that it made natively, else those in its text.

    `made` calls were made before: those in the text, which have no id, are numbered from there.
    """
    if output.empty:
        raise ProviderFailure(f"{output.model}: the provider sent no message")
    if overflowed(output):
        return Message("assistant", "")
    said = message_of(output.message)
    content, found = split_calls(said.content)
    if said.calls or not found:
        return said
    calls = (replace(call, id=f"call_{made + n}") for n, call in enumerate(found, start=1))
    return Message("assistant", content, tuple(calls))


def overflowed(output: ModelOutput) -> bool:
    """Whether the context did not hold the request: then the text is the provider's complaint."""
    return output.stop_reason == "model_length" and output.usage is None


def _call(call: ToolCall) -> Call:
    arguments: JSON = call.arguments
    if call.parse_error is not None:
        try:
            arguments = json.loads(call.parse_error)
        except ValueError:
            arguments = call.parse_error
    return Call(call.function, arguments, call.id)


def message_of(message: ChatMessage) -> Message:
    """Inspect's message as ours."""
    calls = tuple(map(_call, getattr(message, "tool_calls", None) or ()))
    return Message(message.role, message.text, calls, getattr(message, "tool_call_id", None) or "")


def tool_infos(tools: Sequence[Tool]) -> list[ToolInfo]:
    """Our tools as Inspect's, schema by schema."""
    params = ToolParams.model_validate
    return [
        ToolInfo(name=one.name, description=one.description, parameters=params(one.parameters))
        for one in tools
    ]


def tool_of(info: ToolInfo) -> Tool:
    """Inspect's tool as ours."""
    return Tool(info.name, info.description, info.parameters.model_dump(exclude_none=True))
