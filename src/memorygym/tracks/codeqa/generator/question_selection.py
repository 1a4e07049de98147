"""Chooses the questions of an instance among drafts: only what a careful reader finds is asked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found
from memorygym.tracks.codeqa.answers import answer, ask
from memorygym.tracks.codeqa.fact_reader import moment
from memorygym.tracks.codeqa.generator.question_drafts import QuestionDraft, QuestionDrafter
from memorygym.tracks.codeqa.generator.session import SessionFact

TRIES = 400
"""Drafts of a kind before another kind is tried."""


class NoQuestion(BadSettings):
    """Nothing can be asked with so many hops."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A question, and the statements that it rests on."""

    draft: QuestionDraft
    hops: int
    needs: tuple[Statement, ...]


class Overlay(StatementIndex):
    """What is known, but for a few statements that hold instead."""

    def __init__(self, more: Iterable[Statement], known: StatementIndex) -> None:
        self._more = StatementIndex(more)
        self._known = known

    def get(self, subject: str, key: str) -> Statement | None:
        return self._more.get(subject, key) or self._known.get(subject, key)

    def about(self, subject: str) -> dict[str, Statement]:
        return self._known.about(subject) | self._more.about(subject)

    def whose(self, key: str, value: str) -> list[Statement]:
        return self._more.whose(key, value) + self._known.whose(key, value)


class Chooser:
    """Chooses questions one by one, of as many kinds as can be."""

    def __init__(self, asker: QuestionDrafter, told: Iterable[Statement], rng: Stream) -> None:
        self._asker = asker
        self.known = StatementIndex(told)
        self._chance = rng
        self._used = Counter[str]()
        """How often each kind was chosen: the rarest are tried first."""
        self._texts: set[str] = set()

    def pool(self, hops: int, draws: int) -> list[QuestionDraft]:
        """All that so many drafts of each kind give, whether it was chosen or not."""
        drafts = [make(hops) for make in self._asker.kinds(hops).values() for _ in range(draws)]
        kept = [one for one in drafts if one and self._checked(one, hops)]
        return list({one.text: one for one in kept}.values())

    def choose(self, hops: int) -> Chosen:
        """A question of so many hops. Raises NoQuestion where there is none."""
        kinds = self._asker.kinds(hops)
        order = list(kinds)
        self._chance.shuffle(order)
        for kind in sorted(order, key=lambda kind: self._used[kind]):
            for _ in range(TRIES):
                draft = kinds[kind](hops)
                one = self._checked(draft, hops) if draft else None
                if one:
                    self._used[kind] += 1
                    self._texts.add(one.draft.text)
                    return one
        raise NoQuestion(
            f"this code has no further question of {hops} hops; choose others with --hops, or more"
            " code with --tokens"
        )

    def _checked(self, draft: QuestionDraft, hops: int) -> Chosen | None:
        """The draft with its needs, if the reader finds the truth in so many hops."""
        used = () if draft.text in self._texts else _right(draft, self.known)
        return Chosen(draft, hops, used) if len({one.subject for one in used}) == hops else None


def misleads(one: Chosen, old: Statement, known: StatementIndex) -> bool:
    """Whether who takes an old value for the one that holds answers otherwise."""
    return not _right(one.draft, known, old)


def _right(draft: QuestionDraft, known: StatementIndex, *more: Statement) -> tuple[Statement, ...]:
    """What the reader concludes the truth from; nothing if it concludes something else."""
    query = ask(draft.text)
    assert query, f"the reader does not understand {draft.text!r}"
    found = answer(query, Overlay([*map(observable, draft.told), *more], known))
    return found.used if isinstance(found, Found) and found.answer == draft.truth else ()


def observable(one: SessionFact) -> Statement:
    """The statement that an observation makes, until it is given its time."""
    return Statement(one.topic, one.aspect.key, one.value, moment("2030-01-01 12:00"))
