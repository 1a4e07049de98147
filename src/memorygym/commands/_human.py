"""A person as the player: lines from the keyboard become the tool calls that an agent makes."""

import json
from collections.abc import Sequence

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core import Message, Policy, Tool

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
