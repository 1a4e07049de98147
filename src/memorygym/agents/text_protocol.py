"""The text protocol: how a model without native tool calling calls, and how its text is read back.

A call is a JSON object {"name", "arguments"} in <tool_call> or <function_call> tags, else in a
fenced ```json block, else bare. Reading takes time linear in the text and never raises.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from json import JSONDecoder

from memorygym.core.json_values import MAX_DEPTH
from memorygym.core.types import JSON, Call, Message, Tool

LONGEST_NAME = 64
"""Characters of a tool's name, as in the OpenAI format."""

_TAG = re.compile(r"<(?:tool_call|function_call)>")
_NEXT_TAG = re.compile(r"</?(?:tool_call|function_call)>")
_FENCE = re.compile(r"```json\b")
_OBJECT = re.compile(r'\{(?=\s*")')
_ATOMS = re.compile(
    r'(?:[\s,:]++|"(?:[^"\\]++|\\.)*+"|-?\d[\d.eE+-]*+|true|false|null|NaN|-?Infinity)*+', re.DOTALL
)
"""All of JSON but its brackets."""
_BETWEEN = re.compile(r"[\s\[,]*(?=\{)")
_CLOSING = re.compile(r"[\s\]}]*(?:</(?:tool_call|function_call)>|```)|")
_END = re.compile(r"\s*(?:</?(?:tool_call|function_call)>|```|\Z)")
_NAME = re.compile(r'"name"\s*:\s*"([^"\\\n]{1,64})"')
# Models put raw line breaks in strings: not strict. NaN and Infinity, which JSON lacks, stay text.
_DECODER = JSONDecoder(strict=False, parse_constant=str)


def split_calls(text: str) -> tuple[str, tuple[Call, ...]]:
    """The text without its calls, and every call in it, whether or not a tool has its name.

    A tagged block that cannot be read is a call too: its arguments are the block as it stands, so
    that the referee answers it.
    """
    tagged = list(_marked(text, _TAG))
    readable = any(not isinstance(call.arguments, str) for _, _, calls in tagged for call in calls)
    # Unreadable tags may stand in a string of a call, so other forms of calls go before them.
    found = tagged if readable else list(_marked(text, _FENCE)) or list(_bare(text)) or tagged
    rest, position = [], 0
    for start, end, _ in found:
        rest.append(text[position:start])
        position = end
    rest.append(text[position:])
    return "".join(rest).strip(), tuple(call for _, _, calls in found for call in calls)


def describe(tools: Sequence[Tool]) -> str:
    """What a model without native tool calling is told about the tools."""
    listed = (
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
            *(json.dumps(tool, ensure_ascii=False) for tool in listed),
        ]
    )


def as_text(view: Sequence[Message], tools: Sequence[Tool]) -> list[Message]:
    """The view for such a model: tools told in the system message, calls and results as text."""
    shown = [_plain(message) for message in view]
    if tools and shown and shown[0].role == "system":
        shown[0] = Message("system", f"{shown[0].content}\n\n{describe(tools)}")
    elif tools:
        shown.insert(0, Message("system", describe(tools)))
    return shown


def _plain(message: Message) -> Message:
    if message.role == "tool":
        return Message("user", f"<tool_result>{message.content}</tool_result>")
    calls = (
        json.dumps({"name": call.name, "arguments": call.arguments}, ensure_ascii=False)
        for call in message.calls
    )
    tagged = (f"<tool_call>{call}</tool_call>" for call in calls)
    return Message(message.role, "\n".join(part for part in (message.content, *tagged) if part))


_Block = tuple[int, int, list[Call]]
"""A stretch of the text that is calls: where it starts and ends, and the calls."""


def _marked(text: str, mark: re.Pattern[str]) -> Iterator[_Block]:
    """The calls after each such mark; after a tag what cannot be read is a call too."""
    position = 0
    while opening := mark.search(text, position):
        calls, position = _calls(text, opening.end())
        if not calls and mark is _TAG:
            ending = _NEXT_TAG.search(text, opening.end())
            position = ending.start() if ending else len(text)
            block = text[opening.end() : position].strip()
            named = _NAME.search(block)
            calls = [Call(named[1] if named else "", block)] if block else []
        if calls:
            position = _CLOSING.match(text, position).end()  # type: ignore[union-attr]  # matches ""
            yield opening.start(), position, calls


def _bare(text: str) -> Iterator[_Block]:
    position = 0
    while opening := _OBJECT.search(text, position):
        start = opening.start()
        value, position = _decode(text, start)
        if call := _call(value):
            yield start, position, [call]
        elif value is None:
            # What failed may be prose with a brace in it: its last brace is tried once more.
            last = text.rfind("{", start + 1, position)
            position = last if last > start else max(position, start + 1)


def _calls(text: str, position: int) -> tuple[list[Call], int]:
    """The calls that follow one another from here, and where they end."""
    calls = []
    while ahead := _BETWEEN.match(text, position):
        value, end = _decode(text, ahead.end())
        if value is None:
            break
        position = end
        if call := _call(value):
            calls.append(call)
    return calls, position


def _decode(text: str, start: int) -> tuple[JSON, int]:
    """The object that starts here and its end; or None, and where reading failed."""
    end, missing = _extent(text, start)
    if not missing:
        return _value(text[start:end]), end
    if missing <= 2 and _END.match(text, end):
        return _value(text[start:end] + "}" * missing), end
    return None, end


def _extent(text: str, start: int) -> tuple[int, int]:
    """Where the object that starts here ends, or stops to be JSON, and how many brackets are open.

    The decoder itself is no scanner: each of its errors counts the lines of the text before it.
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
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        return None
    return Call(name, _unpacked(arguments) if isinstance(arguments, str) else arguments)


def _unpacked(arguments: str) -> JSON:
    """Arguments given as the text of an object, as in the OpenAI format."""
    opening = _BETWEEN.match(arguments)
    value, end = _decode(arguments, opening.end()) if opening else (None, 0)
    return arguments if value is None or arguments[end:].strip() else value
