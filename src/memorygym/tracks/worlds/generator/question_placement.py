"""Chooses a question for every question event; no question is asked twice.

Together the questions need no more facts than the budget can hold.
"""

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import NamedTuple

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.core.statements import CATEGORY, FORMER, Statement
from memorygym.tracks.worlds.answers import Unanswerable
from memorygym.tracks.worlds.facts import Query
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline, draw_names
from memorygym.tracks.worlds.generator.gold import WeightedQuestion
from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler
from memorygym.tracks.worlds.generator.schedule import ScheduledEvent
from memorygym.tracks.worlds.generator.storage_cost import StorageCost
from memorygym.tracks.worlds.generator.tiers import Tier
from memorygym.tracks.worlds.question_texts import render
from memorygym.tracks.worlds.questions import KINDS, REASONING, QuestionKind

TRIES = 40
"""Draws of a question type before the next type is tried."""
ROUNDS = 8
"""Rounds through the types in which these draws are made where few types fit a stratum."""
SPARE_NAMES = 40
"""Names drawn beyond those needed, for those that an entity of the task already has."""


class Stratum(NamedTuple):
    """What reasoning questions must be, where the facts of an entity are spread over documents."""

    describes: bool
    """Whether they describe an entity instead of naming it."""
    facts: range
    """How many facts they may need."""
    documents: int
    """In how many documents these may stand at most: one search finds no more."""


FEW, MANY = range(2, 4), range(4, 9)
STRATA = 3 * (Stratum(True, FEW, 2), Stratum(True, MANY, 2)) + (
    Stratum(False, FEW, 3),
    Stratum(False, MANY, 3),
)
"""In turn: with the questions that need one fact, half of all describe an entity."""
PLAIN = ("retrieval", "retrieval")
"""Question types that combine facts only if they describe an entity."""


def plan(
    sampler: QuestionSampler, question_type: str, doubts: Callable[[], bool]
) -> WeightedQuestion | None:
    """A question of that type, or None if the draw makes no fair one. If it `doubts`, it asks
    whether there is an entry."""
    kind = KINDS[question_type]
    if sampler.describes and "{name}" not in kind.text:
        return None
    try:
        query = kind.draw(sampler)
        if sampler.describes:
            query = sampler.described(query)
        answer = kind.answer(sampler.known, query)
    except Unanswerable:
        return None
    entities, needs = _needs(sampler, kind, query)
    texts = (kind.trick if doubts() else kind.text).split("\n")
    text = sampler.stream.choice(texts) if len(texts) > 1 else texts[0]
    return WeightedQuestion(
        sampler.event,
        "reasoning" if query.clues else kind.competency,
        question_type,
        render(sampler.guide, query, text, sampler.label),
        answer.text,
        rivals=_rivals(sampler, query, entities, answer.text),
        needs=needs,
        hops=len({need.subject for need in needs}) or 1,
        weight=sampler.guide.importance(sampler.facts.category(answer.name), answer.code),
    )


def _needs(
    sampler: QuestionSampler, kind: QuestionKind, query: Query
) -> tuple[list[str], tuple[Statement, ...]]:
    """The entities that a question names or leads to, and the facts that it needs."""
    facts, names, entities = sampler.facts, query.names, [*query.names]
    needs = [
        next(fact for fact in facts.stated(names[0], key) if fact.value == value)
        for key, value in query.clues
    ]
    for code in query.relations:
        symmetric = sampler.guide.is_symmetric(code)
        needs += facts.links(names[0], code, symmetric=symmetric)
        names = tuple(facts.related(names[0], code, symmetric=symmetric))
        entities += names
    has_category = kind.needs_category or query.categories
    keys = (CATEGORY, *query.codes) if has_category else query.codes
    current = [facts.get(name, key) for name in names for key in keys]
    needs += [fact for fact in current if fact]
    if kind.needs_previous:
        first = [facts.stated(name, key)[0] for name in names for key in keys]
        needs += [fact._replace(role=FORMER) for fact in first]
    return entities, tuple(needs)


def _rivals(
    sampler: QuestionSampler, query: Query, entities: Sequence[str], truth: str
) -> tuple[str, ...]:
    """What could be taken for the answer: the other choices, or the other entities."""
    choices = [choice for code in query.codes for choice in sampler.guide.attribute(code).choices]
    winner = truth.partition(" (")[0]
    candidates = choices if truth in choices else entities
    if query.size or winner not in candidates:
        return ()
    return tuple(candidate for candidate in candidates if candidate != winner)


