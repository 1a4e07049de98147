"""What the loopback model says: small scripted policies over plain OpenAI messages."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from memorygym.core.statements import StatementIndex
from memorygym.memories.stores.prompts import LIMIT
from memorygym.models import extractive
from memorygym.tracks.worlds.fact_reader import strong_reader

Action = tuple[str, list[tuple[str, dict[str, Any] | str]]]
"""The text of a reply, and its calls as (name, arguments); a text is sent as it stands."""
Brain = Callable[[Sequence[Mapping[str, Any]], Collection[str]], Action]

REFUSAL = "I have no record of that."
_TITLE = re.compile(r"^=== (\w+)", re.MULTILINE)
_NEW = re.compile(r"## New Messages\n(.*?)\n\n## |<session_\S+>\n(.*?)\n</session_", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_EVENT = re.compile(r"\n\n(?==== )")


def echo(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Says the last message back."""
    return str(messages[-1]["content"]), []


def abstain(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Refuses every question; says ok to all else."""
    if _title(messages) == "QUESTION" and "submit_answer" in tools:
        return "", [("submit_answer", {"answer": REFUSAL})]
    return "ok", []


def writer(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Stores a short note of every documents event; refuses every question."""
    if _title(messages) == "DOCUMENTS" and "Write" in tools:
        body = messages[-1]["content"].partition("===\n")[2]
        return "", [("Write", {"content": " ".join(body.split()[:6])})]
    return abstain(messages, tools)


def prose(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Never calls a tool: it tells what it would do."""
    return "I will remember that. The answer is 40.", []


def mute(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Says nothing at all."""
    return "", []


def stranger(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Calls a tool that does not exist once an event, by a name that no function may have."""
    return ("", [("rm -rf", {"path": "/"})]) if _title(messages) else ("ok", [])


def looper(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Reads its memory for ever."""
    return "", [("Read", {})]


def stammer(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Calls once an event with half a JSON."""
    return ("", [("Write", '{"content": "Acme has')]) if _title(messages) else ("ok", [])


def twins(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Makes two calls in one reply, once an event."""
    if not _title(messages):
        return "ok", []
    return "", [("Write", {"content": "Acme: 40"}), ("memory_search", {"query": "Acme"})]


def thinker(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Does as `abstain`, and thinks first."""
    content, calls = abstain(messages, tools)
    return f"<think>\nNo record?\n</think>\n\n{content}", calls


def scholar(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Answers what follows from its prompt, read with care; refuses what does not."""
    by = strong_reader(messages[0]["content"])
    told = [str(message["content"]) for message in messages[1:] if message["role"] != "tool"]
    *known, asked = _EVENT.split("\n\n".join(filter(None, told)))
    known += [message["content"] for message in messages if message["role"] == "tool"]
    query = by.ask(asked)
    if query is None or "submit_answer" not in tools:
        return "ok", []
    facts = StatementIndex(fact for text in known for fact in by.read(text))
    return "", [("submit_answer", {"answer": by.answer(query, facts).answer or REFUSAL})]


def condenser(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Does what a memory asks, as the offline model does it."""
    task, text = (str(message["content"]) for message in messages)
    return extractive.write(task, text, _most(messages)), []


def extractor(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Keeps every sentence of what mem0 or LangMem gives it to extract from, as it stands."""
    asked = str(messages[-1]["content"])
    found = _NEW.search(asked)
    text = (found[1] or found[2]) if found else asked
    sentences = _SENTENCE_END.split(text.removeprefix("user: "))
    facts = [fact for fact in sentences if len(fact.split()) > 2 and fact[0] != "="]
    if "Memory" in tools:
        return "", [("Memory", {"content": fact}) for fact in facts]
    return json.dumps({"memory": [{"text": fact} for fact in facts]}), []


def chatterbox(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Writes ten times what it may."""
    return "Acme won 3 cups, they say. " * _most(messages), []


def ponderer(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Does as `condenser`, and thinks first."""
    return f"<think>\nLet me see.\n</think>\n{condenser(messages, tools)[0]}", []


def babbler(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Writes what is no answer to any task: brackets, a control sign, half a character."""
    return "}{[|,,;\n\n===\n[x]\n|||a|b|c\u202e\x07 \ud800", []


def _most(messages: Sequence[Mapping[str, Any]]) -> int:
    """Tokens that the reply to a memory may have."""
    return int(LIMIT.findall(str(messages[0]["content"]))[-1])


def _title(messages: Sequence[Mapping[str, Any]]) -> str:
    """The kind of event that was just shown; "" after a tool result."""
    last = messages[-1]
    found = _TITLE.search(last["content"]) if last["role"] == "user" else None
    return found[1] if found and not last["content"].startswith("<tool_result>") else ""


_ALL = (
    echo, abstain, writer, prose, mute, stranger, looper, stammer, twins, thinker,
    scholar, condenser, extractor, chatterbox, ponderer, babbler,
)  # fmt: skip
BRAINS: Mapping[str, Brain] = {brain.__name__: brain for brain in _ALL}
