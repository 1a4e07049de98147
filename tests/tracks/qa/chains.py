"""A minimal multi-hop reader: it parses sentences such as "The lab of Ada is Orion." only."""

import re
from dataclasses import replace

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.ablation import QuestionEvent, ShownDocument, TaskReadings
from memorygym.tracks._qa.questions import Found, Missing, Question

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


def instance(*texts: str, **changes: object) -> TaskReadings:
    """One question of two hops after these documents, one document per event."""
    documents = [ShownDocument(event, text) for event, text in enumerate(texts or TEXTS)]
    valid = TaskReadings(
        Chains(),
        documents,
        [question_event(QUESTION)],
        lambda *_: None,
        tokens=1000,
        target=1000,
    )
    return replace(valid, **changes)  # type: ignore[arg-type]


def question_event(question: Question) -> QuestionEvent:
    """The event always asks the standard question, so the question's own text may differ."""
    return QuestionEvent(question, f"=== QUESTION ===\n\n{QUESTION.text}")
