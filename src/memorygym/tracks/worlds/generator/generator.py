"""The dealer: a world, a seed and a tier become a task. Same settings, same bytes."""

from collections.abc import Mapping
from datetime import date

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.tokens import count
from memorygym.core.types import JSON, Budget, Event, Task
from memorygym.tracks._qa.stream import identity
from memorygym.tracks.worlds.generator.domain_schema import Domain
from memorygym.tracks.worlds.generator.fact_timeline import CHANGEABLE, guide_of, timeline_of
from memorygym.tracks.worlds.generator.gold import Question, WorldGold
from memorygym.tracks.worlds.generator.instructions import instructions
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.prose import HINT, Prose, day
from memorygym.tracks.worlds.generator.question_placement import QuestionPlacer
from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler
from memorygym.tracks.worlds.generator.schedule import ScheduledEvent, plan
from memorygym.tracks.worlds.generator.storage_cost import StorageCost
from memorygym.tracks.worlds.generator.tiers import Tier

START = date(2031, 1, 6).toordinal()
SESSION_GAP = 90
"""Days between two sessions."""


def world(template: str) -> Domain:
    """The domain of that name, built in or plugged in."""
    found = registry.load("worlds", template, "WORLD")
    if not isinstance(found, Domain):
        raise BadSettings(f"worlds {template}: that is a {type(found).__name__}, not a World")
    return found


