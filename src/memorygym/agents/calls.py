"""The replies of scripted agents: messages that call tools of the memory and of the track."""

from collections.abc import Mapping

from memorygym.core import JSON, Call, Message


def calls(*wanted: tuple[str, Mapping[str, JSON]]) -> Message:
    """A reply that makes those calls; without any it ends the event."""
    return Message(
        "assistant",
        "",
        tuple(Call(name, arguments, str(i)) for i, (name, arguments) in enumerate(wanted)),
    )


def write(content: str) -> tuple[str, Mapping[str, JSON]]:
    return "Write", {"content": content}


def edit(old: str, new: str) -> tuple[str, Mapping[str, JSON]]:
    return "Edit", {"old_text": old, "new_text": new}


def search(query: str, k: int = 8) -> tuple[str, Mapping[str, JSON]]:
    return "memory_search", {"query": query, "top_k": k}


def read() -> tuple[str, Mapping[str, JSON]]:
    return "Read", {}


def submit(answer: str) -> tuple[str, Mapping[str, JSON]]:
    return "submit_answer", {"answer": answer}


END = calls()
"""Ends the event."""
