"""How a trace of a question-answering task is read: statements, and what questions rest on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from memorygym.instances.marking import verdict
from memorygym.instances.model import Gold, Known, Question, Reader, Statement
from memorygym.lens import HELD, MISSING, STALE
from memorygym.tracks._qa.env import StreamEnv


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value of a key of a subject."""

    name: str
    key: str
    value: str
    rank: tuple[int, ...] = ()
    """Of the statement, if it was read in a text."""
    old: bool = False

    def told(self, record: Statement) -> bool:
        """See lens.Wanted."""
        return record.subject == self.name and record.key == self.key

    def state(self, records: Iterable[Statement]) -> str:
        """See lens.Wanted."""
        held = Known(filter(self.told, records)).get(self.name, self.key)
        if held is None:
            return MISSING
        return HELD if held.value == self.value else STALE

    def state_in(self, store: Iterable[Statement]) -> str:
        """See lens.Wanted."""
        return self.state(sorted(store, key=lambda one: one.value == self.value))


class QALens:
    """See lens.Lens."""

    env_tools = frozenset(tool.name for tool in StreamEnv.tools)

    def __init__(self, gold: Gold, by: Reader) -> None:
        self._facts = {fact.id: fact for fact in gold.facts}
        self._sentences = {(f.subject, f.key, f.value): f.sentence for f in gold.facts}
        self._by = by
        self.questions = gold.questions
        self.read = by.read

    def grade(self, question: Question, answer: str) -> tuple[bool, str]:
        return verdict(question, answer)

    def truths(self, question: Question) -> tuple[str, ...]:
        return (question.truth, *question.aliases)

    def wanted(self, question: Question, need: str) -> Wanted:
        fact = self._facts[need]
        return Wanted(fact.subject, fact.key, fact.value)

    def exposed(self, question: Question, need: str, seen: Sequence[Statement]) -> bool:
        fact = self.wanted(question, need)
        return any(one.value != fact.value for one in seen if fact.told(one))

    def first_told(self, need: str) -> int:
        return self._facts[need].event

    def rewrites(self, question: Question, need: str) -> int:
        return self._facts[need].rewrites

    def replaced(self, question: Question, need: str) -> bool:
        return self._facts[need].rewrites > 0

    def hops(self, question: Question) -> int:
        return question.hops

    def conditions(self, texts: Iterable[str]) -> list[str]:
        """Of the facts that questions need: all others count as irrelevant."""
        true = {(fact.subject, fact.key): fact.value for fact in self._facts.values()}
        seen: set[Statement] = set()
        found = []
        for text in texts:
            told = [one for one in self.read(text) if (one.subject, one.key) in true]
            if not told:
                found.append("irrelevant")
            elif any(one.value != true[one.subject, one.key] for one in told):
                found.append("stale")
            else:
                found.append("duplicate" if seen.issuperset(told) else "true")
            seen.update(told)
        return found

    def facts(self, text: str) -> Iterator[Wanted]:
        return (Wanted(*one) for one in self.read(text))

    def text(self, fact: Wanted) -> str:
        own = self._sentences.get((fact.name, fact.key, fact.value))
        return own or self._by.tell(Statement(fact.name, fact.key, fact.value, fact.rank))

    def says(self, fact: Wanted, records: Sequence[Statement]) -> str:
        return ", then ".join(dict.fromkeys(one.value for one in records))
