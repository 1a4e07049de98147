"""The replies of scripted agents: messages that call tools of the memory and of the track."""

from collections.abc import Mapping

from memorygym.core.types import JSON, Call, Message

Wanted = tuple[str, Mapping[str, JSON]]
"""The name of a tool, and its arguments."""


def calls(*wanted: Wanted) -> Message:
    """A reply that makes those calls; without any it ends the event."""
    return Message(
        "assistant",
        "",
        tuple(Call(name, arguments, str(i)) for i, (name, arguments) in enumerate(wanted)),
    )


def write(content: str) -> Wanted:
    return "Write", {"content": content}


def edit(old: str, new: str) -> Wanted:
    return "Edit", {"old_text": old, "new_text": new}


def search(query: str, k: int = 8) -> Wanted:
    return "memory_search", {"query": query, "top_k": k}


def read() -> Wanted:
    return "Read", {}


def submit(answer: str) -> Wanted:
    return "submit_answer", {"answer": answer}


END = calls()
"""Ends the event."""
