"""An episode at a terminal: its records as lines of text, and lines that a person plays by."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core import trace
from memorygym.core.json_values import canonical
from memorygym.core.text import WIDTH, first_lines, wrap_lines, wrap_text
from memorygym.core.types import Message, Policy, Task, Tool

BOLD, DIM, RED = "1", "2", "31"
HELP = """\
write TEXT        store a new entry (costs a write)
edit OLD => NEW   replace text that occurs once in memory (costs a write)
read              show all that the memory holds
search WORDS      show the entries that match best
answer TEXT       answer the question of this event, once
next              go on to the next event; what was shown is gone then
call NAME {...}   call any other tool, with JSON arguments
help              show this; the end of input (Ctrl-D) ends the episode"""
PROMPT = "> "


@dataclass(frozen=True, slots=True)
class Screen:
    """How records look."""

    colour: bool = False
    whole: bool = False
    """Nothing is shortened, and replies are not echoed: for a person who plays."""
    lines: int = 5
    """Of an event, when it is shortened."""

    def opening(self, task: Task) -> str:
        """The pinned message, which is before the agent in every event."""
        return self._paint("\n".join(self._cut(task.system, self.lines)), DIM)

    def show(self, record: trace.Record, limit: str = "") -> str:
        """The record; "" for one that another record tells already.

        `limit` is what kept a reply from being whole.
        """
        match record:
            case trace.Observation(_, messages):
                return "\n".join(self._shown(message.content) for message in messages)
            case trace.Context(_, messages):
                return "\n".join(
                    line for message in messages for line in self._cut(message.content, 2, "  | ")
                )
            case trace.Action(_, message):
                return "" if self.whole else "\n".join(_said(message, limit))
            case trace.ToolResult(_, messages):
                return "\n".join(self._heard(message.content) for message in messages)
            case trace.MemoryUpdate(_, _, _, tokens, writes):
                return self._paint(f"  memory: {tokens:,} tokens, {writes} writes used", DIM)
            case trace.LimitHit(_, reason):
                return self._paint(f"  ! {reason}", RED)
            case trace.Reward(_, reward):
                return self._paint(f"  reward {reward:g}", DIM)
            case trace.Answer() | trace.ModelCall() | trace.Judgement():
                return ""

    def _shown(self, text: str) -> str:
        if text.startswith("[memory:"):
            return "\n" + self._paint(wrap_text(text), DIM)
        head, _, body = text.partition("\n")
        lines = [self._paint(wrap_text(head), BOLD), *self._cut(body, self.lines)]
        return "\n".join(lines)

    def _heard(self, text: str) -> str:
        lines = "\n".join(self._cut(text, 3, "  < "))
        return self._paint(lines, RED) if text.startswith("refused") else lines

    def _cut(self, text: str, most: int, indent: str = "") -> list[str]:
        return wrap_lines(text, indent) if self.whole else first_lines(text, most, indent)

    def _paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colour else text


def _said(message: Message, limit: str) -> list[str]:
    """What the agent says and calls, a line each; nothing means that it ends the event."""
    lines = first_lines(message.content, 3, "  > ") if message.content else []
    for call in message.calls:
        line = f"  > {call.name} {canonical(call.arguments)}"
        lines.append(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…")
    if limit:
        return [*lines, f"  > … ({limit})" if lines else f"  > (nothing: {limit})"]
    return lines or ["  > (no call: the event ends)"]


class WatchedPolicy(Policy):
    """Prints what has happened since the last turn, then lets the player act."""

    def __init__(
        self, player: Policy, trace: trace.Trace, show: Callable[[trace.Record], str]
    ) -> None:
        self._player = player
        self._trace = trace
        self._show = show
        self._printed = 0

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        self.catch_up()
        return self._player.act(view, tools)

    def catch_up(self) -> None:
        """Prints what is not yet printed."""
        for record in self._trace.records[self._printed :]:
            text = self._show(record)
            if text:
                print(text, flush=True)
        self._printed = len(self._trace.records)


class Human(Policy):
    """Asks until a line makes a reply. Raises EOFError at the end of input."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        while True:
            reply = understand(input(PROMPT))
            if isinstance(reply, Message):
                return reply
            print(reply)


def understand(line: str) -> Message | str:
    """The reply that a line makes, or what to tell the person instead.

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
    return f"cannot make out {line.strip()!r}\n{HELP}"


def _call(rest: str) -> Message | str:
    name, _, arguments = rest.partition(" ")
    try:
        return calls((name, json.loads(arguments or "{}")))
    except ValueError as error:
        return f"the arguments are not JSON ({error})"
