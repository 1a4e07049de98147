"""Messages and tools in Inspect's classes, and a model's output as a reply of an episode."""

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
    """The chat of one episode. A message that is shown again keeps its id, so logs stay small."""

    def __init__(self) -> None:
        self._shown: dict[_Key, ChatMessage] = {}
        self._replies: dict[int, tuple[Message, ChatMessage]] = {}
        self._tools: tuple[Sequence[Tool], list[ToolInfo]] = ((), [])

    def messages(self, view: Iterable[Message]) -> list[ChatMessage]:
        """The view in Inspect's classes."""
        return [self._message(index, message) for index, message in enumerate(view)]

    def tools(self, tools: Sequence[Tool]) -> list[ToolInfo]:
        """The tools in Inspect's classes, translated only when they change."""
        if tools != self._tools[0]:
            self._tools = (tools, tool_infos(tools))
        return self._tools[1]

    def keep(self, message: Message, output: ModelOutput) -> None:
        """From now on shows this reply as the provider sent it, reasoning included."""
        if output.message.tool_calls:
            self._replies[id(message)] = (message, output.message)

    def _message(self, index: int, message: Message) -> ChatMessage:
        if id(message) in self._replies:
            return self._replies[id(message)][1]
        if message.role == "assistant":
            return assistant(message)
        key = (index, message.role, message.content, message.call_id)
        return self._shown.get(key) or self._shown.setdefault(key, _input_message(message))


def _input_message(message: Message) -> ChatMessage:
    text = replace_surrogates(message.content)
    if message.role == "tool":
        return ChatMessageTool(content=text, tool_call_id=message.call_id)
    return (ChatMessageSystem if message.role == "system" else ChatMessageUser)(content=text)


def assistant(message: Message) -> ChatMessageAssistant:
    """A reply in Inspect's class."""
    calls = [_tool_call(freeze_call(call)) for call in message.calls]
    return ChatMessageAssistant(
        content=replace_surrogates(message.content), tool_calls=calls or None
    )


def _tool_call(call: Call) -> ToolCall:
    """A call in Inspect's class. Arguments that are no object are put, as JSON, into the field for
    unparsed arguments."""
    text = replace_surrogates(json.dumps(call.arguments, ensure_ascii=False))
    arguments, problem = json.loads(text), None
    if not isinstance(arguments, dict):
        arguments, problem = {}, text
    return ToolCall(call.id, replace_surrogates(call.name), arguments, problem)


def reply_of(output: ModelOutput, earlier: int = 0) -> Message:
    """The reply of a model, with its native tool calls, or else the calls in its text.

    `earlier` is the number of calls before: calls in a text have no id and are numbered from there.
    """
    if output.empty:
        raise ProviderFailure(f"{output.model}: the provider sent no message")
    if overflowed(output):
        return Message("assistant", "")
    reply = message_of(output.message)
    content, text_calls = split_calls(reply.content)
    if reply.calls or not text_calls:
        return reply
    calls = (replace(call, id=f"call_{earlier + n}") for n, call in enumerate(text_calls, start=1))
    return Message("assistant", content, tuple(calls))


def overflowed(output: ModelOutput) -> bool:
    """Whether the request exceeded the context length; then the text is the provider's error."""
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
    """A message from Inspect's class."""
    calls = tuple(map(_call, getattr(message, "tool_calls", None) or ()))
    return Message(message.role, message.text, calls, getattr(message, "tool_call_id", None) or "")


def tool_infos(tools: Sequence[Tool]) -> list[ToolInfo]:
    """Tools in Inspect's classes."""
    params = ToolParams.model_validate
    return [
        ToolInfo(name=tool.name, description=tool.description, parameters=params(tool.parameters))
        for tool in tools
    ]


def tool_of(info: ToolInfo) -> Tool:
    """A tool from Inspect's class."""
    return Tool(info.name, info.description, info.parameters.model_dump(exclude_none=True))
