"""Messages and tools in Inspect's classes, and a model's output as a reply of an episode."""

import json
from collections.abc import Iterable, Sequence

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams

from memorygym.core.errors import ProviderFailure
from memorygym.core.json_values import canonical
from memorygym.core.text import replace_surrogates
from memorygym.core.tools import freeze_call
from memorygym.core.types import JSON, Call, Message, Tool
from memorygym.models.model import CONTEXT_EXCEEDED, Reply


class ChatLog:
    """The chat of one episode. A message that is shown again keeps its id, so logs stay small."""

    def __init__(self) -> None:
        self._shown: dict[tuple[int, str], ChatMessage] = {}
        self._replies: dict[str, ChatMessage] = {}
        self._tools: tuple[Sequence[Tool], list[ToolInfo]] = ((), [])

    def messages(self, view: Iterable[Message]) -> list[ChatMessage]:
        """The view in Inspect's classes."""
        return [self._message(index, message) for index, message in enumerate(view)]

    def tools(self, tools: Sequence[Tool]) -> list[ToolInfo]:
        """The tools in Inspect's classes, translated only when they change."""
        if tools != self._tools[0]:
            self._tools = (tools, tool_infos(tools))
        return self._tools[1]

    def keep(self, output: ModelOutput) -> None:
        """From now on shows this reply as the provider sent it, reasoning included."""
        if not output.empty and output.message.tool_calls:
            self._replies[_key(message_of(output.message))] = output.message

    def _message(self, index: int, message: Message) -> ChatMessage:
        key = _key(message)
        if message.role == "assistant":
            return self._replies.get(key) or assistant(message)
        place = index, key
        return self._shown.get(place) or self._shown.setdefault(place, _input_message(message))


def _key(message: Message) -> str:
    return canonical(message.to_openai())


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


def reply_of(output: ModelOutput) -> Reply:
    """The reply of a model. Raises ProviderFailure if there is none."""
    if output.empty:
        raise ProviderFailure(f"{output.model}: the provider sent no message")
    usage = output.usage
    if output.stop_reason == "model_length" and usage is None:  # The text is the provider's error.
        return Reply(Message("assistant", ""), finish=CONTEXT_EXCEEDED)
    return Reply(
        message_of(output.message),
        usage.input_tokens if usage else None,
        usage.output_tokens if usage else None,
        output.stop_reason,
        cached_tokens=usage.input_tokens_cache_read if usage else None,
    )


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
