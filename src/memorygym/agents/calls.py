"""The replies of scripted agents: messages with tool calls."""

from collections.abc import Mapping

from memorygym.core.types import JSON, Call, Message

ToolCall = tuple[str, Mapping[str, JSON]]
"""The name of a tool and the arguments of the call."""


def calls(*tool_calls: ToolCall) -> Message:
    """A reply with these tool calls; without any it ends the event."""
    return Message(
        "assistant",
        "",
        tuple(
            Call(name, arguments, str(number))
            for number, (name, arguments) in enumerate(tool_calls)
        ),
    )


def write(content: str) -> ToolCall:
    return "Write", {"content": content}


def edit(old: str, new: str) -> ToolCall:
    return "Edit", {"old_text": old, "new_text": new}


def search(query: str, k: int = 8) -> ToolCall:
    return "memory_search", {"query": query, "top_k": k}


def read() -> ToolCall:
    return "Read", {}


def submit(answer: str) -> ToolCall:
    return "submit_answer", {"answer": answer}


END = calls()
"""The reply that ends an event."""
