"""What the loopback model says: small scripted policies over plain OpenAI messages."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Said = tuple[str, list[tuple[str, dict[str, Any]]]]
"""The text of a reply, and its calls as (name, arguments)."""
Brain = Callable[[Sequence[Mapping[str, Any]], Collection[str]], Said]

REFUSAL = "I have no record of that."
_TITLE = re.compile(r"^=== (\w+)", re.MULTILINE)


def echo(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Said:
    """Says the last message back."""
    return str(messages[-1]["content"]), []


def abstain(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Said:
    """Refuses every question; says ok to all else."""
    if _title(messages) == "QUESTION" and "submit_answer" in tools:
        return "", [("submit_answer", {"answer": REFUSAL})]
    return "ok", []


def writer(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Said:
    """Stores a short note of every documents event; refuses every question."""
    if _title(messages) == "DOCUMENTS" and "Write" in tools:
        body = messages[-1]["content"].partition("===\n")[2]
        return "", [("Write", {"content": " ".join(body.split()[:6])})]
    return abstain(messages, tools)


def _title(messages: Sequence[Mapping[str, Any]]) -> str:
    """The kind of event that was just shown; "" after a tool result."""
    last = messages[-1]
    found = _TITLE.search(last["content"]) if last["role"] == "user" else None
    return found[1] if found and not last["content"].startswith("<tool_result>") else ""


BRAINS: Mapping[str, Brain] = {"echo": echo, "abstain": abstain, "writer": writer}
