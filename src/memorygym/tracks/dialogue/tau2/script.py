"""What customers and agents without a model say: the request first, its solution in stages later.

A scripted customer states the whole request, and only later asks for it, so that what was said must
be remembered. The solution of a task alternates between calls of the agent and calls that the
customer makes on a device; a stage is what the agent does before the customer acts again.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorygym.agents.calls import calls
from memorygym.core.json_values import json_hash, json_text
from memorygym.core.statements import Statement
from memorygym.core.types import Message, Policy, Tool

NOTED = Message("assistant", "I have noted all of that. Shall I go ahead?")
DONE = "That is done."
SORRY = Message("assistant", "I am sorry, I cannot help with that.")
_LABEL = r"(?:\[Customer (\d+)\] )?"
_PROMPT = re.compile(_LABEL + r"Please go (?:ahead|on)\.(?: My step (\d+) is done\.)?")
_OPENING = re.compile(
    _LABEL + r"Hello\. This is what I want\.\n.*?\nMore I do not know\.", re.DOTALL
)
_KNOWN = re.compile(r"Known info:\n(.*?)\n\s*(?:Unknown info|Task instructions):", re.DOTALL)
_NAME = re.compile(r"(?!You|I\b)[A-Z][a-z]+\b|[\w@.#+-]*\d[\w@.#+-]*\w")
Stages = list[list[dict[str, Any]]]


def opening(scenario: str) -> str:
    """A customer's first message, from the scenario that tau2-bench gives its user simulator.

    >>> opening("If helped, say ###STOP###.").splitlines()[1]
    'If helped, say STOP.'
    """
    words = re.sub(r"###([\w-]+)###", r"\1", scenario)  # The marks would end the conversation.
    return f"Hello. This is what I want.\n{words}\nMore I do not know."


def identity(scenario: str) -> list[str]:
    """The names and numbers by which a customer is known, from the scenario.

    >>> identity("Known info:\\n  You are Mei Kovacs in zip code 28236.\\nTask instructions: Pay.")
    ['Mei', 'Kovacs', '28236']
    """
    known = _KNOWN.search(scenario)
    return _NAME.findall(known[1]) if known else []


def prompt(stage: int) -> str:
    """The message with which a customer asks for a stage of the solution, counted from 0."""
    return f"Please go on. My step {stage} is done." if stage else "Please go ahead."


def label(customer: int, text: str) -> str:
    """A customer's message in a session of several, counted from 0."""
    return f"[Customer {customer + 1}] {text}"


def stages(actions: Sequence[Mapping[str, Any]]) -> tuple[Stages, Stages]:
    """The calls of the agent and of the customer by stage; the agent has the last stage.

    >>> own, theirs = stages([{"requestor": r} for r in ("assistant", "user", "user")])
    >>> [len(stage) for stage in own], [len(stage) for stage in theirs]
    ([1, 0], [2])
    """
    own: Stages = [[]]
    theirs: Stages = []
    for action in actions:
        if action["requestor"] == "assistant":
            own[-1].append(dict(action))
        elif own[-1] or not theirs:
            theirs.append([dict(action)])
            own.append([])
        else:
            theirs[-1].append(dict(action))
    return own, theirs


def leaves(value: Any) -> Iterator[str]:
    """The texts and numbers in a JSON value, as text."""
    match value:
        case Mapping():
            for item in value.values():
                yield from leaves(item)
        case list() | tuple():
            for item in value:
                yield from leaves(item)
        case str() | int() | float():
            yield str(value)


def turn_order(turns: Sequence[int], at_once: int) -> list[int]:
    """The customer of each event, if each sends so many messages and so many are served in turn.

    >>> turn_order([2, 2, 1], 2)
    [0, 1, 0, 1, 2]
    """
    left, order = list(turns), []
    waiting = deque(range(len(turns)))
    active: deque[int] = deque()
    while waiting or active:
        while waiting and len(active) < at_once:
            active.append(waiting.popleft())
        customer = active.popleft()
        order.append(customer)
        left[customer] -= 1
        if left[customer]:
            active.append(customer)
    return order


class Requests:
    """The reader of what a note taker writes down: whole requests of scripted customers."""

    def read(self, text: str) -> list[Statement]:
        return [
            Statement(f"Customer {found[1] or 1}", "request", found[0])
            for found in _OPENING.finditer(text)
        ]

    def render(self, fact: Statement) -> str:
        return fact.text


class Values:
    """The reader of needed values, which are facts of one word: it finds them in any layout."""

    def __init__(self, needed: Sequence[Statement]) -> None:
        self._needed = needed

    def read(self, text: str) -> list[Statement]:
        return [fact for fact in self._needed if fact.text in text]

    def render(self, fact: Statement) -> str:
        return fact.text


class Solver(Policy):
    """Carries out the known solution of each customer's task, when the customer asks for it.

    With `informed=False` it makes a call only if the view shows who the customer is and every value
    of the arguments that the customer had stated, and otherwise gives up the stage: it loses what
    the memory lost.
    """

    def __init__(self, solutions: Sequence[Mapping[str, Any]], *, informed: bool = False) -> None:
        self._solutions, self._informed = solutions, informed

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        start = max(i for i, message in enumerate(view) if message.role == "user")
        if not (asked := _PROMPT.fullmatch(view[start].content)):
            return NOTED
        known = self._solutions[int(asked[1] or 1) - 1]
        own, _ = stages(known["actions"])
        stage = int(asked[2] or 0)
        text = "\n".join(_text(message) for message in view[1:])
        made = Counter(json_hash([c.name, c.arguments]) for m in view[start:] for c in m.calls)
        for action in own[stage] if stage < len(own) else ():
            key = json_hash([action["name"], action["arguments"]])
            if made[key]:
                made[key] -= 1
            elif self._informed or all(value in text for value in action["stated"]):
                return calls((action["name"], action["arguments"]))
            else:
                return SORRY
        last = stage == len(own) - 1
        return Message("assistant", " ".join([DONE, *(known["communicate"] if last else ())]))


class ReferenceRefuser(Policy):
    """Tells every customer that it cannot help."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return SORRY


def _text(message: Message) -> str:
    return "\n".join([message.content, *(json_text(call.arguments) for call in message.calls)])
