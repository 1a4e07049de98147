"""Chooses a question for every question event; no question is asked twice.

Together the questions need no more facts than the budget can hold.
"""

from collections.abc import Callable, Sequence
from functools import partial

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline, draw_names
from memorygym.tracks.worlds.generator.gold import Question
from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler
from memorygym.tracks.worlds.generator.questions import REASONING
from memorygym.tracks.worlds.generator.questions.single import ask_plain, retrieval, update
from memorygym.tracks.worlds.generator.schedule import ScheduledEvent
from memorygym.tracks.worlds.generator.storage_cost import StorageCost
from memorygym.tracks.worlds.generator.tiers import Tier

TRIES = 40
"""Draws of a question type before the next type is tried."""
SPARE_NAMES = 40
"""Names drawn beyond those needed, for those that an entity of the task already has."""


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
            question_type, planned = self._plan(
                QuestionSampler(self._timeline, event, self._stream), scheduled.asks, trick
            )
            if planned is None:
                raise BadSettings(self._too_many(scheduled.asks))
            self._asked |= {planned.text, planned.about if scheduled.asks == "update" else None}
            questions.append(
                self._question(event, scheduled.asks, question_type, planned, trick=trick)
            )
        return questions

    def _plan(
        self, sampler: QuestionSampler, kind: str, trick: bool
    ) -> tuple[str, PlannedQuestion | None]:
        """The question type and the question for an event; None if no question is possible."""
        match kind:
            case "abstention":
                a = sampler.attribute("int", "float", "text", "enum", "date", "series")
                trick = self._stream.below(3) == 0
                text = ask_plain(sampler, self._absent.pop(), a, trick=trick)
                return kind, PlannedQuestion(text, "ABSTAIN", (), (-1, a.code))
            case "retrieval":
                return kind, self._draw(partial(retrieval, sampler, trick=trick))
            case "update":
                first = self._draw(partial(update, sampler, but=self._asked))
                return kind, first or self._draw(partial(update, sampler))
        for question_type in list(self._order):
            planned = self._draw(partial(REASONING[question_type], sampler))
            if planned is not None:  # Its type moves to the end, so that every type gets a turn.
                self._order.remove(question_type)
                self._order.append(question_type)
                return question_type, planned
        return "", None

    def _draw(self, draw: Callable[[], PlannedQuestion | None]) -> PlannedQuestion | None:
        """The first draw that is new, does not state its answer, and whose facts still fit the
        budget."""
        for _ in range(TRIES):
            planned = draw()
            if planned is None or planned.text in self._asked or planned.states_answer:
                continue
            if self._cost.add(planned.needs):
                return planned
        return None

    def _question(
        self,
        event: int,
        kind: str,
        question_type: str,
        planned: PlannedQuestion,
        *,
        trick: bool,
    ) -> Question:
        """The question with its weight and its event."""
        entity, code = planned.about
        category = self._timeline.categories[entity] if entity >= 0 else ""
        weight = self._timeline.guide.importance(category, code)
        rivals = tuple(rival for rival in planned.rivals if rival != planned.truth)
        return Question(
            event,
            kind,
            question_type,
            planned.text,
            planned.truth,
            rivals,
            planned.needs,
            weight,
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
