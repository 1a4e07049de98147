"""The text protocol: tool calls as text, for models without native tool calling.

A call is a JSON object {"name", "arguments"} in <tool_call> or <function_call> tags, else in a
fenced ```json block, else bare. Parsing takes linear time and never raises.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from json import JSONDecoder

from memorygym.core.json_values import MAX_DEPTH
from memorygym.core.types import JSON, Call, Message, Tool

MAX_NAME = 64
"""Most characters of a tool's name, as in the OpenAI format."""

_TAG = re.compile(r"<(?:tool_call|function_call)>")
_NEXT_TAG = re.compile(r"</?(?:tool_call|function_call)>")
_FENCE = re.compile(r"```json\b")
_OBJECT = re.compile(r'\{(?=\s*")')
_ATOMS = re.compile(
    r'(?:[\s,:]++|"(?:[^"\\]++|\\.)*+"|-?\d[\d.eE+-]*+|true|false|null|NaN|-?Infinity)*+', re.DOTALL
)
"""Everything of JSON but its brackets."""
_SEPARATORS = re.compile(r"[\s\[,]*(?=\{)")
_CLOSING = re.compile(r"[\s\]}]*(?:</(?:tool_call|function_call)>|```)|")
_END = re.compile(r"\s*(?:</?(?:tool_call|function_call)>|```|\Z)")
_NAME = re.compile(r'"name"\s*:\s*"([^"\\\n]{1,64})"')
# Not strict, as models put raw line breaks into strings. NaN and Infinity, no JSON, stay text.
_DECODER = JSONDecoder(strict=False, parse_constant=str)


def split_calls(text: str) -> tuple[str, tuple[Call, ...]]:
    """The text without its calls, and every call in it, whether or not a tool has its name.

    An unreadable tagged block is a call too, with the block as its arguments, so that the model
    reads what is wrong with it.
    """
    tagged = list(_marked_calls(text, _TAG))
    readable = any(not isinstance(call.arguments, str) for _, _, calls in tagged for call in calls)
    # Unreadable tags may stand in a string of a call, so other forms of calls come first.
    blocks = (
        tagged
        if readable
        else list(_marked_calls(text, _FENCE)) or list(_bare_calls(text)) or tagged
    )
    rest, position = [], 0
    for start, end, _ in blocks:
        rest.append(text[position:start])
        position = end
    rest.append(text[position:])
    return "".join(rest).strip(), tuple(call for _, _, calls in blocks for call in calls)


def describe(tools: Sequence[Tool]) -> str:
    """The description of the tools for a model without native tool calling."""
    listing = (
        {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
        for tool in tools
    )
    return "\n".join(
        [
            "You may call tools. To call one, write a JSON object with its name and its arguments"
            " between tags, like this:",
            '<tool_call>{"name": "TOOL", "arguments": {"ARGUMENT": "VALUE"}}</tool_call>',
            "A reply may hold several calls, each in its own tags; they are run in order and the"
            " next message gives their results.",
            "The tools, one a line, with a JSON schema of their arguments:",
            *(json.dumps(tool, ensure_ascii=False) for tool in listing),
        ]
    )


def as_text(view: Sequence[Message], tools: Sequence[Tool]) -> list[Message]:
    """The view for such a model: tools in the system message, calls and results as text."""
    messages = [_as_text(message) for message in view]
    if tools and messages and messages[0].role == "system":
        messages[0] = Message("system", f"{messages[0].content}\n\n{describe(tools)}")
    elif tools:
        messages.insert(0, Message("system", describe(tools)))
    return messages


def _as_text(message: Message) -> Message:
    if message.role == "tool":
        return Message("user", f"<tool_result>{message.content}</tool_result>")
    calls = (
        json.dumps({"name": call.name, "arguments": call.arguments}, ensure_ascii=False)
        for call in message.calls
    )
    tagged = (f"<tool_call>{call}</tool_call>" for call in calls)
    return Message(message.role, "\n".join(part for part in (message.content, *tagged) if part))


_Block = tuple[int, int, list[Call]]
"""A part of the text that consists of calls: its start, its end, and the calls."""


def _marked_calls(text: str, mark: re.Pattern[str]) -> Iterator[_Block]:
    """The calls after each mark; after a tag an unreadable block is a call too."""
    position = 0
    while opening := mark.search(text, position):
        calls, position = _calls(text, opening.end())
        if not calls and mark is _TAG:
            ending = _NEXT_TAG.search(text, opening.end())
            position = ending.start() if ending else len(text)
            block = text[opening.end() : position].strip()
            name_match = _NAME.search(block)
            calls = [Call(name_match[1] if name_match else "", block)] if block else []
        if calls:
            position = _CLOSING.match(text, position).end()  # type: ignore[union-attr]  # matches ""
            yield opening.start(), position, calls


def _bare_calls(text: str) -> Iterator[_Block]:
    position = 0
    while opening := _OBJECT.search(text, position):
        start = opening.start()
        value, position = _decode(text, start)
        if call := _call(value):
            yield start, position, [call]
        elif value is None:
            # It may be prose with a brace: its last brace is tried once more.
            last = text.rfind("{", start + 1, position)
            position = last if last > start else max(position, start + 1)


def _calls(text: str, position: int) -> tuple[list[Call], int]:
    """The consecutive calls from a position on, and their end."""
    calls = []
    while next_object := _SEPARATORS.match(text, position):
        value, end = _decode(text, next_object.end())
        if value is None:
            break
        position = end
        if call := _call(value):
            calls.append(call)
    return calls, position


def _decode(text: str, start: int) -> tuple[JSON, int]:
    """The object that starts at a position, and its end; or None, and where parsing failed."""
    end, missing = _extent(text, start)
    if not missing:
        return _value(text[start:end]), end
    if missing <= 2 and _END.match(text, end):
        return _value(text[start:end] + "}" * missing), end
    return None, end


def _extent(text: str, start: int) -> tuple[int, int]:
    """Where the object ends or stops to be JSON, and the number of open brackets.

    The decoder is no scanner: each of its errors counts all lines before it, in quadratic time.
    """
    depth, position = 0, start
    while True:
        position = _ATOMS.match(text, position).end()  # type: ignore[union-attr]  # matches ""
        match text[position : position + 1]:
            case "{" | "[" if depth < MAX_DEPTH:
                depth += 1
            case "}" | "]":
                depth -= 1
            case _:
                return position, depth
        position += 1
        if not depth:
            return position, 0


def _value(text: str) -> JSON:
    try:
        value: JSON = _DECODER.decode(text)
    except ValueError:
        return None
    return value


def _call(value: JSON) -> Call | None:
    if not isinstance(value, Mapping) or "arguments" not in value:
        return None
    name, arguments = value.get("name"), value["arguments"]
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        return None
    return Call(name, _parsed_arguments(arguments) if isinstance(arguments, str) else arguments)


def _parsed_arguments(arguments: str) -> JSON:
    """The arguments, parsed if they are the text of an object, as in the OpenAI format."""
    opening = _SEPARATORS.match(arguments)
    value, end = _decode(arguments, opening.end()) if opening else (None, 0)
    return arguments if value is None or arguments[end:].strip() else value
