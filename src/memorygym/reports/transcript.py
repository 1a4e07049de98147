"""An episode on a terminal: its records as text, and the commands by which a person plays."""

import json
import re
from collections.abc import Callable, Iterator, Sequence

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core import trace
from memorygym.core.episode import Episode
from memorygym.core.json_types import to_json
from memorygym.core.json_values import canonical
from memorygym.core.track import OpenPages
from memorygym.core.types import JSON, Message, Policy, Task, Tool
from memorygym.reports.terminal import BOLD, DIM, RED, paint, wrapped
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.gold_text import gold_text

HELP = """\
write TEXT        store a new entry (costs a write)
edit OLD => NEW   replace text that occurs once in memory (costs a write)
read              show all that the memory holds
search WORDS      show the entries that match best
answer TEXT       answer the question of this event, once
next              go on to the next event; what was shown is gone then
call NAME {...}   call any other tool, with JSON arguments
help              show this; the end of input (Ctrl-D) ends the episode"""


def record_text(record: trace.Record, limit: str = "") -> str:
    """The record as text; "" for one that another record shows already.

    `limit` is the reason why a reply is not whole.
    """
    match record:
        case trace.Observation(_, messages):
            return "\n".join(_observation(message.content) for message in messages)
        case trace.Context(_, messages):
            return "\n".join(wrapped(message.content, "  | ") for message in messages)
        case trace.Action(_, message):
            return _action(message, limit)
        case trace.ToolResult(_, messages):
            return "\n".join(_tool_result(message.content) for message in messages)
        case trace.MemoryUpdate(_, _, _, tokens, writes):
            return paint(f"  memory: {tokens:,} tokens, {writes} writes used", DIM)
        case trace.LimitHit(_, reason):
            return paint(f"  ! {reason}", RED)
        case trace.Reward(_, reward):
            return paint(f"  reward {reward:g}", DIM)
        case trace.Answer() | trace.ModelCall() | trace.EndpointCall() | trace.Judgement():
            return ""


def _observation(text: str) -> str:
    if text.startswith("[memory:"):
        return "\n" + paint(wrapped(text), DIM)
    head, _, body = text.partition("\n")
    return f"{paint(wrapped(head), BOLD)}\n{wrapped(body)}"


def _tool_result(text: str) -> str:
    lines = wrapped(text, "  < ")
    return paint(lines, RED) if text.startswith("refused") else lines


def _action(message: Message, limit: str) -> str:
    """The agent's text, then its calls; a reply without either ends the event."""
    texts = [message.content] if message.content else []
    texts += [f"{call.name} {canonical(call.arguments)}" for call in message.calls]
    if limit:
        texts.append(f"… ({limit})" if texts else f"(nothing: {limit})")
    return wrapped("\n".join(texts or ["(no call: the event ends)"]), "  > ")


def play_shown(episode: Episode, policy: Policy, show: Callable[[trace.Record], str]) -> None:
    """Plays an episode, and prints its records as they come; a person may leave before the end."""
    printed, records = 0, episode.trace.records

    def print_new() -> None:
        nonlocal printed
        for text in filter(None, map(show, records[printed:])):
            print(text, flush=True)
        printed = len(records)

    while not episode.done:
        view = episode.view()
        print_new()
        try:
            episode.step(policy.act(view, episode.tools))
        except EOFError:
            print("\nend of input; a question without an answer counts as wrong")
            break
    print_new()


class Human(Policy):
    """A person, asked until a line makes a reply. Raises EOFError at the end of input."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        while isinstance(reply := understand(input("> ")), str):
            print(reply)
        return reply


class Visitor(Policy):
    """A person who acts on pages in a browser, and ends each event here; what they have read there
    is recorded then. Raises EOFError."""

    def __init__(self, pages: OpenPages) -> None:
        self._pages = pages

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if view[-1].role == "tool":
            return END
        for path in re.findall(r"(?<!\S)/[\w/-]+", view[-1].content):
            print(f"{self._pages.address}{path}")
        input("Enter ends the event> ")
        return calls(*self._pages.read())


def understand(line: str) -> Message | str:
    """The reply that a line makes, or an explanation for the person.

    >>> understand("answer 42").calls[0].arguments
    {'answer': '42'}
    """
    command, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    match command.lower():
        case "write" if rest:
            return calls(write(rest))
        case "edit" if "=>" in rest:
            old, _, new = rest.partition("=>")
            return calls(edit(old.strip(), new.strip()))
        case "read":
            return calls(read())
        case "search" if rest:
            return calls(search(rest))
        case "answer" if rest:
            return calls(submit(rest))
        case "next":
            return END
        case "call":
            name, _, arguments = rest.partition(" ")
            try:
                return calls((name, json.loads(arguments or "{}")))
            except ValueError as error:
                return f"the arguments are not JSON ({error})"
        case "":
            return "type a command, or help"
        case "help":
            return HELP
    return f"no command {line.strip()!r}\n{HELP}"


def task_json(task: Task, *, gold: bool) -> Iterator[str]:
    """The messages of a task, one a line, and its gold table if it is wanted; events are counted
    from 0, as traces count them."""
    rows: list[dict[str, JSON]] = [
        {"event": None, "kind": "system", "role": "system", "content": task.system}
    ]
    for number, event in enumerate(task.events):
        rows.append({"event": number, "kind": event.kind, "role": "user", "content": event.text})
    if gold:
        rows.append({"gold": to_json(task.gold)})
    yield from (json.dumps(row, ensure_ascii=False) for row in rows)


def task_text(task: Task, *, gold: bool) -> Iterator[str]:
    """The same as text that a person reads."""
    yield wrapped(_summary(task))
    yield f"\n--- system\n{wrapped(task.system)}"
    for number, event in enumerate(task.events, start=1):
        yield f"\n--- user, event {number}\n{wrapped(event.text)}"
    if gold and isinstance(task.gold, WorldsGold):
        yield from map(wrapped, gold_text(task.gold, strong_reader(task.system).guide))
    elif gold:
        yield f"\n--- gold\n{wrapped(json.dumps(to_json(task.gold), indent=1, ensure_ascii=False))}"


def _summary(task: Task) -> str:
    budget, recipe = task.budget, task.recipe
    limits = {
        "memory of {:,} tokens": budget.capacity,
        "{} writes": budget.writes,
        "{} tokens an entry": budget.slot,
    }
    stated = [text.format(limit) for text, limit in limits.items() if limit is not None]
    tier = [str(recipe["tier"])] if "tier" in recipe else []
    parts = [str(recipe["template"]), f"seed {recipe['seed']}", *tier, f"{len(task.events)} events"]
    return f"task {task.id}: {', '.join(parts)}; {', '.join(stated) or 'no memory limits'}"
