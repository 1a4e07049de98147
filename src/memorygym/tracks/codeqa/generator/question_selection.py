"""The selection of an instance's questions: only drafts that the reader can answer are asked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.verification import NoDraft
from memorygym.tracks.codeqa.generator.question_drafts import (
    PROPERTIES,
    QuestionDraft,
    QuestionDrafter,
    is_hard,
)
from memorygym.tracks.codeqa.questions import Overlay, answer, ask

TRIES = 400
"""Drafts of one kind before another kind is tried."""
RIVALS = 8
"""Most rivals of an answer."""


class QuestionSelector:
    """A selector of questions that varies their kinds."""

    def __init__(self, drafter: QuestionDrafter) -> None:
        self._drafter = drafter
        self._code = drafter.code
        self._used = Counter[str]()
        """How often each kind was selected; the rarest are tried first."""
        self._texts: set[str] = set()

    def select(self, hops: int) -> QuestionDraft:
        """A question with so many hops. Raises NoDraft if there is none."""
        kinds = self._drafter.kinds(hops)
        order = list(kinds)
        self._drafter.rng.shuffle(order)
        for kind in sorted(order, key=lambda kind: self._used[kind]):
            for _ in range(TRIES):
                draft = kinds[kind](hops)
                selected = self._checked(draft, hops) if draft else None
                if selected:
                    self._used[kind] += 1
                    self._texts.add(selected.question.text)
                    return selected
        raise NoDraft(
            f"this code has no further question of {hops} hops; choose others with `hops`, or more"
            " code with `tokens`"
        )

    def _checked(self, draft: QuestionDraft, hops: int) -> QuestionDraft | None:
        """The draft with its answer, if it is new, hard to guess and takes so many hops."""
        question = draft.question
        if question.text in self._texts:
            return None
        result = _answered(draft, self._code.index)
        if not isinstance(result, Found) or len({s.subject for s in result.used}) != hops:
            return None
        if question.kind in PROPERTIES and not is_hard(result.answer):
            return None
        rivals = tuple(self._rivals(draft, result.answer))
        answered = replace(
            question, truth=result.answer, rivals=rivals, needs=result.used, hops=hops
        )
        return QuestionDraft(answered, draft.facts)

    def _rivals(self, draft: QuestionDraft, truth: str) -> Iterable[str]:
        """What siblings of a topic have, or longer names with all words of the answer."""
        if draft.question.kind == "topic":
            return (fact.text for fact in draft.facts[1:])
        is_name = draft.question.kind in PROPERTIES
        return islice(self._longer_names(truth), RIVALS) if is_name else ()

    def _longer_names(self, truth: str) -> Iterator[str]:
        """Names that contain all words of a name, and more."""
        words = set(truth.casefold().split("_"))
        return (name for name in self._code.modules if words < set(name.casefold().split("_")))


def misleads(selected: QuestionDraft, old: Statement, known: StatementIndex) -> bool:
    """Whether using an old value in place of the current one gives another answer."""
    result = _answered(selected, known, old)
    return not isinstance(result, Found) or result.answer != selected.question.truth


def _answered(
    draft: QuestionDraft, known: StatementIndex, *overriding: Statement
) -> Found | Missing:
    """The answer from all files, with what the session states."""
    query = ask(draft.question.text)
    assert query, f"the reader does not understand {draft.question.text!r}"
    return answer(query, Overlay([*draft.facts, *overriding], known))