class Generator:
    """Deals one task; every step has its own named stream."""

    def __init__(self, world: Domain, seed: int, name: str, tier: Tier, salt: str) -> None:
        self.world, self.seed, self.name, self.tier, self.salt = world, seed, name, tier, salt
        self.path = (world.id, seed, salt, name, tier.entities)
        self.guide = guide_of(world, seed, salt)
        self.timeline = timeline_of(world, self.guide, seed, salt, tier.entities)
        self.records = self.timeline.records()
        self.slots = plan(tier, self._stream("plan"))
        self.prose = Prose(world, self.guide.attributes)
        self.heldout: list[tuple[int, str]] = []
        self.padding: list[str] = []
        self.tokens: int | None = None

    def _stream(self, *name: str | int) -> Stream:
        return named_rng(*self.path, *name)

    def task(self) -> Task:
        """Everything, in order: when who is shown, what changes, what is asked, what it says."""
        self.timeline.shown = [0] * self.tier.entities
        for event, slot in enumerate(self.slots):
            for entity in slot.entities:
                self.timeline.shown[entity] = event
        self._change()
        budget = self.budget()
        load = StorageCost(self.timeline, budget)
        asker = QuestionPlacer(
            self.timeline, self.tier, load, self._stream("questions"), self._stream("absent")
        )
        questions = asker.ask(self.slots)
        events = self._events({question.event: question for question in questions})
        gold = WorldGold(
            tuple(self.timeline.names), tuple(self.timeline.categories),
            tuple(self.timeline.values), tuple(self.timeline.edges),
            tuple(self.timeline.shown), tuple(self.timeline.changes),
            tuple(questions), tuple(self.heldout), self.record_tokens,
        )  # fmt: skip
        system = instructions(self.guide, self.world.wording.employer)
        recipe: Mapping[str, JSON] = {
            "template": self.world.id, "seed": self.seed, "tier": self.name,
            "entities": self.tier.entities, "questions": self.tier.questions,
            "corrections": self.tier.corrections, "writes": self.tier.writes,
            "tokens": self.tokens, "salted": bool(self.salt),
        }  # fmt: skip
        seen: list[JSON] = [[one.kind, one.text, one.free_edits, one.session] for one in events]
        id = identity(system, *seen, [budget.capacity, budget.writes, budget.slot])
        return Task(id, "worlds", recipe, system, events, budget, gold)

    def budget(self) -> Budget:
        """Capacity for `writes` mean reference records, as much in view, a slot of 1.25 of them."""
        n = len(self.timeline.names)
        total = sum(count(record_of(self.guide, record)) for record in self.records)
        self.record_tokens = total
        capacity = round(self.tier.writes * total / n)
        slot = -(-5 * total // (4 * n))
        return Budget(capacity, self.tier.writes, slot, view=capacity)

    def _change(self) -> None:
        stream = self._stream("changes")
        weights = self.timeline.weights()[1]
        capped = {c.label for c in self.world.ceilings} | {c.of for c in self.world.ceilings}
        fair = [
            (a.code, weight)
            for a, weight in zip(self.guide.attributes, weights, strict=True)
            if a.kind in CHANGEABLE and a.label not in capped
        ]
        used: set[int] = set()
        for event, slot in enumerate(self.slots):
            if slot.kind not in ("correction", "contradiction"):
                continue
            sampler = QuestionSampler(self.timeline, self._told_before(event, slot), stream)
            fresh = sampler.entities(1, lambda entity: entity not in used)
            if not fresh:
                raise BadSettings(
                    f"{self.tier.corrections} corrections, each of another entity that was told in"
                    f" time, are too many for {self.tier.entities} entities; correct fewer"
                )
            entity = fresh[0]
            used.add(entity)
            code = stream.weighted([code for code, _ in fair], [weight for _, weight in fair])
            self.timeline.change(event, entity, code, stream, notice=slot.kind == "correction")

    def _told_before(self, event: int, slot: ScheduledEvent) -> int:
        """With sessions, only what an earlier session told may change."""
        if self.slots[-1].session == 0:
            return event
        return next(e for e, other in enumerate(self.slots) if other.session == slot.session)

    def _events(self, questions: Mapping[int, Question]) -> tuple[Event, ...]:
        stream = self._stream("prose")
        batches = 1 + max(slot.batch for slot in self.slots if slot.kind == "documents")
        events: list[Event] = []
        today, session = START, 0
        for at, slot in enumerate(self.slots):
            fresh = slot.session != session
            session = slot.session
            today += SESSION_GAP if fresh else 1 + stream.below(3)
            head = f"event {at + 1} of {len(self.slots)}"
            if self.slots[-1].session:
                head += f" · session {session + 1} of {self.slots[-1].session + 1}"
            title, body = self._body(at, slot, questions, stream, today)
            if slot.kind == "documents":
                head += f" · batch {slot.batch + 1} of {batches}"
            text = f"=== {title} · {head} · {day(today)} ===\n{body}"
            free = int(slot.kind == "correction")
            kind = "documents" if slot.kind == "contradiction" else slot.kind
            events.append(Event(kind, text, free, fresh))
        return tuple(events)

    def _body(
        self,
        at: int,
        slot: ScheduledEvent,
        questions: Mapping[int, Question],
        stream: Stream,
        today: int,
    ) -> tuple[str, str]:
        match slot.kind:
            case "documents":
                told = []
                for entity in slot.entities:
                    text, heldout = self.prose.document(self.records[entity], stream, today)
                    self.heldout += [(entity, code) for code in heldout]
                    told.append(text)
                return "DOCUMENTS", "\n\n".join([*told, HINT])
            case "correction":
                free = "The first successful Edit in this event costs no write."
                return "CORRECTION", "\n\n".join(
                    [self._notice(at, stream, today), f"{free} {HINT}"]
                )
            case "contradiction":
                return "DOCUMENTS", "\n\n".join([self._follow_up(at, stream, today), HINT])
            case "question":
                return "QUESTION", f"{questions[at].text}\n\nAnswer with submit_answer."
        memo = stream.choice(self.world.wording.noise).format(s=stream.choice(self.timeline.names))
        padding = self.padding.pop() if self.padding else ""
        return "MEMO", "\n\n".join([f"[Memo · {day(today)}]\n{memo}{padding}", HINT])

    def _notice(self, at: int, stream: Stream, today: int) -> str:
        change = next(change for change in self.timeline.changes if change.event == at)
        index = ord(change.code) - 97
        if change.relative:
            assert isinstance(change.new, int) and isinstance(change.old, int)
            gap = change.new - change.old
            amount = self.guide.attributes[index].number(abs(gap))
            now = f"{amount} {'higher' if gap > 0 else 'lower'} than stated before"
        else:
            now = f"now {self.prose.quoted(index, change.new)}"
        return self.prose.notice(self.timeline.names[change.entity], index, now, stream, today)

    def _follow_up(self, at: int, stream: Stream, today: int) -> str:
        """A document that silently says otherwise than the first."""
        timeline = self.timeline
        change = next(change for change in timeline.changes if change.event == at)
        index = ord(change.code) - 97
        name = timeline.names[change.entity]
        return self.prose.follow_up(name, index, change.new, stream, today)
