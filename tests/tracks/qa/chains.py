"""The smallest reader that walks: it takes "The lab of Ada is Orion." and its like, no more."""

import re
from dataclasses import replace

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.ablation import AblationInput, QuestionEvent, ShownDocument
from memorygym.tracks._qa.questions import Fact, Found, Missing, Question

TELLS = re.compile(r"The (\w+) of ([\w ]+) is ([\w ]+)(?: \(rank (\d+)\))?\.")
ASKS = re.compile(r"What is the ((?:\w+ of )+)([\w ]+)\?")
Walk = tuple[str, tuple[str, ...]]


class Chains:
    """A reader of such sentences."""

    def read(self, text: str) -> tuple[Statement, ...]:
        if "unreadable" in text:
            raise ValueError("an unreadable text")
        return tuple(
            Statement(subject, key, value, (int(rank or 0),))
            for key, subject, value, rank in TELLS.findall(text)
        )

    def ask(self, text: str) -> Walk | None:
        found = ASKS.search(text)
        return found and (found[2], tuple(reversed(found[1].removesuffix(" of ").split(" of "))))

    def answer(self, query: Walk, known: StatementIndex) -> Found | Missing:
        name, keys = query
        used: tuple[Statement, ...] = ()
        for key in keys:
            one = known.get(name, key)
            if one is None:
                return Missing(f"{key} of {name}", used)
            name, used = one.value, (*used, one)
        return Found(name, used)

    def render(self, statement: Statement) -> str:
        return f"The {statement.key} of {statement.subject} is {statement.value}."


def fact(id: str, subject: str, key: str, value: str, event: int = 0) -> Fact:
    return Fact(id, subject, key, value, f"The {key} of {subject} is {value}.", event)


FACTS = (fact("f1", "Ada Byron", "lab", "Orion"), fact("f2", "Orion", "city", "Lisbon", 2))
QUESTION = Question(
    4, "bridge", "em", "What is the city of lab of Ada Byron?", "Lisbon", needs=("f1", "f2"), hops=2
)
TEXTS = (
    "The lab of Ada Byron is Orion.",
    "The lab of Bob is Vega. The city of Vega is Rome.",
    "The city of Orion is Lisbon (rank 2).",
    "The city of Lyra is Turin. The city of Orion is Porto (rank 1).",
)


def built(*texts: str, **changes: object) -> AblationInput:
    """One question of two hops after these documents, one an event."""
    documents = [ShownDocument(event, text) for event, text in enumerate(texts or TEXTS)]
    sound = AblationInput(
        Chains(), documents, FACTS, [asked(QUESTION)], lambda query: None, tokens=1000, target=1000
    )
    return replace(sound, **changes)  # type: ignore[arg-type]


def asked(question: Question) -> QuestionEvent:
    """Its event asks as ever, so that its own wording may be anything."""
    return QuestionEvent(question, f"=== QUESTION ===\n\n{QUESTION.text}")
