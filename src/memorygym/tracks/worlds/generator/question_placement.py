"""Places the questions: each by its slot's kind, within what can be stored, none asked twice."""

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
"""Draws of one kind before it counts as not to be had."""
SPARE_NAMES = 40


class QuestionPlacer:
    """Asks one task's questions."""

    def __init__(
        self, timeline: FactTimeline, tier: Tier, load: StorageCost, stream: Stream, absent: Stream
    ) -> None:
        self._ground, self._tier, self._load, self._stream = timeline, tier, load, stream
        self._absent = self._absent_names(absent)
        self._order = list(REASONING)
        stream.shuffle(self._order)
        self._tricks = min(2, max(1, tier.questions // 10)) if tier.mix[0] > 1 else 0
        self._asked: set[object] = set()

    def ask(self, slots: Sequence[ScheduledEvent]) -> list[Question]:
        """All questions in order. Raises BadSettings if there are not enough to be made."""
        questions: list[Question] = []
        for event, slot in enumerate(slots):
            if slot.kind != "question":
                continue
            trick = slot.asks == "retrieval" and self._tricks > 0
            self._tricks -= trick
            question_type, draft = self._draft(
                QuestionSampler(self._ground, event, self._stream), slot, trick
            )
            if draft is None:
                raise BadSettings(self._too_many(slot.asks))
            self._asked |= {draft.text, draft.about if slot.asks == "update" else None}
            questions.append(self._question(event, slot, question_type, draft, trick=trick))
        return questions

    def _draft(
        self, sampler: QuestionSampler, slot: ScheduledEvent, trick: bool
    ) -> tuple[str, PlannedQuestion | None]:
        """The competency and the question for a slot."""
        match slot.asks:
            case "abstention":
                a = sampler.attribute("int", "float", "text", "enum", "date", "series")
                baited = self._stream.below(3) == 0
                text = ask_plain(sampler, self._absent.pop(), a, trick=baited)
                return slot.asks, PlannedQuestion(text, "ABSTAIN", (), (-1, a.code))
            case "retrieval":
                return slot.asks, self._until(partial(retrieval, sampler, trick=trick))
            case "update":
                fresh = self._until(partial(update, sampler, but=self._asked))
                return slot.asks, fresh or self._until(partial(update, sampler))
        for question_type in list(self._order):
            draft = self._until(partial(REASONING[question_type], sampler))
            if draft is not None:  # the one that is asked goes to the end, so that all get a turn
                self._order.remove(question_type)
                self._order.append(question_type)
                return question_type, draft
        return "", None

    def _until(self, draw: Callable[[], PlannedQuestion | None]) -> PlannedQuestion | None:
        """The first draft that is new and still fits what can be stored."""
        for _ in range(TRIES):
            draft = draw()
            if draft and draft.text not in self._asked and self._load.add(draft.needs):
                return draft
        return None

    def _question(
        self,
        event: int,
        slot: ScheduledEvent,
        question_type: str,
        draft: PlannedQuestion,
        *,
        trick: bool,
    ) -> Question:
        entity, code = draft.about
        guide = self._ground.guide
        weight = 1 + (code in guide.key_attributes)
        weight += entity >= 0 and self._ground.categories[entity] in guide.key_categories
        rivals = tuple(rival for rival in draft.rivals if rival != draft.truth)
        return Question(
            event,
            slot.asks,
            question_type,
            draft.text,
            draft.truth,
            rivals,
            draft.needs,
            weight,
            trick,
        )

    def _absent_names(self, stream: Stream) -> list[str]:
        """Names like those of the world that belong to nobody in it."""
        world, names = self._ground.world, self._ground.names
        needed = self._tier.mix[3]
        spare = SPARE_NAMES if len(names[0].split()) == 2 else len(names)
        known = set(names)
        drawn = draw_names(world.first, world.second, 2 * needed + spare, stream)
        return [name for name in drawn if name not in known][: needed + 1]

    def _too_many(self, kind: str) -> str:
        tier = self._tier
        return (
            f"{tier.questions} questions cannot be made for {tier.entities} entities,"
            f" {tier.corrections} corrections and {tier.writes} writes (no further {kind}"
            " question); ask fewer, or deal more of the others"
        )