def _states_answer(question: WeightedQuestion) -> bool:
    """Whether a bound in the text happens to be the value of the truth."""
    value = question.truth.partition(" (")[2].removesuffix(")") or question.truth
    return value in question.text


class QuestionPlacer:
    """Chooses the questions of one task."""

    def __init__(
        self, timeline: FactTimeline, tier: Tier, cost: StorageCost, stream: Stream, absent: Stream
    ) -> None:
        self._timeline, self._tier, self._cost, self._stream = timeline, tier, cost, stream
        self._absent = self._absent_names(absent)
        self._order = [*REASONING, *PLAIN] if tier.parts > 1 else list(REASONING)
        stream.shuffle(self._order)
        self._strata = cycle(STRATA if tier.parts > 1 else (None,))
        self._tricks = min(2, max(1, tier.questions // 10)) if tier.mix[0] > 1 else 0
        self._asked: set[object] = set()

    def place(self, schedule: Sequence[ScheduledEvent]) -> list[WeightedQuestion]:
        """All questions in order. Raises BadSettings if too few different ones are possible."""
        questions: list[WeightedQuestion] = []
        for event, scheduled in enumerate(schedule):
            if scheduled.kind != "question":
                continue
            question = self._plan(event, scheduled.asks)
            if question is None:
                raise BadSettings(self._too_many(scheduled.asks))
            self._asked.add(question.text)
            if scheduled.asks == "update":
                self._asked.add(question.needs[0][:2])
            questions.append(question)
        return questions

    def _plan(self, event: int, competency: str) -> WeightedQuestion | None:
        """The question for an event; None if none is possible."""
        sampler = QuestionSampler(self._timeline, event, self._stream)
        match competency:
            case "abstention":  # About an entity that no document names.
                sampler.absent = self._absent.pop()
                return self._draw(sampler, competency, lambda: self._stream.below(3) == 0)
            case "retrieval":
                trick = self._tricks > 0
                self._tricks -= trick
                return self._draw(sampler, competency, lambda: trick)
            case "update":
                sampler.asked = self._asked
                if (fresh := self._draw(sampler, competency)) is not None:
                    return fresh
                sampler.asked = ()
                return self._draw(sampler, competency)
        stratum = next(self._strata)
        sampler.describes = stratum is not None and stratum.describes
        rounds = ROUNDS if stratum else 1
        for question_type in rounds * self._order:
            question = self._draw(sampler, question_type, stratum=stratum, rounds=rounds)
            if question is not None:  # Its type moves to the end, so that every type gets a turn.
                self._order.remove(question_type)
                self._order.append(question_type)
                return question
        return None

    def _draw(
        self,
        sampler: QuestionSampler,
        question_type: str,
        doubts: Callable[[], bool] = lambda: False,
        stratum: Stratum | None = None,
        rounds: int = 1,
    ) -> WeightedQuestion | None:
        """The first draw that is new, of the stratum, does not state its answer, and whose facts
        still fit the budget."""
        for _ in range(TRIES // rounds):
            question = plan(sampler, question_type, doubts)
            if question is None or question.text in self._asked or _states_answer(question):
                continue
            if self._is_of(stratum, question) and self._cost.add(question.needs):
                return question
        return None

    def _is_of(self, stratum: Stratum | None, question: WeightedQuestion) -> bool:
        """Whether a question needs as many facts as its stratum says, in as few documents."""
        if stratum is None:
            return True
        documents = {(need.subject, self._timeline.events[need[:2]]) for need in question.needs}
        return len(question.needs) in stratum.facts and len(documents) <= stratum.documents

    def _absent_names(self, stream: Stream) -> list[str]:
        """Names of the template that no entity of the task has."""
        template, names = self._timeline.template, self._timeline.names
        needed = self._tier.mix[3]
        spare = SPARE_NAMES if len(names[0].split()) == 2 else len(names)
        known = set(names)
        drawn = draw_names(template.first, template.second, 2 * needed + spare, stream)
        return [name for name in drawn if name not in known][: needed + 1]

    def _too_many(self, kind: str) -> str:
        tier = self._tier
        return (
            f"{tier.questions} questions cannot be made for {tier.entities} entities,"
            f" {tier.corrections} corrections and {tier.writes} writes (no further {kind}"
            " question); set fewer questions, or more entities, corrections or writes"
        )
