"""The selection of an instance's questions: only drafts that the reader answers are asked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex, Value
from memorygym.tracks._qa.questions import Found
from memorygym.tracks.codeqa.answers import answer, ask
from memorygym.tracks.codeqa.fact_reader import time_rank
from memorygym.tracks.codeqa.generator.question_drafts import QuestionDraft, QuestionDrafter
from memorygym.tracks.codeqa.generator.session import SessionFact

TRIES = 400
"""Drafts of one kind before another kind is tried."""


class NoQuestion(BadSettings):
    """No question with that number of hops is possible."""


@dataclass(frozen=True, slots=True)
class SelectedQuestion:
    """A question, and the statements that it needs."""

    draft: QuestionDraft
    hops: int
    needs: tuple[Statement, ...]


class Overlay(StatementIndex):
    """An index in which a few statements override the known ones."""

    def __init__(self, overriding: Iterable[Statement], known: StatementIndex) -> None:
        self._overriding = StatementIndex(overriding)
        self._known = known

    def get(self, subject: str, key: str) -> Statement | None:
        return self._overriding.get(subject, key) or self._known.get(subject, key)

    def about(self, subject: str) -> dict[str, Statement]:
        return self._known.about(subject) | self._overriding.about(subject)

    def whose(self, key: str, value: Value) -> list[Statement]:
        return self._overriding.whose(key, value) + self._known.whose(key, value)


class QuestionSelector:
    """A selector of questions that varies their kinds."""

    def __init__(
        self, drafter: QuestionDrafter, statements: Iterable[Statement], rng: Stream
    ) -> None:
        self._asker = drafter
        self.known = StatementIndex(statements)
        self._rng = rng
        self._used = Counter[str]()
        """How often each kind was selected; the rarest are tried first."""
        self._texts: set[str] = set()

    def pool(self, hops: int, draws: int) -> list[QuestionDraft]:
        """The valid drafts among `draws` of each kind."""
        drafts = [make(hops) for make in self._asker.kinds(hops).values() for _ in range(draws)]
        kept = [draft for draft in drafts if draft and self._checked(draft, hops)]
        return list({draft.text: draft for draft in kept}.values())

    def select(self, hops: int) -> SelectedQuestion:
        """A question with so many hops. Raises NoQuestion if there is none."""
        kinds = self._asker.kinds(hops)
        order = list(kinds)
        self._rng.shuffle(order)
        for kind in sorted(order, key=lambda kind: self._used[kind]):
            for _ in range(TRIES):
                draft = kinds[kind](hops)
                question = self._checked(draft, hops) if draft else None
                if question:
                    self._used[kind] += 1
                    self._texts.add(question.draft.text)
                    return question
        raise NoQuestion(
            f"this code has no further question of {hops} hops; choose others with --hops, or more"
            " code with --tokens"
        )

    def _checked(self, draft: QuestionDraft, hops: int) -> SelectedQuestion | None:
        """The draft with its needs, if the reader finds the true answer in so many hops."""
        used = () if draft.text in self._texts else _supporting_statements(draft, self.known)
        return (
            SelectedQuestion(draft, hops, used)
            if len({statement.subject for statement in used}) == hops
            else None
        )


def misleads(question: SelectedQuestion, old: Statement, known: StatementIndex) -> bool:
    """Whether using an old value in place of the current one gives another answer."""
    return not _supporting_statements(question.draft, known, old)


def _supporting_statements(
    draft: QuestionDraft, known: StatementIndex, *overriding: Statement
) -> tuple[Statement, ...]:
    """The statements from which the reader gets the true answer; () if it gets another."""
    query = ask(draft.text)
    assert query, f"the reader does not understand {draft.text!r}"
    result = answer(query, Overlay([*map(observable, draft.facts), *overriding], known))
    return result.used if isinstance(result, Found) and result.answer == draft.truth else ()


def observable(fact: SessionFact) -> Statement:
    """The statement of an observation that has no time yet."""
    return Statement(fact.topic, fact.aspect.key, fact.value, rank=time_rank("2030-01-01 12:00"))
