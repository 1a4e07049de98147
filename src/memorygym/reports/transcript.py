"""An episode on a terminal: its records as text, and the commands by which a person plays."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core import trace
from memorygym.core.episode import Episode
from memorygym.core.json_types import to_json
from memorygym.core.json_values import canonical
from memorygym.core.types import JSON, Message, Policy, Task, Tool
from memorygym.reports.terminal import BOLD, DIM, RED, fit, paint, short, width, wrapped
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
EVENT = 5
"""Lines of a shortened event."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen: formats the records of an episode."""

    whole: bool = False
    """Whether texts are shown whole; else only the first lines."""
    echo: bool = True
    """Whether replies are shown; a person has typed them."""

    def opening(self, task: Task) -> str:
        """The system message, which the agent sees in every event."""
        return _paint("\n".join(self._cut(task.system, EVENT)), DIM)

    def show(self, record: trace.Record, limit: str = "") -> str:
        """The record as text; "" for one that another record shows already.

        `limit` is the reason why a reply is not whole.
        """
        match record:
            case trace.Observation(_, messages):
                return "\n".join(self._observation(message.content) for message in messages)
            case trace.Context(_, messages):
                return "\n".join(
                    line for message in messages for line in self._cut(message.content, 2, "  | ")
                )
            case trace.Action(_, message):
                return "\n".join(self._action(message, limit)) if self.echo else ""
            case trace.ToolResult(_, messages):
                return "\n".join(self._tool_result(message.content) for message in messages)
            case trace.MemoryUpdate(_, _, _, tokens, writes):
                return paint(f"  memory: {tokens:,} tokens, {writes} writes used", DIM)
            case trace.LimitHit(_, reason):
                return paint(f"  ! {reason}", RED)
            case trace.Reward(_, reward):
                return paint(f"  reward {reward:g}", DIM)
            case trace.Answer() | trace.ModelCall() | trace.Judgement():
                return ""

    def _observation(self, text: str) -> str:
        if text.startswith("[memory:"):
            return "\n" + _paint(wrapped(text), DIM)
        head, _, body = text.partition("\n")
        return "\n".join([_paint(wrapped(head), BOLD), *self._cut(body, EVENT)])

    def _tool_result(self, text: str) -> str:
        lines = "\n".join(self._cut(text, 3, "  < "))
        return _paint(lines, RED) if text.startswith("refused") else lines

    def _action(self, message: Message, limit: str) -> list[str]:
        """The agent's text and calls, one per line; a reply without either ends the event."""
        lines = self._cut(message.content, 3, "  > ") if message.content else []
        for call in message.calls:
            line = f"{call.name} {canonical(call.arguments)}"
            room = width() - len("  > ")
            if self.whole:
                lines += fit(line, "  > ")
            else:
                lines.append(f"  > {line if len(line) <= room else line[: room - 1] + '…'}")
        if limit:
            return [*lines, f"  > … ({limit})" if lines else f"  > (nothing: {limit})"]
        return lines or ["  > (no call: the event ends)"]

    def _cut(self, text: str, most: int, indent: str = "") -> list[str]:
        return fit(text, indent) if self.whole else short(text, most, indent)


def _paint(text: str, code: str) -> str:
    """Colours every line separately, because a pager resets colours at line ends."""
    return "\n".join(paint(line, code) for line in text.split("\n"))


def play_shown(episode: Episode, policy: Policy, show: Callable[[trace.Record], str]) -> None:
    """Plays an episode, and prints its records as they come; a person may leave before the end."""
    printed, records = 0, episode.trace.records
    view: Sequence[Message] | None = episode.view()
    while view is not None:
        _print(map(show, records[printed:]))
        printed = len(records)
        try:
            episode.step(policy.act(view, episode.tools))
        except EOFError:
            print("\nend of input; a question without an answer counts as wrong")
            break
        view = None if episode.done else episode.view()
    _print(map(show, records[printed:]))


def _print(texts: Iterable[str]) -> None:
    for text in filter(None, texts):
        print(text, flush=True)


class Human(Policy):
    """A person, asked until a line makes a reply. Raises EOFError at the end of input."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        while True:
            reply = understand(input("> "))
            if isinstance(reply, Message):
                return reply
            print(reply)


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
            return _call(rest)
        case "":
            return "type a command, or help"
        case "help":
            return HELP
    return f"no command {line.strip()!r}\n{HELP}"


def _call(rest: str) -> Message | str:
    name, _, arguments = rest.partition(" ")
    try:
        return calls((name, json.loads(arguments or "{}")))
    except ValueError as error:
        return f"the arguments are not JSON ({error})"


def messages(task: Task) -> Iterator[dict[str, JSON]]:
    """The system message, then every event; events are counted from 0, as traces count them."""
    yield {"event": None, "kind": "system", "role": "system", "content": task.system}
    for number, event in enumerate(task.events):
        yield {"event": number, "kind": event.kind, "role": "user", "content": event.text}


def task_json(task: Task, *, gold: bool) -> Iterator[str]:
    """The messages of a task, one a line, and its gold table if it is wanted."""
    for row in messages(task):
        yield json.dumps(row, ensure_ascii=False)
    if gold:
        yield json.dumps({"gold": to_json(task.gold)}, ensure_ascii=False)


def task_text(task: Task, *, gold: bool) -> Iterator[str]:
    """The same as text that a person reads."""
    yield wrapped(_summary(task))
    for row in messages(task):
        where = "" if row["event"] is None else f", event {int(str(row['event'])) + 1}"
        yield f"\n--- {row['role']}{where}"
        yield wrapped(str(row["content"]))
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
