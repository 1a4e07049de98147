"""Chooses a question for every question event; no question is asked twice.

Together the questions need no more facts than the budget can hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.tracks.worlds.answers import Unknown
from memorygym.tracks.worlds.facts import Query
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline, draw_names
from memorygym.tracks.worlds.generator.gold import Need, Question
from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler
from memorygym.tracks.worlds.generator.schedule import ScheduledEvent
from memorygym.tracks.worlds.generator.storage_cost import StorageCost
from memorygym.tracks.worlds.generator.tiers import Tier
from memorygym.tracks.worlds.question_texts import render
from memorygym.tracks.worlds.questions import KINDS, REASONING, QuestionKind

TRIES = 40
"""Draws of a question type before the next type is tried."""
SPARE_NAMES = 40
"""Names drawn beyond those needed, for those that an entity of the task already has."""


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question that has no event and no weight yet."""

    text: str
    truth: str
    needs: tuple[Need, ...]
    about: tuple[str, str]
    """The name and the attribute that decide the weight of the question."""
    rivals: tuple[str, ...] = ()

    @property
    def states_answer(self) -> bool:
        """Whether a bound in the text happens to be the value of the truth."""
        value = self.truth.partition(" (")[2].removesuffix(")") or self.truth
        return value in self.text


def plan(
    sampler: QuestionSampler, kind: QuestionKind, *, trick: bool = False
) -> PlannedQuestion | None:
    """A question of that kind, or None if the draw gives none that is fair."""
    try:
        query = kind.draw(sampler)
        if query is None:
            return None
        answer = kind.answer(sampler.known, query)
    except Unknown:
        return None
    visited, needs = _needs(sampler, kind, query)
    rivals = _rivals(sampler, query, visited, answer.text)
    text = _text(sampler, kind, query, trick=trick)
    return PlannedQuestion(text, answer.text, needs, (answer.name, answer.code), rivals)


def _text(sampler: QuestionSampler, kind: QuestionKind, query: Query, *, trick: bool) -> str:
    texts = (kind.trick if trick else kind.text).split("\n")
    text = sampler.stream.choice(texts) if len(texts) > 1 else texts[0]
    return render(sampler.guide, query, text, sampler.label)


def _needs(
    sampler: QuestionSampler, kind: QuestionKind, query: Query
) -> tuple[list[str], tuple[Need, ...]]:
    """The entities that a question leads to, and the facts that it needs."""
    entity, relations = sampler.facts.entity, {r.code: r for r in sampler.guide.relations}
    names, visited, needs = list(query.names), list(query.names), list[Need]()
    for code in query.relations:
        edges = sampler.facts.edges(names[0], relations[code])
        needs += [Need(entity[source], f"{code}>{entity[target]}") for source, target in edges]
        names = sampler.facts.related(names[0], relations[code])
        visited += names
    with_category = kind.needs_category or query.categories
    keys = ["category", *query.codes] if with_category else query.codes
    needs += [Need(entity[name], key) for name in names for key in keys]
    if kind.needs_previous:
        needs += [Need(entity[name], key, old=True) for name in names for key in keys]
    return visited, tuple(needs)


def _rivals(
    sampler: QuestionSampler, query: Query, visited: Sequence[str], truth: str
) -> tuple[str, ...]:
    """What could be taken for the answer: the other choices, or the other entities named."""
    choices = [choice for code in query.codes for choice in sampler.guide.attribute(code).choices]
    winner = truth.partition(" (")[0]
    candidates = choices if truth in choices else visited
    if query.size or winner not in candidates:
        return ()
    return tuple(candidate for candidate in candidates if candidate != winner)


class QuestionPlacer:
    """Chooses the questions of one task."""

    def __init__(
        self, timeline: FactTimeline, tier: Tier, cost: StorageCost, stream: Stream, absent: Stream
    ) -> None:
        self._timeline, self._tier, self._cost, self._stream = timeline, tier, cost, stream
        self._absent = self._absent_names(absent)
        self._order = list(REASONING)
        stream.shuffle(self._order)
        self._tricks = min(2, max(1, tier.questions // 10)) if tier.mix[0] > 1 else 0
        self._asked: set[object] = set()

    def place(self, schedule: Sequence[ScheduledEvent]) -> list[Question]:
        """All questions in order. Raises BadSettings if too few different ones are possible."""
        questions: list[Question] = []
        for event, scheduled in enumerate(schedule):
            if scheduled.kind != "question":
                continue
            trick = scheduled.asks == "retrieval" and self._tricks > 0
            self._tricks -= trick
            question_type, planned = self._plan(event, scheduled.asks, trick)
            if planned is None:
                raise BadSettings(self._too_many(scheduled.asks))
            self._asked |= {planned.text, planned.about if scheduled.asks == "update" else None}
            questions.append(self._question(event, question_type, planned, trick=trick))
        return questions

    def _plan(self, event: int, competency: str, trick: bool) -> tuple[str, PlannedQuestion | None]:
        """The question type and the question for an event; None if no question is possible."""
        sampler = QuestionSampler(self._timeline, event, self._stream)
        match competency:
            case "abstention":
                return competency, self._abstention(sampler)
            case "retrieval":
                return competency, self._draw(sampler, competency, trick=trick)
            case "update":
                sampler.asked = self._asked
                first = self._draw(sampler, competency)
                sampler.asked = ()
                return competency, first or self._draw(sampler, competency)
        for question_type in list(self._order):
            planned = self._draw(sampler, question_type)
            if planned is not None:  # Its type moves to the end, so that every type gets a turn.
                self._order.remove(question_type)
                self._order.append(question_type)
                return question_type, planned
        return "", None

    def _abstention(self, sampler: QuestionSampler) -> PlannedQuestion:
        """A question about an entity that no document names."""
        kind, sampler.absent = KINDS["abstention"], self._absent.pop()
        query = kind.draw(sampler)
        assert query is not None
        trick = self._stream.below(3) == 0
        text = _text(sampler, kind, query, trick=trick)
        return PlannedQuestion(text, "ABSTAIN", (), (query.names[0], query.codes[0]))

    def _draw(
        self, sampler: QuestionSampler, question_type: str, *, trick: bool = False
    ) -> PlannedQuestion | None:
        """The first draw that is new, does not state its answer, and whose facts still fit the
        budget."""
        for _ in range(TRIES):
            planned = plan(sampler, KINDS[question_type], trick=trick)
            if planned is None or planned.text in self._asked or planned.states_answer:
                continue
            if self._cost.add(planned.needs):
                return planned
        return None

    def _question(
        self, event: int, question_type: str, planned: PlannedQuestion, *, trick: bool
    ) -> Question:
        """The question with its weight and its event."""
        name, code = planned.about
        names, categories = self._timeline.names, self._timeline.categories
        category = categories[names.index(name)] if name in names else ""
        return Question(
            event,
            KINDS[question_type].competency,
            question_type,
            planned.text,
            planned.truth,
            planned.rivals,
            planned.needs,
            self._timeline.guide.importance(category, code),
            trick,
        )

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
