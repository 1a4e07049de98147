"""A minimal multi-hop reader: it parses sentences such as "The lab of Ada is Orion." only."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import Budget, Event, Task
from memorygym.datasets.instances.folder import shown_tokens
from memorygym.tracks._qa.ablation import TaskReadings
from memorygym.tracks._qa.questions import Found, Missing, Question, QuestionGold

STATEMENTS = re.compile(r"The (\w+) of ([\w ]+) is ([\w ]+)(?: \(rank (\d+)\))?\.")
ASKS = re.compile(r"What is the ((?:\w+ of )+)([\w ]+)\?")
Path = tuple[str, tuple[str, ...]]


class Chains:
    """A reader of such sentences."""

    def read(self, text: str) -> tuple[Statement, ...]:
        if "unreadable" in text:
            raise ValueError("an unreadable text")
        return tuple(
            Statement(subject, key, value, rank=(int(rank or 0),))
            for key, subject, value, rank in STATEMENTS.findall(text)
        )

    def ask(self, text: str) -> Path | None:
        match = ASKS.search(text)
        return match and (match[2], tuple(reversed(match[1].removesuffix(" of ").split(" of "))))

    def answer(self, query: Path, known: StatementIndex) -> Found | Missing:
        name, keys = query
        used: tuple[Statement, ...] = ()
        for key in keys:
            statement = known.get(name, key)
            if statement is None:
                return Missing(f"{key} of {name}", used)
            name, used = statement.text, (*used, statement)
        return Found(name, used)

    def render(self, statement: Statement) -> str:
        return f"The {statement.key} of {statement.subject} is {statement.value}."


FACTS = (Statement("Ada Byron", "lab", "Orion"), Statement("Orion", "city", "Lisbon"))
QUESTION = Question(
    4, "bridge", "em", "What is the city of lab of Ada Byron?", "Lisbon", needs=FACTS, hops=2
)
TEXTS = (
    "The lab of Ada Byron is Orion.",
    "The lab of Bob is Vega. The city of Vega is Rome.",
    "The city of Orion is Lisbon (rank 2).",
    "The city of Lyra is Turin. The city of Orion is Porto (rank 1).",
)


ASKED = f"=== QUESTION ===\n\n{QUESTION.text}"


def instance(
    *texts: str,
    questions: Sequence[Question] = (QUESTION,),
    asked: str = ASKED,
    system: str = "",
    longer: int = 0,
    **changes: Any,
) -> TaskReadings:
    """Questions of two hops, asked in an event after four of these documents, one an event; its
    target is the length of the texts, less `longer` tokens."""
    shown = [Event("text", text) for text in texts or TEXTS]
    events = (*shown[:4], Event("question", asked), *shown[4:])
    task = Task("", "toy", {}, system, events, Budget(), QuestionGold(tuple(questions)))
    task = replace(task, recipe={"parameters": {"tokens": shown_tokens(task) - longer}})
    return TaskReadings(task, changes.pop("reader", Chains()), **changes)
